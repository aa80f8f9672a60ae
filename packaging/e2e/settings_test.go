//go:build e2e && linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
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
	d.keys("ctrl+comma", "Tab", "Tab", "Tab", "Right", "Right", "Right", "Right", "Right")
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
	d.keys("ctrl+comma", "Tab", "Tab", "Right", "Right") // the second language is German
	has := func(label string) func() bool {
		return func() bool { _, ok := d.mustMenu().child(label); return ok }
	}
	waitFor(t, "the menu is German", soon, has("Portlight beenden"))
	d.waitWindow(regexp.MustCompile("^Einstellungen – Portlight$"))
	d.settle()
	d.picture("settings-german")
	d.keys("Left") // the keyboard is where it was
	waitFor(t, "the menu is English", soon, has("Quit Portlight"))
	d.waitWindow(regexp.MustCompile("^Settings – Portlight$"))
}

// TestSystemLanguage: Portlight speaks as the system does, in its menu, its notifications
// and its window; the command line stays as it is.
func TestSystemLanguage(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.welcomed()
	d.startWith([]string{"LC_ALL=fr_CA.UTF-8"}, "--interval", "250ms")
	waitFor(t, "the menu is French", 10*time.Second, func() bool {
		m, err := d.menu()
		if err != nil {
			return false
		}
		_, ok := m.child("Quitter Portlight")
		return ok && m.section("Accessibles depuis le réseau").found
	})
	n := freePort(t)
	daemon(t, program(t, "portly-parle"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	waitFor(t, "the notification", soon, func() bool { return len(d.notes.with("portly-parle")) > 0 })
	note := d.notes.with("portly-parle")[0]
	if !strings.Contains(note.summary, "écoute sur le port") || !strings.Contains(note.body, "peut se connecter") || note.actions["allow"] != "Autoriser" {
		t.Errorf("the notification is %q, %q, %v", note.summary, note.body, note.actions)
	}
	d.startWith([]string{"LC_ALL=ja_JP.UTF-8"}, "window", "--settings")
	d.waitWindow(regexp.MustCompile("^設定 – Portlight$"))
	d.settle()
	d.picture("settings-japanese")
	daemon(t, program(t, "portly-lists"), nil, fmt.Sprintf("tcp 127.0.0.1:%d", freePort(t)))
	list := exec.Command(binary(t), "list")
	list.Env = d.env("LC_ALL=ja_JP.UTF-8")
	if out, err := list.Output(); err != nil || !strings.Contains(string(out), "Only this computer") {
		t.Errorf("the list is %s, %v", out, err)
	}
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
