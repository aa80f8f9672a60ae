//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestSettingsHold changes settings in the window by keyboard. The agent takes them over
// at once, though by then it looks but once a minute.
func TestSettingsHold(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent()
	n := freePort(t)
	daemon(t, program(t, "portly-shown"), nil, fmt.Sprintf("tcp 127.0.0.1:%d", n))
	d.row(local, port(n))
	d.start("window", "--settings")
	d.waitWindow(anyTitle)
	d.settle()
	d.keys("ctrl+comma", "Tab", "Tab", "Right", "Right", "Right", "Right", "Right")
	d.settle()
	d.picture("settings-interval")
	d.keys("Tab", "Right")
	shows := func(label string) func() bool {
		return func() bool { _, ok := d.mustMenu().section(local).with(label); return ok }
	}
	waitFor(t, "the row tells port and program", soon, shows(port(n)+"  portly-shown"))
	d.keys("Right")
	waitFor(t, "the row tells program and port", soon, shows("portly-shown  "+port(n)))
	d.settle()
	d.picture("settings-rows")
}

// TestFirstStart: the agent opens the window at the very first start, which welcomes the
// person, once; the summary comes too.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	daemon(t, program(t, "portly-stands"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", freePort(t)))
	agent := d.start()
	d.waitMenu(agent)
	d.waitWindow(anyTitle)
	waitFor(t, "the summary", soon, func() bool { return len(d.notes.with("Portlight is watching")) == 1 })
	d.settle()
	before := d.picture("welcome")
	d.keys("Tab", "space", "Return")
	d.changed(before)
	d.picture("welcome-started")
	entry := filepath.Join(d.dir, "config", "autostart", "io.github.portlight.Portlight.desktop")
	waitFor(t, "it starts at login", soon, func() bool { _, err := os.Stat(entry); return err == nil })
	d.endWindow(agent.Process.Pid)
	agent.stop(t)

	d.agent()
	d.canary()
	if all := d.titled(anyTitle); len(all) > 0 {
		t.Errorf("the next start opens %v", all)
	}
	d.click(d.mustMenu(), "Open Portlight")
	d.waitWindow(anyTitle)
	d.settle()
	d.picture("welcome-not-again")
	before = d.screen.shot(t)
	d.keys("ctrl+2") // which does nothing below a welcome
	d.changed(before)
}

// TestFirstStartAtLogin: at login nothing opens.
func TestFirstStartAtLogin(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.waitMenu(d.start("--login", "--interval", "250ms"))
	waitFor(t, "the summary", soon, func() bool { return len(d.notes.with("Portlight is watching")) == 1 })
	d.canary()
	if all := d.titled(anyTitle); len(all) > 0 {
		t.Errorf("it opens %v", all)
	}
}

// with finds the row with a label.
func (s section) with(label string) (entry, bool) {
	for _, r := range s.rows {
		if r.label == label {
			return r, true
		}
	}
	return entry{}, false
}
