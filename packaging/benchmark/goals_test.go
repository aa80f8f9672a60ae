package main

import (
	"math"
	"testing"
	"time"
)

// example is what a good run of the desktop case may give.
func example() *result {
	def, err := findCase("L30")
	if err != nil {
		panic(err)
	}
	return &result{
		Case:      def,
		Processes: 498,
		Compared:  29,
		Samples:   map[string]int{floorDumps: 700, floorWalk: 9},
		Medians: map[string]time.Duration{
			floorDumps: 76_000, oursWarm: 80_000, oursKnown: 209_000, oursFresh: 852_000, oursOld: 7_400_000, oursClosed: 90_000,
			floorWalk: 75_000_000, oursCold: 50_000_000, oursColdOne: 83_000_000,
			portlistWarm: 9_100_000, portlistKnown: 107_000_000, gopsutil3: 167_000_000, gopsutil4: 170_000_000,
			procfsLook: 160_000_000, netlinkLook: 4_490_000,
			commandOurs: 60_000_000, commandNoWindow: 58_000_000, commandSS: 166_000_000, commandNetstat: 200_000_000, commandLsof: 1_333_000_000,
			cadenceDumps: 128_000, cadenceWarm: 140_000, cadencePortlist: 15_700_000,
		},
		Shares: []share{
			{pollOurs, time.Second, 0.00035}, {pollOurs, 250 * time.Millisecond, 0.0013},
			{pollGopsutil, time.Second, 0.127},
		},
	}
}

// TestJudge sees every goal of the desktop case hold, and each fail when what it
// speaks of is too slow.
func TestJudge(t *testing.T) {
	for _, j := range judge([]*result{example()}) {
		want := holds
		if j.cases != nil && j.cases[0] != "L30" {
			want = notMeasured
		}
		if j.verdict != want {
			t.Errorf("goal %d, %s: %v, want %v (%v)", j.goal, j.text, j.verdict, want, j.values)
		}
	}
	for name, spoil := range map[string]struct {
		edit  func(*result)
		goals []int
	}{
		"slow warm":     {func(r *result) { r.Medians[oursWarm] = 170_000 }, []int{1, 3}},
		"allocates":     {func(r *result) { r.Allocs = 1 }, []int{1}},
		"slow portlist": {func(r *result) { r.Medians[portlistWarm] = 1_000_000 }, []int{3}},
		"fast ss":       {func(r *result) { r.Medians[commandSS] = 70_000_000 }, []int{3, 6}},
		"fast gopsutil": {func(r *result) { r.Medians[gopsutil4] = 79_000_000 }, []int{3}},
		"slow known":    {func(r *result) { r.Medians[oursKnown] = 321_000 }, []int{4}},
		"slow old":      {func(r *result) { r.Medians[oursOld] = 7_600_000 }, []int{4}},
		"slow close":    {func(r *result) { r.Medians[oursClosed] = 161_000 }, []int{4}},
		"slow cold":     {func(r *result) { r.Medians[oursCold] = 53_000_000 }, []int{5}},
		"slow alone":    {func(r *result) { r.Medians[oursColdOne] = 94_000_000 }, []int{5}},
		"fast lsof":     {func(r *result) { r.Medians[commandLsof] = 179_000_000 }, []int{6}},
		"polls dear":    {func(r *result) { r.Shares[0].Core = 0.0007 }, []int{7}},
		"polls dearly":  {func(r *result) { r.Shares[1].Core = 0.0021 }, []int{7}},
		"wrong":         {func(r *result) { r.Differences = []string{"tcp 0.0.0.0:22: only ss sees it"} }, []int{8}},
	} {
		r := example()
		spoil.edit(r)
		failed := map[int]bool{}
		for _, j := range judge([]*result{r}) {
			if j.verdict == fails {
				failed[j.goal] = true
			}
		}
		for _, goal := range spoil.goals {
			if !failed[goal] {
				t.Errorf("%s: goal %d holds", name, goal)
			}
			delete(failed, goal)
		}
		if len(failed) > 0 {
			t.Errorf("%s: these fail too: %v", name, failed)
		}
	}
}

// TestJudgeIsForAllCases: a goal that holds in one case and fails in another
// fails, and what was not measured is no failure.
func TestJudgeIsForAllCases(t *testing.T) {
	slow, bare := example(), example()
	slow.Case.Name, slow.Medians[oursWarm] = "L1k", 200_000
	bare.Medians = nil
	j := judge([]*result{example(), slow, bare})[0]
	if j.verdict != fails || j.values[0] > j.target || j.values[1] < j.target || !math.IsNaN(j.values[2]) {
		t.Errorf("%v with values %v", j.verdict, j.values)
	}
}

// TestConditionsNameCases: a goal asked for in a case that is not there is never
// measured.
func TestConditionsNameCases(t *testing.T) {
	for _, c := range conditions() {
		for _, name := range c.cases {
			if _, err := findCase(name); err != nil {
				t.Errorf("goal %d: %v", c.goal, err)
			}
		}
	}
}

func TestBound(t *testing.T) {
	for _, c := range []struct {
		condition
		want string
	}{
		{condition{target: 1.25}, "≤ 1.25x"},
		{condition{target: 80, least: true}, "≥ 80x"},
		{condition{target: 0.06, kind: percent}, "≤ 0.06 %"},
		{condition{kind: number}, "0"},
	} {
		if got := c.bound(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
