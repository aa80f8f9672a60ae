package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		samples []time.Duration
		want    time.Duration
	}{
		{nil, 0},
		{[]time.Duration{7}, 7},
		{[]time.Duration{9, 1}, 5},
		{[]time.Duration{100, 1, 3}, 3},
		{[]time.Duration{4, 1, 2, 100}, 3},
	} {
		before := slices.Clone(c.samples)
		if got := median(c.samples); got != c.want {
			t.Errorf("median of %v is %v, want %v", before, got, c.want)
		}
		if !slices.Equal(before, c.samples) {
			t.Errorf("%v became %v", before, c.samples)
		}
	}
}

// TestPlan lets a fast and a slow trial take turns: the slow one has its least
// number of turns, and no more once it has used up its budget.
func TestPlan(t *testing.T) {
	var clock time.Time
	var order strings.Builder
	after := func(name string, d time.Duration) trial {
		return trial{name, func(add adder) error {
			clock = clock.Add(d)
			order.WriteString(name)
			add(name, d)
			return nil
		}}
	}
	before := 0
	p := plan{least: 2, most: 5, budget: 3 * time.Second, before: func() { before++ }, now: func() time.Time { return clock }}
	got := tally{}
	if err := p.run([]trial{after("f", time.Second), after("s", 2*time.Second)}, got.add); err != nil {
		t.Fatal(err)
	}
	if order.String() != "fsfsf" || before != 5 {
		t.Errorf("order %q with %d clearings, want fsfsf with 5", order.String(), before)
	}
	medians, counts := got.medians()
	if medians["s"] != 2*time.Second || counts["s"] != 2 || counts["f"] != 3 {
		t.Errorf("medians %v of %v samples", medians, counts)
	}
}

func TestPlanEndsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	turns := 0
	p := plan{least: 3, most: 3, before: func() {}, now: time.Now}
	err := p.run([]trial{single("peer", func() error { turns++; return broken })}, func(string, time.Duration) {
		t.Error("a failed look is a sample")
	})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "peer: ") || turns != 1 {
		t.Errorf("after %d turns: %v", turns, err)
	}
}

// TestTight takes some samples of a slow call too, and none of the warm-up; a
// fast call has its share beside it.
func TestTight(t *testing.T) {
	calls, samples := 0, tally{}
	slow := func() error {
		calls++
		time.Sleep(chunkFor)
		return nil
	}
	if err := tight(call{"slow", slow}, call{"fast", func() error { return nil }}).once(samples.add); err != nil {
		t.Fatal(err)
	}
	chunks := len(samples["fast"]) / tightChunk
	if chunks < 1 || len(samples["slow"]) != chunks*tightLeast || calls != chunks*(tightLeast+tightWarmUp) {
		t.Errorf("%d chunks of the fast call, %d samples of %d slow calls", chunks, len(samples["slow"]), calls)
	}
}

func TestTightNamesWhoFails(t *testing.T) {
	broken := errors.New("broken")
	fine := call{"fine", func() error { return nil }}
	err := tight(fine, call{"other", func() error { return broken }}).once(tally{}.add)
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "other: ") {
		t.Error(err)
	}
}
