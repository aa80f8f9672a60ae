package history

import (
	"testing"
	"time"

	"portlight/app/alerts"
)

func allRules(t *testing.T, s *Store) []alerts.Rule {
	t.Helper()
	return must[[]alerts.Rule](t)(s.Rules())
}

// TestPutFirst makes no second rule where the first one decides the same.
func TestPutFirst(t *testing.T) {
	s := store(t, t.TempDir(), Other)
	put := func(r alerts.Rule) (int64, bool) {
		t.Helper()
		id, added, err := s.PutFirst(r)
		check(t, err)
		return id, added
	}
	a := alerts.Rule{Action: alerts.Allow, Program: "exe:/a", Note: "a", Created: start()}
	id, added := put(a)
	again := a
	again.Created, again.Note = start().Add(time.Hour), "again"
	if same, twice := put(again); !added || twice || same != id || notes(t, s) != "a" {
		t.Errorf("ids %d and %d, rules %s", id, same, notes(t, s))
	}
	put(rule(alerts.Mute, "b"))
	if other, added := put(a); !added || other == id || notes(t, s) != "aba" {
		t.Errorf("behind another rule it was not put first: %s", notes(t, s))
	}
	if _, _, err := s.PutFirst(alerts.Rule{Action: "no"}); err == nil {
		t.Error("a rule that makes no sense was added")
	}
}

func TestSetRule(t *testing.T) {
	dir := t.TempDir()
	s, other := store(t, dir, Other), store(t, dir, Other)
	for _, note := range []string{"a", "b"} {
		must[int64](t)(s.AddRule(alerts.Rule{Action: alerts.Mute, Note: note, Created: start()}, -1))
	}
	was := allRules(t, s)[0]
	next := alerts.Rule{Action: alerts.Allow, Program: "exe:/x", FirstPort: 80, LastPort: 90, Where: alerts.Network, Until: start(), Note: "c"}
	check(t, s.SetRule(was, next))
	next.ID, next.Created = was.ID, was.Created
	wantSame(t, "rule", allRules(t, s)[0], next)
	if got := notes(t, s); got != "cb" {
		t.Errorf("rules %s", got)
	}
	wantError(t, other.SetRule(was, was), ErrRuleChanged)
	check(t, other.RemoveRule(was.ID))
	wantError(t, s.SetRule(next, was), ErrNoRule)
	if s.SetRule(allRules(t, s)[0], alerts.Rule{}) == nil || notes(t, s) != "b" {
		t.Errorf("a rule that makes no sense was written: %s", notes(t, s))
	}
}

func TestMoveRule(t *testing.T) {
	s := store(t, t.TempDir(), Other)
	id := map[string]int64{}
	for _, note := range []string{"a", "b", "c", "d"} {
		id[note] = must[int64](t)(s.AddRule(rule(alerts.Mute, note), -1))
	}
	for _, step := range []struct{ move, before, want string }{
		{"c", "b", "acbd"}, {"a", "d", "cbad"}, {"c", "", "badc"}, {"d", "b", "dbac"}, {"d", "b", "dbac"},
	} {
		check(t, s.MoveRule(id[step.move], id[step.before]))
		if got := notes(t, s); got != step.want {
			t.Errorf("%s before %q: rules %s, want %s", step.move, step.before, got, step.want)
		}
	}
	wantError(t, s.MoveRule(99, 0), ErrNoRule)
	wantError(t, s.MoveRule(id["a"], 99), ErrNoRule)
	wantError(t, s.MoveRule(id["a"], id["a"]), ErrNoRule)
	if got := notes(t, s); got != "dbac" {
		t.Errorf("rules %s", got)
	}
}

func TestJudgementOfAlert(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	j := judged(0, listener("nginx", 80), alerts.Exposed, start())
	check(t, s.Record(tick(start(), j)))
	all := must[[]Alert](t)(s.Alerts("", 0, 0))
	if len(all) != 1 || !all[0].IsOf(all[0].Judgement()) || all[0].Judgement().Verdict != alerts.Exposed || !all[0].Judgement().Event.Time.Equal(start()) {
		t.Errorf("alerts %+v", all)
	}
}
