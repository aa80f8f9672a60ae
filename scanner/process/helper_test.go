package process

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// helperMode makes the test binary a child that does what the mode says, says
// "ready" and lives until its standard input ends.
const helperMode = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperMode); mode != "" {
		helperMain(mode)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helperMain(mode string) {
	switch mode {
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "foreign":
		lookFromAbroad()
		return
	case "busy":
		go func() {
			for {
				busy.Add(1)
			}
		}()
	case "files":
		openSome()
	default:
		prepare(mode)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}

// some is how many files the mode "files" holds open.
const some = 100

var held []*os.File

// busy is what the mode "busy" counts up for ever.
var busy atomic.Uint64

func openSome() {
	for range some {
		f, err := os.Open(os.DevNull)
		if err != nil {
			panic(err)
		}
		held = append(held, f)
	}
}

// child is a process of the tests. It is not collected before collect or the
// end of the test.
type child struct {
	*exec.Cmd
	id ID
}

// start runs the test binary as a child and waits until it is ready.
func start(t *testing.T, mode string, change func(*exec.Cmd)) *child {
	t.Helper()
	cmd := exec.Command(self(t))
	cmd.Env = append(os.Environ(), helperMode+"="+mode)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = childAttr()
	if change != nil {
		change(cmd)
	}
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("child said %q, %v", line, err)
	}
	s, err := Summarize(cmd.Process.Pid)
	must(t, err)
	return &child{cmd, s.ID}
}

// collect ends the child and takes its exit status, so that its pid is free.
func (c *child) collect() {
	c.Process.Kill()
	c.Wait()
}

// sight is what a process of another user found out.
type sight struct {
	Details *Details
	Summary Summary
	Usage   *Usage
	Denied  bool

	Denial, DenialByPath PermissionError
}

// lookFromAbroad reads the process in its arguments and asks to stop it, without
// and with a path that it cannot see.
func lookFromAbroad() {
	var id ID
	if err := json.Unmarshal([]byte(os.Args[1]), &id); err != nil {
		panic(err)
	}
	var s sight
	var err error
	if s.Details, err = Read(id); err != nil {
		panic(err)
	}
	if s.Summary, err = Summarize(id.PID); err != nil {
		panic(err)
	}
	if s.Usage, err = Measure(id); err != nil {
		panic(err)
	}
	s.Denial, s.Denied = denial(harmless(id, ""))
	s.DenialByPath, _ = denial(harmless(id, "/usr/bin/hidden"))
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		panic(err)
	}
}

func denial(_ Outcome, err error) (PermissionError, bool) {
	var denied *PermissionError
	if !errors.As(err, &denied) {
		return PermissionError{User: fmt.Sprint(err)}, false
	}
	return *denied, errors.Is(err, ErrNotPermitted)
}

// self is the test binary, by the path that the kernel has: on macOS the folder for
// temporary files is behind a link.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	path, err = filepath.EvalSymlinks(path)
	must(t, err)
	return path
}

// copySelf copies the test binary to a name of its own.
func copySelf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(self(t))
	must(t, err)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, b, 0o755))
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a condition of the system.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}
