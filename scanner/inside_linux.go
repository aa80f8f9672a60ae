package scanner

import (
	"errors"
	"fmt"

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
		return &inside{read: func() ([]Listener, error) { return nil, err }}
	}
	return &inside{read: func() ([]Listener, error) { return readInside(finder) }}
}

func readInside(finder *netns.Finder) ([]Listener, error) {
	pids, err := owner.PIDs()
	if err != nil {
		return nil, err
	}
	var all []Listener
	for _, ns := range finder.Namespaces(pids, true) {
		found, err := readNamespace(ns)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// readNamespace gives nothing of a namespace that has ended meanwhile.
func readNamespace(ns netns.Namespace) ([]Listener, error) {
	first, err := process.Summarize(ns.PIDs[0])
	if err != nil {
		return nil, nil
	}
	table, err := ns.Read()
	if errors.Is(err, process.ErrGone) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read network of process %d: %w", first.PID, err)
	}
	inodes := map[uint32]bool{}
	for _, s := range table.Sockets {
		inodes[s.Inode] = s.Inode != 0
	}
	holders, err := owner.Among(ns.PIDs, func(inode uint32) bool { return inodes[inode] })
	if err != nil {
		return nil, err
	}
	label := namespaceLabel(supervisor.ParseCgroup(cgroup.OfProcess(first.PID)), first.Name, first.PID)
	ports := readPortRange()
	var all []Listener
	for _, s := range table.Sockets {
		all = append(all, insideListener(label, s, holders[s.Inode], ports))
	}
	guessDualStack(all)
	return all, nil
}

func insideListener(label string, s netns.Socket, holders []process.Summary, ports portRange) Listener {
	l := Listener{
		Key: Key{Namespace: label, Proto: TCP, Addr: s.Addr, Port: s.Port},
		UID: int(s.UID), User: process.UserName(int(s.UID)), Kernel: s.Inode == 0, Ephemeral: ports.has(s.Port),
	}
	if s.UDP {
		l.Proto = UDP
	}
	for _, h := range holders {
		l.Owners = append(l.Owners, newProcess(h))
	}
	return l
}
