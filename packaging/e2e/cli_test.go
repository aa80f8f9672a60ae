//go:build e2e && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// watched is a line of "watch --json", as far as it is looked at here.
type watched struct {
	Time     time.Time
	Event    string
	Alert    bool
	Verdict  string
	Reason   string
	Listener struct {
		ID        string
		Port      int
		External  bool
		Processes []struct{ PID int }
	}
}

// TestWatch: without any desktop the events are printed, judged.
func TestWatch(t *testing.T) {
	t.Parallel()
	d := newDesktop(t)
	d.bus = noBus
	p := d.start("watch", "--json")
	waitFor(t, "the message that it watches", 5*time.Second, func() bool { return p.log.String() != "" })
	n, m := freePort(t), freePort(t)
	open := daemon(t, program(t, "portly-shown"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n), fmt.Sprintf("tcp 127.0.0.1:%d", m))
	e := p.waitEvent(t, "opened", n)
	if !e.Alert || e.Verdict != "new" || e.Reason == "" || !e.Listener.External || e.Time.IsZero() {
		t.Errorf("the event of the external listener is %+v", e)
	}
	if len(e.Listener.Processes) != 1 || e.Listener.Processes[0].PID != open.Process.Pid {
		t.Errorf("the processes are %v, want %d", e.Listener.Processes, open.Process.Pid)
	}
	if e := p.waitEvent(t, "opened", m); e.Alert || e.Verdict != "loopback" {
		t.Errorf("the event of the loopback listener is %+v", e)
	}
	open.stop(t)
	if e := p.waitEvent(t, "closed", n); e.Listener.ID != fmt.Sprintf("tcp:0.0.0.0:%d", n) || e.Alert {
		t.Errorf("the event of the end is %+v", e)
	}
	p.stop(t)
	if code := p.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit status %d after SIGTERM", code)
	}
}

// waitEvent waits for the event of a port in the output.
func (p *process) waitEvent(t *testing.T, event string, n int) watched {
	t.Helper()
	var found watched
	waitFor(t, fmt.Sprintf("the event %s of port %d", event, n), soon, func() bool {
		out := p.out.String()
		for line := range strings.Lines(out[:strings.LastIndexByte(out, 10)+1]) {
			var w watched
			if err := json.Unmarshal([]byte(line), &w); err != nil {
				t.Fatalf("%v in the line %q", err, line)
			}
			if w.Event == event && w.Listener.Port == n {
				found = w
				return true
			}
		}
		return false
	})
	return found
}
