package window

import (
	"slices"

	"portlight/app/view"
	"portlight/scanner"
)

// maxText bounds a text from outside, in runes.
const maxText = 2000

// entry is a row with what the search looks at.
type entry struct {
	view.Row
	words  string // in lower case, a line per field
	places string // the same, of the address and who can reach it
	starts string // fields that match from their beginning only: ports and pids
}

// model is what the table shows: all listeners, those that pass the filter, and
// their order.
type model struct {
	snap   *scanner.Snapshot // nil before the first
	all    []entry           // in the snapshot's order
	shown  []int             // places in all, filtered and sorted
	filter filter
	order  order
}

// newEntries makes the rows of a snapshot. It is the dear part of an update and
// needs no screen.
func newEntries(s *scanner.Snapshot, names view.Namer) []entry {
	rows := view.Rows(s, names)
	entries := make([]entry, len(rows))
	for i := range rows {
		entries[i] = newEntry(rows[i])
	}
	return entries
}

// set takes a snapshot and reports whether it differs from the one before in
// anything that is shown.
func (m *model) set(s *scanner.Snapshot, entries []entry) bool {
	if m.snap != nil && m.snap.Network == s.Network && sameVisibility(m.snap.Visibility, s.Visibility) && slices.EqualFunc(m.all, entries, sameEntry) {
		return false
	}
	m.snap, m.all = s, entries
	m.arrange()
	return true
}

func (m *model) setFilter(f filter) {
	m.filter = f
	m.arrange()
}

func (m *model) setOrder(o order) {
	m.order = o
	m.arrange()
}

func (m *model) arrange() {
	m.shown = m.shown[:0]
	for i := range m.all {
		if m.filter.match(&m.all[i]) {
			m.shown = append(m.shown, i)
		}
	}
	m.order.sort(m.all, m.shown)
}

// at is the entry in a place of the table.
func (m *model) at(place int) *entry { return &m.all[m.shown[place]] }

// place is where a listener stands in the table, -1 if it is not shown.
func (m *model) place(id string) int {
	return slices.IndexFunc(m.shown, func(i int) bool { return m.all[i].ID == id })
}

// find gives a listener, shown or not, or nil.
func (m *model) find(id string) *entry {
	i := slices.IndexFunc(m.all, func(e entry) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &m.all[i]
}

func sameVisibility(a, b scanner.Visibility) bool {
	return a.Source == b.Source && a.Listeners == b.Listeners && a.WithOwner == b.WithOwner &&
		a.Hidden == b.Hidden && slices.Equal(a.Notes, b.Notes)
}

// sameEntry compares what a row is made of.
func sameEntry(a, b entry) bool {
	return a.Service == b.Service && a.Source == b.Source && a.Mismatch == b.Mismatch && a.Reach == b.Reach && a.Listener.Equal(&b.Listener)
}
