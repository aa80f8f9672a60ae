package scanner

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain lets the test binary be a child that holds the descriptor it
// inherits until its standard input ends.
func TestMain(m *testing.M) {
	if os.Getenv("PORTLIGHT_TEST_CHILD") != "" {
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// holdIn starts a child that inherits the sockets, and gives it with the
// function that ends it.
func holdIn(t *testing.T, files ...*os.File) (pid int, end func()) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PORTLIGHT_TEST_CHILD=1")
	cmd.ExtraFiles = files
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			in.Close()
			cmd.Wait()
		}
	}
	t.Cleanup(end)
	return cmd.Process.Pid, end
}

// bind opens a socket with options that package net does not offer.
func bind(t *testing.T, family, kind int, addr unix.Sockaddr, options ...func(fd int) error) (netip.AddrPort, *os.File) {
	t.Helper()
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { f.Close() })
	for _, set := range options {
		if err := set(fd); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Bind(fd, addr); err != nil {
		t.Fatal(err)
	}
	if kind == unix.SOCK_STREAM {
		if err := unix.Listen(fd, 77); err != nil {
			t.Fatal(err)
		}
	}
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)), f
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port)), f
	}
	t.Fatalf("unexpected address %v", sa)
	return netip.AddrPort{}, nil
}

func v6only(on int) func(int) error {
	return func(fd int) error { return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, on) }
}

func reusePort(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

func toDevice(name string) func(int) error {
	return func(fd int) error { return unix.BindToDevice(fd, name) }
}

func openTestSource(t *testing.T) *sockdiagSource {
	t.Helper()
	s, err := openSockdiag(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s.(*sockdiagSource)
}

func mustScan(t *testing.T, s source) *Snapshot {
	t.Helper()
	snap, err := s.scan(context.Background(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func mustFind(t *testing.T, s *Snapshot, proto Proto, at netip.AddrPort, device string) *Listener {
	t.Helper()
	if s == nil {
		t.Fatal("no snapshot: the scan found nothing new")
	}
	l, ok := s.Find(Key{Proto: proto, Addr: at.Addr(), Port: at.Port(), Device: device})
	if !ok {
		t.Fatalf("%v %v is missing", proto, at)
	}
	return l
}

func pidsOf(l *Listener) []int {
	var pids []int
	for _, o := range l.Owners {
		pids = append(pids, o.PID)
	}
	return pids
}

func TestSockdiagSeesEveryKindOfListener(t *testing.T) {
	any6, loop6 := [16]byte{}, [16]byte{15: 1}
	v4, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	dual, _ := bind(t, unix.AF_INET6, unix.SOCK_STREAM, &unix.SockaddrInet6{Addr: any6}, v6only(0))
	only6, _ := bind(t, unix.AF_INET6, unix.SOCK_STREAM, &unix.SockaddrInet6{Addr: any6}, v6only(1))
	udp4, _ := bind(t, unix.AF_INET, unix.SOCK_DGRAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	udp6, _ := bind(t, unix.AF_INET6, unix.SOCK_DGRAM, &unix.SockaddrInet6{Addr: loop6})
	onLo, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{}, toDevice("lo"))
	snap := mustScan(t, openTestSource(t))
	self, _ := os.Executable()
	for _, c := range []struct {
		name   string
		proto  Proto
		at     netip.AddrPort
		device string
		scope  Scope
		family string
	}{
		{"IPv4 wildcard", TCP, v4, "", ScopeAll, "ipv4"},
		{"dual stack", TCP, dual, "", ScopeAll, "dual"},
		{"IPv6 only", TCP, only6, "", ScopeAll, "ipv6"},
		{"UDP over IPv4", UDP, udp4, "", ScopeLoopback, "ipv4"},
		{"UDP over IPv6", UDP, udp6, "", ScopeLoopback, "ipv6"},
		{"bound to a device", TCP, onLo, "lo", ScopeLoopback, "ipv4"},
	} {
		l := mustFind(t, snap, c.proto, c.at, c.device)
		if l.Scope() != c.scope || l.Family() != c.family || l.UID != os.Getuid() || !l.Ephemeral {
			t.Errorf("%s: scope %v, family %s, uid %d, ephemeral %v", c.name, l.Scope(), l.Family(), l.UID, l.Ephemeral)
		}
		if pids := pidsOf(l); !slices.Equal(pids, []int{os.Getpid()}) || l.Owners[0].Path != self {
			t.Errorf("%s: owners %+v, want this process", c.name, l.Owners)
		}
		if want := map[Proto]int{TCP: 77}[c.proto]; l.Backlog != want {
			t.Errorf("%s: backlog %d, want %d", c.name, l.Backlog, want)
		}
	}
}

func TestSockdiagKeepsOwnersOfReusePortApart(t *testing.T) {
	at, f := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{}, reusePort)
	_, g := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{Port: int(at.Port())}, reusePort)
	a, _ := holdIn(t, f)
	b, _ := holdIn(t, g)
	f.Close()
	g.Close()
	want := []int{min(a, b), max(a, b)}
	if got := pidsOf(mustFind(t, mustScan(t, openTestSource(t)), TCP, at, "")); !slices.Equal(got, want) {
		t.Errorf("owners %v, want %v", got, want)
	}
}

// TestSockdiagFollowsAHandOver gives a socket to a child and closes it here:
// the owner changes, the listener stays; when the child ends, it goes.
func TestSockdiagFollowsAHandOver(t *testing.T) {
	at, f := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	src := openTestSource(t)
	first := mustScan(t, src)
	mustFind(t, first, TCP, at, "")
	if again := mustScan(t, src); again != nil {
		t.Errorf("an unchanged scan gives a snapshot: %v", Diff(first, again))
	}
	child, end := holdIn(t, f)
	f.Close()
	second := mustScan(t, src)
	if got := pidsOf(mustFind(t, second, TCP, at, "")); !slices.Equal(got, []int{child}) {
		t.Errorf("owners %v, want %d", got, child)
	}
	if got := about(Diff(first, second), at); got != "changed" {
		t.Errorf("events %q, want changed", got)
	}
	end()
	if got := about(Diff(second, mustScan(t, src)), at); got != "closed" {
		t.Errorf("events %q, want closed", got)
	}
}

// about names the operations on one address.
func about(events []Event, at netip.AddrPort) string {
	var ops []string
	for _, e := range events {
		if e.Listener.Addr == at.Addr() && e.Listener.Port == at.Port() {
			ops = append(ops, e.Op.String())
		}
	}
	return strings.Join(ops, " ")
}

func TestSockdiagOutlivesItsNetlinkSocket(t *testing.T) {
	src := openTestSource(t)
	mustScan(t, src)
	src.conn.Close()
	if _, err := src.scan(context.Background(), time.Now()); err == nil {
		t.Fatal("a scan by a closed socket succeeds")
	}
	at, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	mustFind(t, mustScan(t, src), TCP, at, "")
}

func TestGopsutilAgreesOnOwnListeners(t *testing.T) {
	v4, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	dual, _ := bind(t, unix.AF_INET6, unix.SOCK_STREAM, &unix.SockaddrInet6{}, v6only(0))
	udp, _ := bind(t, unix.AF_INET, unix.SOCK_DGRAM, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	src, err := openGopsutil(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	snap := mustScan(t, src)
	for at, proto := range map[netip.AddrPort]Proto{v4: TCP, dual: TCP, udp: UDP} {
		l := mustFind(t, snap, proto, at, "")
		if !slices.Equal(pidsOf(l), []int{os.Getpid()}) || l.UID != os.Getuid() {
			t.Errorf("%v: owners %v, uid %d", at, pidsOf(l), l.UID)
		}
	}
	if l := mustFind(t, snap, TCP, dual, ""); l.Family() != "dual" {
		t.Errorf("family %s, want dual", l.Family())
	}
}

// TestAgreesWithSS compares everything on this machine with ss of iproute2.
func TestAgreesWithSS(t *testing.T) {
	bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	bind(t, unix.AF_INET6, unix.SOCK_DGRAM, &unix.SockaddrInet6{Addr: [16]byte{15: 1}})
	src := openTestSource(t)
	var ours, theirs []string
	for range 5 {
		if snap := mustScan(t, src); snap != nil {
			ours = ssLines(snap)
		}
		if theirs = ss(t); slices.Equal(ours, theirs) {
			return
		}
	}
	t.Errorf("ours:\n%s\nss:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
}

func ssLines(s *Snapshot) []string {
	var lines []string
	for i := range s.Listeners {
		l := &s.Listeners[i]
		host := l.Addr.WithZone("").String()
		if l.DualStack {
			host = "*"
		}
		lines = append(lines, fmt.Sprint(l.Proto, " ", host, " ", l.Port, " ", pidsOf(l)))
	}
	slices.Sort(lines)
	return lines
}

var ssPID = regexp.MustCompile(`pid=(\d+)`)

func ss(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("ss", "-Hlntup").Output()
	if err != nil {
		t.Fatal(err)
	}
	pids := map[string][]int{}
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line))
		host, port, err := net.SplitHostPort(f[4])
		if err != nil {
			host, port = f[4][:strings.LastIndex(f[4], ":")], f[4][strings.LastIndex(f[4], ":")+1:]
		}
		host, _, _ = strings.Cut(host, "%")
		key := f[0] + " " + host + " " + port
		pids[key] = append(pids[key], []int{}...)
		for _, m := range ssPID.FindAllStringSubmatch(string(line), -1) {
			pid, _ := strconv.Atoi(m[1])
			pids[key] = append(pids[key], pid)
		}
	}
	var lines []string
	for key, p := range pids {
		slices.Sort(p)
		lines = append(lines, fmt.Sprint(key, " ", slices.Compact(p)))
	}
	slices.Sort(lines)
	return lines
}

func TestParsePortRange(t *testing.T) {
	for in, want := range map[string]portRange{
		"1024\t2048\n": {1024, 2048},
		"":             defaultRange,
		"1 2 3":        defaultRange,
		"-1 70000":     defaultRange,
	} {
		if got := parsePortRange(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// TestSockdiagShowsAfterAFailureWhatCameBefore fails one search: what it should
// have told comes with the next scan.
func TestSockdiagShowsAfterAFailureWhatCameBefore(t *testing.T) {
	src := openTestSource(t)
	mustScan(t, src)
	at, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	src.proc = t.TempDir() + "/missing"
	if _, err := src.scan(context.Background(), time.Now()); err == nil {
		t.Fatal("a scan without /proc succeeds")
	}
	src.proc = "/proc"
	if got := pidsOf(mustFind(t, mustScan(t, src), TCP, at, "")); !slices.Equal(got, []int{os.Getpid()}) {
		t.Errorf("owners %v, want this process", got)
	}
}

// TestSearchIsCompleteOnlyWherePID1IsSeen looks into a tree that hides others, as
// hidepid does.
func TestSearchIsCompleteOnlyWherePID1IsSeen(t *testing.T) {
	for _, c := range []struct {
		pids      []string
		namespace string
		want      bool
	}{
		{[]string{"1", "7"}, initPIDNamespace, true},
		{[]string{"7"}, initPIDNamespace, false},
		{[]string{"1", "7"}, "pid:[4026532000]", false},
	} {
		dir := t.TempDir()
		for _, d := range append(c.pids, "self/ns") {
			if err := os.MkdirAll(dir+"/"+d+"/fd", 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(c.namespace, dir+"/self/ns/pid"); err != nil {
			t.Fatal(err)
		}
		if s, err := findHolders(context.Background(), dir, nil); err != nil || s.complete != c.want {
			t.Errorf("pids %v in %s: complete %v, error %v", c.pids, c.namespace, s.complete, err)
		}
	}
}

func FuzzSocketInode(f *testing.F) {
	for _, s := range []string{"socket:[42]", "socket:[", "socket:[99999999999]", "pipe:[1]", "/dev/null", "socket:[-1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if inode, ok := socketInode(s); ok && !strings.Contains(s, strconv.FormatUint(uint64(inode), 10)) {
			t.Errorf("inode %d from %q", inode, s)
		}
	})
}
