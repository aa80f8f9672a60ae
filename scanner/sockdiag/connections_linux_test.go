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
	"testing"

	"golang.org/x/sys/unix"
)

// listedBySS gives what "ss" of iproute2 lists on a local port, without TIME-WAIT.
func listedBySS(t *testing.T, port uint16) []string {
	t.Helper()
	out, err := exec.Command("ss", "-Htn", "state", "connected", "exclude", "time-wait", "sport", "=", fmt.Sprint(port)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		lines = append(lines, strings.Replace(f[0], "ESTAB", "ESTABLISHED", 1)+" "+plainAddr(t, f[3])+" "+plainAddr(t, f[4]))
	}
	slices.Sort(lines)
	return lines
}

func plainAddr(t *testing.T, text string) string {
	t.Helper()
	at, err := netip.ParseAddrPort(text)
	if err != nil {
		t.Fatal(err)
	}
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port()).String()
}

func connectionsOf(t *testing.T, at Bound, limit int) (conns []Connection, established int) {
	t.Helper()
	conns, established, err := Connections(context.Background(), at, limit)
	if err != nil {
		t.Fatal(err)
	}
	return conns, established
}

func listed(t *testing.T, at Bound) []string {
	t.Helper()
	conns, _ := connectionsOf(t, at, 1000)
	var lines []string
	for _, c := range conns {
		lines = append(lines, fmt.Sprint(c.State, " ", c.Local, " ", c.Remote))
	}
	slices.Sort(lines)
	return lines
}

// TestConnectionsAgainstSS has connections of both families in several states.
func TestConnectionsAgainstSS(t *testing.T) {
	l, at := serve(t, "tcp", "[::]:0")
	for range 10 {
		connect(t, l, "127.0.0.1")
		connect(t, l, "::1")
	}
	half, _ := connect(t, l, "127.0.0.2")
	half.(*net.TCPConn).CloseWrite()
	_, server := connect(t, l, "127.0.0.3")
	server.(*net.TCPConn).CloseWrite()
	waiting, ended := connect(t, l, "127.0.0.4")
	ended.Close()
	waiting.Close() // the listener's end is in TIME-WAIT then
	deferred(t, l)
	client, err := net.Dial("tcp", fmt.Sprintf("127.0.0.5:%d", at.Port))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	until(t, "each state is listed", func() bool {
		states := map[string]int{}
		for _, line := range listed(t, at) {
			states[strings.Fields(line)[0]]++
		}
		return states["ESTABLISHED"] == 20 && states["CLOSE-WAIT"] == 1 && states["FIN-WAIT-2"] == 1 && states["SYN-RECV"] == 1
	})
	if got, want := listed(t, at), listedBySS(t, at.Port); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nss lists\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	conns, established := connectionsOf(t, at, 5)
	if len(conns) != 5 || established != 20 || !slices.IsSortedFunc(conns, Connection.Compare) || conns[0].UID != uint32(unix.Geteuid()) {
		t.Errorf("%d established, %v", established, conns)
	}
	if conns, established := connectionsOf(t, at, 0); len(conns) != 0 || established != 20 {
		t.Errorf("without room: %d established, %v", established, conns)
	}
}

// deferred has a listener take connections only when data has come: until then they
// are in SYN-RECV (TCP_DEFER_ACCEPT in tcp(7)).
func deferred(t *testing.T, l net.Listener) {
	t.Helper()
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 30)
	}), err)
	if err != nil {
		t.Fatal(err)
	}
}

// TestConnectionsOfTheNearest belong to the listener that has taken them.
func TestConnectionsOfTheNearest(t *testing.T) {
	one, atOne := serve(t, "tcp4", "127.0.0.7:0")
	all, atAll := serve(t, "tcp", fmt.Sprintf("[::]:%d", atOne.Port))
	connect(t, one, "127.0.0.7")
	connect(t, all, "127.0.0.8")
	if conns, n := connectionsOf(t, atOne, 10); n != 1 || len(conns) != 1 || conns[0].Local.Addr() != atOne.Addr {
		t.Errorf("one address has %v", conns)
	}
	if conns, n := connectionsOf(t, atAll, 10); n != 1 || len(conns) != 1 || conns[0].Local.Addr() != netip.MustParseAddr("127.0.0.8") {
		t.Errorf("all addresses have %v", conns)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Connections(ctx, atOne, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("it does not stop: %v", err)
	}
}
