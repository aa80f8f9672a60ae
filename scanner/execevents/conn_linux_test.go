package execevents

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWait(t *testing.T) {
	c := dial(t)
	if c == nil {
		return
	}
	sh := startShell(t)
	for range 3 {
		sh.do(t, "/bin/true & /bin/true; wait")
		must(t, within(t, "a wait for what has been", c.Wait))
	}
	waiting := make(chan error, 1)
	go func() { waiting <- c.Wait() }()
	must(t, meanwhile(t, waiting, func() { sh.do(t, "/bin/true") }))
}

// TestWaitTakesAll looks at what is left of a burst after one Wait.
func TestWaitTakesAll(t *testing.T) {
	c := dial(t)
	if c == nil {
		return
	}
	must(t, c.control(enlarge))
	var burst []int
	for range 5 {
		cmd := exec.Command("/bin/true")
		must(t, cmd.Run())
		burst = append(burst, cmd.Process.Pid)
	}
	must(t, within(t, "a wait", c.Wait))
	for _, pid := range queued(t, c) {
		if slices.Contains(burst, pid) {
			t.Errorf("process %d is left", pid)
		}
	}
}

// enlarge makes room for what other programs of the system do meanwhile.
func enlarge(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<20) }

// queued empties the queue and gives the processes of its exec events.
func queued(t *testing.T, c *Conn) (pids []int) {
	t.Helper()
	must(t, c.control(func(fd int) error {
		for {
			if _, ok, err := c.receive(fd); err != nil || !ok {
				return err
			}
			pids = append(pids, execPID(c))
		}
	}))
	return pids
}

// execPID is the process in the exec event that was received last.
func execPID(c *Conn) int { return int(binary.NativeEndian.Uint32(c.buf[offsetData+4:])) }

// messages reads until the process has replaced itself twice: as the start of
// the shell and as its end do. It counts what came, by kind.
func messages(t *testing.T, c *Conn, pid int) map[uint32]int {
	t.Helper()
	must(t, c.file.SetReadDeadline(time.Now().Add(patience)))
	kinds := map[uint32]int{}
	for left := 2; left > 0; {
		var failed error
		err := c.raw.Read(func(fd uintptr) bool {
			e, ok, err := c.receive(int(fd))
			if failed = err; ok {
				kinds[e.what]++
			}
			if ok && e.what == whatExec && execPID(c) == pid {
				left--
			}
			return ok || err != nil
		})
		must(t, errors.Join(err, failed))
	}
	return kinds
}

// TestOnlyExecs shows that forks and the acknowledgements of others never reach
// the queue, and that they would without the filter.
func TestOnlyExecs(t *testing.T) {
	for name, filtered := range map[string]bool{"filtered": true, "unfiltered": false} {
		c := dial(t)
		if c == nil {
			return
		}
		must(t, c.control(func(fd int) error {
			if !filtered {
				must(t, attach(fd, filter()))
			}
			return enlarge(fd)
		}))
		sh := startShell(t)
		sh.do(t, "(:); (:); (:)")
		other := dial(t)
		must(t, other.Close())
		if _, err := sh.in.Write([]byte("exec /bin/true\n")); err != nil {
			t.Fatal(err)
		}
		kinds := messages(t, c, sh.Process.Pid)
		const fork = 1
		if forks, acks := kinds[fork], kinds[whatAck]; filtered && len(kinds) != 1 || !filtered && (forks < 3 || acks < 1) {
			t.Errorf("%s: got messages %v", name, kinds)
		}
	}
}

// runHelper gives what the test binary says as another user or in other
// namespaces; an error is that of starting it.
func runHelper(t *testing.T, attr *syscall.SysProcAttr) (string, error) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), helperMode+"=dial")
	cmd.Dir, cmd.Stderr, cmd.SysProcAttr = "/", os.Stderr, attr
	var out []byte
	err := within(t, "the child", func() (err error) {
		out, err = cmd.Output()
		return err
	})
	return strings.TrimSpace(string(out)), err
}

func TestOrdinaryUser(t *testing.T) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	mayChange := os.Geteuid() == 0 && initial(t, "user")
	if mayChange {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true}
	}
	said, err := runHelper(t, attr)
	must(t, err)
	if served(t, !mayChange && admin(t)) != (said == "seen") {
		t.Errorf("got %q", said)
	}
	if said != "seen" && !strings.HasPrefix(said, "subscribe to exec events: ") {
		t.Errorf("got %q", said)
	}
}

// TestOtherNamespaces sees that Dial fails in them, soon and in words.
func TestOtherNamespaces(t *testing.T) {
	user := uintptr(unix.CLONE_NEWUSER)
	if os.Geteuid() == 0 {
		user = 0
	}
	for name, flags := range map[string]uintptr{
		"user": unix.CLONE_NEWUSER, "pid": user | unix.CLONE_NEWPID, "network": user | unix.CLONE_NEWNET,
	} {
		said, err := runHelper(t, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Cloneflags: flags})
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) {
			t.Logf("%s: namespaces may not be made here: %v", name, err)
			continue
		}
		must(t, err)
		if !strings.HasPrefix(said, "subscribe to exec events: ") {
			t.Errorf("%s: got %q", name, said)
		}
	}
}

// TestDialWithoutAnswer sends a request of a wrong size, which the kernel
// passes over, while it answers others.
func TestDialWithoutAnswer(t *testing.T) {
	earlier := dial(t)
	if earlier == nil {
		return
	}
	c, err := open(1)
	must(t, err)
	defer c.file.Close()
	odd := append(request(opListen, c.token), make([]byte, 8)...)
	binary.NativeEndian.PutUint32(odd, uint32(len(odd)))
	binary.NativeEndian.PutUint16(odd[offsetSize:], 12)
	ended := make(chan error, 1)
	go func() { ended <- c.subscribe(odd) }()
	err = meanwhile(t, ended, func() { must(t, dial(t).Close()) })
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	must(t, exec.Command("/bin/true").Run())
	if err := within(t, "a wait after the time limit of Dial", earlier.Wait); err != nil {
		t.Error(err)
	}
}

// TestDialRefused asks for an operation that there is not. The kernel answers
// only while someone listens.
func TestDialRefused(t *testing.T) {
	if dial(t) == nil {
		return
	}
	c, err := open(1)
	must(t, err)
	defer c.file.Close()
	if err := c.subscribe(request(77, c.token)); !errors.Is(err, unix.EINVAL) {
		t.Errorf("got %v", err)
	}
}

// TestManyAtOnce dials while others do: nobody takes the acknowledgement of
// another for its own.
func TestManyAtOnce(t *testing.T) {
	if dial(t) == nil {
		return
	}
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 20 {
				c, err := Dial()
				if err != nil {
					t.Error(err)
					return
				}
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
}

// TestForgedMessage sends what looks like an event of the kernel, on a socket
// that is in no group so that nothing else comes. Only root may.
func TestForgedMessage(t *testing.T) {
	c, err := open(0)
	must(t, err)
	defer c.file.Close()
	forger, err := open(0)
	must(t, err)
	defer forger.file.Close()
	must(t, c.control(func(fd int) error { return attach(fd, filter()) }))
	var to *unix.SockaddrNetlink
	must(t, c.control(func(fd int) error {
		name, err := unix.Getsockname(fd)
		to, _ = name.(*unix.SockaddrNetlink)
		return err
	}))
	err = forger.control(func(fd int) error { return unix.Sendto(fd, message(whatExec, 0, 1, 1), 0, to) })
	if err != nil && admin(t) {
		t.Fatal(err)
	}
	must(t, c.control(func(fd int) error {
		if n := nextSize(t, fd); (n > 0) != (err == nil) {
			t.Errorf("sending gave %v, %d bytes are queued", err, n)
		}
		if seen, err := c.take(fd); seen || err != nil {
			t.Errorf("got %v, %v", seen, err)
		}
		if n := nextSize(t, fd); n != 0 {
			t.Errorf("%d bytes are left", n)
		}
		return nil
	}))
}

// nextSize is the size of the next message, 0 where there is none.
func nextSize(t *testing.T, fd int) int {
	t.Helper()
	n, _, err := unix.Recvfrom(fd, make([]byte, 1), unix.MSG_PEEK|unix.MSG_TRUNC)
	if errors.Is(err, unix.EAGAIN) {
		return 0
	}
	must(t, err)
	return n
}

// TestNobodyWaits starts programs that nobody asks for: the kernel keeps a few
// messages, this process does nothing.
func TestNobodyWaits(t *testing.T) {
	c := dial(t)
	if c == nil {
		return
	}
	sh := startShell(t)
	sh.do(t, ":")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sh.do(t, "i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i+1)); done")
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<10 {
		t.Errorf("%d bytes were allocated", grown)
	}
	if n := len(queued(t, c)); n < 1 || n > 16 {
		t.Errorf("%d messages were queued", n)
	}
	sh.do(t, "/bin/true")
	must(t, within(t, "a wait after a full queue", c.Wait))
}

func TestCloseWakesWait(t *testing.T) {
	c := dial(t)
	if c == nil {
		return
	}
	ended := make(chan error, 1)
	go func() {
		err := c.Wait()
		for err == nil {
			err = c.Wait()
		}
		ended <- err
	}()
	awaitParked(t)
	must(t, within(t, "closing", c.Close))
	if err := within(t, "waiting", func() error { return <-ended }); err != os.ErrClosed {
		t.Errorf("the waiting one got %v", err)
	}
	if err := c.Wait(); err != os.ErrClosed {
		t.Errorf("a later one got %v", err)
	}
	if err := c.Close(); err != os.ErrClosed {
		t.Errorf("closing again gave %v", err)
	}
}

// awaitParked returns when a goroutine waits for events in Go's poller, where it
// holds no thread.
func awaitParked(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		n := runtime.Stack(stacks, true)
		for g := range strings.SplitSeq(string(stacks[:n]), "\n\n") {
			if strings.Contains(g, "(*Conn).Wait") && strings.Contains(g, "[IO wait") {
				return
			}
		}
	}
	t.Fatal("nobody waits")
}

// TestCloseUnsubscribes has a witness of the kernel's acknowledgement, which
// goes to every listener.
func TestCloseUnsubscribes(t *testing.T) {
	c, witness := dial(t), dial(t)
	if c == nil {
		return
	}
	must(t, witness.control(func(fd int) error {
		if err := attach(fd, onlyAck(c.token)); err != nil {
			return err
		}
		_, err := witness.take(fd)
		return err
	}))
	must(t, c.Close())
	if ack, err := witness.acknowledgement(); err != nil || ack != (event{what: whatAck}) {
		t.Errorf("got %+v, %v", ack, err)
	}
}

func TestNoLeaks(t *testing.T) {
	var descriptors, routines [2]int
	for i, times := range []int{1, 200} {
		for range times {
			if c, err := Dial(); err == nil {
				must(t, c.Close())
			}
		}
		fds, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		descriptors[i], routines[i] = len(fds), runtime.NumGoroutine()
	}
	if descriptors[1] > descriptors[0] || routines[1] > routines[0] {
		t.Errorf("descriptors %v, goroutines %v", descriptors, routines)
	}
}

// BenchmarkWait is the cost of taking the events of one burst, which fills the
// queue.
func BenchmarkWait(b *testing.B) {
	c := dial(b)
	if c == nil {
		return
	}
	sh := startShell(b)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		sh.do(b, "/bin/true; /bin/true; /bin/true; /bin/true; /bin/true; /bin/true")
		b.StartTimer()
		must(b, c.Wait())
	}
}

func BenchmarkDialAndClose(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if c, err := Dial(); err == nil {
			must(b, c.Close())
		}
	}
}
