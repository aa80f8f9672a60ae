//go:build e2e && linux

package e2e

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// listenEnv makes a copy of the test binary a plain daemon: the variable holds
// the addresses that it listens on, as "tcp 0.0.0.0:8080", one a line.
const listenEnv = "PORTLIGHT_E2E_LISTEN"

// markEnv stands in the environment of every process that belongs to one test,
// those that the agent starts included.
const markEnv = "PORTLIGHT_E2E_MARK"

// nestedEnv stands in the environment of the test binary that has a network of
// its own, and the right to make more.
const nestedEnv = "PORTLIGHT_E2E_NESTED"

// ownAddress is an address that a network of its own has beside loopback, from
// the range for documentation (RFC 5737).
const ownAddress = "198.51.100.7"

// lanAddress is the one on a cable, in a range of local networks (RFC 1918).
const lanAddress = "192.168.1.12"

func TestMain(m *testing.M) {
	if addrs := os.Getenv(listenEnv); addrs != "" {
		os.Exit(listenUntilTold(strings.Split(addrs, "\n")))
	}
	flag.Parse()
	if !nested() {
		code, err := runNested()
		if err == nil {
			os.Exit(code)
		}
		fmt.Fprintf(os.Stderr, "the tests run in this computer's own network, one after the other: %v\n", err)
		flag.Set("test.parallel", "1")
		os.Exit(m.Run())
	}
	if err := setUpNetwork(); err != nil {
		fmt.Fprintln(os.Stderr, "set up a network for the tests:", err)
		os.Exit(1)
	}
	flag.Set("test.parallel", "8") // the parallel tests wait most of the time
	os.Exit(m.Run())
}

func nested() bool { return os.Getenv(nestedEnv) != "" }

// runNested runs the tests in a network namespace, where nobody else listens and
// every port is free. Whoever is not root needs a user namespace for it.
func runNested() (int, error) {
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), nestedEnv+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	runtime.LockOSThread() // Pdeathsig speaks of the thread that starts the child
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	cmd.Wait()
	return cmd.ProcessState.ExitCode(), nil
}

func setUpNetwork() error {
	for _, args := range []string{
		"link set lo up", "address add " + ownAddress + "/32 dev lo",
		"link add eth0 type veth peer name cable", "link set cable up", "link set eth0 up", "address add " + lanAddress + "/24 dev eth0",
	} {
		out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("ip %s: %w: %s", args, err, out)
		}
	}
	return nil
}

// ownNetwork gives the test, and the processes that it starts from its own
// goroutine, a network that no other test sees. The goroutine keeps its thread to
// the end, and the thread ends with it.
func ownNetwork(t testing.TB) {
	t.Helper()
	if !nested() {
		return
	}
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Fatalf("make a network: %v", err)
	}
	if err := setUpNetwork(); err != nil {
		t.Fatalf("set up a network: %v", err)
	}
}

// specificAddress is an IPv4 address of this computer that is not loopback.
func specificAddress(t testing.TB) string {
	t.Helper()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	t.Fatal("this computer has no address but loopback, and the tests have no network of their own")
	return ""
}

// listenUntilTold opens the addresses, says "ready" and waits for SIGTERM.
func listenUntilTold(addrs []string) int {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	for _, a := range eachPort(addrs) {
		open, err := listen(a)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer open.Close()
	}
	fmt.Println("ready")
	<-told
	return 0
}

// eachPort gives an address for each port of a range, such as "tcp4 0.0.0.0:80-90".
func eachPort(addrs []string) (all []string) {
	for _, a := range addrs {
		colon := strings.LastIndexByte(a, ':') + 1
		var first, last int
		if n, _ := fmt.Sscanf(a[colon:], "%d-%d", &first, &last); n < 2 {
			all = append(all, a)
			continue
		}
		for p := first; p <= last; p++ {
			all = append(all, a[:colon]+strconv.Itoa(p))
		}
	}
	return all
}

// listen opens one address like "udp 127.0.0.1:53". On an IPv6 wildcard a tcp or
// udp socket takes IPv4 too, a tcp6 or udp6 socket does not.
func listen(addr string) (io.Closer, error) {
	network, hostPort, _ := strings.Cut(addr, " ")
	if strings.HasPrefix(network, "udp") {
		return net.ListenPacket(network, hostPort)
	}
	return net.Listen(network, hostPort)
}

// binary is the path of the portlight under test.
func binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("PORTLIGHT")
	if path == "" {
		t.Fatal("the environment variable PORTLIGHT does not name the binary to test")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&0o111 == 0 {
		t.Fatalf("PORTLIGHT=%s is no executable file (%v)", path, err)
	}
	return path
}

// output collects what a process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// process is a child of the test.
type process struct {
	*exec.Cmd
	out, log output        // standard output and standard error so far
	done     chan struct{} // closed when it has ended
	err      error         // of Wait, once done is closed
}

// startProcess starts a command that ends with the test, whatever happens. The
// command keeps its own Stdout and Stderr if it has them.
func startProcess(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{Cmd: cmd, done: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = &p.out
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.log
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	cmd.WaitDelay = 2 * time.Second // a grandchild may hold the pipes
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// running reports whether the process has not ended yet.
func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// wait gives the exit status; the test fails if the process still runs after the
// given time.
func (p *process) wait(t testing.TB, within time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		t.Fatalf("%s still runs after %v; its log:\n%s", filepath.Base(p.Path), within, p.log.String())
	}
	return p.ProcessState.ExitCode()
}

// stop ends the process with SIGTERM and waits for that.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	p.wait(t, 5*time.Second)
}

func (p *process) kill() {
	if p.running() {
		p.Process.Kill()
	}
	<-p.done
}

// waitFor polls until the condition holds; the test fails after the given time.
func waitFor(t testing.TB, what string, within time.Duration, cond func() bool) {
	t.Helper()
	if !eventually(within, cond) {
		t.Fatalf("after %v still not: %s", within, what)
	}
}

// eventually polls until the condition holds, and reports whether it did in time.
func eventually(within time.Duration, cond func() bool) bool {
	deadline := time.Now().Add(within)
	for !cond() {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

var ports struct {
	sync.Mutex
	last int
}

// freePort is a port below the range of ephemeral ports on which nobody listens,
// over TCP and UDP. No port is given twice.
func freePort(t testing.TB) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.last == 0 {
		ports.last = 20000 + os.Getpid()%5000
	}
	low, high := ephemeralPorts(t)
	for range 2000 {
		ports.last++
		if (ports.last < low || ports.last > high) && isFree(ports.last) {
			return ports.last
		}
	}
	t.Fatal("no free port outside the ephemeral range")
	return 0
}

// isFree reports whether a port can be bound on every address. Nothing is forked
// meanwhile: a child on its way to exec would hold the port for longer.
func isFree(port int) bool {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for _, network := range []string{"tcp", "udp"} {
		open, err := listen(network + " [::]:" + strconv.Itoa(port))
		if err != nil {
			return false
		}
		open.Close()
	}
	return true
}

// ephemeralPorts is the range of ports that the kernel chooses from.
func ephemeralPorts(t testing.TB) (low, high int) {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &low, &high); err != nil {
		t.Fatal(err)
	}
	return low, high
}

// program puts a copy of the test binary under a name of its own, for daemon.
func program(t testing.TB, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if os.Link(self, path) == nil {
		return path
	}
	code, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, code, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// daemon starts a program (see program) that listens on the given addresses, and
// returns when it does. More of argv may be given by way of edit.
func daemon(t testing.TB, path string, edit func(*exec.Cmd), addrs ...string) *process {
	t.Helper()
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), listenEnv+"="+strings.Join(addrs, "\n"))
	cmd.Dir = "/"
	if edit != nil {
		edit(cmd)
	}
	p := startProcess(t, cmd)
	waitFor(t, filepath.Base(path)+" listens", 5*time.Second, func() bool {
		return strings.HasPrefix(p.out.String(), "ready") || !p.running()
	})
	if !p.running() {
		t.Fatalf("%s ended: %s", path, p.log.String())
	}
	return p
}

// marked gives the ids of the processes that carry a mark (see markEnv).
func marked(mark string) []int {
	want := []byte("\x00" + markEnv + "=" + mark + "\x00")
	var pids []int
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err == nil && bytes.Contains(append([]byte{0}, env...), want) {
			pids = append(pids, pid)
		}
	}
	return pids
}
