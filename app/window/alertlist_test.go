package window

import (
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

func alertOf(id int64, program string, port uint16, s history.State, ago time.Duration) history.Alert {
	l := listener(scanner.TCP, "0.0.0.0", port, node)
	return history.Alert{
		ID: id, Program: "exe:/usr/bin/" + program, Name: program, Proto: scanner.TCP, Port: port, Verdict: alerts.New,
		First: morning.Add(-ago), Last: morning.Add(-ago), Count: 1, State: s, Listener: l,
	}
}

// sample is in the order of the store.
func sample() []history.Alert {
	return []history.Alert{
		alertOf(6, "b", 6006, history.StateMuted, time.Hour),
		alertOf(5, "a", 5005, history.StateSeen, 2*time.Hour),
		alertOf(4, "c", 4004, history.StateNew, 5*time.Hour),
		alertOf(3, "a", 3003, history.StateNew, 4*time.Hour),
		alertOf(2, "a", 2002, history.StateAllowed, 3*time.Hour),
		alertOf(1, "c", 1001, history.StateNew, 9*time.Hour),
	}
}

func TestAlertsByProgram(t *testing.T) {
	m := newAlertList()
	m.set(sample())
	want := `a 1 new · 2 h ago
  New: Listens on 3003, others can reach it · 4 h ago
  Seen: Listens on 5005, others can reach it · 2 h ago
  Allowed: Listens on 2002, others can reach it · 3 h ago
c 2 new · 5 h ago
  New: Listens on 4004, others can reach it · 5 h ago
  New: Listens on 1001, others can reach it · 9 h ago
b 1 h ago
  Muted: Listens on 6006, others can reach it · 1 h ago
`
	if got := m.text(); got != want || m.unseen != 3 {
		t.Errorf("%d new in\n%s", m.unseen, got)
	}
	m.choose(true)
	if got := m.text(); strings.Contains(got, "Seen") || len(m.lines) != 5 {
		t.Errorf("of the new ones\n%s", got)
	}
}

// TestDecidedAlertStays keeps what was decided under the pointer until the list is
// opened again.
func TestDecidedAlertStays(t *testing.T) {
	m := newAlertList()
	m.set(sample())
	m.choose(true)
	before := m.place(4)
	m.mark(history.StateAllowed, 4)
	m.set(m.all) // another process has written
	if m.place(4) != before || m.at(before).State != history.StateAllowed || m.unseen != 2 || m.lines[before].group.news != 1 {
		t.Errorf("in line %d, %d new, of its program %d", m.place(4), m.unseen, m.lines[before].group.news)
	}
	m.settle()
	if m.place(4) >= 0 || m.place(1) < 0 {
		t.Errorf("after opening:\n%s", m.text())
	}
	m.mark(history.StateSeen, m.news()...)
	m.settle()
	if len(m.lines) != 0 || m.at(0) != nil || m.at(-1) != nil {
		t.Errorf("nothing is new, and shown:\n%s", m.text())
	}
}

func TestAgoWords(t *testing.T) {
	for ago, want := range map[time.Duration]string{
		-time.Hour: "2 November 2026", -9999 * 24 * time.Hour: "19 March 2054", -time.Second: "just now", 59 * time.Second: "just now", 3 * time.Minute: "3 min ago", 90 * time.Minute: "1 h ago",
		25 * time.Hour: "1 day ago", 50 * time.Hour: "2 days ago", 10 * 24 * time.Hour: "23 October 2026",
	} {
		if got := agoWords(morning.Add(-ago), morning); got != want {
			t.Errorf("%v: %q", ago, got)
		}
	}
}

func TestRulePlaces(t *testing.T) {
	var m ruleList
	m.set([]alerts.Rule{{ID: 1}, {ID: 2}, {ID: 3}})
	for _, c := range []struct {
		id   int64
		down bool
		want int64
		ok   bool
	}{{1, false, 0, false}, {2, false, 1, true}, {1, true, 3, true}, {2, true, 0, true}, {3, true, 0, false}, {9, true, 0, false}} {
		if got, ok := m.before(c.id, c.down); got != c.want || ok != c.ok {
			t.Errorf("rule %d, down %v: before %d, %v", c.id, c.down, got, ok)
		}
	}
	m.remember(*m.at(1))
	m.set([]alerts.Rule{{ID: 1}, {ID: 3}})
	if m.place(2) != 1 || !m.at(1).deleted || m.at(2).position != 2 {
		t.Errorf("lines %+v", m.lines)
	}
	m.remember(*m.at(0))
	m.set(nil)
	if len(m.lines) != 2 {
		t.Errorf("lines of deleted rules alone: %+v", m.lines)
	}
	m.forget(1)
	m.forget(2)
	if len(m.lines) != 0 {
		t.Errorf("lines %+v", m.lines)
	}
}
