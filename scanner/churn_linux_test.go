package scanner

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// churnRounds is how often everything must agree with ss, after some changes.
const churnRounds = 250

// TestChurnAgreesWithSS opens, closes, forks and hands over sockets in other
// processes, thousands of times, and compares every settled snapshot with ss: as
// this user, and for root as an ordinary one too. It has a network of its own.
func TestChurnAgreesWithSS(t *testing.T) {
	users := []int{os.Geteuid()}
	if users[0] == 0 {
		users = append(users, nobody)
	}
	for _, uid := range users {
		t.Run(fmt.Sprint("uid ", uid), func(t *testing.T) {
			t.Parallel()
			runNested(t, modeChurn, uid)
		})
	}
}

// nobody is a user without rights.
const nobody = 65534

// runNested runs the test binary in a mode, in a network namespace of its own,
// as a user. It prints nothing if all is well.
func runNested(t *testing.T, mode string, uid int) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+modeNetwork, nextModeEnv+"="+mode, uidEnv+"="+fmt.Sprint(uid))
	cmd.SysProcAttr = ownNetwork()
	runtime.LockOSThread() // Pdeathsig speaks of the thread that starts the child
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// ownNetwork starts a process in a network namespace of its own, in which it may
// set devices up. Whoever is not root needs a user namespace for that.
func ownNetwork() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if me := os.Geteuid(); me != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: me, HostID: me, Size: 1}}
		attr.AmbientCaps = []uintptr{unix.CAP_NET_ADMIN}
	}
	return attr
}

// enterNetwork brings the loopback device up and goes on in the next mode, as
// the user that is wanted.
func enterNetwork() error {
	if err := loopbackUp(); err != nil {
		return err
	}
	if os.Getenv(nextModeEnv) == modeTunnel {
		if err := setUpTunnel(); err != nil {
			return err
		}
	}
	var uid int
	if _, err := fmt.Sscan(os.Getenv(uidEnv), &uid); err != nil {
		return err
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+os.Getenv(nextModeEnv))
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if uid != os.Geteuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid), NoSetGroups: true}
	}
	runtime.LockOSThread()
	return cmd.Run()
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// churn is one run.
type churn struct {
	alive   *os.File // closed when this process ends: then forks of workers end too
	random  *rand.Rand
	src     source
	now     time.Time // goes faster than the clock
	last    *Snapshot
	workers []*worker
	stable  []netip.AddrPort // these never close
	done    []string         // what was done since the last comparison
}

func runChurn() error {
	seed := uint64(time.Now().UnixNano())
	c := &churn{random: rand.New(rand.NewPCG(seed, 1)), now: time.Now()}
	if err := c.run(); err != nil {
		return fmt.Errorf("seed %d: %w", seed, err)
	}
	return nil
}

func (c *churn) run() (err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer write.Close()
	c.alive = read
	if c.src, err = openSockdiag(context.Background()); err != nil {
		return err
	}
	defer c.src.close()
	defer func() {
		for _, w := range c.workers {
			w.kill()
		}
	}()
	if err := c.openStable(); err != nil {
		return err
	}
	for range churnRounds {
		for range 1 + c.random.IntN(20) {
			if err := c.step(); err != nil {
				return fmt.Errorf("after %s: %w", strings.Join(c.done, ", "), err)
			}
		}
		if err := c.compare(); err != nil {
			return fmt.Errorf("after %s: %w", strings.Join(c.done, ", "), err)
		}
		c.done = nil
	}
	return nil
}

// stableGroup is more than one datagram of the kernel's answer holds.
const stableGroup = 700

// openStable has one worker hold a group of sockets on one port, and one of its
// own, for good.
func (c *churn) openStable() error {
	w, err := startWorker(c.alive)
	if err != nil {
		return err
	}
	for _, kind := range slices.Concat(slices.Repeat([]string{"tcp4"}, stableGroup), []string{"udp4", "tcp6"}) {
		reply, err := w.call(request{Verb: "open", Kind: kind, Port: 1999})
		if err != nil || reply.Err != "" {
			return fmt.Errorf("open %s: %w %s", kind, err, reply.Err)
		}
	}
	c.workers = append(c.workers, w)
	return c.scan(time.Second)
}

// scan looks once more, some time later, and sees to it that nothing stable is
// gone.
func (c *churn) scan(later time.Duration) error {
	c.now = c.now.Add(later)
	s, err := c.src.scan(context.Background(), c.now)
	if err != nil {
		return err
	}
	if s == nil {
		return nil
	}
	c.last = s
	if c.stable == nil {
		for i := range s.Listeners {
			c.stable = append(c.stable, netip.AddrPortFrom(s.Listeners[i].Addr, s.Listeners[i].Port))
		}
	}
	for _, at := range c.stable {
		i := slices.IndexFunc(s.Listeners, func(l Listener) bool { return l.Addr == at.Addr() && l.Port == at.Port() })
		if i < 0 {
			return fmt.Errorf("%v is not listed, but it is open all the time", at)
		}
		if l := &s.Listeners[i]; l.Unseen > 0 || !slices.Contains(pidsOf(l), c.workers[0].pid()) {
			return fmt.Errorf("%v is held by %d all the time, but listed with %v and %d unseen", at, c.workers[0].pid(), pidsOf(l), l.Unseen)
		}
	}
	return nil
}

// step does one random thing.
func (c *churn) step() error {
	w := c.workers[c.random.IntN(len(c.workers))]
	what := c.random.IntN(20)
	switch {
	case len(c.workers) < 3 || what == 0 && len(c.workers) < 12:
		return c.hire()
	case what == 1 && w != c.workers[0]:
		c.note("kill %d", w.pid())
		w.kill()
		c.workers = slices.DeleteFunc(c.workers, func(o *worker) bool { return o == w })
		return nil
	case what == 2:
		return c.tell(w, request{Verb: "fork"})
	case what == 3:
		return c.tell(w, request{Verb: "reap"})
	case what < 6:
		return c.handOver(w, c.workers[c.random.IntN(len(c.workers))])
	case what < 11 && w != c.workers[0]:
		return c.tell(w, request{Verb: "close", Index: c.random.IntN(1000)})
	case what < 13:
		return c.scan(time.Duration(c.random.IntN(1000)) * time.Millisecond)
	}
	kinds := []string{"tcp4", "tcp6", "udp4", "udp6", "dual"}
	return c.tell(w, request{Verb: "open", Kind: kinds[c.random.IntN(len(kinds))], Port: 2000 + c.random.IntN(40)})
}

func (c *churn) note(format string, args ...any) {
	c.done = append(c.done, fmt.Sprintf(format, args...))
}

func (c *churn) hire() error {
	w, err := startWorker(c.alive)
	if err == nil {
		c.workers = append(c.workers, w)
		c.note("start %d", w.pid())
	}
	return err
}

// tell asks a worker for something that may be refused: a port in use.
func (c *churn) tell(w *worker, r request) error {
	answer, err := w.call(r)
	c.note("%d %s %s %d: %s", w.pid(), r.Verb, r.Kind, r.Port, answer.Err)
	return err
}

// handOver gives a socket of one worker to another, which may be the same; the
// giver closes it or keeps it.
func (c *churn) handOver(from, to *worker) error {
	keep := from == c.workers[0] || c.random.IntN(2) == 0
	r := request{Verb: "give", Index: c.random.IntN(1000), Keep: keep}
	fd, _, err := from.exchange(r, -1)
	if err != nil || fd < 0 {
		return err
	}
	defer unix.Close(fd)
	c.note("%d gives %d to %d, keep %v", from.pid(), r.Index, to.pid(), keep)
	_, _, err = to.exchange(request{Verb: "take"}, fd)
	return err
}

// compare lets time pass until everything was checked, and asks ss. What another
// process holds too is looked for at a slow pace, that depends on how much this
// computer runs.
func (c *churn) compare() error {
	var ours, theirs []string
	for _, scans := range []int{4, 20, 200} {
		for range scans {
			if err := c.scan(20 * time.Second); err != nil {
				return err
			}
		}
		out, err := exec.Command("ss", "-Hlntup").Output()
		if err != nil {
			return err
		}
		if ours, theirs = ssLines(c.last), parseSS(out); slices.Equal(ours, theirs) {
			return nil
		}
	}
	return fmt.Errorf("ours:\n%s\nss:\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
}
