package window

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"portlight/app/view"
	"portlight/scanner"
)

// entries makes the rows of one snapshot after the other. Rows of listeners that
// have not changed are used again: of 10,000 few change at a time. It needs no
// screen, and is used by one goroutine.
type entries struct {
	names view.Namer
	last  *scanner.Snapshot // nil before the first
	all   []*entry
	byID  map[string]*entry
	stale bool // names have changed
}

// update is a snapshot made into rows, and how it differs from the one before.
type update struct {
	snap    *scanner.Snapshot
	all     []*entry
	byID    map[string]*entry
	changed bool
	opened  []string // ids
	gone    []*entry
}

// next makes the rows of a snapshot.
func (b *entries) next(s *scanner.Snapshot) update {
	u := update{snap: s}
	if b.last == nil || b.stale || !reflect.DeepEqual(b.last.Network, s.Network) {
		u.all, u.changed = b.fresh(s)
	} else {
		u.all, u.changed = b.reuse(s)
	}
	u.byID = b.byID
	if u.changed {
		u.byID = make(map[string]*entry, len(u.all))
		for _, e := range u.all {
			u.byID[e.ID] = e
			if b.byID[e.ID] == nil {
				u.opened = append(u.opened, e.ID)
			}
		}
		for _, e := range b.all {
			if u.byID[e.ID] == nil {
				u.gone = append(u.gone, e)
			}
		}
	}
	u.changed = u.changed || b.last == nil || !sameVisibility(b.last.Visibility, s.Visibility)
	b.last, b.all, b.byID, b.stale = s, u.all, u.byID, false
	return u
}

// fresh makes all rows anew.
func (b *entries) fresh(s *scanner.Snapshot) (all []*entry, changed bool) {
	all = make([]*entry, 0, len(s.Listeners))
	for r := range view.EachRow(s, b.names) {
		all = append(all, newEntry(r))
	}
	return all, true
}

// reuse makes those rows anew whose listeners have changed. Both snapshots have
// their listeners in the same order.
func (b *entries) reuse(s *scanner.Snapshot) (all []*entry, changed bool) {
	all = make([]*entry, 0, len(s.Listeners))
	facts, old := view.FactsOf(s, b.names), b.all
	for i := range s.Listeners {
		l := &s.Listeners[i]
		for len(old) > 0 && old[0].Listener.Compare(l.Key) < 0 {
			old, changed = old[1:], true
		}
		if len(old) > 0 && old[0].Listener.Equal(l) {
			all, old = append(all, old[0]), old[1:]
			continue
		}
		all, changed = append(all, newEntry(view.NewRow(*l, facts))), true
	}
	return all, changed || len(old) > 0
}

func sameVisibility(a, b scanner.Visibility) bool {
	return a.Source == b.Source && a.Listeners == b.Listeners && a.WithOwner == b.WithOwner &&
		a.Hidden == b.Hidden && slices.Equal(a.Notes, b.Notes)
}

// newEntry prepares a row for search and order. Ports and pids match from their
// beginning, or "22" would find 5222 and every second pid.
func newEntry(r view.Row) *entry {
	l := &r.Listener
	fields := []string{r.Proto, r.Service, r.Program, r.User, r.Unit, r.Mismatch, view.ContainerWords(l.Manager())}
	places := []string{r.Address, l.Device, r.Reach}
	starts := []string{"", r.Port, ":" + r.Port, r.Port + "/" + r.Proto}
	for i := range l.Owners {
		o := &l.Owners[i]
		fields = append(fields, o.Name, o.Title, o.Path, o.User)
		starts = append(starts, strconv.Itoa(o.PID))
	}
	e := &entry{Row: r, words: fold(fields), places: fold(places), starts: fold(starts), started: startOf(l), program: r.Program}
	if len(l.Owners) > 0 {
		e.program = view.ProcessName(&l.Owners[0])
	}
	e.keys[columnService], e.keys[columnProgram], e.keys[columnUser] = strings.ToLower(r.Service), strings.ToLower(r.Program), strings.ToLower(r.User)
	return e
}

func fold(fields []string) string { return strings.ToLower(strings.Join(fields, "\n")) }
