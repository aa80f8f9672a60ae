package sockdiag

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConn sees own sockets of every kind by both forms of the TCP request.
func TestConn(t *testing.T) {
	want := []netip.AddrPort{
		listenTCP(t, "tcp4", "127.0.0.1:0"), listenTCP(t, "tcp6", "[::1]:0"),
		listenUDP(t, "udp4", "127.0.0.1:0"), listenUDP(t, "udp6", "[::1]:0"),
	}
	connected := dialUDP(t, want[2])
	for _, legacy := range []bool{true, false} {
		c := dial(t)
		if !legacy {
			c.replaceLegacy(0)
		}
		socks := refresh(t, &Table{}, c)
		for i, addr := range want {
			s := find(socks, addr, i >= 2)
			if s == nil {
				t.Errorf("legacy %v: %v is missing", legacy, addr)
				continue
			}
			if s.UID != uint32(os.Getuid()) || s.Inode == 0 || s.Cookie == 0 || s.V6 != addr.Addr().Is6() {
				t.Errorf("legacy %v: %v has wrong facts: %+v", legacy, addr, s)
			}
		}
		if slices.ContainsFunc(socks, func(s Socket) bool { return s.UDP && s.Port == connected.Port() }) {
			t.Error("a connected UDP socket counts as listening")
		}
	}
}

// nobody is known to hold anything.
func nobody(*Socket) (held, known bool) { return false, false }

func dial(t testing.TB) *Conn {
	t.Helper()
	c, err := Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// refresh gives what is new.
func refresh(t testing.TB, table *Table, c *Conn) []Socket {
	t.Helper()
	if _, err := table.Refresh(c, nobody); err != nil {
		t.Fatal(err)
	}
	return table.Added()
}

func find(socks []Socket, at netip.AddrPort, udp bool) *Socket {
	i := slices.IndexFunc(socks, func(s Socket) bool { return netip.AddrPortFrom(s.Addr, s.Port) == at && s.UDP == udp })
	if i < 0 {
		return nil
	}
	return &socks[i]
}

// TestConnOfARefusedLegacyRequest asks by family when the first form fails.
func TestConnOfARefusedLegacyRequest(t *testing.T) {
	addr := listenTCP(t, "tcp6", "[::1]:0")
	c := dial(t)
	c.dumps[0].request = c.dumps[0].request[:headerLen+8]
	c.dumps[0].request[0] = headerLen + 8
	if find(refresh(t, &Table{}, c), addr, false) == nil {
		t.Error("own listener is missing")
	}
	if len(c.dumps) != 4 {
		t.Errorf("%d requests, want 4", len(c.dumps))
	}
}

// TestProbe shows nothing, though there is something, and settles how TCP is asked
// for. A closed Conn fails.
func TestProbe(t *testing.T) {
	addr := listenTCP(t, "tcp6", "[::1]:0")
	for _, refused := range []bool{false, true} {
		c := dial(t)
		if refused {
			c.dumps[0].probe = c.dumps[0].probe[:headerLen+8]
			c.dumps[0].probe[0] = headerLen + 8
		}
		if err := c.Probe(); err != nil || (len(c.dumps) == 4) != refused {
			t.Errorf("refused %v: %d requests, error %v", refused, len(c.dumps), err)
		}
		if find(refresh(t, &Table{}, c), addr, false) == nil {
			t.Errorf("refused %v: own listener is missing", refused)
		}
	}
	broken := Conn{fd: -1, dumps: dial(t).dumps}
	if broken.Probe() == nil {
		t.Error("a probe without a socket succeeds")
	}
}

// TestTableFollowsRealSockets closes sockets of every kind: each is gone at the
// first refresh, and its number does not matter.
func TestTableFollowsRealSockets(t *testing.T) {
	for _, kind := range []struct{ network, addr string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp4", "0.0.0.0:0"}, {"tcp6", "[::1]:0"}, {"tcp", "[::]:0"},
		{"udp4", "127.0.0.1:0"}, {"udp4", "0.0.0.0:0"}, {"udp6", "[::1]:0"}, {"udp", "[::]:0"},
	} {
		table, c := &Table{}, dial(t)
		refresh(t, table, c)
		at, closer := open(t, kind.network, kind.addr)
		udp := kind.network[:3] == "udp"
		if find(refresh(t, table, c), at, udp) == nil {
			t.Errorf("%v: not added", kind)
		}
		closer.Close()
		if refresh(t, table, c); find(table.Gone(), at, udp) == nil {
			t.Errorf("%v: not gone", kind)
		}
	}
}

// TestReopening closes and opens anew at once, and in between, at one address: what
// is there at the end is told, and what is not is not.
func TestReopening(t *testing.T) {
	table, c := &Table{}, dial(t)
	refresh(t, table, c)
	at, closer := open(t, "tcp4", "127.0.0.1:0")
	first := find(refresh(t, table, c), at, false)
	if first == nil {
		t.Fatal("not added")
	}
	cookie := first.Cookie
	closer.Close()
	_, closer = open(t, "tcp4", at.String())
	defer closer.Close()
	second := find(refresh(t, table, c), at, false)
	gone := find(table.Gone(), at, false)
	if second == nil || gone == nil || gone.Cookie != cookie || second.Cookie == cookie {
		t.Errorf("first %d, second %+v, gone %+v", cookie, second, gone)
	}
}

// TestNothingIsInvented opens and closes many sockets while it looks: at the end it
// knows what is there, by the additions and the ends that it was told.
func TestNothingIsInvented(t *testing.T) {
	table, c := &Table{}, dial(t)
	known := map[uint64]Socket{}
	follow := func() {
		refresh(t, table, c)
		for _, s := range table.Gone() {
			delete(known, s.Cookie)
		}
		for _, s := range table.Added() {
			known[s.Cookie] = s
		}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var all []io.Closer
			for range 200 {
				l, err := net.Listen("tcp4", "127.0.0.1:0")
				if err != nil {
					t.Error(err)
					return
				}
				all = append(all, l)
			}
			for _, l := range all {
				l.Close()
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	for range 400 {
		follow()
	}
	close(stop)
	<-done
	for range maxAbsent {
		follow()
	}
	fresh := &Table{}
	for _, s := range refresh(t, fresh, c) {
		if _, ok := known[s.Cookie]; !ok {
			t.Errorf("%+v is missing", s)
		}
		delete(known, s.Cookie)
	}
	for _, s := range known {
		if s.UID == uint32(os.Getuid()) && s.Addr.IsLoopback() && find(fresh.Added(), netip.AddrPortFrom(s.Addr, s.Port), s.UDP) == nil {
			t.Errorf("%+v is invented", s)
		}
	}
}

// TestLookup asks the kernel for what is there, and for what is not.
func TestLookup(t *testing.T) {
	at, udpAt := listenTCP(t, "tcp6", "[::1]:0"), listenUDP(t, "udp4", "127.0.0.1:0")
	c := dial(t)
	socks := refresh(t, &Table{}, c)
	for _, s := range []*Socket{find(socks, at, false), find(socks, udpAt, true)} {
		if cookie, err := c.lookup(s); err != nil || cookie != s.Cookie {
			t.Errorf("%+v: cookie %d, error %v", s, cookie, err)
		}
		s.Port = 1
		if _, err := c.lookup(s); !errors.Is(err, unix.ENOENT) {
			t.Errorf("port 1: error %v", err)
		}
	}
}

// TestRefreshOfNothingNewAllocatesNothing is what makes a calm computer cheap.
func TestRefreshOfNothingNewAllocatesNothing(t *testing.T) {
	listenTCP(t, "tcp4", "127.0.0.1:0")
	table, c := &Table{}, dial(t)
	refresh(t, table, c)
	perRun := testing.AllocsPerRun(100, func() {
		if _, err := table.Refresh(c, nobody); err != nil {
			t.Fatal(err)
		}
	})
	if perRun >= 1 { // others may open sockets meanwhile
		t.Errorf("%v allocations a refresh", perRun)
	}
}

// TestRefreshGoesOnWithAnotherConn tells after a failure what came meanwhile.
func TestRefreshGoesOnWithAnotherConn(t *testing.T) {
	table, c := &Table{}, dial(t)
	old := listenTCP(t, "tcp4", "127.0.0.1:0")
	refresh(t, table, c)
	broken := *c
	broken.fd = -1
	if _, err := table.Refresh(&broken, nobody); err == nil {
		t.Fatal("a refresh without a socket succeeds")
	}
	at := listenTCP(t, "tcp4", "127.0.0.1:0")
	added := refresh(t, table, dial(t))
	if find(added, at, false) == nil || find(added, old, false) != nil {
		t.Errorf("added %+v, want %v only", added, at)
	}
}

func open(t *testing.T, network, addr string) (netip.AddrPort, io.Closer) {
	t.Helper()
	if network[:3] == "udp" {
		l, err := net.ListenPacket(network, addr)
		if err != nil {
			t.Fatal(err)
		}
		return l.LocalAddr().(*net.UDPAddr).AddrPort(), l
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	return l.Addr().(*net.TCPAddr).AddrPort(), l
}

func listenTCP(t *testing.T, network, addr string) netip.AddrPort {
	t.Helper()
	at, l := open(t, network, addr)
	t.Cleanup(func() { l.Close() })
	return at
}

func listenUDP(t *testing.T, network, addr string) netip.AddrPort {
	t.Helper()
	at, l := open(t, network, addr)
	t.Cleanup(func() { l.Close() })
	return at
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
