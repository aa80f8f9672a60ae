package scanner

import (
	"fmt"
	"maps"
	"net/netip"
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
	read  func() (insight, error)
	due   time.Time
	known insight // its listeners are sorted
	note  string  // why it is not known, or not any more
}

// insight is what there is in other network namespaces.
type insight struct {
	listeners []Listener
	addrs     map[string][]netip.Addr // of each namespace, by its name
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
		note, found = wordInsideUnknown.With("Reason", err), i.known
	}
	found.listeners = assemble("", now, found.listeners, nil).Listeners
	changed = note != i.note || !sameListeners(found.listeners, i.known.listeners) || !maps.EqualFunc(found.addrs, i.known.addrs, slices.Equal)
	i.note, i.known = note, found
	return changed
}

// with gives a snapshot of the host's listeners together with those inside of
// containers. The counts of the ledger stay the host's.
func (i *inside) with(host *Snapshot, now time.Time) *Snapshot {
	s := *host
	s.Time = now
	s.Listeners = slices.Concat(host.Listeners, i.known.listeners) // the host's sort first
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
