package scanner

import (
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// holders tells of the processes behind listeners, for the sources that learn their
// pids and nothing more.
type holders struct {
	summarize func(pid int) (process.Summary, error)
	behind    *supervisor.Resolver
	titles    *titles
}

func newHolders(summarize func(pid int) (process.Summary, error)) holders {
	return holders{summarize, supervisor.New(supervisor.Options{}), newTitles()}
}

func (h *holders) asking() bool { return h.behind.Asking() || h.titles.asking() }

func (h *holders) publishes(proto string, port uint16) bool { return h.behind.Publishes(proto, port) }

func (h *holders) close() {
	h.titles.close()
	h.behind.Close()
}

// own completes a listener with the process that has a pid, and with the user.
func (h *holders) own(l *Listener, pid int, seen map[int]*Process) {
	if p := h.owner(pid, seen); p != nil {
		l.Owners = []Process{*p}
		if l.UID == UnknownUID {
			l.UID = p.UID
		}
	}
	if l.UID != UnknownUID {
		l.User = process.UserName(l.UID)
	}
}

// owner summarises a process once a scan; nil when it has gone or is unknown.
func (h *holders) owner(pid int, seen map[int]*Process) *Process {
	if pid <= 0 {
		return nil
	}
	if p, ok := seen[pid]; ok {
		return p
	}
	sum, err := h.summarize(pid)
	if err != nil {
		seen[pid] = nil
		return nil
	}
	p := newProcess(&sum)
	if sum.Interpreted && p.naming() == (process.Naming{}) {
		p.take(h.titles.of(sum.ID))
	}
	seen[pid] = &p
	return &p
}

// standing is a socket as a supervisor.Resolver is asked about it. Its holders are put
// into a slice whose room may be used.
func standing(l *Listener, cgroup string, room []supervisor.Holder) supervisor.Socket {
	s := supervisor.Socket{Cgroup: cgroup, Proto: l.Proto.String(), Addr: l.Addr, Port: l.Port, UID: uint32(l.UID), Holders: room[:0]}
	for i := range l.Owners {
		s.Holders = append(s.Holders, supervisor.Holder{ID: l.Owners[i].ID, Name: l.Owners[i].Name})
	}
	return s
}

func newProcess(s *process.Summary) Process {
	return Process{ID: s.ID, Name: s.Name, Title: s.Title, Script: s.Script, Comm: s.Comm, Path: s.Path, UID: s.UID, User: s.User, Started: s.Started, Signature: s.Signature}
}
