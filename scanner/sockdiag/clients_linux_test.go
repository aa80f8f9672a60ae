package sockdiag

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os/exec"
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

// counts gives those of a port, 0 is all.
func counts(t testing.TB, port uint16) ClientCounts {
	t.Helper()
	all, err := Clients(context.Background(), port)
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
		if n, ok := counts(t, 0)[at]; ok {
			t.Errorf("%v: %d connections before there are any", c, n)
		}
		var remotes []netip.AddrPort
		for _, host := range c.hosts {
			client, _ := connect(t, l, host)
			remotes = append(remotes, client.LocalAddr().(*net.TCPAddr).AddrPort())
		}
		if n := counts(t, 0)[at]; n != len(c.hosts) {
			t.Errorf("%v: %d connections", c, n)
		}
		for _, r := range remotes { // each client's own end is no connection to a listener
			if n := counts(t, 0)[Bound{r.Addr(), r.Port(), 0}]; n != 0 {
				t.Errorf("%v: the client's end counts", c)
			}
		}
		if got := counts(t, at.Port); len(got) != 1 || got[at] != len(c.hosts) {
			t.Errorf("%v: port %d alone has %v", c, at.Port, got)
		}
	}
}

// TestClientsOfTheNearest has two listeners on one port: a connection belongs to the
// one that has taken it. Those on another port are in the way of neither.
func TestClientsOfTheNearest(t *testing.T) {
	one, atOne := serve(t, "tcp4", "127.0.0.7:0")
	all, atAll := serve(t, "tcp", fmt.Sprintf("[::]:%d", atOne.Port))
	connect(t, one, "127.0.0.7")
	connect(t, all, "127.0.0.8")
	connect(t, all, "::1")
	other, atOther := serve(t, "tcp4", "127.0.0.7:0")
	connect(t, other, "127.0.0.7")
	if got := counts(t, 0); got[atOne] != 1 || got[atAll] != 2 || got[atOther] != 1 {
		t.Errorf("got %d, %d and %d, want 1, 2 and 1", got[atOne], got[atAll], got[atOther])
	}
	if got, want := counts(t, atOne.Port), (ClientCounts{atOne: 1, atAll: 2}); !maps.Equal(got, want) {
		t.Errorf("port %d has %v, want %v", atOne.Port, got, want)
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
	until(t, "the connection counts", func() bool { return counts(t, 0)[at] == 1 })
}

// TestClientsThatHaveEnded do not count, from the first end on.
func TestClientsThatHaveEnded(t *testing.T) {
	l, at := serve(t, "tcp4", "127.0.0.1:0")
	client, server := connect(t, l, "127.0.0.1")
	stays, _ := connect(t, l, "127.0.0.1")
	defer stays.Close()
	client.(*net.TCPConn).CloseWrite()
	until(t, "the half that is left does not count", func() bool { return counts(t, 0)[at] == 1 })
	server.Close()
	if n := counts(t, 0)[at]; n != 1 {
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

// TestClientsAgainstSS compares with how many "ss" of iproute2 shows on the same port.
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
	want := ClientCounts{at: strings.Count(string(out), "\n")}
	if got := counts(t, at.Port); want[at] != 40 || !maps.Equal(got, want) || counts(t, 0)[at] != want[at] {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestClientsStops when it is told to.
func TestClientsStops(t *testing.T) {
	l, at := serve(t, "tcp4", "127.0.0.1:0")
	connect(t, l, "127.0.0.1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, port := range []uint16{0, at.Port} {
		if _, err := Clients(ctx, port); !errors.Is(err, context.Canceled) {
			t.Errorf("port %d: %v", port, err)
		}
	}
}
