package scanner

import (
	"slices"
	"time"
)

// Visibility is the ledger of a scan: what was seen, and what was not and why.
type Visibility struct {
	Source    string               // the source in use: "sockdiag", "gopsutil", on macOS "pcblist_n", "netstat" or both
	Listeners int                  // all listeners of the host
	WithOwner int                  // those whose processes are all seen, or that are the kernel's
	Kernel    int                  // of those, the kernel's
	Hidden    int                  // those with a process that cannot be seen
	Reasons   map[HiddenReason]int // of the hidden ones
	Notes     []string             // why something is hidden, which source failed, what is an estimate
}

// HiddenReason is why the process of a listener cannot be seen.
type HiddenReason string

// The reasons.
const (
	OtherUser HiddenReason = "other-user" // an ordinary user may not look into processes of others
	Protected HiddenReason = "protected"  // of this user, but closed to it, or in another pid namespace
	NotFound  HiddenReason = "not-found"  // root may look into every process of its pid namespace, and found none
)

// Snapshot is what listened at one moment. It is never changed once published.
type Snapshot struct {
	Time       time.Time
	Listeners  []Listener // sorted by Key.Compare, one per key
	Visibility Visibility
	Network    *Network // nil unless it was asked for
}

// has reports whether something listens on a port.
func (s *Snapshot) has(proto string, port uint16) bool {
	for i := range s.Listeners {
		if l := &s.Listeners[i]; l.Port == port && l.Proto.String() == proto {
			return true
		}
	}
	return false
}

// Find gives the listener with this key.
func (s *Snapshot) Find(k Key) (*Listener, bool) {
	i, ok := slices.BinarySearchFunc(s.Listeners, k, func(l Listener, k Key) int { return l.Compare(k) })
	if !ok {
		return nil, false
	}
	return &s.Listeners[i], true
}
