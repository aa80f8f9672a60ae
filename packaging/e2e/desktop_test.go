//go:build e2e && linux

package e2e

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// soon is how long the menu and a notification may take at an interval of 1 s.
const soon = 2 * time.Second

// kinds are the listeners that the main scenario opens, one after the other.
type kind struct {
	name, addr string // the address has %d for the port
	section    string
	udp        bool
	notify     bool
}

func kinds(t testing.TB) []kind {
	return []kind{
		{"portly-any4", "tcp4 0.0.0.0:%d", external, false, true},
		{"portly-any6", "tcp [::]:%d", external, false, true},
		{"portly-only6", "tcp6 [::]:%d", external, false, true},
		{"portly-own", "tcp " + specificAddress(t) + ":%d", external, false, true},
		{"portly-dgram", "udp4 0.0.0.0:%d", external, true, true},
		{"portly-local4", "tcp 127.0.0.1:%d", local, false, false},
		{"portly-local6", "tcp [::1]:%d", local, false, false},
		{"portly-locald", "udp 127.0.0.1:%d", local, true, false},
	}
}

// TestMenuFollows opens a listener of each kind and sees its row and its
// notification come, or not come, and the row go.
func TestMenuFollows(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent()
	before := ""
	for _, k := range kinds(t) {
		n := freePort(t)
		label := port(n)
		if k.udp {
			label += "/udp"
		}
		child := daemon(t, program(t, k.name), nil, fmt.Sprintf(k.addr, n))
		row := d.row(k.section, label)
		checkLabel(t, row, label, k.name)
		checkSubmenu(t, row)
		if k.notify {
			d.wantNote(k.name, n)
		}
		if before != "" {
			d.gone(before)
		}
		child.stop(t)
		before = label
	}
	d.gone(before)
	d.canary()
	for _, k := range kinds(t) {
		want := 0
		if k.notify {
			want = 1
		}
		if notes := d.notes.with(k.name); len(notes) != want {
			t.Errorf("%s: %d notifications, want %d", k.name, len(notes), want)
		}
	}
}

func checkSubmenu(t *testing.T, row entry) {
	t.Helper()
	for _, label := range []string{"Details…", "Copy address", "Stop…"} {
		if e, ok := row.child(label); !ok || !e.enabled {
			t.Errorf("%q: no entry %q in\n%v", row.label, label, row)
		}
	}
}

// wantNote waits for the notification about a program's port and checks that it
// has its actions.
func (d *desktop) wantNote(program string, n int) note {
	d.t.Helper()
	var found []note
	waitFor(d.t, fmt.Sprintf("a notification about %s on %d", program, n), soon, func() bool {
		found = d.notes.with(program, port(n))
		return len(found) > 0
	})
	x := found[0]
	if !x.folded() && (!strings.Contains(x.summary, program) || !strings.Contains(x.summary, port(n))) {
		d.t.Errorf("the title %q does not name %s and %d", x.summary, program, n)
	}
	if x.body == "" {
		d.t.Error("the body does not say who can reach it")
	}
	if _, ok := x.actions["default"]; !ok || x.actionFor("Details") == "" {
		d.t.Errorf("the actions are %q, want default and Details", x.actions)
	}
	return x
}

// folded reports whether the notification is about more than it names in its title.
func (n note) folded() bool { return strings.HasSuffix(n.summary, " more") }

// markSeen marks all alerts as seen: what comes next has a notification of its own.
func (d *desktop) markSeen() {
	d.t.Helper()
	if seen, ok := d.mustMenu().child("Mark all as seen"); ok {
		d.undoubted()
		d.event(seen.id, "clicked")
	}
	waitFor(d.t, "nothing is new", soon, func() bool {
		m, err := d.menu()
		return err == nil && !m.section(news).found
	})
}

// undoubted waits until a click on the menu means what it shows: right after a change
// it may have been meant for what was there before.
func (d *desktop) undoubted() { time.Sleep(1200 * time.Millisecond) }

// actionFor gives the key of the action with this label, or "".
func (n note) actionFor(label string) string {
	for key, l := range n.actions {
		if l == label && key != "default" {
			return key
		}
	}
	return ""
}

// canary opens a listener that is notified for sure. Notifications keep their
// order: what has not come before it does not come.
func (d *desktop) canary() {
	d.t.Helper()
	n := freePort(d.t)
	name := "canary-" + port(n)
	child := daemon(d.t, program(d.t, name), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.wantNote(name, n)
	child.stop(d.t)
}

// TestBaseline: what listens when the agent starts for the first time is shown,
// not notified.
func TestBaseline(t *testing.T) {
	d := fullDesktop(t)
	n := freePort(t)
	daemon(t, program(t, "portly-before"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.agent("--interval", "250ms")
	checkLabel(t, d.row(external, port(n)), port(n), "portly-before")
	d.canary()
	if notes := d.notes.with("portly-before"); len(notes) > 0 {
		t.Errorf("the baseline is notified: %v", notes)
	}
}

// TestOncePerProgram: the same program on the same port is not new under another
// pid, on another port it is. An ephemeral UDP port is never notified.
func TestOncePerProgram(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n, m := freePort(t), freePort(t)
	path := program(t, "portly-again")
	for range 2 {
		child := daemon(t, path, nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
		d.row(external, port(n))
		child.stop(t)
		d.gone(port(n))
	}
	child := daemon(t, path, nil, fmt.Sprintf("tcp4 0.0.0.0:%d", m))
	d.wantNote("portly-again", m)
	child.stop(t)
	ephemeral := daemon(t, program(t, "portly-eph"), nil, "udp 0.0.0.0:0")
	d.waitProgram(external, "portly-eph")
	ephemeral.stop(t)
	d.canary()
	if notes := d.notes.with("portly-again", port(n)); len(notes) != 1 {
		t.Errorf("%d notifications for a restart, want 1: %v", len(notes), notes)
	}
	if notes := d.notes.with("portly-eph"); len(notes) > 0 {
		t.Errorf("an ephemeral UDP port is notified: %v", notes)
	}
}

// TestExposed: what was open to this computer only and is now open to others is
// urgent.
func TestExposed(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n := freePort(t)
	path := program(t, "portly-shy")
	child := daemon(t, path, nil, fmt.Sprintf("tcp 127.0.0.1:%d", n))
	d.row(local, port(n))
	child.stop(t)
	d.gone(port(n))
	daemon(t, path, nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	x := d.wantNote("portly-shy", n)
	if urgency, _ := x.hints["urgency"].Value().(byte); urgency != 2 {
		t.Errorf("the urgency is %v, want 2 (critical)", x.hints["urgency"])
	}
}

// TestManyRows: a section shows twenty rows, and says how many more there are.
func TestManyRows(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	var addrs []string
	for range 33 {
		addrs = append(addrs, fmt.Sprintf("tcp 127.0.0.1:%d", freePort(t)))
	}
	daemon(t, program(t, "portly-lots"), nil, addrs...)
	var rows []entry
	waitFor(t, "twenty rows and the line below them", soon, func() bool {
		rows = d.mustMenu().section(local).rows
		return len(rows) == 21
	})
	more := rows[20]
	var n int
	if _, err := fmt.Sscanf(more.label, "%d more…", &n); err != nil || n < 13 {
		t.Errorf("the line below the rows reads %q, want 13 or more", more.label)
	}
	d.event(more.id, "clicked")
	d.waitWindow(anyTitle)
}

// waitProgram waits for a row of a program on whatever port.
func (d *desktop) waitProgram(title, program string) {
	d.t.Helper()
	waitFor(d.t, "a row of "+program, soon, func() bool {
		m, err := d.menu()
		return err == nil && slices.ContainsFunc(m.section(title).rows, func(r entry) bool {
			return strings.HasSuffix(r.label, "  "+program) || strings.HasSuffix(r.label, " — "+program)
		})
	})
}

// TestServiceName: a port with a well-known name shows it, and a web port can be
// opened in the browser.
func TestServiceName(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	if !isFree(8080) {
		t.Fatal("port 8080 is taken")
	}
	daemon(t, program(t, "portly-web"), nil, "tcp4 0.0.0.0:8080", "tcp6 [::]:8080")
	row := d.row(external, "8080")
	if row.label != "8080  http-alt — portly-web" {
		t.Errorf("the row reads %q", row.label)
	}
	if _, ok := row.child("Open in browser"); !ok {
		t.Errorf("no entry to open the browser:\n%v", row)
	}
	same := 0
	for _, r := range d.mustMenu().section(external).rows {
		if r.label == row.label {
			same++
		}
	}
	if same != 1 {
		t.Errorf("%d rows read %q, want them folded to one", same, row.label)
	}
	if x := d.wantNote("portly-web", 8080); !strings.Contains(x.summary, "http-alt") {
		t.Errorf("the title %q does not name the service", x.summary)
	}
}

// TestDetails opens the window by the notification's action, by the menu, and by
// a click on a notification; after the first time in the window that is there.
func TestDetails(t *testing.T) {
	d := fullDesktop(t)
	d.agent()
	row, x := d.opened("portly-one")
	if label := x.actions["default"]; label != "" {
		t.Errorf("the default action has the label %q: xfce4-notifyd draws it as one more button", label)
	}
	d.notes.choose(t, x, x.actionFor("Details"))
	d.waitWindow(titleOf(row))
	d.settle()
	d.picture("window-details")

	row, _ = d.opened("portly-two")
	d.click(row, "Details…")
	d.waitWindow(titleOf(row))

	row, x = d.opened("portly-three")
	d.notes.choose(t, x, "default")
	d.waitWindow(titleOf(row))
	if all := d.titled(anyTitle); len(all) != 1 {
		t.Errorf("%d windows, want one: %v", len(all), all)
	}
}

// opened starts a program that others can reach, and gives its row and its
// notification.
func (d *desktop) opened(name string) (entry, note) {
	d.t.Helper()
	d.markSeen()
	n := freePort(d.t)
	daemon(d.t, program(d.t, name), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	return d.row(external, port(n)), d.wantNote(name, n)
}

// TestStop: Stop… asks in the window. Return alone stops nothing; the button
// does.
func TestStop(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n := freePort(t)
	child := daemon(t, program(t, "portly-stop"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	row := d.row(external, port(n))
	d.click(row, "Stop…")
	d.waitWindow(titleOf(row))
	d.settle()
	d.picture("window-stop")
	d.keys("Return")
	d.settle()
	closed := d.picture("window-stop-return")
	if !child.running() {
		t.Error("Return alone has stopped the program")
	}
	d.click(d.row(external, port(n)), "Stop…")
	d.changed(closed)
	asked := d.screen.shot(t)
	d.keys("Tab")
	d.changed(asked)
	confirm := d.picture("window-stop-confirm")
	d.keys("space")
	if code := child.wait(t, 3*time.Second); code != 0 {
		t.Errorf("exit status %d of the program, want 0 as after SIGTERM", code)
	}
	d.gone(port(n))
	d.changed(confirm)
	d.picture("window-stopped")
}

// changed waits until the screen is another than before, and comes to rest.
func (d *desktop) changed(before *image.RGBA) {
	d.t.Helper()
	waitFor(d.t, "the screen changes", 5*time.Second, func() bool { return !slices.Equal(before.Pix, d.screen.shot(d.t).Pix) })
	d.settle()
}

// settle waits until the screen has not changed for a while.
func (d *desktop) settle() {
	d.t.Helper()
	var before []byte
	since := time.Now()
	waitFor(d.t, "the screen comes to rest", 10*time.Second, func() bool {
		now := d.screen.shot(d.t).Pix
		if !slices.Equal(before, now) {
			before, since = now, time.Now()
		}
		return time.Since(since) > 400*time.Millisecond
	})
}

// TestMenuEntries: Open Portlight and Settings… open the window, Quit ends the
// agent and leaves nothing behind.
func TestMenuEntries(t *testing.T) {
	d := fullDesktop(t)
	agent := d.agent("--interval", "250ms")
	d.click(d.mustMenu(), "Open Portlight")
	d.waitWindow(anyTitle)
	d.settle()
	d.picture("window")
	d.click(d.mustMenu(), "Settings…")
	d.settle()
	d.picture("window-settings")
	d.endWindow(agent.Process.Pid)
	d.click(d.mustMenu(), "Quit Portlight")
	if code := agent.wait(t, 3*time.Second); code != 0 {
		t.Errorf("exit status %d after Quit:\n%s", code, agent.log.String())
	}
	waitFor(t, "nothing of the agent is left", time.Second, func() bool { return len(marked(d.mark)) == 0 })
}

// endWindow ends the window's process, as closing it does.
func (d *desktop) endWindow(agent int) {
	d.t.Helper()
	for _, pid := range marked(d.mark) {
		if p, err := os.FindProcess(pid); err == nil && pid != agent {
			p.Signal(os.Interrupt)
		}
	}
	waitFor(d.t, "the window is closed", 3*time.Second, func() bool { return len(marked(d.mark)) == 1 })
}

// TestTerminate: SIGTERM ends the agent as Quit does.
func TestTerminate(t *testing.T) {
	d := fullDesktop(t)
	agent := d.agent("--interval", "250ms")
	agent.stop(t)
	if code := agent.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit status %d after SIGTERM: %v", code, agent.err)
	}
	waitFor(t, "nothing of the agent is left", time.Second, func() bool { return len(marked(d.mark)) == 0 })
}

// TestTrayRestarts: when the tray host comes back the icon does too.
func TestTrayRestarts(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	d.stopTray()
	d.startTray()
	waitFor(t, "the icon is registered again", soon, func() bool { return len(d.tray.registered()) == 1 })
	n := freePort(t)
	daemon(t, program(t, "portly-back"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	checkLabel(t, d.row(external, port(n)), port(n), "portly-back")
}

// TestSecondStart shows the window of the first one and puts no second icon up.
func TestSecondStart(t *testing.T) {
	d := fullDesktop(t)
	agent := d.agent("--interval", "250ms")
	second := d.start()
	if code := second.wait(t, 5*time.Second); code != 0 {
		t.Errorf("exit status %d of the second start:\n%s", code, second.log.String())
	}
	d.waitWindow(anyTitle)
	if items := d.tray.registered(); len(items) != 1 {
		t.Errorf("%d icons, want 1", len(items))
	}
	if !agent.running() {
		t.Error("the first one has ended")
	}
}

// TestWindowAlone: the window needs no agent; a second one is the first.
func TestWindowAlone(t *testing.T) {
	d := fullDesktop(t)
	n := freePort(t)
	daemon(t, program(t, "portly-alone"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	d.start("window")
	d.waitWindow(anyTitle)
	second := d.start("window", "--show", fmt.Sprintf("tcp:0.0.0.0:%d", n))
	if code := second.wait(t, 5*time.Second); code != 0 {
		t.Errorf("exit status %d of the second window:\n%s", code, second.log.String())
	}
	d.waitWindow(rowTitle(port(n), "portly-alone"))
	if all := d.titled(anyTitle); len(all) != 1 {
		t.Errorf("%d windows, want one: %v", len(all), all)
	}
}

// hostile are names and arguments that a program may have.
func hostile() []struct{ name, argv0 string } {
	return []struct{ name, argv0 string }{
		{"evil\x01\x1b[31m\nname", "x\x1b]0;title\x07"},
		{"evil\xff\xfe\xc3(", "\xff\xfe"},
		{"evil_under__score", "_a_b__c"},
		{"<b>&amp;\"evil", "<b>&amp;<img src=x>"},
		{"evil\u202efdp.exe", "\u202eevil"},
		{strings.Repeat("evil", 60), strings.Repeat("A", 4096)},
		{"evil-spaces   \t ", " "},
	}
}

// TestHostileNames: whatever a program calls itself, the menu and the
// notification stay readable.
func TestHostileNames(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	for _, h := range hostile() {
		d.markSeen()
		n := freePort(t)
		daemon(t, program(t, h.name), func(c *exec.Cmd) { c.Args[0] = h.argv0 }, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
		row := d.row(external, port(n))
		checkText(t, "label", row.label)
		waitFor(t, "a notification about "+strconv.Quote(h.name), soon, func() bool { return len(d.notes.with(port(n))) > 0 })
		x := d.notes.with(port(n))[0]
		checkText(t, "title", x.summary)
		checkText(t, "body", x.body)
		if strings.Contains(x.body, "<b>") {
			t.Errorf("the body has markup of the program: %q", x.body)
		}
		d.click(row, "Details…")
		d.waitWindow(titleOf(row))
	}
	d.settle()
	d.picture("window-hostile")
	list := d.start("list")
	list.wait(t, 5*time.Second)
	for line := range strings.Lines(list.out.String()) {
		for _, field := range strings.Split(strings.TrimSuffix(line, "\n"), "\t") {
			checkText(t, "list", field)
		}
	}
	n := freePort(t)
	daemon(t, program(t, "evil_under__score"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", n))
	checkLabel(t, d.row(external, port(n)), port(n), "evil_under__score")
}

// checkText checks that a text is fit to show.
func checkText(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) || len([]rune(s)) > 300 {
		t.Errorf("the %s is invalid or too long: %q", what, s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			t.Errorf("the %s has %U: %q", what, r, s)
		}
	}
}

// TestOpenMenu: while the menu is open a row keeps its listener for 10 s, and new
// rows come last.
func TestOpenMenu(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	first, second, third := freePort(t), freePort(t), freePort(t)
	stays := daemon(t, program(t, "portly-stays"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", second))
	goes := daemon(t, program(t, "portly-goes"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", third))
	stay, gone := d.row(external, port(second)), d.row(external, port(third))

	d.event(0, "opened")
	opened := time.Now()
	goes.stop(t)
	daemon(t, program(t, "portly-new"), nil, fmt.Sprintf("tcp4 0.0.0.0:%d", first))
	d.row(external, port(first))
	for time.Since(opened) < 9500*time.Millisecond {
		d.checkOpen(stay, gone, port(first))
		time.Sleep(100 * time.Millisecond)
	}
	waitFor(t, "the rows are in order again", 4*time.Second, func() bool {
		rows := d.mustMenu().section(external).rows
		a := slices.IndexFunc(rows, func(r entry) bool { return strings.HasPrefix(r.label, port(first)+"  ") })
		b := slices.IndexFunc(rows, func(r entry) bool { return strings.HasPrefix(r.label, port(second)+"  ") })
		return a >= 0 && a < b
	})
	d.gone(port(third))
	stays.stop(t)
}

// checkOpen checks the open menu: the item of the one listener keeps it, the item
// of the other, which is gone, belongs to no other; the new one is last.
func (d *desktop) checkOpen(stay, gone entry, added string) {
	d.t.Helper()
	m := d.mustMenu()
	rows := m.section(external).rows
	for _, r := range rows {
		if r.id == stay.id && r.label != stay.label {
			d.t.Fatalf("item %d was %q and is now %q", r.id, stay.label, r.label)
		}
		if r.id == gone.id && !strings.Contains(r.label, gone.label) {
			d.t.Fatalf("item %d was %q, which is gone, and is now %q", r.id, gone.label, r.label)
		}
	}
	at := slices.IndexFunc(rows, func(r entry) bool { return r.id == stay.id })
	last := slices.IndexFunc(rows, func(r entry) bool { return strings.HasPrefix(r.label, added+"  ") })
	if at < 0 || last < at {
		d.t.Fatalf("the new row is not after the old ones while the menu is open:\n%v", m)
	}
}
