package scanner

import (
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

// merge takes over what another socket of the same key adds. The owners are in no
// order then, see sortOwners.
func (l *Listener) merge(o Listener) {
	l.DualStack = l.DualStack || o.DualStack
	l.Kernel = l.Kernel && o.Kernel
	l.Unseen += o.Unseen
	l.Backlog = max(l.Backlog, o.Backlog)
	if l.Behind == nil {
		l.Behind = o.Behind
	}
	l.Owners = append(l.Owners, o.Owners...)
}

// sortOwners orders owners by pid and drops doubles: a process may hold several
// sockets of one key.
func (l *Listener) sortOwners() {
	slices.SortFunc(l.Owners, func(a, b Process) int { return a.PID - b.PID })
	l.Owners = slices.CompactFunc(l.Owners, func(a, b Process) bool { return a.ID == b.ID })
}

// ledger counts what is seen and says why the rest is not.
func ledger(source string, listeners []Listener, notes []string) Visibility {
	v := Visibility{Source: source, Listeners: len(listeners), Reasons: map[HiddenReason]int{}}
	euid := os.Geteuid()
	for i := range listeners {
		switch l := &listeners[i]; {
		case l.Hidden():
			v.Hidden++
			v.Reasons[WhyHidden(l.UID, euid)]++
		case l.Kernel:
			v.Kernel++
			v.WithOwner++
		default:
			v.WithOwner++
		}
	}
	for _, r := range []HiddenReason{OtherUser, Protected, NotFound} {
		if n := v.Reasons[r]; n > 0 {
			v.Notes = append(v.Notes, hiddenWords(r, n, v.Listeners))
		}
	}
	v.Notes = append(v.Notes, notes...)
	return v
}

// WhyHidden gives the reason why the process behind a socket that uid made is
// hidden from euid.
func WhyHidden(uid, euid int) HiddenReason {
	switch euid {
	case 0:
		return NotFound
	case uid:
		return Protected
	}
	return OtherUser
}

func sameListeners(a, b []Listener) bool {
	return slices.EqualFunc(a, b, func(x, y Listener) bool { return x.Equal(&y) })
}
