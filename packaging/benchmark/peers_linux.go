package main

import (
	"fmt"
	"slices"

	"github.com/prometheus/procfs"
	gopsutilnet3 "github.com/shirou/gopsutil/v3/net"
	gopsutilnet4 "github.com/shirou/gopsutil/v4/net"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"tailscale.com/portlist"
)

// peer is a library that can be asked what listens. Look gives how many listeners
// it sees, as a proof that it did the work.
type peer struct {
	name string
	look func() (int, error)
}

func peers() []peer {
	return []peer{
		{gopsutil3, lookGopsutil3},
		{gopsutil4, lookGopsutil4},
		{procfsLook, lookProcfs},
		{netlinkLook, lookNetlink},
	}
}

// trial takes one look a turn.
func (p peer) trial(least int) trial {
	return single(p.name, func() error {
		n, err := p.look()
		if err == nil && n < least {
			err = fmt.Errorf("it sees %d listeners, and there are %d", n, least)
		}
		return err
	})
}

func lookGopsutil3() (n int, err error) {
	conns, err := gopsutilnet3.Connections("inet")
	for _, c := range conns {
		if c.Status == "LISTEN" || c.Type == unix.SOCK_DGRAM && c.Raddr.Port == 0 {
			n++
		}
	}
	return n, err
}

func lookGopsutil4() (n int, err error) {
	conns, err := gopsutilnet4.Connections("inet")
	for _, c := range conns {
		if c.Status == "LISTEN" || c.Type == unix.SOCK_DGRAM && c.Raddr.Port == 0 {
			n++
		}
	}
	return n, err
}

// States of sockets in the files of /proc/net, as in net/tcp_states.h.
const (
	stateListen = 10
	stateClose  = 7
)

// lookProcfs reads the four tables of sockets and then the descriptors of all
// processes, to find whose the listeners are.
func lookProcfs() (int, error) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return 0, err
	}
	inodes, err := procfsListeners(fs)
	if err != nil {
		return 0, err
	}
	procs, err := fs.AllProcs()
	if err != nil {
		return 0, err
	}
	owners := map[string][]int{}
	for _, p := range procs {
		targets, err := p.FileDescriptorTargets()
		if err != nil {
			continue // it is gone, or not to be looked into
		}
		for _, t := range targets {
			if inodes[t] {
				owners[t] = append(owners[t], p.PID)
			}
		}
	}
	return len(inodes), nil
}

// procfsListeners gives the listeners as links to them look.
func procfsListeners(fs procfs.FS) (map[string]bool, error) {
	inodes := map[string]bool{}
	//lint:ignore SA1019 the table is what the library offers itself, and where it sends people to has no such call
	for _, read := range []func() (procfs.NetTCP, error){fs.NetTCP, fs.NetTCP6} {
		lines, err := read()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.St == stateListen {
				inodes[fmt.Sprintf("socket:[%d]", l.Inode)] = true
			}
		}
	}
	for _, read := range []func() (procfs.NetUDP, error){fs.NetUDP, fs.NetUDP6} {
		lines, err := read()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.St == stateClose {
				inodes[fmt.Sprintf("socket:[%d]", l.Inode)] = true
			}
		}
	}
	return inodes, nil
}

// lookNetlink asks the kernel in the way of Portlight. The library cannot ask for
// listeners only, and knows no owners.
func lookNetlink() (n int, err error) {
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		tcp, err := netlink.SocketDiagTCP(family)
		if err != nil {
			return n, err
		}
		udp, err := netlink.SocketDiagUDP(family)
		if err != nil {
			return n, err
		}
		for _, s := range slices.Concat(tcp, udp) {
			if s.State == stateListen || s.State == stateClose {
				n++
			}
		}
	}
	return n, nil
}

// portlistPeer is the one library that remembers, as Portlight does.
type portlistPeer struct {
	poller portlist.Poller
	world  *world
	turn   int
}

func openPortlist(w *world) (*portlistPeer, error) {
	p := &portlistPeer{poller: portlist.Poller{IncludeLocalhost: true}, world: w}
	ports, _, err := p.poller.Poll()
	if err == nil && len(ports) < w.keys {
		err = fmt.Errorf("it sees %d listeners, and there are %d", len(ports), w.keys)
	}
	if err != nil {
		return nil, fmt.Errorf("tailscale portlist: %w", err)
	}
	return p, nil
}

func (p *portlistPeer) close() { p.poller.Close() }

func (p *portlistPeer) poll() error {
	_, _, err := p.poller.Poll()
	return err
}

// known opens a listener of a process that has some, times the poll after it, and
// closes it.
func (p *portlistPeer) known(add adder) error {
	p.turn++
	c, port := p.world.holders[p.turn%len(p.world.holders)], p.world.nextPort()
	if err := c.do("listen " + oneMore(port)); err != nil {
		return err
	}
	if err := timed(add, portlistKnown, p.poll); err != nil {
		return err
	}
	if err := c.do("close " + oneMore(port)); err != nil {
		return err
	}
	return p.poll()
}
