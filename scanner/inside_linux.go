package scanner

import (
	"errors"
	"fmt"
	"net/netip"

	"portlight/scanner/cgroup"
	"portlight/scanner/netns"
	"portlight/scanner/owner"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// newInside finds namespaces by their processes.
func newInside() *inside {
	finder, err := netns.NewFinder()
	if err != nil {
		return &inside{read: func() (insight, error) { return insight{}, err }}
	}
	titles := newTitles()
	return &inside{read: func() (insight, error) { return readInside(finder, titles) }}
}

func readInside(finder *netns.Finder, titles *titles) (insight, error) {
	pids, err := owner.PIDs()
	if err != nil {
		return insight{}, err
	}
	all := insight{addrs: map[string][]netip.Addr{}}
	for _, ns := range finder.Namespaces(pids, true) {
		if err := all.readNamespace(ns, titles); err != nil {
			return insight{}, err
		}
	}
	titles.fill(all.listeners)
	return all, nil
}

// readNamespace adds nothing of a namespace that has ended meanwhile.
func (all *insight) readNamespace(ns netns.Namespace, titles *titles) error {
	first, err := process.Summarize(ns.PIDs[0])
	if err != nil {
		return nil
	}
	table, err := ns.Read()
	if errors.Is(err, process.ErrGone) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read network of process %d: %w", first.PID, err)
	}
	inodes := map[uint32]bool{}
	for _, s := range table.Sockets {
		inodes[s.Inode] = s.Inode != 0
	}
	holders, err := owner.Among(ns.PIDs, func(inode uint32) bool { return inodes[inode] })
	if err != nil {
		return err
	}
	place := supervisor.ParseCgroup(cgroup.OfProcess(first.PID))
	label := namespaceLabel(place, first.Name, first.PID)
	managers := managersInside{0: behind(place.Manager(), nil)}
	ports := readPortRange()
	var found []Listener
	for _, s := range table.Sockets {
		l := insideListener(label, s, holders[s.Inode], ports, titles)
		l.Behind = managers.of(l.Owners)
		found = append(found, l)
	}
	guessDualStack(found)
	all.listeners, all.addrs[label] = append(all.listeners, found...), table.Addrs
	return nil
}

// managersInside are who stands behind the processes of a namespace, by their cgroups:
// the containers of a pod share one. At 0 it is who made the namespace.
type managersInside map[int]*supervisor.Manager

func (m managersInside) of(owners []Process) *supervisor.Manager {
	if len(owners) == 0 {
		return m[0]
	}
	pid := owners[0].PID
	if _, known := m[pid]; !known {
		place := supervisor.ParseCgroup(cgroup.OfProcess(pid))
		m[pid] = behind(place.Manager(), m[0])
	}
	return m[pid]
}

func insideListener(label string, s netns.Socket, holders []process.Summary, ports portRange, titles *titles) Listener {
	l := Listener{
		Key: Key{Namespace: label, Proto: TCP, Addr: s.Addr, Port: s.Port},
		UID: int(s.UID), User: process.UserName(int(s.UID)), Kernel: s.Inode == 0, Ephemeral: ports.has(s.Port),
	}
	if s.UDP {
		l.Proto = UDP
	}
	for _, h := range holders {
		p := newProcess(&h)
		if h.Interpreted {
			p.take(titles.of(h.ID))
		}
		l.Owners = append(l.Owners, p)
	}
	return l
}
