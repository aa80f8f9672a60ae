package main

import (
	"fmt"
	"slices"
	"time"
)

// adder takes one sample of a series.
type adder func(series string, d time.Duration)

// tally keeps the samples of all series.
type tally map[string][]time.Duration

func (t tally) add(series string, d time.Duration) { t[series] = append(t[series], d) }

// medians gives the median and the number of samples of each series.
func (t tally) medians() (map[string]time.Duration, map[string]int) {
	medians, counts := map[string]time.Duration{}, map[string]int{}
	for series, samples := range t {
		medians[series], counts[series] = median(samples), len(samples)
	}
	return medians, counts
}

// median is the mean of the two in the middle where their number is even, and 0
// without samples.
func median(samples []time.Duration) time.Duration {
	if len(samples) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(samples))
	low, high := sorted[(len(sorted)-1)/2], sorted[len(sorted)/2]
	return low + (high-low)/2
}

// trial is one of those that are compared. Its once is a turn: it measures one
// or more samples.
type trial struct {
	name string
	once func(adder) error
}

// plan says how trials take turns: each at least, and at most, so many times, and
// none beyond least that has used up its budget.
type plan struct {
	least, most int
	budget      time.Duration
	before      func() // runs before each turn, to clear up after the one before
	now         func() time.Time
}

// run lets the trials take turns, so that a drift of the machine meets all.
func (p plan) run(trials []trial, add adder) error {
	spent := make([]time.Duration, len(trials))
	for round := range p.most {
		for i, t := range trials {
			if round >= p.least && spent[i] >= p.budget {
				continue
			}
			p.before()
			start := p.now()
			if err := t.once(add); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			spent[i] += p.now().Sub(start)
		}
	}
	return nil
}

// call is what one series measures.
type call struct {
	series string
	f      func() error
}

// How calls are measured in a tight loop: in chunks, with untimed calls before
// each so that the caches are warm.
const (
	tightWarmUp = 2
	tightChunk  = 10                    // calls of a chunk at most,
	chunkFor    = 30 * time.Millisecond // and no more than fit into this,
	tightLeast  = 2                     // but so many at least
	tightChunks = 6                     // of each series in a turn at most,
	tightFor    = 60 * time.Millisecond // and no more than fit into this for each
)

// tight is a trial that calls in tight loops. Those that are to be compared
// closely take turns within it.
func tight(calls ...call) trial {
	return trial{calls[0].series, func(add adder) error {
		end := time.Now().Add(tightFor * time.Duration(len(calls)))
		for i := 0; i == 0 || i < tightChunks && time.Now().Before(end); i++ {
			for _, c := range calls {
				if err := c.chunk(add); err != nil {
					return fmt.Errorf("%s: %w", c.series, err)
				}
			}
		}
		return nil
	}}
}

func (c call) chunk(add adder) error {
	for range tightWarmUp {
		if err := c.f(); err != nil {
			return err
		}
	}
	end := time.Now().Add(chunkFor)
	for i := 0; i < tightLeast || i < tightChunk && time.Now().Before(end); i++ {
		if err := timed(add, c.series, c.f); err != nil {
			return err
		}
	}
	return nil
}

// single is a trial that calls f once a turn.
func single(series string, f func() error) trial {
	return trial{series, func(add adder) error { return timed(add, series, f) }}
}

// timed adds how long f takes.
func timed(add adder, series string, f func() error) error {
	start := time.Now()
	err := f()
	d := time.Since(start)
	if err == nil {
		add(series, d)
	}
	return err
}
