package scanner

import (
	"slices"
	"time"
)

// Visibility is the ledger of a scan: what was seen, and what was not and why.
type Visibility struct {
	Source    string   // the source in use: "sockdiag", "gopsutil"
	Listeners int      // all listeners of the snapshot
	WithOwner int      // those with at least one process, or the kernel, as owner
	Hidden    int      // those whose process cannot be seen
	Notes     []string // why something is hidden, which source failed, what is an estimate
}

// Snapshot is what listened at one moment. It is never changed once published.
type Snapshot struct {
	Time       time.Time
	Listeners  []Listener // sorted by Key.Compare, one per key
	Visibility Visibility
}

// Find gives the listener with this key.
func (s *Snapshot) Find(k Key) (*Listener, bool) {
	i, ok := slices.BinarySearchFunc(s.Listeners, k, func(l Listener, k Key) int { return l.Compare(k) })
	if !ok {
		return nil, false
	}
	return &s.Listeners[i], true
}
