package sockdiag

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
)

// TestConn sees own sockets of every kind by both forms of the TCP request.
func TestConn(t *testing.T) {
	want := []netip.AddrPort{
		listenTCP(t, "tcp4", "127.0.0.1:0"), listenTCP(t, "tcp6", "[::1]:0"),
		listenUDP(t, "udp4", "127.0.0.1:0"), listenUDP(t, "udp6", "[::1]:0"),
	}
	connected := dialUDP(t, want[2])
	for _, legacy := range []bool{true, false} {
		c, err := Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if !legacy {
			c.replaceLegacy(0)
		}
		socks, err := c.Listeners(nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, addr := range want {
			found := slices.IndexFunc(socks, func(s Socket) bool {
				return netip.AddrPortFrom(s.Addr, s.Port) == addr && s.UDP == (i >= 2)
			})
			if found < 0 {
				t.Errorf("legacy %v: %v is missing", legacy, addr)
				continue
			}
			if s := socks[found]; s.UID != uint32(os.Getuid()) || s.Inode == 0 || s.Cookie == 0 || s.V6 != addr.Addr().Is6() {
				t.Errorf("legacy %v: %v has wrong facts: %+v", legacy, addr, s)
			}
		}
		if slices.ContainsFunc(socks, func(s Socket) bool { return s.UDP && s.Port == connected.Port() }) {
			t.Error("a connected UDP socket counts as listening")
		}
	}
}

// TestConnOfARefusedLegacyRequest asks by family when the first form fails.
func TestConnOfARefusedLegacyRequest(t *testing.T) {
	addr := listenTCP(t, "tcp6", "[::1]:0")
	c, err := Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.requests[0].request[headerLen] = 255 // a family that no kernel has
	c.requests[0].request = c.requests[0].request[:headerLen+8]
	c.requests[0].request[0] = headerLen + 8
	socks, err := c.Listeners(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(socks, func(s Socket) bool { return s.Port == addr.Port() }) {
		t.Error("own listener is missing")
	}
	if len(c.requests) != 4 {
		t.Errorf("%d requests, want 4", len(c.requests))
	}
}

func listenTCP(t *testing.T, network, addr string) netip.AddrPort {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func listenUDP(t *testing.T, network, addr string) netip.AddrPort {
	t.Helper()
	l, err := net.ListenPacket(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.LocalAddr().(*net.UDPAddr).AddrPort()
}

func dialUDP(t *testing.T, to netip.AddrPort) netip.AddrPort {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}
