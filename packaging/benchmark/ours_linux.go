package main

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner"
)

// ours is Portlight under measurement.
type ours struct {
	scanner     *scanner.Scanner
	world       *world
	last        *scanner.Snapshot
	turn        int // which holder opens the next listener
	differences []string
}

func openOurs(w *world) (*ours, error) {
	s, err := scanner.Open(context.Background())
	if err != nil {
		return nil, err
	}
	return &ours{scanner: s, world: w}, nil
}

func (o *ours) scan() error {
	s, err := o.scanner.Scan(context.Background())
	o.last = s
	return err
}

// differ notes that a scan did not see what there was.
func (o *ours) differ(format string, args ...any) {
	o.differences = append(o.differences, fmt.Sprintf(format, args...))
}

// warm scans when nothing has changed.
func (o *ours) warm() error {
	before := o.last
	if err := o.scan(); err != nil {
		return err
	}
	if o.last != before {
		o.differ("nothing had changed, and there was a new snapshot: %q", scanner.Diff(before, o.last))
	}
	return nil
}

// trials are the turns of Portlight when something changes, or from nothing.
func (o *ours) trials() []trial {
	return []trial{
		{oursKnown, o.known},
		{oursFresh, o.fresh},
		{oursOld, o.old},
		single(oursCold, cold),
		{oursColdOne, coldOne},
	}
}

// How many samples of a change there are in one turn.
const (
	knownATurn = 5
	freshATurn = 2
	oldATurn   = 2
)

// known opens and closes a listener of a process that has some.
func (o *ours) known(add adder) error {
	for range knownATurn {
		o.turn++
		c := o.world.holders[o.turn%len(o.world.holders)]
		port := o.world.nextPort()
		if err := o.opened(c, port, oursKnown, add); err != nil {
			return err
		}
		if err := o.closed(c, port, oursClosed, add); err != nil {
			return err
		}
	}
	return nil
}

// fresh opens a listener in a process that has just started.
func (o *ours) fresh(add adder) error {
	for range freshATurn {
		c, err := o.world.start()
		if err != nil {
			return err
		}
		port := o.world.nextPort()
		if err := o.opened(c, port, oursFresh, add); err != nil {
			return err
		}
		if err := c.stop(); err != nil {
			return err
		}
		if err := o.gone(port); err != nil {
			return err
		}
	}
	return nil
}

// old opens a listener in a process that was there and had none, another each
// time.
func (o *ours) old(add adder) error {
	for range oldATurn {
		c := o.world.takeOld()
		if c == nil {
			return nil
		}
		port := o.world.nextPort()
		if err := o.opened(c, port, oursOld, add); err != nil {
			return err
		}
		if err := o.closed(c, port, "", func(string, time.Duration) {}); err != nil {
			return err
		}
	}
	return nil
}

// opened opens a listener and times the scan after it, which has to see it and
// its process.
func (o *ours) opened(c *child, port int, series string, add adder) error {
	if err := c.do("listen " + oneMore(port)); err != nil {
		return err
	}
	if err := timed(add, series, o.scan); err != nil {
		return err
	}
	l, ok := o.last.Find(oneMoreKey(port))
	switch {
	case !ok:
		o.differ("%s: the scan after it did not see it", series)
	case !slices.Equal(pidsOf(l), []int{c.pid()}):
		o.differ("%s: its process is %d, the scan after it saw %v", series, c.pid(), pidsOf(l))
	}
	return nil
}

// closed closes a listener and times the scan after it, which must see none.
func (o *ours) closed(c *child, port int, series string, add adder) error {
	if err := c.do("close " + oneMore(port)); err != nil {
		return err
	}
	if err := timed(add, series, o.scan); err != nil {
		return err
	}
	o.mustLack(port)
	return nil
}

func (o *ours) gone(port int) error {
	if err := o.scan(); err != nil {
		return err
	}
	o.mustLack(port)
	return nil
}

func (o *ours) mustLack(port int) {
	if _, ok := o.last.Find(oneMoreKey(port)); ok {
		o.differ("-1 listener: the scan after it still saw it")
	}
}

func oneMore(port int) string { return fmt.Sprintf("tcp4 127.0.0.1:%d", port) }

func oneMoreKey(port int) scanner.Key {
	return scanner.Key{Proto: scanner.TCP, Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), Port: uint16(port)}
}

func pidsOf(l *scanner.Listener) []int {
	var pids []int
	for _, p := range l.Owners {
		pids = append(pids, p.PID)
	}
	return pids
}

// cold is a scan by somebody who knows nothing.
func cold() error {
	_, err := scanner.Scan(context.Background())
	return err
}

// coldOne lets one thread at a time run Go code, so that a cold scan can be
// compared with the bare walk, which has one.
func coldOne(add adder) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return timed(add, oursColdOne, cold)
}

// allocations of a warm scan: the median of some series, since now and then a
// scan does more, like looking again at owners.
func (o *ours) allocations() (float64, error) {
	var failed error
	counts := make([]float64, 5)
	for i := range counts {
		counts[i] = testing.AllocsPerRun(20, func() {
			if err := o.scan(); err != nil {
				failed = err
			}
		})
	}
	slices.Sort(counts)
	return counts[len(counts)/2], failed
}

// How long a scanner may take to find all owners, with scans in between.
const (
	settleFor   = 10 * time.Second
	settleEvery = 100 * time.Millisecond
)

// settle scans until the owners are those that ss sees, and gives what still
// differs when it takes too long.
func (o *ours) settle() (left []string, err error) {
	theirs, err := askSS()
	if err != nil {
		return nil, err
	}
	for end := time.Now().Add(settleFor); ; time.Sleep(settleEvery) {
		if err := o.scan(); err != nil {
			return nil, err
		}
		left = differences(ownersOf(o.last), theirs)
		if len(left) == 0 || time.Now().After(end) {
			return left, nil
		}
	}
}

// check compares a cold scan with ss, and what the scanner says after all that
// was measured.
func (o *ours) check() (compared int, err error) {
	theirs, err := askSS()
	if err != nil {
		return 0, err
	}
	s, err := scanner.Scan(context.Background())
	if err != nil {
		return 0, err
	}
	for _, line := range differences(ownersOf(s), theirs) {
		o.differ("cold scan: %s", line)
	}
	left, err := o.settle()
	for _, line := range left {
		o.differ("scanner in use: %s", line)
	}
	return len(theirs), err
}

// askSS gives the owners as ss sees them.
func askSS() (owners, error) {
	out, err := exec.Command("ss", "-H", "-lntup").Output()
	if err != nil {
		return nil, fmt.Errorf("ss: %w", err)
	}
	return parseSS(strings.NewReader(string(out)))
}
