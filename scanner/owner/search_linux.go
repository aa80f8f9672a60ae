package owner

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
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
// long, restPause at least and restMost at most. What took longer has most likely
// been stopped in between.
const (
	restShare = 100
	restPause = time.Second
	restMost  = 5 * time.Minute
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
// first: who holds a listener already, who is new, who lost one lately, who shares
// the socket's cgroup, who has another number of descriptors than before, who was
// looked into a moment too soon. Complete says that every process of the system
// was looked into. The first search knows nothing and stops at nothing.
func (f *Finder) seek(wanted []*target) (complete bool, err error) {
	if !f.started {
		if err := f.list(); err != nil {
			return false, err
		}
		return f.seekRest(false)
	}
	if err := f.peekOwners(); err != nil || f.open == 0 {
		return false, err
	}
	likely := []func([]*target) ([]*proc, error){f.newest, f.lately, f.busyMates, f.busyOthers, f.newcomers, f.justRead}
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
	procs := f.unseen(func(*proc) bool { return true })
	if !stop {
		procs, err = f.largestFirst(procs)
	}
	if err == nil {
		err = f.look(procs, stop)
	}
	f.nextRest = f.now.Add(min(max(restPause, restShare*time.Since(began)), restMost))
	return err == nil && f.open > 0 && f.sawAll(), err
}

// largestFirst puts the processes with many descriptors in front, so that the
// threads end together. Those without any, as are the threads of the kernel, need
// no look and are left out.
func (f *Finder) largestFirst(procs []*proc) ([]*proc, error) {
	if !f.counts {
		return procs, nil
	}
	counts := make([]int, len(procs))
	f.each(len(procs), func(_ *walker, i int) {
		n, err := f.proc.count(procs[i].pid)
		if err != nil {
			n = unknownCount
		}
		counts[i] = n
	})
	var large, small []*proc
	for i, p := range procs {
		switch n := counts[i]; {
		case n == 0:
			if err := f.take(p, finding{whole: true}); err != nil {
				return nil, err
			}
		case n > largeCount:
			large = append(large, p)
		default:
			small = append(small, p)
		}
	}
	return append(large, small...), nil
}

// largeCount is far more descriptors than most processes have.
const largeCount = 256

// sawAll reports whether no process is out of sight, after all were looked into.
func (f *Finder) sawAll() bool {
	if !f.allSeen || f.procs[1] == nil {
		return false
	}
	for _, p := range f.procs {
		if f.explainNone(p); p.hidden || p.headless {
			return false
		}
	}
	return true
}

// explainNone asks why a process has no descriptors: threads of the kernel have
// none, and a process whose first thread has ended shows none, though its others
// have some.
func (f *Finder) explainNone(p *proc) {
	if p.fds != 0 || p.kernel {
		return
	}
	st, err := process.ReadStat(p.pid)
	p.kernel = err == nil && st.Kernel
	p.headless = err == nil && st.State == 'Z' && !st.Ended()
}

// peekOwners asks those that hold a listener, or lost one lately, and have
// another number of descriptors than expected.
func (f *Finder) peekOwners() error {
	for _, p := range slices.Concat(f.owners, f.losers) {
		if f.open == 0 {
			return nil
		}
		if f.procs[p.pid] != p || p.round == f.round {
			continue
		}
		if busy, count := f.busyCount(p); busy {
			if err := f.peek(p, count); err != nil {
				return err
			}
		}
	}
	return nil
}

// peek looks into a process until all that is wanted is found.
func (f *Finder) peek(p *proc, count int) error {
	f.marks++
	w, left := &f.walkers[0], f.open
	n, whole, err := w.read(f.proc, p.pid, func(inode uint32) (keep, last bool) {
		t := f.targets[inode]
		if t != nil && t.wanted && t.mark != f.marks {
			t.mark = f.marks
			left--
		}
		return t != nil, left == 0
	})
	if err == nil && !whole {
		n = count
	}
	return f.take(p, finding{n, whole, slices.Clone(w.found), err})
}

// busyCount reports whether a process has opened or closed descriptors since it
// was looked into, as far as that can be told, and how many it has now.
func (f *Finder) busyCount(p *proc) (busy bool, count int) {
	if p.kernel || p.hidden && !f.mine(p) {
		return false, unknownCount
	}
	if p.hidden {
		return true, unknownCount
	}
	if !f.counts {
		return true, unknownCount
	}
	n, err := f.count(p)
	if n == 0 {
		f.explainNone(p)
	}
	return err == nil && n != p.fds, n
}

func (f *Finder) count(p *proc) (int, error) {
	if p.folder >= 0 {
		return folderCount(p.folder)
	}
	return f.proc.count(p.pid)
}

// mine reports whether a process that was hidden may be looked into by now, as it
// has become this user's: whoever starts a user's programs is root at first.
func (f *Finder) mine(p *proc) bool {
	if f.euid == 0 {
		return true
	}
	uid, err := f.proc.user(p.pid)
	return err == nil && uid == f.euid
}

func (f *Finder) busy(p *proc) bool {
	busy, _ := f.busyCount(p)
	return busy
}

// newest are the processes that began since the last listing, if they are few.
func (f *Finder) newest([]*target) ([]*proc, error) {
	last := f.proc.lastPID()
	if f.lastPID == 0 || last < f.lastPID || last-f.lastPID > maxNewcomers {
		return nil, nil
	}
	var procs []*proc
	for pid := last; pid > f.lastPID; pid-- {
		if f.procs[pid] != nil {
			continue
		}
		if e, ok := f.proc.process(pid); ok {
			procs = append(procs, f.meet(e))
			f.insert(e)
		}
	}
	return procs, nil
}

// insert adds a process to the last listing.
func (f *Finder) insert(e entry) {
	i, found := slices.BinarySearchFunc(f.entries, e.pid, entry.compare)
	if found {
		f.entries[i] = e
		return
	}
	f.entries = slices.Insert(f.entries, i, e)
}

// meet begins with a process.
func (f *Finder) meet(e entry) *proc {
	p := &proc{entry: e, fds: unknownCount, pidfd: -1, folder: -1, at: -1}
	f.procs[e.pid] = p
	return p
}

// lately are those that lost a listener: they may have opened another, and closed
// something else.
func (f *Finder) lately([]*target) ([]*proc, error) {
	losers := slices.DeleteFunc(f.losers, func(p *proc) bool { return f.procs[p.pid] != p || p.round == f.round })
	f.losers = nil
	return losers, nil
}

// newcomers are the processes that were never looked into.
func (f *Finder) newcomers([]*target) ([]*proc, error) {
	if err := f.list(); err != nil {
		return nil, err
	}
	return f.unseen(func(p *proc) bool { return p.looked.IsZero() }), nil
}

// justRead are those that were looked into in the work before: what is wanted now
// may have been opened then, after the kernel had told what there is. Their number
// of descriptors says nothing of it.
func (f *Finder) justRead([]*target) ([]*proc, error) {
	return f.unseen(func(p *proc) bool { return !p.hidden && !p.read.Before(f.before) }), nil
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
	f.lastPID = f.proc.lastPID() // before: what begins meanwhile may be listed or not
	if f.entries, err = f.proc.list(f.walkers[0].dents[:], f.entries[:0]); err != nil {
		return err
	}
	f.listing++
	for _, e := range f.entries {
		p := f.procs[e.pid]
		if p == nil || p.inode != e.inode && p.at < 0 {
			p = f.meet(e)
		}
		p.listed = f.listing
	}
	for _, p := range f.procs {
		if p.listed != f.listing {
			f.drop(p)
		}
	}
	f.upkeep.list = f.now.Add(min(max(listPeriod, listShare*time.Since(began)), listMost))
	return nil
}

// look looks into processes, all of them or until all that is wanted is found.
func (f *Finder) look(procs []*proc, stop bool) error {
	for done := 0; done < len(procs) && !(stop && f.open == 0); {
		n := len(procs) - done
		if stop {
			n = min(n, chunk)
		}
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
	whole bool // all descriptors were read
	found []hold
	err   error
}

// lookInto reads the descriptors of processes side by side and takes over what
// was found one after the other.
func (f *Finder) lookInto(procs []*proc) error {
	findings := make([]finding, len(procs))
	f.each(len(procs), func(w *walker, i int) { findings[i] = f.read(w, procs[i]) })
	for i, p := range procs {
		if err := f.take(p, findings[i]); err != nil {
			return err
		}
	}
	return nil
}

// each calls do for 0 … n-1, side by side.
func (f *Finder) each(n int, do func(w *walker, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	work := func(w *walker) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(w, i)
		}
	}
	for i := 1; i < min(threads, n); i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			work(&f.walkers[i])
		}()
	}
	work(&f.walkers[0])
	wg.Wait()
}

func (f *Finder) read(w *walker, p *proc) finding {
	n, whole, err := w.read(f.proc, p.pid, f.tracked)
	return finding{n, whole, slices.Clone(w.found), err}
}

// tracked keeps every tracked socket.
func (f *Finder) tracked(inode uint32) (keep, last bool) { return f.targets[inode] != nil, false }

// take takes over what was found in a process, or that it has ended or may not
// be looked into.
func (f *Finder) take(p *proc, found finding) error {
	p.round = f.round
	switch err := found.err; {
	case err == nil:
		return f.settle(p, found)
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		f.drop(p)
	case scarce(err):
		return err
	default:
		err := f.settle(p, finding{count: unknownCount, whole: true})
		p.hidden = true
		return err
	}
	return nil
}
