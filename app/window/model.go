package window

import (
	"slices"
	"time"

	"portlight/app/view"
	"portlight/scanner"
)

// maxText bounds a text from outside, in runes.
const maxText = 2000

// lingering is how long a new row is marked as new, and one that has closed is
// still shown.
const lingering = 4 * time.Second

// model is what the table shows: all listeners, those that have just closed, and
// of them those that pass the filter, in their order and groups.
type model struct {
	snap   *scanner.Snapshot // nil before the first
	all    []*entry          // in the snapshot's order
	byID   map[string]*entry // of all
	fresh  map[string]time.Time
	ghosts []ghost
	facts  rowFacts

	lines   []line // of the table
	shown   int    // listeners that pass the filter
	filter  filter
	order   order
	grouped bool
	closed  map[string]bool // groups that show their title only, by name
}

// ghost is a listener that has closed.
type ghost struct {
	*entry
	since time.Time
}

// rowFacts are what is known of listeners from elsewhere: the memory.
type rowFacts struct {
	since  map[string]since // by listener
	unseen map[string]bool  // listeners with an alert that nobody has looked at
	news   int              // such alerts
}

// line is a row of the table: a listener, or the title of a group.
type line struct {
	*entry               // nil for a title
	group  *programGroup // of a title, and of what stands below it
	since  *since        // set where the table is sorted by it
	place  int           // among all listeners
	gone   bool          // it has closed
	fresh  bool          // it has just opened
}

// programGroup is the listeners of one program.
type programGroup struct {
	name    string
	members int
	outside int // of the members, those that others can reach
	closed  bool
}

// set takes an update and reports whether anything that is shown differs.
func (m *model) set(u update, now time.Time) bool {
	if !u.changed && m.snap != nil {
		return false
	}
	if m.snap != nil {
		m.mark(u, now)
	}
	m.snap, m.all, m.byID = u.snap, u.all, u.byID
	m.arrange()
	return true
}

// mark remembers what has opened and closed. What was there at the first look is
// not new.
func (m *model) mark(u update, now time.Time) {
	if m.fresh == nil {
		m.fresh = map[string]time.Time{}
	}
	for _, id := range u.opened {
		m.fresh[id] = now
	}
	m.ghosts = slices.DeleteFunc(m.ghosts, func(g ghost) bool { return u.byID[g.ID] != nil })
	for _, e := range u.gone {
		m.ghosts = append(m.ghosts, ghost{e, now})
	}
	m.ghosts = m.ghosts[max(0, len(m.ghosts)-maxGhosts):]
}

// maxGhosts bounds how many closed listeners are shown.
const maxGhosts = 200

// fade forgets what has been new, or gone, for long enough. It reports whether that
// changes the table, and when there will be more to forget; zero is never.
func (m *model) fade(now time.Time) (changed bool, next time.Time) {
	over := func(t time.Time) bool {
		end := t.Add(lingering)
		if now.Before(end) && (next.IsZero() || end.Before(next)) {
			next = end
		}
		return !now.Before(end)
	}
	for id, t := range m.fresh {
		if over(t) {
			delete(m.fresh, id)
			changed = true
		}
	}
	before := len(m.ghosts)
	m.ghosts = slices.DeleteFunc(m.ghosts, func(g ghost) bool { return over(g.since) })
	if changed = changed || len(m.ghosts) != before; changed {
		m.arrange()
	}
	return changed, next
}

// know takes what the memory knows of listeners.
func (m *model) know(f rowFacts) {
	m.facts = f
	m.arrange()
}

func (m *model) setFilter(f filter) {
	m.filter = f
	m.arrange()
}

func (m *model) setOrder(o order) {
	m.order = o
	m.arrange()
}

func (m *model) setGrouped(on bool) {
	m.grouped = on
	m.arrange()
}

// toggle opens or closes a group.
func (m *model) toggle(name string) {
	if m.closed == nil {
		m.closed = map[string]bool{}
	}
	m.closed[name] = !m.closed[name]
	m.arrange()
}

func (m *model) arrange() {
	m.lines = make([]line, 0, len(m.all)+len(m.ghosts))
	for i, e := range m.all {
		if _, fresh := m.fresh[e.ID]; m.filter.match(e, fresh || m.facts.unseen[e.ID]) {
			m.lines = append(m.lines, line{entry: e, place: i, fresh: fresh})
		}
	}
	m.shown = len(m.lines)
	for _, g := range m.ghosts {
		if m.filter.match(g.entry, true) {
			i, _ := slices.BinarySearchFunc(m.all, g.Listener.Key, func(e *entry, k scanner.Key) int { return e.Listener.Compare(k) })
			m.lines = append(m.lines, line{entry: g.entry, place: i, gone: true})
		}
	}
	if m.order.column == columnSince {
		for i := range m.lines {
			s := m.since(m.lines[i].entry)
			m.lines[i].since = &s
		}
	}
	m.order.sort(m.lines)
	if m.grouped {
		m.gather()
	}
}

// gather puts the listeners of a program together, where the first of them stands.
func (m *model) gather() {
	groups, order := map[string]*programGroup{}, [][]line(nil)
	places := map[string]int{}
	for _, l := range m.lines {
		name := l.groupName()
		g := groups[name]
		if g == nil {
			g = &programGroup{name: name, closed: m.closed[name]}
			groups[name], places[name] = g, len(order)
			order = append(order, []line{{group: g}})
		}
		if g.members++; l.External {
			g.outside++
		}
		l.group = g
		if !g.closed {
			order[places[name]] = append(order[places[name]], l)
		}
	}
	m.lines = slices.Concat(order...)
}

// place is where a listener stands in the table, -1 if it is not shown.
func (m *model) place(id string) int {
	return slices.IndexFunc(m.lines, func(l line) bool { return l.entry != nil && l.ID == id })
}

// titlePlace is where the title of a group stands, -1 if there is none.
func (m *model) titlePlace(name string) int {
	return slices.IndexFunc(m.lines, func(l line) bool { return l.entry == nil && l.group.name == name })
}

// find gives a listener, shown or not, or nil.
func (m *model) find(id string) *entry { return m.byID[id] }

// ghost gives a listener that has just closed, or nil.
func (m *model) ghost(id string) *ghost {
	if i := slices.IndexFunc(m.ghosts, func(g ghost) bool { return g.ID == id }); i >= 0 {
		return &m.ghosts[i]
	}
	return nil
}

// since tells from when on a listener stands. What is remembered from before its
// processes began is about another one, in whose place it came unseen.
func (m *model) since(e *entry) since {
	if s, ok := m.facts.since[e.ID]; ok && !s.at.Before(e.started.at) {
		return s
	}
	if t, ok := m.fresh[e.ID]; ok {
		return since{at: t, how: exactly}
	}
	return e.started
}

// since is from when on a listener stands, as far as it is known.
type since struct {
	at  time.Time
	how certainty
}

// certainty is how well a time is known.
type certainty uint8

const (
	unknown certainty = iota
	exactly           // it was seen
	earlier           // it was there already, so it is longer ago
	atBest            // its process began then, so it is not longer ago
)

// startOf bounds from when on a listener stands by the start of its processes.
func startOf(l *scanner.Listener) since {
	var s since
	for i := range l.Owners {
		if t := l.Owners[i].Started; !t.IsZero() && (s.how == unknown || t.Before(s.at)) {
			s = since{t, atBest}
		}
	}
	return s
}

// entry is a row with what search and order look at. It is not changed once made.
type entry struct {
	view.Row
	words   string // in lower case, a line per field
	places  string // the same, of the address and who can reach it
	starts  string // fields that match from their beginning only: ports and pids
	keys    [columnCount]string
	program string // what its group is called
	started since
}

// groupName is the program without the number of its processes.
func (e *entry) groupName() string { return e.program }
