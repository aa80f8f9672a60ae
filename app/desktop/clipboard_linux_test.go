package desktop

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// startX runs an X server that ends with the test and gives its display.
func startX(t *testing.T) (display string) {
	t.Helper()
	display, _, stop := runX(t)
	t.Cleanup(stop)
	return display
}

func runX(t *testing.T, args ...string) (display string, server *os.Process, stop func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", append(args, "-displayfd", "3", "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset")...)
	cmd.ExtraFiles = []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	stop = func() {
		if cmd.ProcessState == nil {
			cmd.Process.Signal(syscall.SIGTERM)
			cmd.Wait()
		}
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		stop()
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return ":" + strings.TrimSpace(line), cmd.Process, stop
}

// paster is another program that asks for the clipboard.
type paster struct {
	t      *testing.T
	conn   *xgb.Conn
	window xproto.Window
}

func newPaster(t *testing.T, display string) *paster {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	p := &paster{t: t, conn: conn}
	if p.window, err = xproto.NewWindowId(conn); err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	err = xproto.CreateWindowChecked(conn, 0, p.window, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *paster) atom(name string) xproto.Atom {
	p.t.Helper()
	r, err := xproto.InternAtom(p.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		p.t.Fatal(err)
	}
	return r.Atom
}

func (p *paster) name(a xproto.Atom) string {
	p.t.Helper()
	r, err := xproto.GetAtomName(p.conn, a).Reply()
	if err != nil {
		p.t.Fatal(err)
	}
	return r.Name
}

// paste gives what the clipboard's owner answers for a target, the type of it,
// and whether it answers at all. Property "" asks as old programs do.
func (p *paster) paste(target, property string) (data []byte, kind string, ok bool) {
	p.t.Helper()
	into := xproto.Atom(xproto.AtomNone)
	if property != "" {
		into = p.atom(property)
	}
	xproto.ConvertSelection(p.conn, p.window, p.atom("CLIPBOARD"), p.atom(target), into, xproto.TimeCurrentTime)
	for {
		event, xerr := p.conn.WaitForEvent()
		if event == nil {
			p.t.Fatalf("paste: %v", xerr)
		}
		e, is := event.(xproto.SelectionNotifyEvent)
		if !is {
			continue
		}
		if e.Property == xproto.AtomNone {
			return nil, "", false
		}
		r, err := xproto.GetProperty(p.conn, true, p.window, e.Property, xproto.AtomNone, 0, maxCopy).Reply()
		if err != nil {
			p.t.Fatal(err)
		}
		return r.Value, p.name(r.Type), true
	}
}

func onX11(t *testing.T) *paster {
	t.Helper()
	return onDisplay(t, startX(t))
}

func onDisplay(t *testing.T, display string) *paster {
	t.Helper()
	t.Setenv("DISPLAY", display)
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("PATH", t.TempDir())
	return newPaster(t, display)
}

func mustCopy(t *testing.T, text string) {
	t.Helper()
	if err := Copy(text); err != nil {
		t.Fatal(err)
	}
}

func TestCopyX11(t *testing.T) {
	p := onX11(t)
	const text = "[::1]:22 grüße — 世界"
	mustCopy(t, text)
	for _, c := range []struct{ target, data, kind string }{
		{"UTF8_STRING", text, "UTF8_STRING"},
		{"text/plain;charset=utf-8", text, "text/plain;charset=utf-8"},
		{"text/plain", text, "text/plain"},
		{"TEXT", text, "UTF8_STRING"},
		{"STRING", "[::1]:22 gr\xfc\xdfe ? ??", "STRING"},
	} {
		if data, kind, ok := p.paste(c.target, "ANSWER"); string(data) != c.data || kind != c.kind || !ok {
			t.Errorf("%s: %q, type %s, %v", c.target, data, kind, ok)
		}
	}
	if data, _, ok := p.paste("UTF8_STRING", ""); string(data) != text || !ok {
		t.Errorf("an old program: %q, %v", data, ok)
	}
	for _, unknown := range []string{"image/png", "MULTIPLE"} {
		if data, _, ok := p.paste(unknown, "ANSWER"); ok {
			t.Errorf("%s: %q, want a refusal", unknown, data)
		}
	}
}

func TestCopyTargets(t *testing.T) {
	p := onX11(t)
	mustCopy(t, "x")
	data, kind, ok := p.paste("TARGETS", "ANSWER")
	if kind != "ATOM" || !ok {
		t.Fatalf("type %s, %v", kind, ok)
	}
	var names []string
	for ; len(data) >= 4; data = data[4:] {
		names = append(names, p.name(xproto.Atom(xgb.Get32(data))))
	}
	for _, want := range []string{"TARGETS", "TIMESTAMP", "UTF8_STRING", "STRING", "text/plain;charset=utf-8"} {
		if !slices.Contains(names, want) {
			t.Errorf("%v lacks %s", names, want)
		}
	}
	if data, kind, ok := p.paste("TIMESTAMP", "ANSWER"); len(data) != 4 || xgb.Get32(data) == 0 || kind != "INTEGER" || !ok {
		t.Errorf("TIMESTAMP: %v, type %s, %v", data, kind, ok)
	}
}

// The goroutine that serves a text ends with the next text, or with the
// clipboard taken by another program.
func TestCopyIsReplaced(t *testing.T) {
	p := onX11(t)
	before := runtime.NumGoroutine()
	for _, text := range []string{"one", "two", "", strings.Repeat("z", maxCopy)} {
		mustCopy(t, text)
		if data, _, ok := p.paste("UTF8_STRING", "ANSWER"); string(data) != text || !ok {
			t.Errorf("%.10q, %v, want %.10q", data, ok, text)
		}
	}
	xproto.SetSelectionOwner(p.conn, p.window, p.atom("CLIPBOARD"), xproto.TimeCurrentTime)
	until(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

// A program that asks and goes away does no harm.
func TestCopyAskerGone(t *testing.T) {
	p := onX11(t)
	mustCopy(t, "still here")
	for range 5 {
		gone := newPaster(t, os.Getenv("DISPLAY"))
		xproto.ConvertSelection(gone.conn, gone.window, gone.atom("CLIPBOARD"), gone.atom("UTF8_STRING"), gone.atom("ANSWER"), xproto.TimeCurrentTime)
		gone.conn.Close()
	}
	if data, _, ok := p.paste("UTF8_STRING", "ANSWER"); string(data) != "still here" || !ok {
		t.Errorf("%q, %v", data, ok)
	}
}

func TestCopyServerGone(t *testing.T) {
	before := runtime.NumGoroutine()
	display, _, stop := runX(t)
	defer stop()
	t.Setenv("DISPLAY", display)
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("PATH", t.TempDir())
	if err := Copy("x"); err != nil {
		t.Error(err)
	}
	stop()
	until(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
	if err := Copy("x"); err == nil || !strings.Contains(err.Error(), "xclip or xsel") {
		t.Errorf("Copy: %v", err)
	}
}

// While the server hangs there is one attempt, and when it goes on that one does
// not take the clipboard back.
func TestCopyServerHangs(t *testing.T) {
	display, server, stop := runX(t)
	t.Cleanup(stop)
	p := onDisplay(t, display)
	clipboard := p.atom("CLIPBOARD")
	if err := xproto.SetSelectionOwnerChecked(p.conn, p.window, clipboard, xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	server.Signal(syscall.SIGSTOP)
	defer server.Signal(syscall.SIGCONT)
	until(t, "the server to hang", func() bool {
		stat, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(server.Pid), "stat"))
		return strings.Contains(string(stat), ") T ") // proc_pid_stat(5)
	})
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if err := ownWithin(ctx, "late"); err != hintXSilent {
			t.Errorf("a server that hangs: %v", err)
		}
		cancel()
	}
	until(t, "all attempts but one to end", func() bool { return runtime.NumGoroutine() <= before+1 }) // a deadline ends by a goroutine of its own
	server.Signal(syscall.SIGCONT)
	until(t, "the attempt to end", func() bool { return runtime.NumGoroutine() <= before })
	owner, err := xproto.GetSelectionOwner(p.conn, clipboard).Reply()
	if err != nil || owner.Owner != p.window {
		t.Errorf("the clipboard was taken late: %v, %v", owner, err)
	}
	mustCopy(t, "in time")
	if data, _, ok := p.paste("UTF8_STRING", "ANSWER"); string(data) != "in time" || !ok {
		t.Errorf("%q, %v", data, ok)
	}
}

func TestCopyByPrograms(t *testing.T) {
	for _, c := range []struct{ program, wayland, x11, want string }{
		{"wl-copy", "wayland-0", "", "wl-copy --type text/plain\n"},
		{"wl-copy", "wayland-0", ":54321", "wl-copy --type text/plain\n"},
		{"xclip", "", ":54321", "xclip -selection clipboard -in\n"},
		{"xclip", "wayland-0", ":54321", "xclip -selection clipboard -in\n"},
		{"xsel", "", ":54321", "xsel --clipboard --input\n"},
	} {
		log := script(t, c.program, "")
		t.Setenv("WAYLAND_DISPLAY", c.wayland)
		t.Setenv("DISPLAY", c.x11)
		mustCopy(t, "a\n$b'\"")
		if got := logged(t, log); got != c.want+"a\n$b'\"" {
			t.Errorf("%v: %q", c, got)
		}
	}
}

// The programs leave a process behind that serves the clipboard.
func TestCopyByDaemon(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "end")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	script(t, "wl-copy", "cat '"+fifo+"' >/dev/null &")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	t.Setenv("DISPLAY", "")
	begin := time.Now()
	mustCopy(t, "x")
	if took := time.Since(begin); took > copyTimeout/2 {
		t.Errorf("took %v", took)
	}
	f, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestCopyErrors(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, c := range []struct{ wayland, x11, want string }{
		{"", "", "DISPLAY"}, {"wayland-0", "", "wl-clipboard"}, {"wayland-0", ":54321", "wl-clipboard"}, {"", ":54321", "xclip or xsel"}, {"", "nonsense", "nonsense"},
	} {
		t.Setenv("WAYLAND_DISPLAY", c.wayland)
		t.Setenv("DISPLAY", c.x11)
		if err := Copy("x"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if err := Copy(strings.Repeat("x", maxCopy+1)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a long text: %v", err)
	}
	script(t, "wl-copy", "exit 3")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	t.Setenv("DISPLAY", "")
	var exit *exec.ExitError
	if err := Copy("x"); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("a program that fails: %v", err)
	}
}
