package owner

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// bogus is the inode of no socket: of the whole sockfs none is as high for long.
var bogus = Socket{Cookie: 1, Inode: 1<<32 - 7, UID: uint32(os.Geteuid())}

// seesAll finds out in another way whether every process can be looked into.
func seesAll(proc string) bool {
	namespace, err := os.Readlink(proc + "/self/ns/pid")
	dirs, _ := filepath.Glob(proc + "/[0-9]*/fd")
	if _, none := os.Stat(proc + "/1"); err != nil || none != nil || namespace != "pid:[4026531836]" || len(dirs) == 0 {
		return false
	}
	for _, dir := range dirs {
		fds, err := os.ReadDir(dir)
		if err == nil && len(fds) > 0 {
			_, err = os.Readlink(dir + "/" + fds[0].Name())
		}
		if errors.Is(err, os.ErrPermission) {
			return false
		}
	}
	return true
}

// TestHourOfASocketThatNobodyHolds works each second for an hour: the searches
// become few, whoever this is, and it is called unheld only where all can be
// looked into.
func TestHourOfASocketThatNobodyHolds(t *testing.T) {
	w := hire(t)
	other := w.open()
	cases := []struct {
		name, proc string
		uid        uint32
	}{
		{"own", "/proc", bogus.UID},
		{"of another user", "/proc", bogus.UID + 1},
		{"where all is seen", wholeOf(t, w.pid), bogus.UID},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, Options{Proc: c.proc})
			s.track(other)
			x := bogus
			x.UID = c.uid
			s.Track(x)
			rounds, walks := s.round, 0
			for range 3600 {
				rest := s.nextRest
				s.work(time.Second)
				if !s.nextRest.Equal(rest) {
					walks++
				}
				if len(s.pids(x)) > 0 {
					t.Fatalf("held by %v", s.pids(x))
				}
			}
			rounds = s.round - rounds
			if rounds > 10 || rounds < 4 || walks > 9 || walks < 2 {
				t.Errorf("%d searches, %d of them through all processes", rounds, walks)
			}
			if got, want := s.Unheld(x.Cookie), seesAll(c.proc); got != want {
				t.Errorf("unheld %v, all is seen %v", got, want)
			}
			s.expect("the other", other, w)
			if due := s.cookies[x.Cookie].due.Sub(s.clock); due > 1024*time.Second {
				t.Errorf("the next search is in %v", due)
			}
		})
	}
}

// TestUnheldAtFirst has it be there at the first search, and found later.
func TestUnheldAtFirst(t *testing.T) {
	w := hire(t)
	for _, proc := range []string{"/proc", wholeOf(t, w.pid)} {
		s := newScene(t, Options{Proc: proc})
		s.track(bogus)
		if got, want := s.Unheld(bogus.Cookie), seesAll(proc); got != want || !want && proc != "/proc" {
			t.Errorf("%s: unheld %v, all is seen %v", proc, got, want)
		}
		x := w.open()
		x.Cookie = bogus.Cookie
		s.Forget(bogus.Cookie)
		s.track(x)
		s.work(s.nextRest.Sub(s.clock))
		s.expect("found", x, w)
		if s.Unheld(x.Cookie) {
			t.Error("it is held")
		}
	}
}

// TestNewSocketNeedsTwoSearches does not call a new socket unheld too soon.
func TestNewSocketNeedsTwoSearches(t *testing.T) {
	w := hire(t)
	for _, proc := range []string{"/proc", wholeOf(t, w.pid)} {
		s := newScene(t, Options{Proc: proc})
		x := w.open()
		s.track(x)
		s.clock = s.nextRest
		s.track(bogus)
		if s.Unheld(bogus.Cookie) {
			t.Error("after one search")
		}
		for s.cookies[bogus.Cookie].tries < 4 {
			s.work(time.Minute)
		}
		if got, want := s.Unheld(bogus.Cookie), seesAll(proc); got != want {
			t.Errorf("%s: unheld %v, all is seen %v", proc, got, want)
		}
		s.expect("the other", x, w)
	}
}

// TestOutOfSight lacks one thing after the other that it takes to see all.
func TestOutOfSight(t *testing.T) {
	w := hire(t)
	lacking := map[string]func(*scene){
		"nothing":           func(*scene) {},
		"the namespace":     func(s *scene) { s.allSeen = false },
		"pid 1":             func(s *scene) { delete(s.procs, 1) },
		"one process":       func(s *scene) { s.procs[w.pid].hidden = true },
		"its other threads": func(s *scene) { s.procs[w.pid].headless = true },
	}
	for _, proc := range []string{"/proc", wholeOf(t, w.pid)} {
		for name, lack := range lacking {
			s := newScene(t, Options{Proc: proc})
			s.track(bogus)
			lack(s)
			if got, want := s.sawAll(), seesAll(proc) && name == "nothing"; got != want {
				t.Errorf("%s: %s is lacking: %v, want %v", proc, name, got, want)
			}
		}
	}
}

// TestUnheldForOthers looks as an ordinary user, as root without the right to see
// others, and from within a pid namespace: never is a socket called unheld there.
func TestUnheldForOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		checkUnheld(t, nil) // the others take root
		return
	}
	checkUnheld(t, func(cmd *exec.Cmd) {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534, NoSetGroups: true}
	})
	checkUnheld(t, func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, dropEnv+"=1") })
	checkUnheld(t, func(cmd *exec.Cmd) {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
		cmd.Env = append(cmd.Env, mountEnv+"="+t.TempDir())
	})
}

// What is to be done before the look.
const (
	dropEnv  = "PORTLIGHT_TEST_DROP"  // give up all capabilities
	mountEnv = "PORTLIGHT_TEST_MOUNT" // mount a proc file system there
)

// outcome is what a helper saw.
type outcome struct {
	Unheld []bool // after the first and after several searches
	Walks  int
	All    bool
}

func checkUnheld(t *testing.T, change func(*exec.Cmd)) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Dir, cmd.Stderr = append(os.Environ(), helperMode+"=unheld"), "/", os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if change != nil {
		change(cmd)
	}
	out, err := cmd.Output()
	must(t, err)
	var got outcome
	must(t, json.Unmarshal(out, &got))
	if got.All || len(got.Unheld) != 2 || got.Unheld[0] || got.Unheld[1] || got.Walks < 3 {
		t.Errorf("%q: got %+v", cmd.Env[len(cmd.Env)-1], got)
	}
}

// runUnheld looks for a socket that nobody holds.
func runUnheld() error {
	proc, err := prepareLook()
	if err != nil {
		return err
	}
	f, err := New(Options{Proc: proc})
	if err != nil {
		return err
	}
	defer f.Close()
	got, now := outcome{All: seesAll(proc)}, time.Unix(1_700_000_000, 0)
	f.Track(bogus)
	for range 3600 {
		rest := f.nextRest
		if _, err := f.Work(now); err != nil {
			return err
		}
		if !f.nextRest.Equal(rest) {
			got.Walks++
			got.Unheld = append(got.Unheld[:min(1, len(got.Unheld))], f.Unheld(bogus.Cookie))
		}
		now = now.Add(time.Second)
	}
	return json.NewEncoder(os.Stdout).Encode(got)
}

// prepareLook gives the proc file system to look at.
func prepareLook() (proc string, err error) {
	if os.Getenv(dropEnv) != "" {
		return "", dropAndBeginAgain()
	}
	root := os.Getenv(mountEnv)
	if root == "" {
		return "/proc", nil
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return "", err
	}
	return root, unix.Mount("proc", root, "proc", 0, "")
}

// dropAndBeginAgain runs this program as a root without capabilities
// (SECBIT_NOROOT in capabilities(7)).
func dropAndBeginAgain() error {
	const secbitNoRoot = 1
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, secbitNoRoot, 0, 0, 0); err != nil {
		return err
	}
	os.Unsetenv(dropEnv)
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

// TestPatienceOfAnOrdinaryUser is less with what others have made.
func TestPatienceOfAnOrdinaryUser(t *testing.T) {
	s := newScene(t, Options{Proc: procOf(t)})
	for _, c := range []struct {
		euid, uid uint32
		want      time.Duration
	}{{0, 0, time.Second}, {0, 1000, time.Second}, {1000, 1000, time.Second}, {1000, 1001, 16 * time.Second}, {1000, 0, 16 * time.Second}} {
		s.euid = c.euid
		y := &target{Socket: Socket{UID: c.uid}}
		s.now, s.nextRest = s.clock, s.clock
		if s.conclude(y, false); y.due.Sub(s.clock) != c.want || y.unheld != 0 {
			t.Errorf("user %d, socket of %d: %v", c.euid, c.uid, y.due.Sub(s.clock))
		}
		s.nextRest = s.clock.Add(time.Minute)
		if s.conclude(y, false); y.due != s.nextRest && y.due.Sub(s.clock) <= time.Minute {
			t.Errorf("user %d, socket of %d: before the next look into all, %v", c.euid, c.uid, y.due.Sub(s.clock))
		}
	}
}

func TestPatience(t *testing.T) {
	want := map[bool]string{
		true:  "1s 4s 16s 1m4s 4m16s 17m4s 17m4s 17m4s",
		false: "16s 1m4s 4m16s 17m4s 17m4s 17m4s 17m4s 17m4s",
	}
	for mine, want := range want {
		var got []string
		for tries := 1; tries <= 8; tries++ {
			got = append(got, patience(tries, mine).String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("mine %v: %v, want %s", mine, got, want)
		}
	}
	if last := patience(1<<30, true); last != 1024*time.Second {
		t.Errorf("at last: %v", last)
	}
}

// TestHeadless has a process hold a socket whose first thread has ended: nothing
// tells its descriptors, so it must not be said that nobody holds the socket.
func TestHeadless(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env, cmd.Stderr = append(os.Environ(), helperMode+"=headless"), os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	x, file := openSocket(t)
	cmd.ExtraFiles = []*os.File{file}
	must(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	file.Close()
	eventually(t, "the first thread ends", func() bool {
		st, _ := process.ReadStat(cmd.Process.Pid)
		return st.State == 'Z' && !st.Ended()
	})
	for _, proc := range []string{"/proc", wholeOf(t, cmd.Process.Pid)} {
		s := newScene(t, Options{Proc: proc})
		s.track(x)
		for range 20 {
			if s.Unheld(x.Cookie) {
				t.Fatal("nobody is said to hold it")
			}
			s.work(time.Minute)
		}
	}
}

// runHeadless lives on in its other threads until the standard input ends.
func runHeadless() error {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	runtime.LockOSThread()
	unix.RawSyscall(unix.SYS_EXIT, 0, 0, 0) // init has kept this on the first thread
	return nil
}

func init() {
	if os.Getenv(helperMode) == "headless" {
		runtime.LockOSThread() // main then runs on the first thread
	}
}

// TestExplainNone tells threads of the kernel from processes without descriptors,
// and asks only about those.
func TestExplainNone(t *testing.T) {
	s := newScene(t, Options{})
	must(t, s.list())
	for _, e := range s.entries {
		st, err := process.ReadStat(e.pid)
		if err != nil || st.Ended() {
			continue
		}
		for _, fds := range []int{0, 3} {
			p := &proc{entry: e, fds: fds}
			s.explainNone(p)
			if p.kernel != (fds == 0 && st.Kernel) || p.headless {
				t.Errorf("%d, %q, with %d descriptors: kernel %v, headless %v", e.pid, st.Comm, fds, p.kernel, p.headless)
			}
		}
	}
}
