package scanner

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestNoConnectionsListed(t *testing.T) {
	for _, l := range []Listener{{Key: Key{Proto: UDP, Port: 53}}, {Key: Key{Proto: TCP, Port: 80, Namespace: "container 1"}}} {
		if conns, n, err := ConnectionsOf(context.Background(), &l, 10); !errors.Is(err, ErrNoConnections) || n != 0 || conns != nil {
			t.Errorf("%s: %v, %d, %v", l.ID(), conns, n, err)
		}
	}
	gone := Listener{Key: Key{Proto: TCP, Addr: netip.IPv4Unspecified(), Port: 80, Device: "no-such-device"}}
	if conns, n, err := ConnectionsOf(context.Background(), &gone, 10); err != nil || n != 0 || conns != nil {
		t.Errorf("%v, %d, %v", conns, n, err)
	}
}

// TestConnectionsOfListeners compares the two ways to list them.
func TestConnectionsOfListeners(t *testing.T) {
	for _, c := range []struct{ network, listen, dial string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"}, {"tcp4", "0.0.0.0:0", "127.0.0.1"},
		{"tcp6", "[::1]:0", "::1"}, {"tcp", "[::]:0", "127.0.0.1"}, {"tcp", "[::]:0", "::1"},
	} {
		open, err := net.Listen(c.network, c.listen)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		at := open.Addr().(*net.TCPAddr).AddrPort()
		var want []Connection
		for range 4 {
			conn, err := net.Dial("tcp", net.JoinHostPort(c.dial, fmt.Sprint(at.Port())))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			taken, err := open.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer taken.Close()
			remote := conn.LocalAddr().(*net.TCPAddr).AddrPort()
			want = append(want, Connection{remote, netip.AddrPortFrom(remote.Addr(), at.Port()), stateEstablished, os.Geteuid()})
		}
		slices.SortFunc(want, func(a, b Connection) int { return a.Remote.Compare(b.Remote) })
		l := mustFind(t, scanned(t), TCP, at, "")
		for name, list := range map[string]func(context.Context, *Listener, int) ([]Connection, int, error){"sockdiag": ConnectionsOf, "gopsutil": gopsutilConnections} {
			if got, n, err := list(context.Background(), l, 10); err != nil || n != 4 || !slices.Equal(got, want) {
				t.Errorf("%s by %s with %s: %d, %v\n got %v\nwant %v", c.listen, c.dial, name, n, err, got, want)
			}
			if got, n, err := list(context.Background(), l, 2); err != nil || n != 4 || !slices.Equal(got, want[:2]) {
				t.Errorf("%s by %s with %s: of two %d, %v, %v", c.listen, c.dial, name, n, err, got)
			}
		}
	}
}

// TestConnectionsFromAnotherComputer come over a cable to another network, at
// addresses with a zone too.
func TestConnectionsFromAnotherComputer(t *testing.T) { runNested(t, modeServe, os.Geteuid()) }

func ip(line string) error {
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, out)
	}
	return nil
}

// The two ends of the cable.
const (
	addrHere, addrThere = "198.51.100.1", "198.51.100.2"
	linkHere, linkThere = "fe80::1", "fe80::2"
)

func runServe() error {
	other := exec.Command("/proc/self/exe")
	other.Env = append(os.Environ(), modeEnv+"="+modeDial)
	other.Stderr = os.Stderr
	other.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	in, errIn := other.StdinPipe()
	out, errOut := other.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		return err
	}
	if err := other.Start(); err != nil {
		return err
	}
	defer func() { in.Close(); other.Wait() }()
	for _, line := range []string{
		fmt.Sprintf("link add one type veth peer name two netns %d", other.Process.Pid),
		"link set one addrgenmode none", "addr add " + addrHere + "/24 dev one", "addr add " + linkHere + "/64 nodad dev one", "link set one up",
	} {
		if err := ip(line); err != nil {
			return err
		}
	}
	return serveOverCable(in, bufio.NewReader(out))
}

func serveOverCable(in io.Writer, out *bufio.Reader) error {
	for _, c := range []struct{ network, listen, dial, remote string }{
		{"tcp4", "0.0.0.0:0", addrHere, addrThere}, {"tcp4", addrHere + ":0", addrHere, addrThere}, {"tcp", "[::]:0", addrHere, addrThere},
		{"tcp", "[::]:0", linkHere + "%two", linkThere + "%one"}, {"tcp6", "[" + linkHere + "%one]:0", linkHere + "%two", linkThere + "%one"},
	} {
		open, err := net.Listen(c.network, c.listen)
		if err != nil {
			return err
		}
		defer open.Close()
		port := open.Addr().(*net.TCPAddr).Port
		fmt.Fprintln(in, net.JoinHostPort(c.dial, fmt.Sprint(port)))
		if _, err := out.ReadString('\n'); err != nil {
			return err
		}
		l := &Listener{Key: Key{Proto: TCP, Addr: netip.MustParseAddrPort(c.listen).Addr(), Port: uint16(port)}, DualStack: c.network == "tcp"}
		conns, n, err := ConnectionsOf(context.Background(), l, 10)
		if err != nil || n != 1 || len(conns) != 1 || conns[0].Remote.Addr() != netip.MustParseAddr(c.remote) || conns[0].State != stateEstablished {
			return fmt.Errorf("%s by %s: %d connections %v, error %v", c.listen, c.dial, n, conns, err)
		}
	}
	return nil
}

// runDial is the computer at the other end: it connects to each address of its
// standard input, and says so.
func runDial() error {
	lines := bufio.NewScanner(os.Stdin)
	var conns []net.Conn
	for lines.Scan() {
		if conns == nil {
			for _, line := range []string{"link set two addrgenmode none", "addr add " + addrThere + "/24 dev two", "addr add " + linkThere + "/64 nodad dev two", "link set two up"} {
				if err := ip(line); err != nil {
					return err
				}
			}
		}
		c, err := (&net.Dialer{Timeout: 5 * time.Second}).Dial("tcp", lines.Text())
		if err != nil {
			return err
		}
		conns = append(conns, c)
		fmt.Println("connected from", c.LocalAddr())
	}
	for _, c := range conns {
		c.Close()
	}
	return lines.Err()
}
