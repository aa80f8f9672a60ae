package scanner

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"

	"portlight/assets/words"
)

// selfTest listens on loopback itself and takes a reading, which must show that: over
// TCP, over TCP on IPv6 and over UDP, with this process and this user.
func selfTest(ctx context.Context, read reader) (sightings, error) {
	var own []Key
	for _, k := range Loopbacks() {
		at, socket, err := ListenOn(ctx, k)
		if k.Addr.Is6() && (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)) {
			continue // IPv6 is switched off
		}
		if err != nil {
			return sightings{}, words.Wrap(wordSelfTestFailed, err)
		}
		defer socket.Close()
		own = append(own, at)
	}
	seen, err := read(ctx)
	if err != nil {
		return sightings{}, err
	}
	for _, k := range own {
		if err := seen.show(k); err != nil {
			return sightings{}, words.Wrap(wordSelfTestFailed, err)
		}
	}
	return seen, nil
}

// ListenOn listens at a key whose port the kernel chooses, and gives the key with it.
func ListenOn(ctx context.Context, k Key) (Key, io.Closer, error) {
	var l net.ListenConfig
	at := netip.AddrPortFrom(k.Addr, 0).String()
	if k.Proto == UDP {
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

// show reports what is wrong about an own socket.
func (s *sightings) show(k Key) error {
	i := slices.IndexFunc(s.all, func(b bound) bool { return b.Key == k })
	if i < 0 {
		return errNotShown(k)
	}
	b := s.all[i]
	if b.pid != os.Getpid() {
		return errWrongOwner(k, b.pid)
	}
	if b.uid != UnknownUID && b.uid != os.Geteuid() {
		return errWrongUser(k, b.uid)
	}
	return nil
}
