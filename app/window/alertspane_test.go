package window

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// last is the count of new alerts that was told last.
func (s *alertsScreen) last() int { return s.unseen[len(s.unseen)-1] }

// quiet gives the words of the buttons in the chosen row.
func (s *alertsScreen) quiet(t testing.TB, title string) (words []string, row *actionRow) {
	t.Helper()
	for _, r := range find[*actionRow](s.root) {
		if r.shown.title == title {
			for _, b := range r.buttons {
				if b.Visible() {
					words = append(words, b.text)
				}
			}
			return words, r
		}
	}
	t.Fatalf("no row %q", title)
	return nil, nil
}

func TestAllowMuteUndo(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	if s.last() != 4 || m.alert(3).State != history.StateNew {
		t.Fatalf("opening the tab tells %d new", s.last())
	}
	const title = "Listens on 80 (http), others can reach it"
	a := s.at(t, 80)
	s.rows.TypedRune('a')
	if got, want := m.ruleWords(), "Allow nginx (/usr/sbin/nginx) on tcp 80\n"; got != want || m.alert(a.ID).State != history.StateAllowed || s.last() != 3 {
		t.Errorf("A: rules %q, alert %s, %d new", got, m.alert(a.ID).State, s.last())
	}
	if got, _ := s.quiet(t, title); !slices.Equal(got, []string{wordUndo.String(), wordDetails.String()}) {
		t.Errorf("buttons %q", got)
	}
	s.rows.TypedRune('m')
	if m.alert(a.ID).State != history.StateAllowed {
		t.Error("M decided what was decided")
	}
	s.rows.TypedRune('u')
	if m.ruleWords() != "" || m.alert(a.ID).State != history.StateNew || s.last() != 4 {
		t.Errorf("U: rules %q, alert %s, %d new", m.ruleWords(), m.alert(a.ID).State, s.last())
	}
	_, row := s.quiet(t, title)
	test.Tap(row.buttons[1])
	if !strings.HasPrefix(m.ruleWords(), "Mute nginx") || m.alert(a.ID).State != history.StateMuted || len(s.rules.list.rules) != 1 {
		t.Errorf("Mute: rules %q, alert %s", m.ruleWords(), m.alert(a.ID).State)
	}
}

// TestUndoKeepsOtherRules removes only what this window made.
func TestUndoKeepsOtherRules(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	l := listener(scanner.TCP, "0.0.0.0", 443, nginx)
	same, err := m.agent.AddRule(alerts.RuleFor(alerts.Allow, &l, "exe:/usr/sbin/nginx", morning), 0)
	m.check(err)
	s := newAlertsScreen(t, m.window)
	a := s.at(t, 443)
	s.rows.TypedRune('a')
	s.rows.TypedRune('u')
	if m.ruleWords() == "" || m.alert(a.ID).State != history.StateSeen {
		t.Errorf("rules %q, alert %s", m.ruleWords(), m.alert(a.ID).State)
	}
	m.check(m.agent.RemoveRule(same))
	s.rows.TypedRune('m')
	rules, err := m.agent.Rules()
	m.check(err)
	m.check(m.agent.RemoveRule(rules[0].ID))
	s.rows.TypedRune('u')
	if m.alert(a.ID).State != history.StateSeen || s.notice.box.Visible() {
		t.Errorf("a rule that is gone already: alert %s, %q", m.alert(a.ID).State, s.notice.text.Text)
	}
}

// TestDecidedElsewhere decides again what another process has decided, and undoes only
// what was decided here and stands.
func TestDecidedElsewhere(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	const title = "Listens on 80 (http), others can reach it"
	again := []string{wordAllow.String(), wordMute.String(), wordDetails.String()}
	a := *s.at(t, 80)
	m.check(m.agent.SetAlertState([]int64{a.ID}, history.StateAllowed))
	s.refresh()
	if got, _ := s.quiet(t, title); !slices.Equal(got, again) {
		t.Errorf("allowed elsewhere: buttons %q", got)
	}
	s.rows.TypedRune('m')
	if got, _ := s.quiet(t, title); !slices.Equal(got, []string{wordUndo.String(), wordDetails.String()}) || m.alert(a.ID).State != history.StateMuted {
		t.Errorf("muted here: buttons %q, alert %s", got, m.alert(a.ID).State)
	}
	rule := m.ruleWords()
	m.check(m.agent.SetAlertState([]int64{a.ID}, history.StateAllowed))
	s.refresh()
	if got, _ := s.quiet(t, title); !slices.Equal(got, again) {
		t.Errorf("allowed elsewhere since: buttons %q", got)
	}
	s.rows.TypedRune('u')
	if m.ruleWords() != rule || m.alert(a.ID).State != history.StateAllowed {
		t.Errorf("U undid what another decided: rules %q, alert %s", m.ruleWords(), m.alert(a.ID).State)
	}
	s.rows.TypedRune('m')
	s.rows.TypedRune('u')
	if m.ruleWords() != "" || m.alert(a.ID).State != history.StateAllowed {
		t.Errorf("muted twice, undone: rules %q, alert %s", m.ruleWords(), m.alert(a.ID).State)
	}
}

func TestAlertDetailsAreSeen(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	a := s.at(t, 8080)
	s.press(fyne.KeyDown, fyne.KeyUp)
	if s.last() != 4 || !s.summary.Visible() || s.times.Text != "4 times, from 2 November 2026, 08:40:00 to 2 November 2026, 09:16:00" {
		t.Errorf("moving the cursor: %d new, %q", s.last(), s.times.Text)
	}
	s.press(fyne.KeyReturn)
	if !slices.Equal(s.details, []string{"tcp:0.0.0.0:8080"}) || m.alert(a.ID).State != history.StateSeen || s.last() != 3 {
		t.Errorf("details %q, alert %s, %d new", s.details, m.alert(a.ID).State, s.last())
	}
	test.Tap(s.seenAll)
	if n, err := m.agent.Unseen(); err != nil || n != 0 || s.last() != 0 || !s.seenAll.Disabled() {
		t.Errorf("all seen: %d new, told %d, %v", n, s.last(), err)
	}
	if s.list.place(a.ID) < 0 || s.current().ID != a.ID {
		t.Error("the marked row moved away")
	}
}

func TestArrowsPassHeadings(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	s.win.Canvas().Focus(s.rows)
	var seen []int
	for range s.list.lines {
		seen = append(seen, s.rows.selected)
		if s.current() == nil {
			t.Fatalf("the cursor is on the heading in line %d", s.rows.selected)
		}
		s.press(fyne.KeyDown)
	}
	if last := len(s.list.lines) - 1; s.rows.selected != last {
		t.Errorf("the cursor went %v and ended in %d of %d", seen, s.rows.selected, last)
	}
	s.press(fyne.KeyHome)
	if s.rows.selected != 1 {
		t.Errorf("Home leads to %d", s.rows.selected)
	}
	s.press(fyne.KeyUp, fyne.KeyPageDown, fyne.KeyPageUp)
	if s.rows.selected != 1 {
		t.Errorf("page down and up lead to %d", s.rows.selected)
	}
	s.rows.Select(0)
	if s.rows.selected != 1 {
		t.Errorf("a tap on a heading chooses %d", s.rows.selected)
	}
}

// TestOtherProcessWrites shows what it wrote and leaves the cursor at its alert.
func TestOtherProcessWrites(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	a := s.at(t, 8080)
	m.tell(listener(scanner.TCP, "0.0.0.0", 6000, redis), alerts.New, time.Second)
	m.check(m.agent.SetAlertState([]int64{a.ID}, history.StateMuted))
	s.refresh()
	if s.last() != 4 || s.current().ID != a.ID || s.current().State != history.StateMuted {
		t.Errorf("%d new, the cursor at %+v", s.last(), s.current())
	}
	if !strings.HasPrefix(s.list.text(), "redis-server 1 new · just now") {
		t.Errorf("list\n%s", s.list.text())
	}
}

// queue runs what is beside Fyne's goroutine when the test says so.
type queue []func()

func (q *queue) spawn(f func()) { *q = append(*q, f) }

func (q *queue) next() {
	f := (*q)[0]
	*q = (*q)[1:]
	f()
}

func (q *queue) drain() {
	for len(*q) > 0 {
		q.next()
	}
}

// TestReadingDuringWriting takes nothing that was read before a write ended.
func TestReadingDuringWriting(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	var q queue
	s := newAlertsScreen(t, m.window, func(o *alertsOptions) { o.spawn = q.spawn })
	if !s.reading.Visible() {
		t.Error("nothing says that alerts are being read")
	}
	q.drain()
	a := s.at(t, 80)
	s.refresh()
	s.rows.TypedRune('a')
	s.rows.TypedRune('m') // it is being written already
	q = queue{q[2], q[1], q[0]}
	q.next() // the write
	if s.list.byID[a.ID].State != history.StateAllowed {
		t.Error("a decision is not shown")
	}
	q.next() // what was read before is not taken
	if s.list.byID[a.ID].State != history.StateAllowed || s.busy == (len(q) == 0) {
		t.Errorf("alert %s after a reading", s.list.byID[a.ID].State)
	}
	q.drain()
	if s.busy || s.pending != 0 || s.again || !strings.HasPrefix(m.ruleWords(), "Allow") {
		t.Errorf("busy %v, pending %d, again %v, rules %q", s.busy, s.pending, s.again, m.ruleWords())
	}
}

func TestStoreFails(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	s := newAlertsScreen(t, m.window)
	a := s.at(t, 80)
	m.check(m.window.Close())
	s.rows.TypedRune('a')
	if !s.notice.box.Visible() || s.list.byID[a.ID].State != history.StateNew || s.list.canUndo(a) || len(s.writing) != 0 {
		t.Errorf("%q is said, the alert is %s", s.notice.text.Text, s.list.byID[a.ID].State)
	}
	if s.current() == nil || s.busy {
		t.Error("what was read is gone")
	}
}

// TestTenThousandAlerts draws only the rows that are seen.
func TestTenThousandAlerts(t *testing.T) {
	m := newMemory(t)
	tick := history.Tick{Time: morning}
	for i := range 10_000 {
		p := owner(i, fmt.Sprintf("program%d", i%700), "user", 1000)
		l := listener(scanner.TCP, "0.0.0.0", uint16(1+i), p)
		tick.Judgements = append(tick.Judgements, alerts.Judgement{
			Event: scanner.Event{Op: scanner.Opened, Time: morning, Listener: l}, Verdict: alerts.New, Program: "exe:" + p.Path,
		})
	}
	m.check(m.agent.Record(tick))
	s := newAlertsScreen(t, m.window)
	if s.last() != 10_000 || len(s.list.lines) != 10_700 || !s.whole {
		t.Fatalf("%d new in %d lines", s.last(), len(s.list.lines))
	}
	if n := len(find[*actionRow](s.root)); n > 30 {
		t.Errorf("%d rows are drawn", n)
	}
	s.win.Canvas().Focus(s.rows)
	s.press(fyne.KeyEnd)
	if s.rows.selected != 10_699 {
		t.Errorf("End leads to line %d", s.rows.selected)
	}
	test.Tap(s.seenAll)
	if n, err := m.agent.Unseen(); err != nil || n != 0 {
		t.Errorf("%d new, %v", n, err)
	}
}

// TestHostileAlerts shows no character that does not belong on a screen.
func TestHostileAlerts(t *testing.T) {
	m := newMemory(t)
	for _, l := range hostile().Listeners {
		m.tell(l, alerts.New, time.Minute)
	}
	s := newAlertsScreen(t, m.window)
	s.at(t, 8080)
	s.rows.TypedRune('a')
	shown := []string{s.reason.Text, s.reach.Text, s.times.Text}
	s.part.choose(1)
	s.rules.edit(s.rules.list.rules[0])
	for _, r := range append(find[*actionRow](s.root), find[*actionRow](s.rules.root)...) {
		shown = append(shown, r.shown.title, r.shown.place, r.shown.facts)
	}
	shown = append(shown, said(&Window{popup: s.popup}))
	for _, text := range shown {
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("%q", text)
		}
	}
}

// TestTimesAge tells how long ago something was, as time goes by.
func TestTimesAge(t *testing.T) {
	m := newMemory(t)
	busyMorning(m)
	now := morning
	s := newAlertsScreen(t, m.window, func(o *alertsOptions) { o.now = func() time.Time { return now } })
	now = now.Add(10 * time.Minute)
	s.aged()
	if _, row := s.quiet(t, "Is now open to others on 8080 (http-alt)"); row.shown.facts != "24 min ago · 4 times" {
		t.Errorf("10 minutes later: %q", row.shown.facts)
	}
}

func TestAlertsTitle(t *testing.T) {
	if a, b := alertsTab(0), alertsTab(12); a != "Alerts" || b != "Alerts (12)" {
		t.Errorf("%q, %q", a, b)
	}
}
