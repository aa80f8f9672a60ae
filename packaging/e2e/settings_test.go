//go:build e2e && linux

package e2e

import (
	"fmt"
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

// with finds the row with a label.
func (s section) with(label string) (entry, bool) {
	for _, r := range s.rows {
		if r.label == label {
			return r, true
		}
	}
	return entry{}, false
}
