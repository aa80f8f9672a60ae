package window

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"portlight/app/history"
)

// deed is what was done with an alert in this window, so that it can be undone.
type deed struct {
	former history.State // what it was before
	state  history.State // what it is since
	rule   int64         // that was made for it, 0 if there was one already
}

// alertGroup is the alerts of one program.
type alertGroup struct {
	program string // its identity
	name    string // its display name, of its last alert
	last    time.Time
	news    int // how many are new
	alerts  []*history.Alert
	first   bool // some stand among the new ones
}

// alertLine is a line of the list: an alert, or the heading of its program.
type alertLine struct {
	group *alertGroup
	alert *history.Alert // nil in a heading
}

// alertList is what the list shows: the alerts by programs, those with new ones
// first, then by time.
type alertList struct {
	all     []history.Alert
	byID    map[int64]*history.Alert
	onlyNew bool
	deeds   map[int64]deed
	stays   map[int64]bool // shown as new since the list was opened: what is decided stays under the pointer
	lines   []alertLine
	unseen  int
}

func newAlertList() *alertList {
	return &alertList{byID: map[int64]*history.Alert{}, deeds: map[int64]deed{}, stays: map[int64]bool{}}
}

// anew is the list before anything was read and done.
func (m *alertList) anew() *alertList {
	l := newAlertList()
	l.onlyNew = m.onlyNew
	return l
}

// set takes the alerts that there are.
func (m *alertList) set(all []history.Alert) {
	m.all = all
	m.byID = make(map[int64]*history.Alert, len(all))
	for i := range all {
		m.byID[all[i].ID] = &all[i]
	}
	m.arrange()
}

// choose shows all alerts or the new ones, as they are now.
func (m *alertList) choose(onlyNew bool) {
	m.onlyNew = onlyNew
	m.settle()
}

// settle puts all alerts where they belong by now.
func (m *alertList) settle() {
	clear(m.stays)
	m.arrange()
}

// mark gives alerts a state; they stay where they are.
func (m *alertList) mark(state history.State, ids ...int64) {
	for _, id := range ids {
		if a := m.byID[id]; a != nil {
			a.State = state
		}
	}
	m.count()
}

// news gives the ids of all new alerts.
func (m *alertList) news() []int64 {
	var ids []int64
	for i := range m.all {
		if m.all[i].State == history.StateNew {
			ids = append(ids, m.all[i].ID)
		}
	}
	return ids
}

// isFirst reports whether an alert stands among the new ones.
func (m *alertList) isFirst(a *history.Alert) bool {
	return a.State == history.StateNew || m.stays[a.ID]
}

func (m *alertList) arrange() {
	groups, order := map[string]*alertGroup{}, []*alertGroup(nil)
	for i := range m.all {
		a := &m.all[i]
		if a.State == history.StateNew {
			m.stays[a.ID] = true
		}
		if m.onlyNew && !m.isFirst(a) {
			continue
		}
		g := groups[a.Program]
		if g == nil {
			g = &alertGroup{program: a.Program}
			groups[a.Program], order = g, append(order, g)
		}
		g.add(a, m.isFirst(a))
	}
	slices.SortFunc(order, (*alertGroup).compare)
	m.lines = m.lines[:0]
	for _, g := range order {
		slices.SortFunc(g.alerts, m.compare)
		m.lines = append(m.lines, alertLine{group: g})
		for _, a := range g.alerts {
			m.lines = append(m.lines, alertLine{g, a})
		}
	}
	m.count()
}

func (g *alertGroup) add(a *history.Alert, first bool) {
	g.alerts = append(g.alerts, a)
	g.first = g.first || first
	if g.name == "" || a.Last.After(g.last) {
		g.name, g.last = a.Name, a.Last
	}
}

// compare puts programs with new alerts first, then those of the last alerts.
func (g *alertGroup) compare(o *alertGroup) int {
	return cmp.Or(firstOf(g.first, o.first), o.last.Compare(g.last), strings.Compare(g.program, o.program))
}

// compare puts new alerts first, then the last ones.
func (m *alertList) compare(a, b *history.Alert) int {
	return cmp.Or(firstOf(m.isFirst(a), m.isFirst(b)), b.Last.Compare(a.Last), cmp.Compare(b.ID, a.ID))
}

func firstOf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// count counts the new alerts, of each program and of all.
func (m *alertList) count() {
	m.unseen = 0
	for i := range m.all {
		if m.all[i].State == history.StateNew {
			m.unseen++
		}
	}
	for _, l := range m.lines {
		if l.alert == nil {
			l.group.news = 0
		} else if l.alert.State == history.StateNew {
			l.group.news++
		}
	}
}

// at is the alert in a line, nil for a heading and where there is no line.
func (m *alertList) at(line int) *history.Alert {
	if line < 0 || line >= len(m.lines) {
		return nil
	}
	return m.lines[line].alert
}

// place is the line of an alert, -1 if it is not shown.
func (m *alertList) place(id int64) int {
	return slices.IndexFunc(m.lines, func(l alertLine) bool { return l.alert != nil && l.alert.ID == id })
}

// canDecide reports whether an alert may be allowed or muted: also one that was
// decided elsewhere, which cannot be undone here.
func (m *alertList) canDecide(a *history.Alert) bool {
	return a.State == history.StateNew || a.State == history.StateSeen || !m.canUndo(a)
}

// canUndo reports whether what was decided was decided here, and stands.
func (m *alertList) canUndo(a *history.Alert) bool {
	d, ok := m.deeds[a.ID]
	return ok && d.state == a.State
}
