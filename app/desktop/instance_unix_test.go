//go:build linux || darwin

package desktop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// holderEnv makes the test program hold the instance of the folder it names,
// until it is killed.
const holderEnv = "PORTLIGHT_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holderEnv); dir != "" {
		_, err := Acquire("agent", dir, echo)
		fmt.Println(err)
		io.Copy(io.Discard, os.Stdin)
		return
	}
	os.Exit(m.Run())
}

func echo(line string) string { return "got " + line }

// newFolders gives a data folder and makes a runtime folder for the test.
func newFolders(t *testing.T) (data string) {
	t.Helper()
	run, err := os.MkdirTemp("", "run")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(run) })
	t.Setenv("XDG_RUNTIME_DIR", run)
	return t.TempDir()
}

func acquire(t *testing.T, dir string, handle func(string) string) *Instance {
	t.Helper()
	i, err := Acquire("agent", dir, handle)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { i.Close() })
	return i
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}

func TestTell(t *testing.T) {
	dir := newFolders(t)
	long := strings.Repeat("x", maxLine)
	acquire(t, dir, func(line string) string {
		switch line {
		case "two lines":
			return "a\nb\x00\xff"
		case "long":
			return long + "more"
		}
		return echo(line)
	})
	for request, want := range map[string]string{
		Ping:                      Pong,
		Show:                      "got show",
		"show tcp:[::1]:22@lo":    "got show tcp:[::1]:22@lo",
		"stop udp:0.0.0.0:5353":   "got stop udp:0.0.0.0:5353",
		"":                        "got ",
		"grüße — 世界":              "got grüße — 世界",
		"two lines":               "a b \uFFFD",
		"long":                    long,
		strings.Repeat("r", 4092): "got " + strings.Repeat("r", 4092),
	} {
		if got, err := Tell("agent", dir, request); got != want || err != nil {
			t.Errorf("Tell(%.20q) = %.20q, %v, want %.20q", request, got, err, want)
		}
	}
	for _, request := range []string{long + "x", "a\nb", "a\x00", "\xff", "\x1b[2J"} {
		if got, err := Tell("agent", dir, request); err == nil {
			t.Errorf("Tell(%.20q) = %q, want an error", request, got)
		}
	}
}

func TestSplit(t *testing.T) {
	for line, want := range map[string][2]string{
		"show": {"show", ""}, "show tcp:0.0.0.0:22": {"show", "tcp:0.0.0.0:22"}, "": {"", ""}, "stop a b": {"stop", "a b"},
	} {
		if verb, arg := Split(line); verb != want[0] || arg != want[1] {
			t.Errorf("Split(%q) = %q, %q", line, verb, arg)
		}
	}
}

func TestOneInstance(t *testing.T) {
	dir := newFolders(t)
	first := acquire(t, dir, echo)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, link, dir + "/."} {
		if _, err := Acquire("agent", d, echo); !errors.Is(err, ErrRunning) {
			t.Errorf("second Acquire(%s): %v, want ErrRunning", d, err)
		}
		if got, err := Tell("agent", d, Ping); got != Pong || err != nil {
			t.Errorf("Tell(%s) = %q, %v", d, got, err)
		}
	}
	for _, other := range []struct{ role, dir string }{{"window", dir}, {"agent", t.TempDir()}} {
		i, err := Acquire(other.role, other.dir, echo)
		if err != nil {
			t.Fatalf("Acquire(%v): %v", other, err)
		}
		defer i.Close()
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := Tell("agent", dir, Ping); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Tell after Close: %v, want ErrNotRunning", err)
	}
	acquire(t, dir, echo)
}

func TestModes(t *testing.T) {
	dir := newFolders(t)
	i := acquire(t, dir, echo)
	socket := i.socket.Addr().String()
	if want := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "portlight"); filepath.Dir(socket) != want {
		t.Errorf("socket %s is not in %s", socket, want)
	}
	for path, want := range map[string]os.FileMode{
		filepath.Join(dir, "agent.lock"): 0o600, socket: 0o600 | os.ModeSocket, filepath.Dir(socket): 0o700 | os.ModeDir,
	} {
		if info, err := os.Lstat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: mode %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	i.Close()
	if _, err := os.Lstat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("socket after Close: %v", err)
	}
}

func TestNotRunning(t *testing.T) {
	dir := newFolders(t)
	lock := filepath.Join(dir, "agent.lock")
	for _, content := range []string{"", "no line end", "relative\n", "/dev/null\n", "\x00\n", strings.Repeat("/a", 500) + "\n"} {
		if err := os.WriteFile(lock, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Tell("agent", dir, Ping); !errors.Is(err, ErrNotRunning) {
			t.Errorf("lock file %.20q: %v, want ErrNotRunning", content, err)
		}
	}
	for _, d := range []string{filepath.Join(dir, "gone"), t.TempDir()} {
		if _, err := Tell("agent", d, Ping); !errors.Is(err, ErrNotRunning) {
			t.Errorf("Tell(%s): %v, want ErrNotRunning", d, err)
		}
	}
	for _, role := range []string{"", "..", "a/b"} {
		if _, err := Acquire(role, dir, echo); err == nil {
			t.Errorf("Acquire(%q): no error", role)
		}
	}
	if _, err := Acquire("agent", filepath.Join(dir, "gone"), echo); err == nil {
		t.Error("Acquire in a folder that is not there: no error")
	}
}

// The data folder of a running instance may be copied: the copy is nobody's.
func TestCopiedFolder(t *testing.T) {
	dir, other := newFolders(t), t.TempDir()
	acquire(t, dir, echo)
	b, err := os.ReadFile(filepath.Join(dir, "agent.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "agent.lock"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Tell("agent", other, Ping); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Tell in the copy: %v, want ErrNotRunning", err)
	}
}

// A shell over ssh has another environment than the desktop session.
func TestOtherRuntimeFolder(t *testing.T) {
	dir := newFolders(t)
	acquire(t, dir, echo)
	t.Setenv("XDG_RUNTIME_DIR", "")
	if got, err := Tell("agent", dir, Ping); got != Pong || err != nil {
		t.Errorf("Tell = %q, %v", got, err)
	}
	if _, err := Acquire("agent", dir, echo); !errors.Is(err, ErrRunning) {
		t.Errorf("Acquire: %v, want ErrRunning", err)
	}
}

func TestSocketDir(t *testing.T) {
	base, err := os.MkdirTemp("", "run")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(base)
	t.Setenv("TMPDIR", base)
	fallback := filepath.Join(base, fmt.Sprintf("portlight-%d", os.Geteuid()))
	deep := filepath.Join(base, strings.Repeat("d", 90))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"", "relative", filepath.Join(base, "gone"), "/dev/null", deep} {
		t.Setenv("XDG_RUNTIME_DIR", run)
		if got, err := socketDir("agent-0123456789ab"); got != fallback || err != nil {
			t.Errorf("XDG_RUNTIME_DIR=%.30q: %q, %v, want %q", run, got, err, fallback)
		}
	}
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", deep)
	if _, err := socketDir("agent-0123456789ab"); err == nil {
		t.Error("a path that is too long: no error")
	}
}

func TestPrivate(t *testing.T) {
	base, uid := t.TempDir(), os.Geteuid()
	open := filepath.Join(base, "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := makePrivate(open, uid); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(open); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := makePrivate(open, uid+1); err == nil {
		t.Error("another user's folder: no error")
	}
	link, file := filepath.Join(base, "link"), filepath.Join(base, "file")
	if err := errors.Join(os.Symlink(open, link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{link, file} {
		if err := makePrivate(path, uid); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

func TestSameUser(t *testing.T) {
	dir := newFolders(t)
	conn := dial(t, acquire(t, dir, echo))
	if err := sameUser(conn, os.Geteuid()); err != nil {
		t.Error(err)
	}
	if err := sameUser(conn, os.Geteuid()+1); err == nil {
		t.Error("another user: no error")
	}
}

func dial(t *testing.T, i *Instance) *net.UnixConn {
	t.Helper()
	conn, err := net.DialUnix("unix", nil, i.socket.Addr().(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestHangingClients(t *testing.T) {
	i := acquire(t, newFolders(t), echo)
	for n := range maxClients - 2 {
		conn := dial(t, i)
		io.WriteString(conn, strings.Repeat("x", n))
	}
	conn := dial(t, i)
	begin := time.Now()
	io.WriteString(conn, Ping+"\n")
	if got, err := bufio.NewReader(conn).ReadString('\n'); got != Pong+"\n" || err != nil {
		t.Errorf("answer %q, %v", got, err)
	}
	if took := time.Since(begin); took > lineTimeout/2 {
		t.Errorf("took %v", took)
	}
}

// More clients than there are places only wait until the silent ones are cut.
func TestManyHangingClients(t *testing.T) {
	i := acquire(t, newFolders(t), echo)
	for range maxClients + 1 {
		dial(t, i)
	}
	conn := dial(t, i)
	io.WriteString(conn, Ping+"\n")
	conn.SetDeadline(time.Now().Add(5 * lineTimeout))
	if got, err := bufio.NewReader(conn).ReadString('\n'); got != Pong+"\n" || err != nil {
		t.Errorf("answer %q, %v", got, err)
	}
}

func TestBadClients(t *testing.T) {
	i := acquire(t, newFolders(t), func(line string) string { t.Errorf("handled %.20q", line); return "" })
	for _, request := range []string{strings.Repeat("x", 1<<20), strings.Repeat("x", maxLine+1) + "\n", "a\x00b\n", "\xff\n", "\x1b]0;x\a\n"} {
		conn := dial(t, i)
		go io.WriteString(conn, request)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if b, err := io.ReadAll(conn); len(b) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%.10q: answer %q, %v, want a closed connection", request, b, err)
		}
	}
	conn := dial(t, i)
	conn.Close()
}

// A handler that hangs holds up neither others nor Close.
func TestHangingHandler(t *testing.T) {
	dir := newFolders(t)
	release, entered := make(chan struct{}), make(chan struct{})
	i := acquire(t, dir, func(line string) string {
		if line == "hang" {
			close(entered)
			<-release
		}
		return line
	})
	go Tell("agent", dir, "hang")
	<-entered
	if got, err := Tell("agent", dir, "quick"); got != "quick" || err != nil {
		t.Errorf("Tell = %q, %v", got, err)
	}
	if err := i.Close(); err != nil {
		t.Error(err)
	}
	close(release)
}

// A request to end may be answered by closing.
func TestCloseInHandler(t *testing.T) {
	dir := newFolders(t)
	before := runtime.NumGoroutine()
	instance := make(chan *Instance, 1)
	instance <- acquire(t, dir, func(string) string { return fmt.Sprint((<-instance).Close()) })
	if got, err := Tell("agent", dir, "end"); got != "<nil>" || err != nil {
		t.Errorf("Tell = %q, %v", got, err)
	}
	until(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

func TestCloseEndsWaiting(t *testing.T) {
	before := runtime.NumGoroutine()
	i := acquire(t, newFolders(t), echo)
	for range 4 {
		io.WriteString(dial(t, i), "half a line")
	}
	i.Close()
	begin := time.Now()
	until(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	if took := time.Since(begin); took > lineTimeout/2 {
		t.Errorf("took %v", took)
	}
}

func TestSilentInstance(t *testing.T) {
	dir := newFolders(t)
	release := make(chan struct{})
	acquire(t, dir, func(string) string { <-release; return "" })
	defer close(release)
	if _, err := Tell("agent", dir, "hang"); err == nil || errors.Is(err, ErrNotRunning) {
		t.Errorf("Tell: %v, want another error than ErrNotRunning", err)
	}
}

func TestCrash(t *testing.T) {
	dir := newFolders(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderEnv+"="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "<nil>\n" {
		t.Fatalf("holder: %q, %v", line, err)
	}
	if _, err := Acquire("agent", dir, echo); !errors.Is(err, ErrRunning) {
		t.Errorf("Acquire: %v, want ErrRunning", err)
	}
	if got, err := Tell("agent", dir, "hello"); got != "got hello" || err != nil {
		t.Errorf("Tell = %q, %v", got, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if _, err := Tell("agent", dir, Ping); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Tell after the crash: %v, want ErrNotRunning", err)
	}
	acquire(t, dir, echo)
	if got, err := Tell("agent", dir, Ping); got != Pong || err != nil {
		t.Errorf("Tell = %q, %v", got, err)
	}
}

// An instance that ends holds the lock a little longer than its socket.
func TestLockWithoutSocket(t *testing.T) {
	dir := newFolders(t)
	p, err := newPlace("agent", dir)
	if err != nil {
		t.Fatal(err)
	}
	lock, err := p.acquire()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire("agent", dir, echo); !errors.Is(err, ErrRunning) {
		t.Errorf("Acquire: %v, want ErrRunning", err)
	}
	time.AfterFunc(startGrace/10, func() { lock.Close() })
	acquire(t, dir, echo)
}

func FuzzReadLine(f *testing.F) {
	for _, s := range []string{"ping\n", "", "\n", "a\nb\n", "\x00\n", "\xff\n", strings.Repeat("x", maxLine) + "\n", strings.Repeat("x", maxLine+1) + "\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, err := readLine(strings.NewReader(s))
		want, _, ended := strings.Cut(s, "\n")
		if good := ended && checkLine(want) == nil; good != (err == nil) || good && line != want {
			t.Errorf("readLine(%q) = %q, %v", s, line, err)
		}
		if err := checkLine(oneLine(s)); err != nil {
			t.Errorf("oneLine(%q): %v", s, err)
		}
	})
}
