package window

import (
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/scanner"
)

// TestMemoryIsLostWhileRead has the memory go while it is read, moved in and written:
// what is under way ends with the store that it began with.
func TestMemoryIsLostWhileRead(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	houseRules(m)
	var q queue
	s := newAlertsScreen(t, m.window, func(o *alertsOptions) { o.spawn = q.spawn })
	q.drain()
	s.at(t, 80)
	s.rows.TypedRune('a')
	s.refresh()
	s.rules.rows.Select(0)
	s.rules.edit(s.rules.list.rules[0])
	s.use(nil, errNoDisk)
	q.drain()
	if len(s.list.all) != 0 || len(s.rules.list.lines) != 0 || !s.noMemory.Visible() {
		t.Errorf("%d alerts and %d rules of the lost memory are shown", len(s.list.all), len(s.rules.list.lines))
	}
	if s.busy || s.pending != 0 || s.again || len(s.writing) != 0 {
		t.Errorf("busy %v, pending %d, again %v, writing %v", s.busy, s.pending, s.again, s.writing)
	}
	s.rules.refresh()
	s.rules.move(true)
	s.markAllSeen()
	if !strings.Contains(s.notice.text.Text, errNoDisk.Error()) {
		t.Errorf("of what cannot be kept it says %q", s.notice.text.Text)
	}
	button(t, s.popup.Content, wordSave.String()).OnTapped()
	if said := said(&Window{popup: s.popup}); !strings.Contains(said, "This could not be kept: "+errNoDisk.Error()) || len(q) != 0 {
		t.Errorf("the dialog says %q", said)
	}
	s.use(m.window, nil)
	q.drain()
	button(t, s.popup.Content, wordSave.String()).OnTapped()
	q.drain()
	if s.popup != nil || len(s.list.all) == 0 || len(s.rules.list.rules) != 5 {
		t.Errorf("with the memory again: %d alerts, %d rules", len(s.list.all), len(s.rules.list.rules))
	}
}

// TestMemoryChangesBesideReading reads for real beside the goroutine that takes
// another memory; with -race it tells whether both have to do with the same.
func TestMemoryChangesBesideReading(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	todo := make(chan func(), 100)
	running := 0
	s := newAlertsScreen(t, nil, func(o *alertsOptions) {
		o.do = func(f func()) { todo <- f }
		o.spawn = func(f func()) {
			running++
			go func() {
				f()
				todo <- func() { running-- }
			}()
		}
	})
	for range 20 {
		s.use(m.window, nil)
		(<-todo)()
		s.use(nil, nil)
	}
	s.use(m.window, nil)
	for deadline := time.After(10 * time.Second); running > 0; {
		select {
		case f := <-todo:
			f()
		case <-deadline:
			t.Fatalf("%d readings do not end", running)
		}
	}
	if s.busy || len(s.list.all) != 6 {
		t.Errorf("busy %v, %d alerts", s.busy, len(s.list.all))
	}
}

// TestFailureOfLostMemory tells that a decision was not kept.
func TestFailureOfLostMemory(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	var q queue
	s := newAlertsScreen(t, m.window, func(o *alertsOptions) { o.spawn = q.spawn })
	q.drain()
	s.at(t, 80)
	s.rows.TypedRune('a')
	m.check(m.window.Close())
	s.use(nil, nil)
	q.drain()
	if !s.notice.box.Visible() || !strings.HasPrefix(s.notice.text.Text, "This could not be kept: ") {
		t.Errorf("said is %q", s.notice.text.Text)
	}
}

// TestMemoryBegunAnew has the ids start again: nothing that was done with the alerts
// and rules of before reaches those that have their ids now.
func TestMemoryBegunAnew(t *testing.T) {
	before, now := newMemory(t), newMemory(t)
	busyMorning(before)
	s := newAlertsScreen(t, before.window)
	a := s.at(t, 80)
	s.rows.TypedRune('a')
	s.rules.rows.Select(0)
	_, err := before.agent.AddRule(alerts.Rule{Action: alerts.Mute, Program: "exe:/bin/b", Note: "b"}, -1)
	before.check(err)
	s.refresh()
	s.rules.rows.Select(1)
	s.rules.remove()
	for i := range a.ID {
		now.tell(listener(scanner.TCP, "0.0.0.0", uint16(7000+i), redis), alerts.New, time.Minute)
	}
	now.check(now.agent.MarkAllSeen())
	_, err = now.agent.AddRule(alerts.Rule{Action: alerts.Allow, Program: "exe:/bin/keep", Note: "keep"}, 0)
	now.check(err)
	s.use(now.window, nil)
	if b := s.list.byID[a.ID]; b == nil || s.list.canUndo(b) || len(s.list.stays) != 0 || s.current() != nil {
		t.Fatalf("alert %+v, stays %v, chosen %+v", b, s.list.stays, s.current())
	}
	s.rows.Select(s.list.place(a.ID))
	s.rows.TypedRune('u')
	if now.notes() != "keep" || now.alert(a.ID).State != history.StateSeen {
		t.Errorf("Undo leaves rules %q, alert %s", now.notes(), now.alert(a.ID).State)
	}
	if len(s.rules.list.lines) != 1 || s.rules.list.at(0).rule.Note != "keep" {
		t.Errorf("the rules are %+v", s.rules.list.lines)
	}
}

// TestNotificationsFail: the tab says so until they are shown again. What was closed comes
// back with another reason only.
func TestNotificationsFail(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	tell := func(why string) string {
		m.check(m.agent.Set(keeper.SettingSilent, why))
		s.refresh()
		if !s.silent.box.Visible() {
			return ""
		}
		return s.silent.text.Text
	}
	if said := tell(""); said != "" {
		t.Errorf("it says %q of nothing", said)
	}
	if said := tell("no service\x1b[31m runs"); !strings.HasPrefix(said, "Notifications are not shown: no service") || strings.Contains(said, "\x1b") {
		t.Errorf("it says %q", said)
	}
	s.silent.clear()
	if said := tell("no service\x1b[31m runs"); said != "" {
		t.Errorf("it says %q again", said)
	}
	if said := tell("refused"); said != "Notifications are not shown: refused" {
		t.Errorf("it says %q", said)
	}
	s.use(nil, errNoDisk)
	if s.silent.box.Visible() {
		t.Error("it stays without the memory")
	}
	s.use(m.window, nil)
	if !s.silent.box.Visible() {
		t.Error("it is not there with the memory again")
	}
	if said := tell(""); said != "" {
		t.Errorf("it says %q when they are shown", said)
	}
}

// TestTitleCountsAlerts: the window's title tells how many are new, as the tab does.
func TestTitleCountsAlerts(t *testing.T) {
	w, _, m := newRemembering(t)
	w.nav.choose(tabAlerts)
	for _, want := range []string{"Alerts (1) – Portlight", "Alerts (2) – Portlight"} {
		if got := w.win.Title(); got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
		m.tell(listener(scanner.TCP, "0.0.0.0", 6000, redis), alerts.New, time.Hour)
		w.MemoryChanged()
	}
}
