//go:build e2e && linux

package e2e

import (
	"fmt"
	"regexp"
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

// TestNoNotifications: without a notification service the agent says so, and the
// menu works; with one that comes later it notifies.
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
	d.startNotes("actions", "body")
	d.canary()
	checkCalm(t, agent)
}

// TestNoDisplay: without a display the window says so and fails, and the agent
// says so and watches in the terminal.
func TestNoDisplay(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.startTray()
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
