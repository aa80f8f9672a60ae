package window

import (
	"slices"
	"time"

	"portlight/app/alerts"
)

// ruleLine is a line of the list of rules. One that was deleted here stays, so that
// this can be undone.
type ruleLine struct {
	rule     alerts.Rule
	position int // from 1 on: the first that covers a listener decides; of a deleted one, where it stood
	deleted  bool
}

func (l *ruleLine) ended(now time.Time) bool {
	return !l.rule.Until.IsZero() && !now.Before(l.rule.Until)
}

// ruleList is what the list of rules shows, in their order.
type ruleList struct {
	rules   []alerts.Rule
	deleted []ruleLine
	lines   []ruleLine
}

// set takes the rules that there are.
func (m *ruleList) set(rules []alerts.Rule) {
	m.rules = rules
	m.arrange()
}

func (m *ruleList) arrange() {
	m.lines = m.lines[:0]
	for i, r := range m.rules {
		m.lines = append(m.lines, ruleLine{rule: r, position: i + 1})
	}
	for _, d := range slices.Backward(m.deleted) {
		m.lines = slices.Insert(m.lines, min(d.position-1, len(m.lines)), d)
	}
}

// remember keeps a deleted rule's line, and forget lets it go.
func (m *ruleList) remember(l ruleLine) {
	l.deleted = true
	m.deleted = append(m.deleted, l)
	m.rules = slices.DeleteFunc(slices.Clone(m.rules), func(r alerts.Rule) bool { return r.ID == l.rule.ID })
	m.arrange()
}

func (m *ruleList) forget(id int64) {
	m.deleted = slices.DeleteFunc(m.deleted, func(l ruleLine) bool { return l.rule.ID == id })
	m.arrange()
}

// place is the line of a rule, -1 if there is none.
func (m *ruleList) place(id int64) int {
	return slices.IndexFunc(m.lines, func(l ruleLine) bool { return l.rule.ID == id })
}

// at is a line, nil where there is none.
func (m *ruleList) at(i int) *ruleLine {
	if i < 0 || i >= len(m.lines) {
		return nil
	}
	return &m.lines[i]
}

// before is the rule that a rule has to stand before after a move up or down, 0 for
// the end, and whether it can be moved so.
func (m *ruleList) before(id int64, down bool) (before int64, ok bool) {
	i := slices.IndexFunc(m.rules, func(r alerts.Rule) bool { return r.ID == id })
	switch {
	case i < 0, down && i == len(m.rules)-1, !down && i == 0:
		return 0, false
	case !down:
		return m.rules[i-1].ID, true
	case i+2 < len(m.rules):
		return m.rules[i+2].ID, true
	}
	return 0, true
}
