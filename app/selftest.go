package main

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"

	"portlight/app/view"
	"portlight/scanner"
)

// selfTest opens sockets on loopback and scans once, which has to show them with this
// process. An error is that of the scan. Nobody answers on the sockets.
func selfTest(ctx context.Context, scan func(context.Context) (*scanner.Snapshot, error)) ([]view.SelfTestJSON, error) {
	var tests []view.SelfTestJSON
	var opened []int // by index of tests
	var keys []scanner.Key
	for _, k := range []scanner.Key{
		{Proto: scanner.TCP, Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1})}, {Proto: scanner.TCP, Addr: netip.IPv6Loopback()},
		{Proto: scanner.UDP, Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1})},
	} {
		at, socket, err := openSocket(ctx, k)
		if err != nil {
			tests = append(tests, view.SelfTestJSON{Socket: k.Proto.String() + " " + k.Addr.String(), Error: err.Error()})
			continue
		}
		defer socket.Close()
		opened, keys = append(opened, len(tests)), append(keys, at)
		tests = append(tests, view.SelfTestJSON{Socket: at.ID()})
	}
	s, err := scan(ctx)
	if err != nil {
		return nil, err
	}
	for n, i := range opened {
		tests[i].Seen, tests[i].Owner = shows(s, keys[n])
	}
	return tests, nil
}

// openSocket listens at a key whose port the kernel chooses.
func openSocket(ctx context.Context, k scanner.Key) (scanner.Key, io.Closer, error) {
	var l net.ListenConfig
	at := netip.AddrPortFrom(k.Addr, 0).String()
	if k.Proto == scanner.UDP {
		conn, err := l.ListenPacket(ctx, "udp", at)
		if err != nil {
			return k, nil, err
		}
		k.Port = conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
		return k, conn, nil
	}
	conn, err := l.Listen(ctx, "tcp", at)
	if err != nil {
		return k, nil, err
	}
	k.Port = conn.Addr().(*net.TCPAddr).AddrPort().Port()
	return k, conn, nil
}

// shows reports whether a snapshot has a listener, and this process as its owner.
func shows(s *scanner.Snapshot, k scanner.Key) (seen, owner bool) {
	l, seen := s.Find(k)
	return seen, seen && slices.ContainsFunc(l.Owners, func(o scanner.Process) bool { return o.PID == os.Getpid() })
}
