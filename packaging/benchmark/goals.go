package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// condition is one thing that a goal of the design asks for: a value that may be
// at most, or must be at least, so much.
type condition struct {
	goal   int
	text   string
	target float64
	least  bool // the value must be at least the target
	kind   kind
	cases  []string // where it is asked for; nil is everywhere
	value  func(*result) (v float64, ok bool)
}

// kind is what a value counts.
type kind uint8

const (
	times kind = iota
	number
	percent
)

// conditions are the goals, in their order. The values are ratios of medians.
func conditions() []condition {
	above, large := []string{"L30", "L100", "L1k", "L10k"}, []string{"L100"}
	return []condition{
		{goal: 1, text: "warm scan / three bare dumps", target: 1.25, value: ratio(oursWarm, floorDumps)},
		{goal: 1, text: "allocations of a warm scan", target: 0, kind: number, value: allocations},
		{goal: 2, text: "warm with 20,000 established sockets / with none", target: 1.25, cases: large, value: ratio(besideWarm, aloneWarm)},
		{goal: 3, text: "portlist's warm poll / warm scan", target: 80, least: true, cases: []string{"L30"}, value: ratio(portlistWarm, oursWarm)},
		{goal: 3, text: "portlist's warm poll / warm scan", target: 400, least: true, cases: large, value: ratio(portlistWarm, oursWarm)},
		{goal: 3, text: "the same without established sockets", target: 6, least: true, cases: []string{"L10k"}, value: ratio(alonePortlist, aloneWarm)},
		{goal: 3, text: "the fastest of gopsutil and `ss -lntup` / warm scan", target: 1000, least: true, cases: []string{"L30"}, value: fastest(oursWarm, gopsutil3, gopsutil4, commandSS)},
		{goal: 3, text: "the fastest of gopsutil and `ss -lntup` / warm scan", target: 400, least: true, cases: []string{"L1k"}, value: fastest(oursWarm, gopsutil3, gopsutil4, commandSS)},
		{goal: 4, text: "+1 listener, known owner / warm", target: 4, value: ratio(oursKnown, oursWarm)},
		{goal: 4, text: "+1 listener, old process / bare walk", target: 0.1, value: ratio(oursOld, floorWalk)},
		{goal: 4, text: "-1 listener / warm", target: 2, value: ratio(oursClosed, oursWarm)},
		{goal: 5, text: "cold in one thread / bare walk", target: 1.25, value: ratio(oursColdOne, floorWalk)},
		{goal: 5, text: "cold / bare walk", target: 0.7, value: ratio(oursCold, floorWalk)},
		{goal: 6, text: "`ss -lntup` / `portlight list`", target: 1.5, least: true, cases: above, value: ratio(commandSS, commandOurs)},
		{goal: 6, text: "`lsof` / `portlight list`", target: 3, least: true, cases: above, value: ratio(commandLsof, commandOurs)},
		{goal: 7, text: "share of a core, polled every second", target: 0.06, kind: percent, cases: []string{"L30"}, value: corePercent(time.Second)},
		{goal: 7, text: "share of a core, polled every 250 ms", target: 0.2, kind: percent, cases: []string{"L30"}, value: corePercent(250 * time.Millisecond)},
		{goal: 8, text: "differences from `ss -p`", target: 0, kind: number, value: differing},
	}
}

// ratio divides two series, if both were measured.
func ratio(a, b string) func(*result) (float64, bool) {
	return func(r *result) (float64, bool) {
		if r.Medians[a] == 0 || r.Medians[b] == 0 {
			return 0, false
		}
		return float64(r.Medians[a]) / float64(r.Medians[b]), true
	}
}

// fastest divides the fastest of the peers by a series.
func fastest(by string, peers ...string) func(*result) (float64, bool) {
	return func(r *result) (float64, bool) {
		least := math.Inf(1)
		for _, p := range peers {
			v, ok := ratio(p, by)(r)
			if !ok {
				return 0, false
			}
			least = min(least, v)
		}
		return least, true
	}
}

func allocations(r *result) (float64, bool) { return r.Allocs, true }

func differing(r *result) (float64, bool) { return float64(len(r.Differences)), true }

// corePercent is the share of Portlight at one interval.
func corePercent(every time.Duration) func(*result) (float64, bool) {
	return func(r *result) (float64, bool) {
		i := slices.IndexFunc(r.Shares, func(s share) bool { return s.Who == pollOurs && s.Every == every })
		if i < 0 {
			return 0, false
		}
		return 100 * r.Shares[i].Core, true
	}
}

// verdict is what became of a condition.
type verdict uint8

const (
	notMeasured verdict = iota
	holds
	fails
)

// judged is one condition with the values of the cases; where none is asked for,
// or was measured, it is NaN.
type judged struct {
	condition
	values []float64
	verdict
}

// judge compares all conditions with the results. One holds if it does in all
// cases that were measured.
func judge(results []*result) []judged {
	var all []judged
	for _, c := range conditions() {
		j := judged{condition: c}
		for _, r := range results {
			v, ok := c.value(r)
			if !ok || c.cases != nil && !slices.Contains(c.cases, r.Case.Name) {
				j.values = append(j.values, math.NaN())
				continue
			}
			j.values = append(j.values, v)
			if j.verdict == notMeasured {
				j.verdict = holds
			}
			if !c.met(v) {
				j.verdict = fails
			}
		}
		all = append(all, j)
	}
	return all
}

func (c condition) met(v float64) bool {
	if c.least {
		return v >= c.target
	}
	return v <= c.target
}

// bound is the target in words: "≤ 1.25x", "≥ 80x", "≤ 0.06 %", "0".
func (c condition) bound() string {
	target := strconv.FormatFloat(c.target, 'f', -1, 64) + c.kind.unit()
	switch {
	case c.target == 0:
		return target
	case c.least:
		return "≥ " + target
	}
	return "≤ " + target
}

func (c condition) quantity(v float64) string { return significant(v) + c.kind.unit() }

func (k kind) unit() string {
	switch k {
	case number:
		return ""
	case percent:
		return " %"
	}
	return "x"
}

// significant writes three digits, or all before the point.
func significant(v float64) string {
	switch {
	case v == math.Trunc(v) || v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
