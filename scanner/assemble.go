package scanner

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// assemble makes a snapshot of listeners in any order: those with one key
// become one, none of their owners is lost.
func assemble(source string, now time.Time, found []Listener, notes []string) *Snapshot {
	slices.SortStableFunc(found, func(a, b Listener) int { return a.Compare(b.Key) })
	s := &Snapshot{Time: now, Listeners: found[:0]}
	for _, l := range found {
		l.countUnseen()
		if n := len(s.Listeners); n > 0 && s.Listeners[n-1].Key == l.Key {
			s.Listeners[n-1].merge(l)
			continue
		}
		s.Listeners = append(s.Listeners, l)
	}
	for i := range s.Listeners {
		s.Listeners[i].sortOwners()
	}
	s.Visibility = ledger(source, s.Listeners, notes)
	return s
}

// countUnseen takes a single socket for held by somebody who cannot be seen.
func (l *Listener) countUnseen() {
	if len(l.Owners) == 0 && !l.Kernel {
		l.Unseen = 1
	}
}

// merge takes over what another socket of the same key adds.
func (l *Listener) merge(o Listener) {
	l.DualStack = l.DualStack || o.DualStack
	l.Kernel = l.Kernel && o.Kernel
	l.Unseen += o.Unseen
	l.Backlog = max(l.Backlog, o.Backlog)
	if l.Unit == "" {
		l.Unit = o.Unit
	}
	l.Owners = slices.Concat(l.Owners, o.Owners)
}

// sortOwners orders owners by pid and drops doubles: a process may hold several
// sockets of one key.
func (l *Listener) sortOwners() {
	slices.SortFunc(l.Owners, func(a, b Process) int { return a.PID - b.PID })
	l.Owners = slices.CompactFunc(l.Owners, func(a, b Process) bool { return a.ID == b.ID })
}

// ledger counts what is seen and says why the rest is not.
func ledger(source string, listeners []Listener, notes []string) Visibility {
	v := Visibility{Source: source, Listeners: len(listeners)}
	for i := range listeners {
		if listeners[i].Hidden() {
			v.Hidden++
		} else {
			v.WithOwner++
		}
	}
	if v.Hidden > 0 {
		v.Notes = append(v.Notes, hiddenNote(v.Hidden, v.Listeners, os.Geteuid() == 0))
	}
	v.Notes = append(v.Notes, notes...)
	return v
}

func hiddenNote(hidden, all int, root bool) string {
	if root {
		return fmt.Sprintf("no process was found for %d of %d listeners", hidden, all)
	}
	return fmt.Sprintf("%d of %d listeners belong to processes of other users, which an ordinary user may not look into", hidden, all)
}

func sameListeners(a, b []Listener) bool {
	return slices.EqualFunc(a, b, func(x, y Listener) bool { return x.Equal(&y) })
}
