package sockdiag

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serve listens and takes connections, and gives where it listens as Clients names
// it.
func serve(t testing.TB, network, addr string) (net.Listener, Bound) {
	t.Helper()
	share := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error { // several may be on one port
		return raw.Control(func(fd uintptr) { unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	}}
	l, err := share.Listen(context.Background(), network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	at := l.Addr().(*net.TCPAddr).AddrPort()
	return l, Bound{Addr: at.Addr(), Port: at.Port()}
}

// connect makes a connection that the listener has accepted.
func connect(t testing.TB, l net.Listener, host string) (client, server net.Conn) {
	t.Helper()
	client, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(l.Addr().(*net.TCPAddr).Port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return client, server
}

func counts(t testing.TB) ClientCounts {
	t.Helper()
	all, err := Clients(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestClients has connections of each family to listeners of each kind.
func TestClients(t *testing.T) {
	for _, c := range []struct {
		network, addr string
		hosts         []string
	}{
		{"tcp4", "127.0.0.1:0", []string{"127.0.0.1"}},
		{"tcp4", "0.0.0.0:0", []string{"127.0.0.1", "127.0.0.2"}},
		{"tcp6", "[::1]:0", []string{"::1"}},
		{"tcp6", "[::]:0", []string{"::1"}},
		{"tcp", "[::]:0", []string{"127.0.0.1", "::1", "127.0.0.9"}},
	} {
		l, at := serve(t, c.network, c.addr)
		if n, ok := counts(t)[at]; ok {
			t.Errorf("%v: %d connections before there are any", c, n)
		}
		var remotes []netip.AddrPort
		for _, host := range c.hosts {
			client, _ := connect(t, l, host)
			remotes = append(remotes, client.LocalAddr().(*net.TCPAddr).AddrPort())
		}
		if n := counts(t)[at]; n != len(c.hosts) {
			t.Errorf("%v: %d connections", c, n)
		}
		for _, r := range remotes { // each client's own end is no connection to a listener
			if n := counts(t)[Bound{r.Addr(), r.Port(), 0}]; n != 0 {
				t.Errorf("%v: the client's end counts", c)
			}
		}
		checkClientsOf(t, at.Port, c.hosts, remotes)
	}
}

func checkClientsOf(t *testing.T, port uint16, hosts []string, remotes []netip.AddrPort) {
	t.Helper()
	clients, total, err := ClientsOf(context.Background(), port)
	if err != nil || total != len(hosts) || len(clients) != len(hosts) {
		t.Fatalf("port %d: %+v, total %d, error %v, want %v", port, clients, total, err, remotes)
	}
	for i, remote := range remotes {
		want := Client{Local: netip.AddrPortFrom(netip.MustParseAddr(hosts[i]), port), Remote: remote}
		if !slices.Contains(clients, want) {
			t.Errorf("%+v is missing in %+v", want, clients)
		}
	}
	if !slices.IsSortedFunc(clients, Client.compare) {
		t.Errorf("%+v are not in order", clients)
	}
}

// TestClientsOfTheNearest has two listeners on one port: a connection belongs to the
// one that has taken it.
func TestClientsOfTheNearest(t *testing.T) {
	one, atOne := serve(t, "tcp4", "127.0.0.7:0")
	all, atAll := serve(t, "tcp", fmt.Sprintf("[::]:%d", atOne.Port))
	connect(t, one, "127.0.0.7")
	connect(t, all, "127.0.0.8")
	connect(t, all, "::1")
	if got := counts(t); got[atOne] != 1 || got[atAll] != 2 {
		t.Errorf("got %d and %d, want 1 and 2", got[atOne], got[atAll])
	}
}

// TestClientsThatAreNotAccepted are there for the kernel, and count.
func TestClientsThatAreNotAccepted(t *testing.T) {
	l, at := serve(t, "tcp4", "127.0.0.1:0")
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	until(t, "the connection counts", func() bool { return counts(t)[at] == 1 })
}

// TestClientsThatHaveEnded do not count, from the first end on.
func TestClientsThatHaveEnded(t *testing.T) {
	l, at := serve(t, "tcp4", "127.0.0.1:0")
	client, server := connect(t, l, "127.0.0.1")
	stays, _ := connect(t, l, "127.0.0.1")
	defer stays.Close()
	client.(*net.TCPConn).CloseWrite()
	until(t, "the half that is left does not count", func() bool { return counts(t)[at] == 1 })
	server.Close()
	if n := counts(t)[at]; n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("not so: %s", what)
		}
	}
}

// TestClientsAgainstSS compares with what "ss" of iproute2 tells of the same ports.
func TestClientsAgainstSS(t *testing.T) {
	l, at := serve(t, "tcp", "[::]:0")
	for range 20 {
		connect(t, l, "127.0.0.1")
		connect(t, l, "::1")
	}
	out, err := exec.Command("ss", "-Htn", "state", "established", "sport", "=", fmt.Sprint(at.Port)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		want = append(want, ssAddr(t, f[2])+" "+ssAddr(t, f[3]))
	}
	clients, total, err := ClientsOf(context.Background(), at.Port)
	var got []string
	for _, c := range clients {
		got = append(got, c.Local.String()+" "+c.Remote.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || total != 40 || !slices.Equal(got, want) || counts(t)[at] != len(want) {
		t.Errorf("total %d, error %v, got\n%v\nwant\n%v", total, err, got, want)
	}
}

func ssAddr(t *testing.T, s string) string {
	t.Helper()
	at, err := netip.ParseAddrPort(s)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()).String()
}

// TestClientsStops when it is told to.
func TestClientsStops(t *testing.T) {
	l, at := serve(t, "tcp4", "127.0.0.1:0")
	connect(t, l, "127.0.0.1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Clients(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Clients: %v", err)
	}
	if _, _, err := ClientsOf(ctx, at.Port); !errors.Is(err, context.Canceled) {
		t.Errorf("ClientsOf: %v", err)
	}
}
