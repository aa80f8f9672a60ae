//go:build e2e && linux

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestAlertButtons presses Allow and Mute on notifications: each writes a rule for its
// program on its port, and the alert is no longer new.
func TestAlertButtons(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	for i, c := range []struct{ button, action, state string }{{"Allow", "allow", "allowed"}, {"Mute", "mute", "muted"}} {
		name := "portly-" + c.action
		_, x := d.opened(name)
		if x.actionFor(c.button) == "" {
			t.Fatalf("no button %s: %v", c.button, x.actions)
		}
		d.waitNews(name)
		d.notes.choose(t, x, x.actionFor(c.button))
		waitFor(t, "nothing is new", soon, func() bool { return !d.mustMenu().section(news).found })
		rules := d.rules()
		if len(rules) != i+1 || rules[0].Action != c.action || !strings.HasSuffix(rules[0].Program, "/"+name) {
			t.Errorf("the rules are %+v", rules)
		}
		if states := d.alertStates(name); !slices.Equal(states, []string{c.state}) {
			t.Errorf("the alert of %s is %v", name, states)
		}
	}
}

// TestAlertMenu allows and mutes by the section New of the menu, and tells of a port
// that closes.
func TestAlertMenu(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	for _, c := range []struct{ button, state string }{{"Allow", "allowed"}, {"Mute", "muted"}} {
		name := "portly-menu-" + c.state
		d.opened(name)
		row := d.waitNews(name)
		d.undoubted()
		d.click(row, c.button)
		waitFor(t, "nothing is new", soon, func() bool { return !d.mustMenu().section(news).found })
		if states := d.alertStates(name); !slices.Equal(states, []string{c.state}) {
			t.Errorf("the alert of %s is %v", name, states)
		}
	}
	n := freePort(t)
	child := daemon(t, program(t, "portly-ends"), nil, fmt.Sprintf("tcp 127.0.0.1:%d", n))
	d.click(d.row(local, port(n)), "Tell me when this closes")
	waitFor(t, "it is checked", soon, func() bool {
		tell, _ := d.row(local, port(n)).child("Tell me when this closes")
		return tell.checked
	})
	child.stop(t)
	waitFor(t, "it is told that it closed", soon, func() bool { return len(d.notes.with("portly-ends no longer listens", port(n))) == 1 })
}

// waitNews waits for a program's row in the section New.
func (d *desktop) waitNews(program string) (row entry) {
	d.t.Helper()
	waitFor(d.t, program+" is new in the menu", soon, func() bool {
		m, err := d.menu()
		rows := m.section(news).rows
		i := slices.IndexFunc(rows, func(r entry) bool { return strings.Contains(r.label, program) })
		if err == nil && i >= 0 {
			row = rows[i]
		}
		return err == nil && i >= 0
	})
	return row
}

// ask runs a command of portlight and reads its JSON.
func (d *desktop) ask(to any, args ...string) {
	d.t.Helper()
	p := d.start(append(args, "--json")...)
	if code := p.wait(d.t, 10*time.Second); code != 0 {
		d.t.Fatalf("portlight %v: exit status %d: %s", args, code, p.log.String())
	}
	if err := json.Unmarshal([]byte(p.out.String()), to); err != nil {
		d.t.Fatalf("portlight %v: %v in %s", args, err, p.out.String())
	}
}

// said gives what a command of portlight writes, to both outputs.
func (d *desktop) said(args ...string) string {
	d.t.Helper()
	p := d.start(args...)
	if code := p.wait(d.t, 10*time.Second); code != 0 {
		d.t.Fatalf("portlight %v: exit status %d: %s", args, code, p.log.String())
	}
	return p.out.String() + p.log.String()
}

type rule struct{ Action, Program string }

func (d *desktop) rules() (rules []rule) {
	d.t.Helper()
	d.ask(&rules, "rules", "list")
	return rules
}

// alertStates gives the states of a program's alerts.
func (d *desktop) alertStates(program string) (states []string) {
	d.t.Helper()
	var all []struct{ Identity, State string }
	d.ask(&all, "alerts", "--all")
	for _, a := range all {
		if strings.HasSuffix(a.Identity, "/"+program) {
			states = append(states, a.State)
		}
	}
	return states
}

func (d *desktop) events(args ...string) (events []watched) {
	d.t.Helper()
	d.ask(&events, append([]string{"history"}, args...)...)
	return events
}

// TestAway: what began while Portlight did not run is one notification, what was
// there before is none, and it is told only once.
func TestAway(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	before := freePort(t)
	daemon(t, program(t, "portly-stays"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", before))
	agent := d.agent("--interval", "250ms")
	waitFor(t, "the summary of the first start", soon, func() bool { return len(d.notes.with("Portlight is watching")) == 1 })
	agent.stop(t)
	for _, name := range []string{"portly-away-a", "portly-away-b"} {
		daemon(t, program(t, name), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", freePort(t)))
	}
	agent = d.agent("--interval", "250ms")
	waitFor(t, "what began meanwhile is told", soon, func() bool { return len(d.notes.with("While you were away", "portly-away-a", "portly-away-b")) == 1 })
	d.waitNews("portly-away-b")
	agent.stop(t)
	d.agent("--interval", "250ms")
	d.waitNews("portly-away-a")
	d.canary()
	if all := d.notes.with("While you were away"); len(all) != 1 {
		t.Errorf("told %d times", len(all))
	}
	for _, words := range []string{"portly-stays", "Portlight is watching"} {
		if all := d.notes.with(words); len(all) > 1 || words == "portly-stays" && len(all) > 0 {
			t.Errorf("%s: %v", words, all)
		}
	}
}

// TestWithdrawn: a notification goes with its listener.
func TestWithdrawn(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n := freePort(t)
	child := daemon(t, program(t, "portly-short"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	x := d.wantNote("portly-short", n)
	child.stop(t)
	waitFor(t, "the notification is withdrawn", soon, func() bool { return slices.Contains(d.notes.withdrawn(), x.id) })
	if row := d.waitNews("portly-short"); !strings.Contains(row.label, "closed") {
		t.Errorf("the alert reads %q", row.label)
	}
}

// TestNothingIsResent: a notification that the desktop holds back, as it does while a person
// is not to be disturbed, or that goes unread, is not sent again. The alert stays new.
func TestNothingIsResent(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n := freePort(t)
	daemon(t, program(t, "portly-unread"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	x := d.wantNote("portly-unread", n)
	if err := d.notes.conn.Emit(notesPath, notesName+".NotificationClosed", x.id, uint32(1)); err != nil { // it expired
		t.Fatal(err)
	}
	time.Sleep(7 * time.Second) // longer than what follows is folded
	d.canary()
	if all := d.notes.with("portly-unread"); len(all) != 1 {
		t.Errorf("told %d times", len(all))
	}
	d.waitNews("portly-unread")
}

// TestPaused: nothing is told, and all is kept.
func TestPaused(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	pause, _ := d.mustMenu().child("Pause alerts")
	d.click(pause, "For an hour")
	var resume entry
	waitFor(t, "alerts are paused", soon, func() (paused bool) {
		resume, paused = d.mustMenu().child("Resume alerts")
		return paused
	})
	daemon(t, program(t, "portly-quiet"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", freePort(t)))
	d.waitNews("portly-quiet")
	d.event(resume.id, "clicked")
	waitFor(t, "alerts are no longer paused", soon, func() bool {
		_, paused := d.mustMenu().child("Resume alerts")
		return !paused
	})
	d.canary()
	if all := d.notes.with("portly-quiet"); len(all) > 0 {
		t.Errorf("told %d times, at first %q", len(all), all[0].summary)
	}
}

// flood is how many listeners a flood opens.
const flood = 10_000

// TestFlood opens ten thousand listeners at once, by ten programs and by a single one:
// three notifications at most, no event lost, and the agent stays small.
func TestFlood(t *testing.T) {
	for _, programs := range []int{10, 1} {
		t.Run(strconv.Itoa(programs), func(t *testing.T) { checkFlood(t, programs) })
	}
}

func checkFlood(t *testing.T, programs int) {
	d := fullDesktop(t)
	agent := d.agent()
	pid := agent.Process.Pid
	before, told := cpuTime(t, pid), len(d.notes.with(""))
	each := flood / programs
	for i := range programs {
		first := 1024 + i*each
		daemon(t, program(t, "portly-flood-"+strconv.Itoa(i)), nil, fmt.Sprintf("tcp4 0.0.0.0:%d-%d", first, first+each-1))
	}
	waitFor(t, "all events are recorded", 20*time.Second, func() bool { return len(d.events("--since", "1h")) >= flood })
	cpu := cpuTime(t, pid) - before
	resident, anonymous := memory(t, pid)
	notes := len(d.notes.with("")) - told
	t.Logf("%d listeners: %d notifications, %v of processor time, resident %.1f MB, anonymous %.1f MB", flood, notes, cpu, resident, anonymous)
	if notes > 3 {
		t.Errorf("%d notifications: %v", notes, d.notes.with(""))
	}
	seen := map[int]bool{}
	for _, e := range d.events("--since", "1h") {
		if e.Event == "opened" {
			seen[e.Listener.Port] = true
		}
	}
	if len(seen) < flood {
		t.Errorf("%d of %d listeners are in the history", len(seen), flood)
	}
	if most := floodSorts * sortMillion(); cpu > most || anonymous > 44 { // the rest is the executable, as far as it is looked at
		t.Errorf("the agent took %v of processor time, at most %v, and %.1f MB", cpu, most, anonymous)
	}
}

// floodSorts is how often a million numbers could be sorted in the processor time that a
// flood may take: two seconds where that takes 80 ms.
const floodSorts = 25

// sortMillion is how long this computer takes to sort a million numbers now.
func sortMillion() time.Duration {
	random := rand.New(rand.NewPCG(1, 2))
	numbers := make([]uint64, 1_000_000)
	fastest := time.Hour
	for range 5 {
		for i := range numbers {
			numbers[i] = random.Uint64()
		}
		began := time.Now()
		slices.Sort(numbers)
		fastest = min(fastest, time.Since(began))
	}
	return fastest
}

// TestKilled ends the agent by SIGKILL again and again while listeners come and go:
// what was told is in the history, and the next agent begins at once.
func TestKilled(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	var names []string
	for i := range 5 {
		agent := d.agent("--interval", "250ms")
		name := "portly-kill-" + strconv.Itoa(i)
		names = append(names, name)
		n := freePort(t)
		daemon(t, program(t, name), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
		d.wantNote(name, n)
		agent.Process.Kill()
		agent.wait(t, 5*time.Second)
	}
	var told []string
	for _, e := range d.events() {
		if e.Alert {
			told = append(told, e.Reason)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(told, func(r string) bool { return strings.Contains(r, name) }) {
			t.Errorf("%s is not in the history: %q", name, told)
		}
	}
	if aside, _ := filepath.Glob(filepath.Join(d.dir, "data", "portlight", "*damaged*")); len(aside) > 0 {
		t.Errorf("the database was damaged: %v", aside)
	}
}

// TestIdleWritesNothing: at rest the agent does not touch the disk.
func TestIdleWritesNothing(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	daemon(t, program(t, "portly-rest"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", freePort(t)))
	agent := d.agent()
	waitFor(t, "the summary of the first start", soon, func() bool { return len(d.notes.with("Portlight is watching")) == 1 })
	time.Sleep(2 * time.Second) // what the start has left to do
	before := d.dataFiles()
	written := writtenBytes(t, agent.Process.Pid)
	time.Sleep(time.Minute)
	if after := d.dataFiles(); after != before {
		t.Errorf("the files have changed:\n%s\n%s", before, after)
	}
	if n := writtenBytes(t, agent.Process.Pid) - written; n > 0 {
		t.Errorf("%d bytes went to the disk", n)
	}
}

// dataFiles tells the files in the data folder with their sizes and times.
func (d *desktop) dataFiles() string {
	d.t.Helper()
	var b strings.Builder
	files, err := os.ReadDir(filepath.Join(d.dir, "data", "portlight"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			d.t.Fatal(err)
		}
		fmt.Fprintln(&b, f.Name(), info.Size(), info.ModTime().Format(time.RFC3339Nano), info.Mode())
	}
	return b.String()
}

// writtenBytes is what a process has caused to be written, from proc_pid_io(5).
func writtenBytes(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "io"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "write_bytes:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no write_bytes in %s", text)
	return 0
}

// TestNotRemembered: where nothing can be written the agent says so and goes on: what is
// new is in the menu, and what is decided holds while it runs, which is said.
func TestNotRemembered(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	dir := filepath.Join(d.dir, "data", "portlight")
	if err := os.MkdirAll(filepath.Join(dir, "portlight.db"), 0o700); err != nil { // a folder in the place of the file
		t.Fatal(err)
	}
	agent := d.agent("--interval", "250ms")
	waitFor(t, "the menu says so", soon, d.saysNoMemory)
	n := freePort(t)
	_, x := d.opened("portly-unkept")
	row := d.waitNews("portly-unkept")
	waitFor(t, "the tooltip counts the alert", soon, func() bool { return strings.Contains(d.tooltip(), "1") })
	d.undoubted()
	d.click(row, "Mute")
	waitFor(t, "it is said that the rule is not kept", soon, func() bool { return len(d.notes.with("kept only until Portlight ends")) == 1 })
	waitFor(t, "nothing is new, and the notification goes", soon, func() bool {
		return !d.mustMenu().section(news).found && slices.Contains(d.notes.withdrawn(), x.id)
	})
	daemon(t, program(t, "portly-later"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.wantNote("portly-later", n)
	d.waitNews("portly-later")
	checkCalm(t, agent)
}

// TestWatchRecorded: beside an agent watch prints what that records.
func TestWatchRecorded(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	p := d.start("watch", "--json", "--interval", "250ms")
	waitFor(t, "the message that it watches", 5*time.Second, func() bool { return p.log.String() != "" })
	n := freePort(t)
	daemon(t, program(t, "portly-both"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	if e := p.waitEvent(t, "opened", n); !e.Alert || e.Verdict != "new" {
		t.Errorf("the event is %+v", e)
	}
	d.wantNote("portly-both", n)
	p.stop(t)
	q := exec.Command(binary(t), "watch", "--record")
	q.Env = d.env()
	if out, err := q.CombinedOutput(); err == nil || !strings.Contains(string(out), "records already") {
		t.Errorf("a second one that records: %v, %s", err, out)
	}
}
