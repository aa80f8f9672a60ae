package netns

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// helperMode makes the test binary a child that does what the mode says.
const helperMode = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(helperMode) {
	case "listen":
		listen()
	case "wait":
		report(nil)
	case "look":
		pid, err := strconv.Atoi(os.Args[1])
		check(err)
		report(look(pid))
	default:
		os.Exit(m.Run())
	}
}

// report tells the parent what the child did and lives until its standard input
// ends.
func report(what any) {
	check(json.NewEncoder(os.Stdout).Encode(what))
	_, err := io.Copy(io.Discard, os.Stdin)
	check(err)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// container is what a child in its own namespace says of itself.
type container struct {
	Second  int // pid of another member
	Sockets []Socket
}

// listen opens sockets of every kind, of IPv6 where there is such, and connects
// to each. They are so many that the kernel gives no table in one piece.
func listen() {
	loopbackUp()
	giveAddress(ownAddress)
	second, _ := helper("wait", nil)
	c := container{Second: second.cmd.Process.Pid}
	var open []any
	for _, host := range slices.Repeat([]string{"127.0.0.1", "0.0.0.0", "::1", "::"}, 20) {
		network := "4"
		if netip.MustParseAddr(host).Is6() {
			network = "6"
		}
		l, err := net.Listen("tcp"+network, net.JoinHostPort(host, "0"))
		if err != nil && network == "6" {
			continue
		}
		check(err)
		p, err := net.ListenPacket("udp"+network, net.JoinHostPort(host, "0"))
		check(err)
		c.Sockets = append(c.Sockets, socket(l.(*net.TCPListener), l.Addr()), socket(p.(*net.UDPConn), p.LocalAddr()))
		open = append(open, l, p, connect(l.Addr()), connect(p.LocalAddr()))
	}
	report(c)
	runtime.KeepAlive(open)
	second.end()
}

// ownAddress is of the namespace that listen is in.
const ownAddress = "198.51.100.7"

func giveAddress(text string) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	check(err)
	defer unix.Close(fd)
	alias, err := unix.NewIfreq("lo:1")
	check(err)
	check(alias.SetInet4Addr(netip.MustParseAddr(text).AsSlice()))
	check(unix.IoctlIfreq(fd, unix.SIOCSIFADDR, alias))
}

func loopbackUp() {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	check(err)
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	check(err)
	check(unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo))
	lo.SetUint16(lo.Uint16() | unix.IFF_UP)
	check(unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo))
}

// socket is what the kernel must show of an own one, but for the user.
func socket(c syscall.Conn, at net.Addr) Socket {
	ap := netip.MustParseAddrPort(at.String())
	raw, err := c.SyscallConn()
	check(err)
	var st unix.Stat_t
	check(raw.Control(func(fd uintptr) { check(unix.Fstat(int(fd), &st)) }))
	return Socket{
		UDP: at.Network() == "udp", V6: ap.Addr().Is6(), Addr: ap.Addr(), Port: ap.Port(), Inode: uint32(st.Ino),
	}
}

func connect(to net.Addr) net.Conn {
	c, err := net.Dial(to.Network(), to.String())
	check(err)
	return c
}

// sight is what a process finds out about a child.
type sight struct {
	Namespace Namespace // the one that the child is a member of
	Table     Table
	Error     string
}

func look(pid int) (s sight) {
	finder, err := NewFinder()
	check(err)
	for _, n := range finder.Namespaces(allPIDs(), false) {
		for _, member := range n.PIDs {
			if member != pid {
				continue
			}
			s.Namespace = n
			if s.Table, err = n.Read(); err != nil {
				s.Error = err.Error()
			}
		}
	}
	return s
}

func allPIDs() (pids []int) {
	dir, err := os.Open("/proc")
	check(err)
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	check(err)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// child is a process that has reported.
type child struct {
	cmd    *exec.Cmd
	in     io.Closer
	report []byte
}

// helper starts the test binary as a child. The error is that of the start: the
// system may not permit what attr asks for.
func helper(mode string, attr *syscall.SysProcAttr, args ...string) (*child, error) {
	if attr == nil {
		attr = &syscall.SysProcAttr{}
	}
	attr.Pdeathsig = syscall.SIGKILL
	c := &child{cmd: exec.Command("/proc/self/exe", args...)}
	c.cmd.Env = append(os.Environ(), helperMode+"="+mode, "GORACE=atexit_sleep_ms=0")
	c.cmd.Dir, c.cmd.Stderr, c.cmd.SysProcAttr = "/", os.Stderr, attr
	in, err := c.cmd.StdinPipe()
	check(err)
	out, err := c.cmd.StdoutPipe()
	check(err)
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.in = in
	c.report, err = bufio.NewReader(out).ReadBytes('\n')
	check(err)
	return c, nil
}

// end lets the child end and takes its exit status, so that its pid is free.
func (c *child) end() {
	c.in.Close()
	c.cmd.Wait()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
