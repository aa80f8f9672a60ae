package history

import (
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

func rule(action alerts.Action, note string) alerts.Rule {
	return alerts.Rule{Action: action, Note: note}
}

// notes tells the rules by their notes.
func notes(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, r := range must[[]alerts.Rule](t)(s.Rules()) {
		b.WriteString(r.Note)
	}
	return b.String()
}

func TestRulesInOrder(t *testing.T) {
	s := store(t, t.TempDir(), Other)
	add := func(note string, position int) int64 {
		t.Helper()
		return must[int64](t)(s.AddRule(rule(alerts.Mute, note), position))
	}
	add("a", -1)
	b := add("b", -1)
	add("c", 0)
	add("d", 1)
	add("e", 99)
	if got := notes(t, s); got != "cdabe" {
		t.Errorf("rules %s", got)
	}
	check(t, s.RemoveRule(b))
	wantError(t, s.RemoveRule(b), ErrNoRule)
	if again := add("f", 2); again <= b {
		t.Errorf("id %d was used before", again)
	}
	if got := notes(t, s); got != "cdfae" {
		t.Errorf("rules %s", got)
	}
	all := must[[]alerts.Rule](t)(s.Rules())
	swapped := []alerts.Rule{all[4], rule(alerts.Allow, "new"), all[0]}
	check(t, s.ReplaceRules(swapped))
	swapped[1].ID = must[[]alerts.Rule](t)(s.Rules())[1].ID
	wantSame(t, "rules", must[[]alerts.Rule](t)(s.Rules()), swapped)
	check(t, s.ReplaceRules(nil))
	if got := notes(t, s); got != "" {
		t.Errorf("rules %s", got)
	}
}

// TestAppendRules leaves out what is there already, and what comes twice.
func TestAppendRules(t *testing.T) {
	s := store(t, t.TempDir(), Other)
	a := alerts.Rule{Action: alerts.Mute, Program: "exe:/a", Until: start().Add(time.Nanosecond), Note: "a", Created: start()}
	b := alerts.Rule{ID: 1, Action: alerts.Mute, Program: "exe:/b", Note: "b"}
	c := alerts.Rule{Action: alerts.Allow, Program: "exe:/a", Until: a.Until, Note: "c"}
	id := must[int64](t)(s.AddRule(a, 0))
	again := a
	again.ID, again.Note, again.Created = 99, "again", start().Add(time.Hour)
	if added := must[int](t)(s.AppendRules([]alerts.Rule{b, again, c, b})); added != 2 || notes(t, s) != "abc" {
		t.Errorf("%d added; rules %s", added, notes(t, s))
	}
	if rules := must[[]alerts.Rule](t)(s.Rules()); rules[0].ID != id || rules[1].ID == 1 {
		t.Errorf("%+v", rules)
	}
	if added := must[int](t)(s.AppendRules(nil)); added != 0 {
		t.Errorf("%d of none added", added)
	}
	if _, err := s.AppendRules([]alerts.Rule{rule(alerts.Always, "d"), {Action: "explode"}}); err == nil || !strings.Contains(err.Error(), "rule 2") || notes(t, s) != "abc" {
		t.Errorf("%v; rules %s", err, notes(t, s))
	}
}

// TestAppendRulesAtOnce loses none that another process adds meanwhile.
func TestAppendRulesAtOnce(t *testing.T) {
	dir := t.TempDir()
	done := make(chan error, 2)
	for n := range 2 {
		s := store(t, dir, Other)
		go func() {
			var err error
			for i := 0; i < 30 && err == nil; i++ {
				_, err = s.AppendRules([]alerts.Rule{{Action: alerts.Mute, FirstPort: uint16(1 + 2*i + n), LastPort: uint16(1 + 2*i + n)}})
			}
			done <- err
		}()
	}
	check(t, <-done)
	check(t, <-done)
	if n := len(must[[]alerts.Rule](t)(store(t, dir, Other).Rules())); n != 60 {
		t.Errorf("%d rules", n)
	}
}

func TestRuleComesBack(t *testing.T) {
	dir := t.TempDir()
	r := alerts.Rule{
		Action: alerts.Always, Program: "exe:/a\xff", Proto: scanner.UDP, FirstPort: 1, LastPort: 65535, Ephemeral: true, Where: alerts.Network,
		Until: start(), Note: "because\x00", Created: start().Add(-time.Hour),
	}
	r.ID = must[int64](t)(store(t, dir, Agent).AddRule(r, 0))
	wantSame(t, "rules", must[[]alerts.Rule](t)(store(t, dir, Other).Rules()), []alerts.Rule{r})
}

func TestBadRulesAreRefused(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	must[int64](t)(s.AddRule(rule(alerts.Mute, "stays"), 0))
	for _, r := range []alerts.Rule{
		{Action: "explode"}, {}, {Action: alerts.Mute, FirstPort: 9, LastPort: 8}, {Action: alerts.Mute, LastPort: 8},
		{Action: alerts.Mute, Where: "moon"}, {Action: alerts.Mute, Proto: 9}, {Action: alerts.Mute, Note: strings.Repeat("x", 100_000)},
	} {
		if id, err := s.AddRule(r, 0); err == nil {
			t.Errorf("%+.60v has id %d", r, id)
		}
		if err := s.ReplaceRules([]alerts.Rule{rule(alerts.Mute, ""), r}); err == nil || !strings.Contains(err.Error(), "rule 2") {
			t.Errorf("%+.60v: %v", r, err)
		}
	}
	if err := s.ReplaceRules([]alerts.Rule{{ID: 5, Action: alerts.Mute}, {ID: 5, Action: alerts.Mute}}); err == nil {
		t.Error("two rules with one id")
	}
	if got := notes(t, s); got != "stays" {
		t.Errorf("rules %q", got)
	}
}

func TestSettingsAndNames(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Other)
	check(t, s.SetAll(map[string]string{"a": "1", "b": "2"}))
	check(t, s.Set("b", ""))
	if err := s.Set("", "x"); err == nil {
		t.Error("a setting without a name")
	}
	if err := s.SetAll(map[string]string{"a": "lost", "c": strings.Repeat("x", maxText+1)}); err == nil {
		t.Error("a long setting")
	}
	wantSame(t, "settings", must[map[string]string](t)(s.Settings()), map[string]string{"a": "1", "b": ""})

	ssh, mine := Name{scanner.TCP, 22, "", "door"}, Name{scanner.TCP, 22, "exe:/nc", "trap"}
	for _, n := range []Name{mine, {scanner.TCP, 22, "", "old"}, ssh, {scanner.UDP, 22, "", "gone"}} {
		check(t, s.SetName(n))
	}
	check(t, s.RemoveName(Name{Proto: scanner.UDP, Port: 22}))
	for _, n := range []Name{{}, {Proto: scanner.TCP, Port: 1}, {scanner.TCP, 0, "", "x"}, {7, 1, "", "x"}} {
		if s.SetName(n) == nil {
			t.Errorf("%+v was set", n)
		}
	}
	wantSame(t, "names", must[[]Name](t)(store(t, dir, Agent).Names()), []Name{ssh, mine})
}
