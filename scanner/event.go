package scanner

import (
	"fmt"
	"time"
)

// Op is what happened to a listener.
type Op uint8

// The three things that can happen.
const (
	Opened  Op = iota + 1 // a key that was not there
	Closed                // a key that is gone
	Changed               // same key, other owners or other DualStack; a restart within one tick is this
)

// String is the operation's name in JSON.
func (o Op) String() string {
	switch o {
	case Opened:
		return "opened"
	case Closed:
		return "closed"
	case Changed:
		return "changed"
	}
	return "unknown"
}

// Event is one difference between two snapshots.
type Event struct {
	Op       Op
	Time     time.Time // of the scan that saw it
	Listener Listener  // as it is now; for Closed as it was last seen
	Before   *Listener // for Changed: as it was
}

// String gives "opened tcp:0.0.0.0:22".
func (e Event) String() string { return fmt.Sprintf("%s %s", e.Op, e.Listener.ID()) }

// Diff gives the events that lead from prev to next, in key order. A nil prev
// counts as an empty snapshot. Facts other than owners and DualStack may differ
// without an event.
func Diff(prev, next *Snapshot) []Event {
	var before []Listener
	if prev != nil {
		before = prev.Listeners
	}
	var events []Event
	add := func(op Op, l Listener, was *Listener) {
		events = append(events, Event{Op: op, Time: next.Time, Listener: l, Before: was})
	}
	i, j := 0, 0
	for i < len(before) || j < len(next.Listeners) {
		switch c := compareAt(before, i, next.Listeners, j); {
		case c < 0:
			add(Closed, before[i], nil)
			i++
		case c > 0:
			add(Opened, next.Listeners[j], nil)
			j++
		default:
			if changed(&before[i], &next.Listeners[j]) {
				add(Changed, next.Listeners[j], &before[i])
			}
			i++
			j++
		}
	}
	return events
}

// compareAt compares two sorted lists at a place; an exhausted list is last.
func compareAt(a []Listener, i int, b []Listener, j int) int {
	switch {
	case i == len(a):
		return 1
	case j == len(b):
		return -1
	}
	return a[i].Compare(b[j].Key)
}

func changed(a, b *Listener) bool {
	if a.DualStack != b.DualStack || a.Kernel != b.Kernel || a.Hidden() != b.Hidden() || len(a.Owners) != len(b.Owners) {
		return true
	}
	if a.Hidden() && a.UID != b.UID {
		return true
	}
	for i := range a.Owners {
		if a.Owners[i].ID != b.Owners[i].ID || a.Owners[i].Path != b.Owners[i].Path {
			return true
		}
	}
	return false
}
