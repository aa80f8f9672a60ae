package window

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
)

// newRulesScreen shows the rules a, b and c.
func newRulesScreen(t *testing.T) (*alertsScreen, *memory) {
	t.Helper()
	m := newMemory(t)
	for _, note := range []string{"a", "b", "c"} {
		_, err := m.agent.AddRule(alerts.Rule{Action: alerts.Mute, Program: "exe:/bin/" + note, Note: note, Created: morning}, -1)
		m.check(err)
	}
	s := newAlertsScreen(t, m.window)
	s.part.choose(1)
	s.shown()
	return s, m
}

func (m *memory) notes() string {
	m.t.Helper()
	rules, err := m.agent.Rules()
	m.check(err)
	var b strings.Builder
	for _, r := range rules {
		b.WriteString(r.Note)
	}
	return b.String()
}

func alt(s *alertsScreen, key fyne.KeyName) {
	s.win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierAlt})
}

func TestMoveRules(t *testing.T) {
	s, m := newRulesScreen(t)
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{{fyne.KeyUp, "abc"}, {fyne.KeyDown, "bac"}, {fyne.KeyDown, "bca"}, {fyne.KeyDown, "bca"}, {fyne.KeyUp, "bac"}} {
		alt(s, step.key)
		if got := m.notes(); got != step.want || s.rules.current().rule.Note != "a" {
			t.Errorf("%s: %s, the cursor at %s", step.key, got, s.rules.current().rule.Note)
		}
	}
}

// TestMoveWithOthers moves by what a person sees, whatever came meanwhile.
func TestMoveWithOthers(t *testing.T) {
	s, m := newRulesScreen(t)
	_, err := m.agent.AddRule(alerts.Rule{Action: alerts.Allow, Note: "x"}, 0)
	m.check(err)
	s.rules.rows.Select(1)
	s.rules.rows.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyUp, Modifier: fyne.KeyModifierAlt})
	if got := m.notes(); got != "xbac" {
		t.Errorf("rules %s", got)
	}
	m.check(m.agent.RemoveRule(s.rules.list.rules[3].ID))
	alt(s, fyne.KeyDown)
	if got := m.notes(); got != "xba" || !strings.Contains(s.notice.text.Text, errRuleGone.Error()) || len(s.rules.list.lines) != 3 {
		t.Errorf("rules %s, said %q, lines %+v", got, s.notice.text.Text, s.rules.list.lines)
	}
}

func TestDeleteRule(t *testing.T) {
	s, m := newRulesScreen(t)
	s.rules.rows.Select(1)
	s.press(fyne.KeyDelete)
	if got := m.notes(); got != "ac" || !s.rules.list.at(1).deleted || s.rules.current().rule.Note != "b" {
		t.Errorf("rules %s, lines %+v", got, s.rules.list.lines)
	}
	s.press(fyne.KeyReturn, fyne.KeyDelete)
	if s.popup != nil || m.notes() != "ac" {
		t.Error("a deleted rule can be edited")
	}
	s.rules.rows.TypedRune('u')
	if got := m.notes(); got != "abc" || len(s.rules.list.lines) != 3 || s.rules.current().rule.Note != "b" {
		t.Errorf("after Undo: rules %s, lines %+v", got, s.rules.list.lines)
	}
	m.check(m.agent.RemoveRule(s.rules.list.rules[0].ID))
	s.rules.rows.Select(0)
	s.press(fyne.KeyDelete)
	if s.notice.box.Visible() || m.notes() != "bc" {
		t.Errorf("a rule that is gone: %q, rules %s", s.notice.text.Text, m.notes())
	}
}

// field gives the entry that shows a text.
func field(t *testing.T, s *alertsScreen, text string) *ruleEntry {
	t.Helper()
	for _, e := range find[*ruleEntry](s.popup.Content) {
		if e.Text == text {
			return e
		}
	}
	t.Fatalf("no field shows %q", text)
	return nil
}

func TestEditRule(t *testing.T) {
	s, m := newRulesScreen(t)
	s.rules.rows.Select(1)
	s.press(fyne.KeyReturn)
	e := field(t, s, "b")
	e.SetText("B")
	ports := field(t, s, "")
	ports.SetText("80,443")
	s.win.Canvas().Focus(ports)
	s.press(fyne.KeyReturn)
	if !button(t, s.popup.Content, wordSave.String()).Disabled() || m.notes() != "abc" || !strings.Contains(said(&Window{popup: s.popup}), "One rule covers one port") {
		t.Fatalf("wrong ports: rules %s, said %q", m.notes(), said(&Window{popup: s.popup}))
	}
	ports.SetText("80-443")
	if !strings.Contains(said(&Window{popup: s.popup}), "Mute b (/bin/b) on tcp and udp 80-443.") {
		t.Errorf("preview %q", said(&Window{popup: s.popup}))
	}
	s.press(fyne.KeyReturn)
	if s.popup != nil || m.notes() != "aBc" || s.win.Canvas().Focused() != fyne.Focusable(s.rules.rows) {
		t.Errorf("saved: rules %s, focus %T", m.notes(), s.win.Canvas().Focused())
	}
	s.press(fyne.KeyReturn, fyne.KeyEscape)
	if s.popup != nil || m.notes() != "aBc" {
		t.Error("Esc does not close the dialog")
	}
}

// TestEditMeets says that another process has changed or removed the rule.
func TestEditMeets(t *testing.T) {
	s, m := newRulesScreen(t)
	was := s.rules.list.rules[0]
	s.press(fyne.KeyReturn)
	field(t, s, "a").SetText("mine")
	theirs := was
	theirs.Note = "theirs"
	m.check(m.agent.SetRule(was, theirs))
	save := button(t, s.popup.Content, wordSave.String())
	save.OnTapped()
	if m.notes() != "theirsbc" || !strings.Contains(said(&Window{popup: s.popup}), "changed meanwhile") {
		t.Fatalf("rules %s, said %q", m.notes(), said(&Window{popup: s.popup}))
	}
	m.check(m.agent.RemoveRule(was.ID))
	save.OnTapped()
	if m.notes() != "bc" || !strings.Contains(said(&Window{popup: s.popup}), wordRuleGone.String()) {
		t.Fatalf("rules %s, said %q", m.notes(), said(&Window{popup: s.popup}))
	}
	save.OnTapped()
	if m.notes() != "minebc" || s.popup != nil {
		t.Errorf("rules %s", m.notes())
	}
}

func TestAddRule(t *testing.T) {
	s, m := newRulesScreen(t)
	for _, b := range find[*widget.Button](s.rules.tools) {
		b.OnTapped()
	}
	program := field(t, s, "")
	program.SetText("sshd")
	s.press(fyne.KeyRight, fyne.KeyReturn) // the action is chosen first
	if got := m.ruleWords(); !strings.HasPrefix(got, "Mute sshd (/usr/sbin/sshd) on every port\n") {
		t.Errorf("rules %q", got)
	}
	if c := s.rules.list.rules[0].Created; !c.Equal(morning) || s.rules.current().position != 1 {
		t.Errorf("created %v, the cursor at %d", c.Format(time.RFC3339), s.rules.current().position)
	}
}
