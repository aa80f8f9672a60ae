package scanner

import (
	"fmt"
	"slices"
	"time"

	"portlight/scanner/supervisor"
)

// The pace at which other network namespaces are looked into: at most once in
// insidePeriod, and at most the part insideShare of the time.
const (
	insidePeriod = 30 * time.Second
	insideShare  = 2000
)

// inside keeps what listens in the network namespaces of containers.
type inside struct {
	read      func() ([]Listener, error) // nil where it cannot be known
	due       time.Time
	listeners []Listener // sorted
	note      string     // why they are not known
}

// refresh reads anew if it is time, and reports whether something has changed.
func (i *inside) refresh(now time.Time) (changed bool) {
	if now.Before(i.due) {
		return false
	}
	began := time.Now()
	found, err := i.read()
	i.due = now.Add(max(insidePeriod, insideShare*time.Since(began)))
	note := ""
	if err != nil {
		note, found = fmt.Sprintf("listeners in containers are not known: %v", err), i.listeners
	}
	next := assemble("", now, found, nil).Listeners
	changed = note != i.note || !sameListeners(next, i.listeners)
	i.note, i.listeners = note, next
	return changed
}

// with gives a snapshot of the host's listeners together with those inside of
// containers. The counts of the ledger stay the host's.
func (i *inside) with(host *Snapshot, now time.Time) *Snapshot {
	s := *host
	s.Time = now
	s.Listeners = slices.Concat(host.Listeners, i.listeners) // the host's sort first
	if i.note != "" {
		s.Visibility.Notes = append(slices.Clone(s.Visibility.Notes), i.note)
	}
	return &s
}

// namespaceLabel names a network namespace: by the container that its first
// process is in, or by that process.
func namespaceLabel(place supervisor.Place, name string, pid int) string {
	if label := place.Container.Label(); label != "" {
		return "container " + label
	}
	return fmt.Sprintf("%s (pid %d)", name, pid)
}
