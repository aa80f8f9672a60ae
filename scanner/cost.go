package scanner

import "time"

// Cost is what the scans of a Watcher have taken, by the clock on the wall.
type Cost struct {
	Scans      uint64 // that were made, also those that failed
	Last, Mean time.Duration
	Since      time.Time // when the first one began; zero before it
}

// costs counts scans.
type costs struct {
	scans       uint64
	last, total time.Duration
	since       time.Time
}

func (c *costs) add(begun time.Time) {
	if c.scans == 0 {
		c.since = begun
	}
	c.scans++
	c.last = time.Since(begun)
	c.total += c.last
}

// Cost tells what the scans have taken so far.
func (w *Watcher) Cost() Cost {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := Cost{Scans: w.costs.scans, Last: w.costs.last, Since: w.costs.since}
	if c.Scans > 0 {
		c.Mean = w.costs.total / time.Duration(c.Scans)
	}
	return c
}

// spend notes the cost of a scan that has just ended.
func (w *Watcher) spend(begun time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.costs.add(begun)
}
