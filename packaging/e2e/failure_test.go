//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// rowTitle is the title of the window that shows a program's port.
func rowTitle(port, program string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(port) + "  (\\S.* — )?" + regexp.QuoteMeta(program) + " – Portlight$")
}

// checkCalm checks that a program ended or runs on without a fault.
func checkCalm(t *testing.T, p *process) {
	t.Helper()
	for _, bad := range []string{"panic:", "goroutine ", "SIGSEGV", "DATA RACE in portlight"} {
		if strings.Contains(p.log.String(), bad) {
			t.Errorf("a fault on standard error:\n%s", p.log.String())
		}
	}
}

// checkWatches opens a listener and wants a line about it on standard output.
func checkWatches(t *testing.T, p *process) {
	t.Helper()
	waitFor(t, "a message on standard error", 8*time.Second, func() bool { return p.log.String() != "" })
	name, n := "portly-watched", freePort(t)
	path := program(t, name)
	ok := eventually(10*time.Second, func() bool {
		child := daemon(t, path, nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
		defer child.stop(t)
		return eventually(1500*time.Millisecond, func() bool { return strings.Contains(p.out.String(), port(n)) })
	})
	if !ok {
		t.Fatalf("no line about port %d; standard output:\n%s\nstandard error:\n%s", n, p.out.String(), p.log.String())
	}
	p.stop(t)
	checkCalm(t, p)
	t.Logf("standard error:\n%s\nstandard output:\n%s", p.log.String(), p.out.String())
}

// TestNoBus: without a bus the agent says so and watches in the terminal.
func TestNoBus(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.bus = noBus
	d.startDisplay()
	checkWatches(t, d.start())
}

// TestNoTray: without a tray host the agent says so after 5 s, opens the window
// and notifies all the same.
func TestNoTray(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startNotes("actions", "body")
	d.startDisplay()
	d.welcomed()
	agent := d.start()
	started := time.Now()
	d.waitWindow(anyTitle)
	if took := time.Since(started); took < 4*time.Second {
		t.Errorf("the window came after %v, before a tray host had its 5 s", took)
	}
	if agent.log.String() == "" {
		t.Error("nothing on standard error about the missing tray")
	}
	d.canary()
	d.startTray()
	waitFor(t, "the icon comes with the tray host", soon, func() bool { return len(d.tray.registered()) == 1 })
	checkCalm(t, agent)
	t.Logf("standard error:\n%s", agent.log.String())
}

// TestNoNotifications: without a notification service the agent says so in the log, the
// menu, the list of alerts and doctor, and the icon is marked; with one that comes later it
// notifies, and nobody says so any more.
func TestNoNotifications(t *testing.T) {
	d := newDesktop(t)
	d.startTray()
	d.startDisplay()
	agent := d.agent()
	n := freePort(t)
	daemon(t, program(t, "portly-unsaid"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.row(external, port(n))
	waitFor(t, "a message on standard error", soon, func() bool { return strings.Contains(agent.log.String(), "notification service") })
	if !strings.Contains(agent.log.String(), port(n)) {
		t.Errorf("the log does not tell of port %d:\n%s", n, agent.log.String())
	}
	d.waitNews("portly-unsaid")
	waitFor(t, "the tooltip counts the alert", soon, func() bool { return strings.Contains(d.tooltip(), "1") })
	if !slices.ContainsFunc(d.mustMenu().children, func(e entry) bool { return strings.HasPrefix(e.label, "Notifications are not shown") }) {
		t.Errorf("the menu does not say it: %v", d.mustMenu())
	}
	if states := d.alertStates("portly-unsaid"); !slices.Equal(states, []string{"new"}) {
		t.Errorf("the alert is %v", states)
	}
	said := func() bool { return strings.Contains(d.said("alerts"), "notifications are not shown: ") }
	if !said() {
		t.Error("the list of alerts does not say it")
	}
	var diagnosis struct {
		Notifications struct {
			LastError string `json:"last_error"`
		}
	}
	if d.ask(&diagnosis, "doctor"); !strings.Contains(diagnosis.Notifications.LastError, "notification service") {
		t.Errorf("doctor says %+v", diagnosis)
	}
	d.startNotes("actions", "body")
	d.canary()
	waitFor(t, "nobody says it any more", soon, func() bool { return !said() })
	checkCalm(t, agent)
}

// TestNoDisplay: without a display the window says so and fails, and the agent
// says so and watches in the terminal.
func TestNoDisplay(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startNotes("actions", "body")
	window := d.start("window")
	if code := window.wait(t, 5*time.Second); code != 1 {
		t.Errorf("exit status %d of the window without a display, want 1", code)
	}
	if !strings.Contains(window.log.String(), "display") {
		t.Errorf("standard error does not speak of the display: %q", window.log.String())
	}
	checkCalm(t, window)
	checkWatches(t, d.start())
}

// TestTrayAlone: a tray on the bus is a desktop, with or without a display.
func TestTrayAlone(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startTray()
	d.startNotes("actions", "body")
	agent := d.agent()
	if !strings.Contains(agent.log.String(), "window cannot be shown") {
		t.Errorf("standard error does not speak of the window: %q", agent.log.String())
	}
	d.canary()
	d.click(d.mustMenu(), "Open Portlight")
	waitFor(t, "a notification about the display", 8*time.Second, func() bool { return len(d.notes.with("display")) == 1 })
	if !agent.running() {
		t.Error("the agent has ended")
	}
	checkCalm(t, agent)
}

// TestNeitherTrayNorWindow: on a Wayland desktop without a tray and without X the
// agent says so, and prints what it notifies of.
func TestNeitherTrayNorWindow(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startNotes("actions", "body")
	agent := d.startWith([]string{"WAYLAND_DISPLAY=wayland-0"})
	waitFor(t, "a message about the window", 10*time.Second, func() bool { return strings.Contains(agent.log.String(), "No window can be opened") })
	n := freePort(t)
	daemon(t, program(t, "portly-told"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.wantNote("portly-told", n)
	waitFor(t, "a line about the port", soon, func() bool { return strings.Contains(agent.out.String(), port(n)) })
	checkCalm(t, agent)
}

// TestDisplayRefuses: a display that does not let the user in, or that is not
// there, gives a message and no trace.
func TestDisplayRefuses(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startDisplay("-auth", cookieFile(t))
	for _, env := range [][]string{{"XAUTHORITY=/nonexistent"}, {"DISPLAY=nohost:3"}, {"DISPLAY=:54321"}} {
		window := d.startWith(env, "window")
		if code := window.wait(t, 8*time.Second); code != 1 {
			t.Errorf("%s: exit status %d of the window, want 1", env, code)
		}
		if said := window.log.String(); !strings.HasPrefix(said, "portlight: open the window: ") || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: standard error is %q", env, said)
		}
	}
	checkWatches(t, d.startWith([]string{"XAUTHORITY=/nonexistent"}))
}

// cookieFile is an authority file (Xau) with a cookie for every display.
func cookieFile(t *testing.T) string {
	t.Helper()
	const wild = "\xff\xff"
	entry := wild
	for _, field := range []string{"", "", "MIT-MAGIC-COOKIE-1", "0123456789abcdef"} {
		entry += string([]byte{0, byte(len(field))}) + field
	}
	path := filepath.Join(t.TempDir(), "cookies")
	if err := os.WriteFile(path, []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNoGL: without OpenGL the window says so and ends, again and again, and the
// agent tells of it.
func TestNoGL(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startTray()
	d.startNotes("actions", "body")
	d.startDisplay("-extension", "GLX")
	for range 2 {
		window := d.start("window")
		if code := window.wait(t, 8*time.Second); code != 1 {
			t.Errorf("exit status %d of the window, want 1", code)
		}
		if said := window.log.String(); !strings.Contains(said, "OpenGL") || strings.Count(said, "\n") != 1 {
			t.Errorf("standard error is %q", said)
		}
	}
	agent := d.agent()
	d.click(d.mustMenu(), "Open Portlight")
	waitFor(t, "a notification about OpenGL", 8*time.Second, func() bool { return len(d.notes.with("OpenGL")) == 1 })
	checkCalm(t, agent)
}

// TestFreshHome: the window says nothing of files that it does not need, whether
// they are not there yet or broken.
func TestFreshHome(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startDisplay()
	preferences := filepath.Join(d.dir, "config", "fyne", "io.github.portlight.Portlight")
	if err := os.MkdirAll(preferences, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(preferences, "preferences.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	window := d.startWith([]string{"XDG_CACHE_HOME=" + filepath.Join(d.dir, "fresh", "cache")}, "window")
	d.waitWindow(anyTitle)
	window.stop(t)
	if code := window.ProcessState.ExitCode(); code != 0 || window.log.String() != "" {
		t.Errorf("exit status %d, standard error %q", code, window.log.String())
	}
}

// TestRunRefusesUnknownOptions at once: what is meant for Portlight stands behind
// "--" or a command.
func TestRunRefusesUnknownOptions(t *testing.T) {
	for _, args := range []string{"--typo", "--yes --typo", "-x"} {
		cmd := exec.Command("../run", strings.Fields(args)...)
		cmd.Env = []string{"PATH=/usr/bin:/bin"} // no Go: what goes on from here fails otherwise
		p := startProcess(t, cmd)
		if code := p.wait(t, 5*time.Second); code != 2 || !strings.Contains(p.log.String(), "Usage:") || p.out.String() != "" {
			t.Errorf("packaging/run %s: exit status %d, standard error %q", args, code, p.log.String())
		}
	}
}

// TestBusEnds: when the bus goes away the agent says so and ends.
func TestBusEnds(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startTray()
	d.startDisplay()
	agent := d.agent()
	d.busProcess.kill()
	waitFor(t, "the agent's own message about the bus", 8*time.Second, func() bool {
		return ownWords.MatchString(agent.log.String())
	})
	if code := agent.wait(t, 5*time.Second); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	checkCalm(t, agent)
	t.Logf("standard error:\n%s", agent.log.String())
}

// ownWords is a line about the bus that does not come from the tray library.
var ownWords = regexp.MustCompile(`(?m)^[^"\n]*(session|message) bus|^time=.*\bbus\b|^portlight:.*\bbus\b`)

// TestUsage: what is not understood gives the usage and exit status 2.
func TestUsage(t *testing.T) {
	d := newDesktop(t)
	d.bus = noBus
	for _, args := range []string{"--nonsense", "nonsense", "list --nonsense", "window --nonsense", "--interval soon", "list --port many"} {
		p := d.start(strings.Fields(args)...)
		if code := p.wait(t, 5*time.Second); code != 2 {
			t.Errorf("portlight %s: exit status %d, want 2", args, code)
		}
		if !strings.Contains(p.log.String(), "portlight") {
			t.Errorf("portlight %s: no usage on standard error: %q", args, p.log.String())
		}
	}
}
