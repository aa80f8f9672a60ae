package keeper

import (
	"slices"
	"sync"

	"portlight/app/alerts"
)

// maxShown bounds the notices whose buttons still do something.
const maxShown = 100

// Shown holds the notices whose notifications are on the screen, for their buttons.
// Zero it holds none. It is safe for concurrent use.
type Shown struct {
	mu      sync.Mutex
	notices []alerts.Notice // the newest last
}

// Add takes a notice over, in place of the one with its key.
func (s *Shown) Add(n alerts.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = slices.DeleteFunc(s.notices, func(o alerts.Notice) bool { return o.Key == n.Key })
	s.notices = append(s.notices, n)
	s.notices = s.notices[max(0, len(s.notices)-maxShown):]
}

// Find gives the notice with a key.
func (s *Shown) Find(key string) (n alerts.Notice, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.notices, func(n alerts.Notice) bool { return n.Key == key })
	if i < 0 {
		return n, false
	}
	return s.notices[i], true
}

// Take forgets notices that are over, and gives their keys.
func (s *Shown) Take(over func(alerts.Notice) bool) (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = slices.DeleteFunc(s.notices, func(n alerts.Notice) bool {
		is := over(n)
		if is {
			keys = append(keys, n.Key)
		}
		return is
	})
	return keys
}
