package owner

import (
	"errors"
	"slices"
	"time"

	"portlight/scanner/process"
)

// The pace at which what is known is checked.
const (
	upkeepPeriod = 4900 * time.Millisecond // every fifth scan, with one each second: each time costs cold caches
	unwatched    = 900 * time.Millisecond  // where an owner has no pidfd to tell its end
	upkeepMost   = time.Minute             // no more is made up for, after a pause
	verifyPeriod = 45 * time.Second        // in which every known descriptor is looked at
	listPeriod   = 10 * time.Second        // in which new processes are looked into, or longer:
	listShare    = 30_000                  // the part of the time that goes into listing processes at most
	listMost     = 2 * time.Minute         // but so often at least: a listing that took longer was stopped in between
	sweepShare   = 24_000                  // the part of the time that goes into looking for further holders
	sweepMost    = 20 * time.Millisecond   // at once, and as much is made up for when it took longer
	staleAfter   = 10 * time.Minute        // a process is looked into again even if its descriptors are as many as before
	maxNewcomers = 64                      // that are looked into at once
)

// After a socket has got its first holder the new processes are looked into
// twice: a server that forks its workers does it now.
const (
	expectSoon  = time.Second
	expectLater = 5 * time.Second
)

// upkeep is where the checks stand.
type upkeep struct {
	last        time.Time     // when there were some
	blind       bool          // an owner has no pidfd
	list        time.Time     // when to list processes again
	soon, later time.Time     // when new processes are to be looked into, zero is not
	owner, hold int           // the next descriptor to verify
	verified    float64       // verifications that are due, the part below one
	pid         int           // where the sweep is
	credit      time.Duration // that the sweep may still use
}

// next is when there is something to check again.
func (u *upkeep) next() time.Time {
	next := u.last.Add(upkeepPeriod)
	if u.blind {
		next = u.last.Add(unwatched)
	}
	for _, at := range [...]time.Time{u.soon, u.later} {
		if !at.IsZero() && at.Before(next) {
			next = at
		}
	}
	return next
}

// expect has new processes looked into soon.
func (u *upkeep) expect(now time.Time) {
	if u.soon.IsZero() {
		u.soon = now.Add(expectSoon)
	}
	u.later = now.Add(expectLater)
}

// newcomersDue reports whether new processes are to be looked into.
func (u *upkeep) newcomersDue(now time.Time) bool {
	due := !now.Before(u.list)
	if !u.soon.IsZero() && !u.soon.After(now) {
		u.soon, due = time.Time{}, true
	}
	if !u.later.IsZero() && !u.later.After(now) {
		u.later, due = time.Time{}, true
	}
	return due
}

// maintain does the checks that are due.
func (f *Finder) maintain() error {
	u := &f.upkeep
	passed := f.now.Sub(u.last)
	if passed >= 0 && f.now.Before(u.next()) || !f.started {
		return nil
	}
	passed = max(0, min(passed, upkeepMost))
	u.last = f.now
	if err := f.checkUnwatched(); err != nil {
		return err
	}
	if err := f.verify(passed); err != nil {
		return err
	}
	if u.newcomersDue(f.now) {
		procs, err := f.newcomers(nil)
		if err == nil {
			err = f.look(procs[:min(len(procs), maxNewcomers)], false)
		}
		if err != nil {
			return err
		}
	}
	return f.sweep(passed)
}

// checkUnwatched looks after the owners that have no pidfd.
func (f *Finder) checkUnwatched() error {
	if !f.upkeep.blind {
		return nil
	}
	f.upkeep.blind = false
	for _, p := range slices.Clone(f.owners) {
		if p.pidfd >= 0 {
			continue
		}
		f.upkeep.blind = true
		if _, err := f.dropEnded(p); err != nil {
			return err
		}
	}
	return nil
}

// verify looks at the next of the known descriptors and of their owners, all of
// them once in verifyPeriod.
func (f *Finder) verify(passed time.Duration) error {
	u := &f.upkeep
	total := 0
	for _, p := range f.owners {
		total += len(p.holds) + 1
	}
	u.verified += float64(total) * passed.Seconds() / verifyPeriod.Seconds()
	for n := min(int(u.verified), total); n > 0 && len(f.owners) > 0; n-- {
		if err := f.verifyNext(); err != nil {
			return err
		}
	}
	u.verified -= float64(int(u.verified))
	return nil
}

func (f *Finder) verifyNext() error {
	u := &f.upkeep
	if u.owner >= len(f.owners) {
		u.owner, u.hold = 0, 0
	}
	p := f.owners[u.owner]
	if u.hold >= len(p.holds) {
		u.owner, u.hold = u.owner+1, 0
		return f.recheck(p)
	}
	h := p.holds[u.hold]
	u.hold++
	if h.target.gone {
		return nil
	}
	if still, err := f.proc.holds(p.pid, h.hold); !still || err != nil {
		return f.lookInto([]*proc{p})
	}
	return nil
}

// recheck notices that an owner runs another program now, or is gone without a
// pidfd to tell it. One that has just ended seems to have no path.
func (f *Finder) recheck(p *proc) error {
	s, err := process.Summarize(p.pid)
	switch {
	case errors.Is(err, process.ErrGone), err == nil && s.ID != p.summary.ID:
		f.drop(p)
		return nil
	case err != nil:
		return passing(err)
	}
	same := s.Name == p.summary.Name && s.Path == p.summary.Path && s.UID == p.summary.UID && s.Image == p.summary.Image
	if !same {
		if alive, err := f.dropEnded(p); !alive {
			return err
		}
	}
	p.summary = s
	for _, h := range p.holds {
		if !same && !h.target.gone {
			f.changed = append(f.changed, h.target.Cookie)
		}
	}
	return nil
}

// sweep goes through all processes, a small part of the time, and looks into
// those whose number of descriptors has changed: they may have got a socket that
// another process holds too.
func (f *Finder) sweep(passed time.Duration) error {
	u := &f.upkeep
	u.credit = min(u.credit+passed/sweepShare, sweepMost)
	for range f.entries {
		if u.credit <= 0 {
			return nil
		}
		began := time.Now()
		if p := f.nextToSweep(); p != nil && f.stale(p) {
			if err := f.lookInto([]*proc{p}); err != nil {
				return err
			}
		}
		u.credit = max(u.credit-time.Since(began), -sweepMost)
	}
	return nil
}

// nextToSweep goes round the last listing; nil is one that has gone since.
func (f *Finder) nextToSweep() *proc {
	u := &f.upkeep
	i, found := slices.BinarySearchFunc(f.entries, u.pid, entry.compare)
	if found {
		i++
	}
	if i >= len(f.entries) {
		i = 0
	}
	u.pid = f.entries[i].pid
	return f.procs[u.pid]
}

// stale reports whether a process is to be looked into again. It may be open to
// us now that was hidden before, as after a change of its user.
func (f *Finder) stale(p *proc) bool {
	return f.now.Sub(p.looked) > staleAfter || f.busy(p)
}
