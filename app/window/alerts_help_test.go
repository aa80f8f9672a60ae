package window

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/scanner"
)

// morning is the time in these tests.
var morning = time.Date(2026, time.November, 2, 9, 30, 0, 0, time.Local)

// memory is a real one, with the agent that fills it and the window that shows it.
type memory struct {
	t             testing.TB
	agent, window *history.Store
}

func newMemory(t testing.TB) *memory {
	t.Helper()
	dir := t.TempDir()
	m := &memory{t: t}
	for _, s := range []struct {
		role history.Role
		to   **history.Store
	}{{history.Agent, &m.agent}, {history.Other, &m.window}} {
		store, err := history.Open(dir, s.role, history.Options{})
		m.check(err)
		t.Cleanup(func() { store.Close() })
		*s.to = store
	}
	return m
}

func (m *memory) check(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// tell records an alert about a listener, some time ago.
func (m *memory) tell(l scanner.Listener, v alerts.Verdict, ago time.Duration) {
	m.t.Helper()
	j := alerts.Judgement{
		Event: scanner.Event{Op: scanner.Opened, Time: morning.Add(-ago), Listener: l}, Verdict: v, Program: alerts.Program(&l, ownerOf(&l)),
	}
	m.check(m.agent.Record(history.Tick{Time: j.Event.Time, Judgements: []alerts.Judgement{j}}))
}

func ownerOf(l *scanner.Listener) *scanner.Process {
	if len(l.Owners) == 0 {
		return nil
	}
	return &l.Owners[0]
}

func (m *memory) alert(id int64) history.Alert {
	m.t.Helper()
	all, err := m.window.Alerts("", id+1, 1)
	m.check(err)
	if len(all) != 1 || all[0].ID != id {
		m.t.Fatalf("no alert %d", id)
	}
	return all[0]
}

func (m *memory) ruleWords() string {
	m.t.Helper()
	rules, err := m.window.Rules()
	m.check(err)
	var b strings.Builder
	for _, r := range rules {
		b.WriteString(view.RuleWords(r) + "\n")
	}
	return b.String()
}

// busyMorning is what happens at home in a week.
func busyMorning(m *memory) {
	m.tell(listener(scanner.TCP, "0.0.0.0", 22, sshd), alerts.New, 30*24*time.Hour)
	m.tell(listener(scanner.TCP, "::", 443, nginx), alerts.New, 3*24*time.Hour)
	m.check(m.agent.MarkAllSeen())
	moving := listener(scanner.TCP, "0.0.0.0", 49823, node)
	moving.Ephemeral = true
	m.tell(listener(scanner.TCP, "::", 80, nginx), alerts.New, 2*time.Hour)
	for ago := 50; ago > 2; ago -= 12 {
		m.tell(listener(scanner.TCP, "0.0.0.0", 8080, node), alerts.Exposed, time.Duration(ago)*time.Minute)
	}
	m.tell(moving, alerts.New, 26*time.Hour)
	m.tell(listener(scanner.UDP, "0.0.0.0", 5353, avahi), alerts.New, 20*time.Second)
}

// houseRules are rules of all kinds.
func houseRules(m *memory) {
	for _, r := range []alerts.Rule{
		{Action: alerts.Allow, Program: "exe:/usr/sbin/nginx", Proto: scanner.TCP, FirstPort: 80, LastPort: 443, Where: alerts.Network, Note: "The shop", Created: morning.Add(-48 * time.Hour)},
		{Action: alerts.Mute, Proto: scanner.UDP, Ephemeral: true, Created: morning.Add(-40 * time.Minute)},
		{Action: alerts.Always, Program: "exe:/usr/bin/nc", Until: morning.Add(-time.Hour), Note: "Until the audit", Created: morning.Add(-72 * time.Hour)},
		{Action: alerts.Allow, Program: "container:shop/web", Until: morning.Add(48 * time.Hour), Created: morning.Add(-3 * time.Hour)},
	} {
		_, err := m.window.AddRule(r, -1)
		m.check(err)
	}
}

// alertsScreen is the tab alone in a window.
type alertsScreen struct {
	*alertsPane
	win     fyne.Window
	popup   *widget.PopUp
	closed  func() // tells the popup's owner
	details []string
	unseen  []int
}

func (s *alertsScreen) options(store alertStore) alertsOptions {
	return alertsOptions{
		store: store, now: func() time.Time { return morning }, do: inline, spawn: inline,
		focus:    func(on fyne.Focusable) { s.win.Canvas().Focus(on) },
		facts:    func() view.Facts { return view.Facts{Names: names} },
		programs: func() []string { return []string{"exe:/usr/sbin/sshd", "exe:/usr/sbin/nginx"} },
		details:  func(id string) { s.details = append(s.details, id) },
		unseen:   func(n int) { s.unseen = append(s.unseen, n) },
		open: func(focus fyne.Focusable, content fyne.CanvasObject, closed func(), _ func() bool) {
			s.closed = closed
			s.popup = widget.NewModalPopUp(content, s.win.Canvas())
			s.popup.Show()
			s.win.Canvas().Focus(focus)
		},
		close: func() {
			s.popup.Hide()
			s.popup = nil
			s.closed()
		},
	}
}

// newAlertsScreen shows a memory; everything happens at once.
func newAlertsScreen(t testing.TB, store alertStore, change ...func(*alertsOptions)) *alertsScreen {
	t.Helper()
	a := test.NewTempApp(t)
	s := &alertsScreen{win: a.NewWindow("")}
	a.Settings().SetTheme(variant{newTheme(), theme.VariantLight})
	o := s.options(store)
	for _, f := range change {
		f(&o)
	}
	s.alertsPane = newAlertsPane(o)
	s.win.SetPadded(false)
	s.win.SetContent(s.root)
	s.win.Resize(fyne.NewSize(900, 600))
	return s
}

func (s *alertsScreen) press(keys ...fyne.KeyName) {
	for _, k := range keys {
		s.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
	}
}

// at chooses the row of a port.
func (s *alertsScreen) at(t testing.TB, port uint16) *history.Alert {
	t.Helper()
	for i, l := range s.list.lines {
		if l.alert != nil && l.alert.Listener.Port == port {
			s.rows.Select(i)
			s.rows.take()
			return l.alert
		}
	}
	t.Fatalf("no alert of port %d is shown", port)
	return nil
}

// lines are the rows as a person reads them.
func (m *alertList) text() string {
	var b strings.Builder
	for _, l := range m.lines {
		if l.alert == nil {
			b.WriteString(filepath.Base(l.group.program) + " " + groupWords(l.group, morning) + "\n")
			continue
		}
		r := view.NewRow(l.alert.Listener, view.Facts{Names: names})
		b.WriteString("  " + stateWords[l.alert.State].String() + ": " + alertSentence(l.alert, &r) + " · " + alertFacts(l.alert, morning) + "\n")
	}
	return b.String()
}
