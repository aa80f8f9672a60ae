package owner

import (
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// threads look into processes side by side; more than two gain little, and an
	// agent at rest should leave the others alone.
	threads = 2
	// chunk is how many processes they look into before it is asked whether all is
	// found, after the first few that are looked into one by one.
	chunk, firstFew = 64, 8
	// maxMates bounds how many processes of a cgroup are asked.
	maxMates = 256
)

// A look into all processes is dear: the next may follow after restShare times as
// long, and restPause at least.
const (
	restShare = 100
	restPause = time.Second
)

// search looks for the holders of the orphans that are due.
func (f *Finder) search() error {
	wanted := f.dueOrphans()
	if len(wanted) == 0 {
		return nil
	}
	f.round++
	f.open = len(wanted)
	complete, err := f.seek(wanted)
	for _, t := range wanted {
		t.wanted = false
		if err == nil && len(t.holders) == 0 {
			f.conclude(t, complete)
		}
	}
	if !f.started && err == nil {
		f.started, f.upkeep.last = true, f.now
	}
	return err
}

func (f *Finder) dueOrphans() []*target {
	var due []*target
	for t := range f.orphans {
		if !t.due.After(f.now) {
			t.wanted = true
			due = append(due, t)
		}
	}
	return due
}

// conclude plans the next search for a socket that nobody seems to hold.
func (f *Finder) conclude(t *target, complete bool) {
	if complete {
		t.unheld++
		if !f.started {
			t.unheld++ // it was there before any process was looked into
		}
		f.changed = append(f.changed, t.Cookie)
	}
	t.tries++
	t.due = f.now.Add(patience(t.tries, f.euid == 0 || f.euid == t.UID))
	if f.nextRest.After(t.due) && !complete {
		t.due = f.nextRest
	}
}

// patience is the time until a search is tried again: 1, 4, 16 … 1024 s. What
// another user's process made is most likely held by one that an ordinary user may
// not look into, however often.
func patience(tries int, mine bool) time.Duration {
	if !mine {
		tries += 2
	}
	return time.Second << (2 * min(tries-1, 5))
}

// seek looks into processes until all that is wanted is found, the likely ones
// first: who held a listener already, who is new, who shares the socket's cgroup,
// whose number of descriptors has changed. Complete says that every process of
// the system was looked into. The first search knows nothing and stops at nothing.
func (f *Finder) seek(wanted []*target) (complete bool, err error) {
	if !f.started {
		if err := f.list(); err != nil {
			return false, err
		}
		return f.seekRest(false)
	}
	likely := []func([]*target) ([]*proc, error){f.busyOwners, f.newcomers, f.busyMates, f.busyOthers}
	for _, candidates := range likely {
		procs, err := candidates(wanted)
		if err == nil {
			err = f.look(procs, true)
		}
		if err != nil || f.open == 0 {
			return false, err
		}
	}
	if f.now.Before(f.nextRest) {
		return false, nil
	}
	return f.seekRest(true)
}

// seekRest looks into every process that this search has not looked into, the
// newest first.
func (f *Finder) seekRest(stop bool) (complete bool, err error) {
	began := time.Now()
	err = f.look(f.unseen(func(*proc) bool { return true }), stop)
	f.nextRest = f.now.Add(max(restPause, restShare*time.Since(began)))
	return err == nil && f.open > 0 && f.sawAll(), err
}

// sawAll reports whether no process is out of sight, after all were looked into.
func (f *Finder) sawAll() bool {
	if !f.allSeen || f.procs[1] == nil {
		return false
	}
	for _, p := range f.procs {
		if p.hidden {
			return false
		}
	}
	return true
}

// busyOwners are those that hold a listener, or lost one lately, and have
// another number of descriptors than before.
func (f *Finder) busyOwners([]*target) ([]*proc, error) {
	var busy []*proc
	for _, p := range slices.Concat(f.losers, f.owners) {
		if f.procs[p.pid] == p && !slices.Contains(busy, p) && f.busy(p) {
			busy = append(busy, p)
		}
	}
	f.losers = f.losers[:0]
	return busy, nil
}

// busy reports whether a process has opened or closed descriptors since it was
// looked into, as far as that can be told.
func (f *Finder) busy(p *proc) bool {
	if p.hidden {
		return false
	}
	if p.fds == unknownCount || !f.counts {
		return true
	}
	n, err := f.proc.count(p.pid)
	return err == nil && n != p.fds
}

// newcomers are the processes that were never looked into.
func (f *Finder) newcomers([]*target) ([]*proc, error) {
	if err := f.list(); err != nil {
		return nil, err
	}
	return f.unseen(func(p *proc) bool { return p.looked.IsZero() }), nil
}

// unseen gives chosen processes of the last listing that this search has not
// looked into, the newest first as far as the pid tells.
func (f *Finder) unseen(choose func(*proc) bool) []*proc {
	var procs []*proc
	for _, e := range slices.Backward(f.entries) {
		if p := f.procs[e.pid]; p != nil && p.round != f.round && choose(p) {
			procs = append(procs, p)
		}
	}
	return procs
}

// busyMates are busy processes in the cgroups that the wanted sockets were made in.
func (f *Finder) busyMates(wanted []*target) ([]*proc, error) {
	if f.members == nil || !f.counts {
		return nil, nil
	}
	var busy []*proc
	asked := map[uint64]bool{rootCgroup: true, 0: true}
	for _, t := range wanted {
		if len(t.holders) > 0 || asked[t.Cgroup] {
			continue
		}
		asked[t.Cgroup] = true
		pids := f.members(t.Cgroup)
		for _, pid := range pids[:min(len(pids), maxMates)] {
			if p := f.procs[pid]; p != nil && p.round != f.round && f.busy(p) {
				busy = append(busy, p)
			}
		}
	}
	return busy, nil
}

// rootCgroup is the id of the root of the hierarchy, that says nothing.
const rootCgroup = 1

func (f *Finder) busyOthers([]*target) ([]*proc, error) {
	if !f.counts {
		return nil, nil
	}
	return f.unseen(f.busy), nil
}

// list takes notice of processes that have begun and ended.
func (f *Finder) list() (err error) {
	began := time.Now()
	if f.entries, err = f.proc.list(f.walkers[0].dents[:], f.entries[:0]); err != nil {
		return err
	}
	f.listing++
	for _, e := range f.entries {
		p := f.procs[e.pid]
		if p == nil || p.inode != e.inode && p.at < 0 {
			p = &proc{entry: e, fds: unknownCount, pidfd: -1, at: -1}
			f.procs[e.pid] = p
		}
		p.listed = f.listing
	}
	for _, p := range f.procs {
		if p.listed != f.listing {
			f.drop(p)
		}
	}
	f.upkeep.list = f.now.Add(max(listPeriod, listShare*time.Since(began)))
	return nil
}

// look looks into processes, all of them or until all that is wanted is found.
func (f *Finder) look(procs []*proc, stop bool) error {
	for done := 0; done < len(procs) && !(stop && f.open == 0); {
		n := min(chunk, len(procs)-done)
		if stop && done < firstFew {
			n = 1
		}
		if err := f.lookInto(procs[done : done+n]); err != nil {
			return err
		}
		done += n
	}
	return nil
}

// finding is what a look into a process found.
type finding struct {
	count int
	found []hold
	err   error
}

// lookInto reads the descriptors of processes side by side and takes over what
// was found one after the other.
func (f *Finder) lookInto(procs []*proc) error {
	findings := make([]finding, len(procs))
	var wg sync.WaitGroup
	for i := 1; i < min(threads, len(procs)); i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f.read(procs, findings, i)
		}()
	}
	f.read(procs, findings, 0)
	wg.Wait()
	for i, p := range procs {
		if err := f.take(p, findings[i]); err != nil {
			return err
		}
	}
	return nil
}

// read reads every process whose turn is that of one thread.
func (f *Finder) read(procs []*proc, findings []finding, thread int) {
	w := &f.walkers[thread]
	for i := thread; i < len(procs); i += threads {
		n, err := w.read(f.proc, procs[i].pid, func(inode uint32) bool { return f.targets[inode] != nil })
		findings[i] = finding{n, slices.Clone(w.found), err}
	}
}

// take takes over what was found in a process, or that it has ended or may not
// be looked into.
func (f *Finder) take(p *proc, found finding) error {
	p.round = f.round
	switch err := found.err; {
	case err == nil:
		return f.settle(p, found.count, found.found)
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		f.drop(p)
	case scarce(err):
		return err
	default:
		err := f.settle(p, unknownCount, nil)
		p.hidden = true
		return err
	}
	return nil
}
