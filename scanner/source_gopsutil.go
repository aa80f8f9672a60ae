package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"syscall"
	"time"

	gopsnet "github.com/shirou/gopsutil/v3/net"

	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// gopsutilSource is the portable source: every connection of every process that
// can be read, filtered. It costs far more than the others and sees less.
type gopsutilSource struct {
	connections func(context.Context) ([]gopsnet.ConnectionStat, error)
	summarize   func(pid int) (process.Summary, error)
	first       []gopsnet.ConnectionStat // the answer that proved the source, for the first scan
	last        *Snapshot
	behind      *supervisor.Resolver
	titles      *titles
	notes       []string // of behind, in last
}

// openGopsutil is the opener; gopsutil proves itself by its first answer.
func openGopsutil(ctx context.Context) (source, error) {
	s := &gopsutilSource{connections: inetConnections, summarize: process.Summarize}
	var err error
	if s.first, err = s.connections(ctx); err != nil {
		return nil, err
	}
	s.behind, s.titles = supervisor.New(supervisor.Options{}), newTitles()
	return s, nil
}

func inetConnections(ctx context.Context) ([]gopsnet.ConnectionStat, error) {
	c, err := gopsnet.ConnectionsWithContext(ctx, "inet")
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	return c, nil
}

func (s *gopsutilSource) name() string { return "gopsutil" }

func (s *gopsutilSource) asking() bool { return s.behind.Asking() || s.titles.asking() }

func (s *gopsutilSource) publishes(proto string, port uint16) bool {
	return s.behind.Publishes(proto, port)
}

func (s *gopsutilSource) close() {
	s.titles.close()
	s.behind.Close()
}

func (s *gopsutilSource) scan(ctx context.Context, now time.Time) (*Snapshot, error) {
	conns, err := s.first, error(nil)
	if s.first = nil; conns == nil {
		conns, err = s.connections(ctx)
	}
	if err != nil {
		return nil, err
	}
	owners, ports := map[int32]*Process{}, readPortRange()
	var found []Listener
	for _, c := range conns {
		if l, ok := s.listener(c, owners); ok {
			l.Ephemeral, l.Behind = ports.has(l.Port), behind(s.behind.Of(standing(&l, "", nil)), nil)
			found = append(found, l)
		}
	}
	guessDualStack(found)
	s.titles.fill(found)
	next := assemble(s.name(), now, found, []string{"dual-stack sockets are an estimate, this source does not tell them"})
	notes := s.behind.Notes(next.has)
	if s.last != nil && sameListeners(s.last.Listeners, next.Listeners) && slices.Equal(notes, s.notes) {
		return nil, nil
	}
	next.Visibility.Notes = append(next.Visibility.Notes, notes...)
	s.last, s.notes = next, notes
	return next, nil
}

// listener gives a listener for a connection that is one.
func (s *gopsutilSource) listener(c gopsnet.ConnectionStat, owners map[int32]*Process) (Listener, bool) {
	l := Listener{UID: UnknownUID}
	switch {
	case c.Type == syscall.SOCK_STREAM && c.Status == "LISTEN":
		l.Proto = TCP
	case c.Type == syscall.SOCK_DGRAM && c.Raddr.Port == 0:
		l.Proto = UDP
	default:
		return l, false
	}
	addr, ok := gopsutilAddr(c)
	if !ok || c.Laddr.Port == 0 || c.Laddr.Port > 65535 {
		return l, false
	}
	l.Addr, l.Port = addr, uint16(c.Laddr.Port)
	if len(c.Uids) > 0 {
		l.UID = int(c.Uids[0])
	}
	if p := s.owner(c.Pid, owners); p != nil {
		l.Owners = []Process{*p}
		if l.UID == UnknownUID {
			l.UID = p.UID
		}
	}
	if l.UID != UnknownUID {
		l.User = process.UserName(l.UID)
	}
	return l, true
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

// gopsutilAddr reads the bind address; lsof's "*" is the wildcard.
func gopsutilAddr(c gopsnet.ConnectionStat) (netip.Addr, bool) {
	if c.Laddr.IP == "*" || c.Laddr.IP == "" {
		if c.Family == syscall.AF_INET {
			return netip.IPv4Unspecified(), true
		}
		return netip.IPv6Unspecified(), true
	}
	addr, err := netip.ParseAddr(c.Laddr.IP)
	return addr.Unmap(), err == nil
}

// owner summarises a process once a scan; nil when it has gone or is unknown.
func (s *gopsutilSource) owner(pid int32, seen map[int32]*Process) *Process {
	if pid <= 0 {
		return nil
	}
	if p, ok := seen[pid]; ok {
		return p
	}
	sum, err := s.summarize(int(pid))
	if err != nil {
		seen[pid] = nil
		return nil
	}
	p := newProcess(&sum)
	if sum.Interpreted && p.naming() == (process.Naming{}) {
		p.take(s.titles.of(sum.ID))
	}
	seen[pid] = &p
	return &p
}

// guessDualStack takes a socket on [::] for dual-stack unless the port is also
// bound on 0.0.0.0.
func guessDualStack(found []Listener) {
	v4 := map[Key]bool{}
	for i := range found {
		if found[i].Addr == netip.IPv4Unspecified() {
			v4[found[i].Key] = true
		}
	}
	for i := range found {
		k := found[i].Key
		if k.Addr == netip.IPv6Unspecified() {
			k.Addr = netip.IPv4Unspecified()
			found[i].DualStack = !v4[k]
		}
	}
}

func newProcess(s *process.Summary) Process {
	return Process{ID: s.ID, Name: s.Name, Title: s.Title, Script: s.Script, Comm: s.Comm, Path: s.Path, UID: s.UID, User: s.User, Started: s.Started}
}
