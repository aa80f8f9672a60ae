package main

import (
	"cmp"
	"fmt"
	"runtime"
	"time"
)

// effort is how long the benchmark takes its time.
type effort struct {
	turns    plan
	pairs    plan // of the comparison with and without established sockets
	cadence  int  // scans a second apart
	polls    []polling
	pollWhom []string
}

// polling is how often somebody polls, and for how long.
type polling struct{ every, span time.Duration }

func fullEffort() effort {
	return effort{
		turns:    plan{least: 3, most: 15, budget: 2 * time.Second, before: runtime.GC, now: time.Now},
		pairs:    plan{least: 3, most: 6, budget: time.Second, before: runtime.GC, now: time.Now},
		cadence:  10,
		polls:    []polling{{time.Second, 20 * time.Second}, {250 * time.Millisecond, 20 * time.Second}},
		pollWhom: []string{pollOurs, pollPortlist, pollGopsutil},
	}
}

func quickEffort() effort {
	e := fullEffort()
	e.turns.most, e.turns.budget = 8, 800*time.Millisecond
	e.cadence = 5
	e.polls = []polling{{time.Second, 8 * time.Second}, {250 * time.Millisecond, 4 * time.Second}}
	e.pollWhom = []string{pollOurs}
	return e
}

// run is one case under measurement.
type run struct {
	effort
	world    *world
	dumps    *bareDumps
	walk     *bareWalk
	ours     *ours
	portlist *portlistPeer
	commands []command
	tally    tally
	result   result
}

// runCase sets the world of a case up in this network, measures, and takes it down.
func runCase(def benchCase, e effort, b binaries) (*result, error) {
	if err := loopbackUp(); err != nil {
		return nil, err
	}
	w, err := newWorld(def)
	defer w.end()
	if err != nil {
		return nil, fmt.Errorf("set up: %w", err)
	}
	r := &run{effort: e, world: w, walk: &bareWalk{}, commands: commands(b), tally: tally{}, result: result{Case: def}}
	if err := r.open(); err != nil {
		return nil, err
	}
	defer r.close()
	for _, step := range []func() error{r.connect, r.settle, r.prove, r.takeTurns, r.allocations, r.keepCadence, r.check, r.poll} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.result.Medians, r.result.Samples = r.tally.medians()
	r.result.Differences = r.ours.differences
	r.result.Processes, err = countProcesses()
	return &r.result, err
}

func (r *run) open() (err error) {
	if r.dumps, err = openDumps(); err != nil {
		return err
	}
	if r.ours, err = openOurs(r.world); err != nil {
		return err
	}
	r.portlist, err = openPortlist(r.world)
	return err
}

func (r *run) close() {
	r.dumps.close()
	r.ours.scanner.Close()
	r.portlist.close()
}

// connect opens the established sockets. What depends on them is measured without
// and with them in turn.
func (r *run) connect() error {
	if !r.world.def.Alone {
		return r.world.connect()
	}
	for range 2 {
		if err := cmp.Or(r.settle(), r.pairs.run(r.memory(aloneDumps, aloneWarm, alonePortlist), r.tally.add)); err != nil {
			return err
		}
		if err := r.world.connect(); err != nil {
			return err
		}
		if err := r.pairs.run(r.memory(besideDumps, besideWarm, besidePortlist), r.tally.add); err != nil {
			return err
		}
		if err := r.world.drop(); err != nil {
			return err
		}
	}
	return r.world.connect()
}

// memory are the trials of those that remember, and of the floor.
func (r *run) memory(dumps, warm, portlist string) []trial {
	return []trial{
		tight(call{dumps, r.dumps.take}, call{warm, r.ours.warm}),
		tight(call{portlist, r.portlist.poll}),
	}
}

// settle waits until the scanner knows all owners.
func (r *run) settle() error {
	_, err := r.ours.settle()
	return err
}

// prove sees to it that the commands do what is to be measured.
func (r *run) prove() error {
	for _, c := range r.commands {
		if err := c.prove(r.world.keys, r.world.tcpListeners()); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) takeTurns() error {
	trials := append(r.memory(floorDumps, oursWarm, portlistWarm), r.ours.trials()...)
	trials = append(trials, single(floorWalk, r.walk.take), trial{portlistKnown, r.portlist.known})
	for _, p := range peers() {
		trials = append(trials, p.trial(r.world.keys))
	}
	for _, c := range r.commands {
		trials = append(trials, c.trial())
	}
	return r.turns.run(trials, r.tally.add)
}

func (r *run) allocations() (err error) {
	r.result.Allocs, err = r.ours.allocations()
	return err
}

// keepCadence measures with the caches as they are when all come once a second,
// one after the other.
func (r *run) keepCadence() error {
	all := []call{{cadenceDumps, r.dumps.take}, {cadenceWarm, r.ours.warm}, {cadencePortlist, r.portlist.poll}}
	tick := time.NewTicker(time.Second / time.Duration(len(all)))
	defer tick.Stop()
	for range r.cadence {
		for _, a := range all {
			<-tick.C
			if err := timed(r.tally.add, a.series, a.f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) check() (err error) {
	r.result.Compared, err = r.ours.check()
	return err
}

// poll measures what polling takes, one after the other, where people poll.
func (r *run) poll() error {
	if !r.world.def.Desktop {
		return nil
	}
	for _, who := range r.pollWhom {
		for _, p := range r.polls {
			s, err := measureShare(who, p)
			if err != nil {
				return err
			}
			r.result.Shares = append(r.result.Shares, s)
		}
	}
	return nil
}
