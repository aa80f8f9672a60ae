package execevents

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	patience = 20 * time.Second
	nobody   = 65534 // a user without rights

	// helperMode makes the test binary a child that dials, starts a program and
	// says what came of it.
	helperMode = "PORTLIGHT_TEST_CHILD"
)

func TestMain(m *testing.M) {
	if os.Getenv(helperMode) != "" {
		fmt.Println(dialAndSee())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// dialAndSee is "seen", or why not.
func dialAndSee() string {
	c, err := Dial()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	if err := exec.Command("/bin/true").Run(); err != nil {
		return err.Error()
	}
	if err := c.Wait(); err != nil {
		return err.Error()
	}
	return "seen"
}

// served reports whether the kernel must give exec events to a process here
// that has CAP_NET_ADMIN or not. Only the initial network namespace has
// /proc/net/connector.
func served(t testing.TB, admin bool) bool {
	t.Helper()
	callbacks, _ := os.ReadFile("/proc/net/connector")
	return initial(t, "user") && initial(t, "pid") && strings.Contains(string(callbacks), "cn_proc") && (admin || kernel(t, 6, 6))
}

// initial reports whether a namespace is the first of its kind, by the numbers
// in linux/proc_ns.h.
func initial(t testing.TB, kind string) bool {
	t.Helper()
	link, err := os.Readlink("/proc/self/ns/" + kind)
	must(t, err)
	return link == map[string]string{"user": "user:[4026531837]", "pid": "pid:[4026531836]"}[kind]
}

// kernel reports whether this is at least that version.
func kernel(t testing.TB, major, minor int) bool {
	t.Helper()
	var u unix.Utsname
	must(t, unix.Uname(&u))
	var isMajor, isMinor int
	release := unix.ByteSliceToString(u.Release[:])
	if _, err := fmt.Sscanf(release, "%d.%d", &isMajor, &isMinor); err != nil {
		t.Fatalf("release %q: %v", release, err)
	}
	return slices.Compare([]int{isMajor, isMinor}, []int{major, minor}) >= 0
}

// admin reports whether this process has CAP_NET_ADMIN over the whole system.
func admin(t testing.TB) bool {
	t.Helper()
	var data [2]unix.CapUserData
	must(t, unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0]))
	return initial(t, "user") && data[0].Effective&(1<<unix.CAP_NET_ADMIN) != 0
}

// dial is nil where the kernel may not give events; that it does not is then
// what was tested.
func dial(t testing.TB) *Conn {
	t.Helper()
	c, err := Dial()
	if !served(t, admin(t)) {
		if err == nil {
			c.Close()
			t.Fatal("events where there can be none")
		}
		return nil
	}
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// shell runs commands that it is given.
type shell struct {
	*exec.Cmd
	in  io.Writer
	out *bufio.Reader
}

func startShell(t testing.TB) *shell {
	t.Helper()
	s := &shell{Cmd: exec.Command("/bin/sh")}
	s.Stderr = os.Stderr
	s.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := s.StdinPipe()
	must(t, err)
	out, err := s.StdoutPipe()
	must(t, err)
	s.in, s.out = in, bufio.NewReader(out)
	must(t, s.Start())
	t.Cleanup(func() {
		in.Close()
		s.Process.Kill()
		s.Cmd.Wait()
	})
	return s
}

// do runs a command and waits for its end.
func (s *shell) do(t testing.TB, command string) {
	t.Helper()
	_, err := io.WriteString(s.in, command+"; echo done\n")
	must(t, err)
	if line, err := s.out.ReadString('\n'); line != "done\n" {
		t.Fatalf("shell said %q, %v", line, err)
	}
}

// within fails when do does not end in time.
func within(t testing.TB, what string, do func() error) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- do() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		t.Fatalf("no end of %s", what)
		return nil
	}
}

// meanwhile does something again and again until a result comes.
func meanwhile(t testing.TB, ended <-chan error, do func()) error {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		do()
		select {
		case err := <-ended:
			return err
		default:
		}
	}
	t.Fatal("no result came")
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
