package scanner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The modes of the test binary, when it is not the test itself.
const (
	modeEnv     = "PORTLIGHT_TEST_MODE"
	nextModeEnv = "PORTLIGHT_TEST_NEXT_MODE" // after modeNetwork
	uidEnv      = "PORTLIGHT_TEST_UID"       // after modeNetwork

	modeHold    = "hold"    // holds the descriptors that it inherits until its standard input ends
	modeNetwork = "network" // prepares the network namespace that it is in
	modeWorker  = "worker"
	modeChurn   = "churn"
	modeWarm    = "warm"
	modeTunnel  = "tunnel"
	modeListen  = "listen"
	modeOpen    = "open" // listens until its standard input ends
	modeLinks   = "links"
	modeUnits   = "units"  // prints who stands behind what listens
	modeServe   = "serve"  // lists the connections that come over a cable
	modeDial    = "dial"   // connects to what it is told, over a cable
	modeInside  = "inside" // listens in its own network until its standard input ends

	noTunnelEnv = "PORTLIGHT_TEST_NO_TUNNEL" // the kernel has none
)

func TestMain(m *testing.M) {
	modes := map[string]func() error{
		modeHold: hold, modeNetwork: enterNetwork, modeWorker: runWorker, modeChurn: runChurn, modeWarm: runWarm,
		modeTunnel: runTunnel, modeListen: runListen, modeInside: runInside,
		modeUnits: runUnits, modeLinks: runLinks, modeServe: runServe, modeDial: runDial}
	mode := modes[os.Getenv(modeEnv)]
	if mode == nil {
		os.Exit(m.Run())
	}
	if err := mode(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func hold() error {
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// holdIn starts a child that inherits the sockets, and gives it with the
// function that ends it.
func holdIn(t *testing.T, files ...*os.File) (pid int, end func()) {
	t.Helper()
	return startMode(t, modeHold, func(cmd *exec.Cmd) {
		cmd.ExtraFiles = files
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	})
}

// startMode starts this program in a mode (see TestMain) in which it says a line
// when it is ready, and holds. End has it end, at the end of the test at the latest.
func startMode(t *testing.T, mode string, edit func(*exec.Cmd)) (pid int, end func()) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+mode)
	cmd.Stderr = os.Stderr
	edit(cmd)
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
	end = sync.OnceFunc(func() {
		in.Close()
		cmd.Wait()
	})
	t.Cleanup(end)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
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
	child, end := holdIn(t, f)
	f.Close()
	second := scanUntil(t, src, func(s *Snapshot) bool {
		return slices.Equal(pidsOf(mustFind(t, s, TCP, at, "")), []int{child})
	})
	if got := about(Diff(first, second), at); got != "changed" {
		t.Errorf("events %q, want changed", got)
	}
	end()
	if got := about(Diff(second, mustScan(t, src)), at); got != "closed" {
		t.Errorf("events %q, want closed", got)
	}
}

// TestSockdiagNoticesAnOwnersEnd ends one of two holders: the other one stays, and
// nobody has to look for that.
func TestSockdiagNoticesAnOwnersEnd(t *testing.T) {
	at, f := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	child, end := holdIn(t, f)
	src := openTestSource(t)
	if got := pidsOf(mustFind(t, mustScan(t, src), TCP, at, "")); !slices.Contains(got, child) || len(got) != 2 {
		t.Fatalf("owners %v, want %d and %d", got, child, os.Getpid())
	}
	end()
	select {
	case <-src.finder.Wake():
	case <-time.After(5 * time.Second):
		t.Fatal("no word of the end")
	}
	if got := pidsOf(mustFind(t, mustScan(t, src), TCP, at, "")); !slices.Equal(got, []int{os.Getpid()}) {
		t.Errorf("owners %v, want %d", got, os.Getpid())
	}
}

// TestSockdiagWarmScan finds nothing new, allocates nothing for it, and does not
// grow over as many scans as PORTLIGHT_SCANS says.
func TestSockdiagWarmScan(t *testing.T) {
	runNested(t, modeWarm, os.Geteuid())
}

// runWarm has a network where nobody else opens anything.
func runWarm() error {
	if _, err := openSocket("dual", 2000); err != nil {
		return err
	}
	ctx, now := context.Background(), time.Now()
	src, err := openSockdiag(ctx)
	if err != nil {
		return err
	}
	defer src.close()
	if s, err := src.scan(ctx, now); err != nil || s == nil || len(s.Listeners) != 1 {
		return fmt.Errorf("first scan: %+v, %v", s, err)
	}
	quiet := func() {
		if s, e := src.scan(ctx, now); s != nil || e != nil {
			err = fmt.Errorf("unchanged scan: %+v, %v", s, e)
		}
	}
	if allocs := testing.AllocsPerRun(1000, quiet); allocs != 0 {
		return fmt.Errorf("%v allocations a scan", allocs)
	}
	return errors.Join(err, growth(func() {
		now = now.Add(time.Second) // with the upkeep of every second
		quiet()
	}))
}

// growth fails if descriptors, goroutines or memory are more after many runs.
func growth(run func()) error {
	runs := 5000
	if text := os.Getenv("PORTLIGHT_SCANS"); text != "" {
		if _, err := fmt.Sscan(text, &runs); err != nil {
			return err
		}
	}
	measure := func() (fds, goroutines int, heap uint64) {
		entries, _ := os.ReadDir("/proc/self/fd")
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return len(entries), runtime.NumGoroutine(), m.HeapAlloc
	}
	for range runs / 10 {
		run()
	}
	fds, goroutines, heap := measure()
	for range runs {
		run()
	}
	fdsAfter, goroutinesAfter, heapAfter := measure()
	if fdsAfter > fds || goroutinesAfter > goroutines || heapAfter > heap+heap/4+100_000 {
		return fmt.Errorf("after %d scans: %d descriptors, %d goroutines, %d bytes; before: %d, %d, %d",
			runs, fdsAfter, goroutinesAfter, heapAfter, fds, goroutines, heap)
	}
	return nil
}

// scanUntil scans with a clock that goes fast until the newest snapshot is as
// wanted.
func scanUntil(t *testing.T, src source, wanted func(*Snapshot) bool) *Snapshot {
	t.Helper()
	now := time.Now()
	for range 1000 {
		now = now.Add(10 * time.Second)
		s, err := src.scan(context.Background(), now)
		if err != nil {
			t.Fatal(err)
		}
		if s != nil && wanted(s) {
			return s
		}
	}
	t.Fatal("no snapshot is as wanted")
	return nil
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

// TestSockdiagOutlivesItsNetlinkSocket fails one scan: what that should have told
// comes with the next, and nothing seems to have gone.
func TestSockdiagOutlivesItsNetlinkSocket(t *testing.T) {
	old, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	src := openTestSource(t)
	first := mustScan(t, src)
	at, _ := bind(t, unix.AF_INET, unix.SOCK_STREAM, &unix.SockaddrInet4{})
	src.conn.Close()
	if _, err := src.scan(context.Background(), time.Now()); err == nil {
		t.Fatal("a scan by a closed socket succeeds")
	}
	second := mustScan(t, src)
	mustFind(t, second, TCP, at, "")
	if got := about(Diff(first, second), old); got != "" {
		t.Errorf("events %q about a listener that stayed", got)
	}
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
	snap := mustScan(t, src)
	var ours, theirs []string
	for now, n := time.Now(), 0; n < 1000; n++ {
		now = now.Add(20 * time.Second)
		next, err := src.scan(context.Background(), now)
		if err != nil {
			t.Fatal(err)
		}
		if next != nil {
			snap = next
		}
		if ours, theirs = ssLines(snap), ss(t); slices.Equal(ours, theirs) {
			return
		}
	}
	t.Errorf("ours:\n%s\nss:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
}

// ssLines gives a line a listener. On [::] a socket that takes IPv4 too and one
// that does not are one listener.
func ssLines(s *Snapshot) []string {
	var lines []string
	for i := range s.Listeners {
		l := &s.Listeners[i]
		host := l.Addr.WithZone("").String()
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
	return parseSS(out)
}

func parseSS(out []byte) []string {
	pids := map[string][]int{}
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line))
		colon := strings.LastIndex(f[4], ":")
		host, port := strings.Trim(f[4][:colon], "[]"), f[4][colon+1:]
		if host, _, _ = strings.Cut(host, "%"); host == "*" {
			host = "::"
		}
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
