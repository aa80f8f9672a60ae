package owner

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// Socket is what a Finder looks for the holders of.
type Socket struct {
	Cookie uint64 // its name here
	Inode  uint32 // in sockfs, not 0
	UID    uint32 // user who made it
	Cgroup uint64 // id of the cgroup v2 that it was made in, 0 is unknown
}

// Options of a Finder.
type Options struct {
	Proc    string                    // root of the proc file system, "" is /proc
	Members func(cgroup uint64) []int // the pids in a cgroup and below it, or nil
}

// Finder knows the processes that hold the tracked sockets. It is not safe for
// concurrent use.
type Finder struct {
	proc    procDir
	members func(uint64) []int
	deaths  *deaths
	counts  bool // the kernel tells the number of descriptors
	allSeen bool // this is the first pid namespace, with pid 1: no process is out of sight
	euid    uint32

	targets map[uint32]*target // by inode
	cookies map[uint64]*target
	orphans map[*target]bool // those without a holder
	room    []target         // for those that are expected
	procs   map[int]*proc
	owners  []*proc // those that hold something
	folders int     // of owners that are open
	losers  []*proc // those that held something lately
	changed []uint64

	round    int       // number of the search
	open     int       // targets that the search is for, and has not found
	started  bool      // one search has looked into all there is
	nextRest time.Time // when all processes may be looked into again

	now     time.Time // of the work under way
	called  time.Time // when there was to be work last
	before  time.Time // and before that
	next    time.Time // nothing is to be done before
	upkeep  upkeep
	marks   int // of settle
	listing int // number of the last listing of processes
	lastPID int // that was given before it, 0 is unknown
	entries []entry
	walkers [threads]walker
}

// target is a tracked socket.
type target struct {
	Socket
	holders []*proc
	tries   int       // searches in vain
	due     time.Time // of the next search
	unheld  int       // searches through all processes in vain
	wanted  bool      // the search under way is for it
	gone    bool      // no longer tracked
	mark    int       // see settle
}

// proc is a process.
type proc struct {
	entry
	fds      int       // descriptors when it was looked into, or unknownCount
	looked   time.Time // when, zero is never
	read     time.Time // when, maybe in part
	round    int       // the search that looked into it last
	listed   int       // the listing that showed it last
	hidden   bool      // it may not be looked into
	kernel   bool      // it is a thread of the kernel
	headless bool      // its first thread has ended: its descriptors are not shown

	holds   []holding
	live    int // of holds, those whose target is tracked
	pidfd   int // -1 is none
	folder  int // of its descriptors, to ask for their number (see folder), -1 is not open
	at      int // place in owners
	summary process.Summary
}

type holding struct {
	hold
	target *target
}

const unknownCount = -1

// New makes a Finder that tracks nothing.
func New(o Options) (*Finder, error) {
	if o.Proc == "" {
		o.Proc = "/proc"
	}
	dir, err := openProc(o.Proc)
	if err != nil {
		return nil, err
	}
	d, err := newDeaths()
	if err != nil {
		dir.close()
		return nil, err
	}
	f := &Finder{
		proc: dir, members: o.Members, deaths: d, euid: uint32(os.Geteuid()),
		targets: map[uint32]*target{}, cookies: map[uint64]*target{}, orphans: map[*target]bool{}, procs: map[int]*proc{},
	}
	self, err := dir.count(os.Getpid())
	f.counts = err == nil && self > 0
	namespace, err := os.Readlink(o.Proc + "/self/ns/pid")
	f.allSeen = err == nil && namespace == initPIDNamespace
	return f, nil
}

// initPIDNamespace is the first PID namespace (PROC_PID_INIT_INO in
// linux/proc_ns.h): all processes of the system are seen from there only.
const initPIDNamespace = "pid:[4026531836]"

// Close frees what the Finder holds.
func (f *Finder) Close() {
	for _, p := range f.owners {
		f.closeFolder(p)
	}
	f.deaths.close()
	f.proc.close()
}

// Wake gives a value soon after a process that holds a tracked socket has ended:
// then Work should be called. A process without a pidfd gives none, Work
// notices its end.
func (f *Finder) Wake() <-chan struct{} { return f.deaths.wake }

// Expect makes room for so many sockets to track.
func (f *Finder) Expect(sockets int) {
	if len(f.targets) == 0 {
		f.targets, f.cookies, f.orphans = make(map[uint32]*target, sockets), make(map[uint64]*target, sockets), make(map[*target]bool, sockets)
		f.room = make([]target, sockets)
	}
}

// Track begins to look for the holders of a socket.
func (f *Finder) Track(s Socket) {
	t := &target{}
	if len(f.room) > 0 {
		t, f.room = &f.room[0], f.room[1:]
	}
	t.Socket = s
	f.targets[s.Inode], f.cookies[s.Cookie], f.orphans[t] = t, t, true
	f.next = time.Time{}
}

// Forget ends it: the socket is closed. Its holders may have opened another in
// the same moment, so they are looked into first when one appears.
func (f *Finder) Forget(cookie uint64) {
	t := f.cookies[cookie]
	if t == nil {
		return
	}
	t.gone = true
	delete(f.cookies, cookie)
	delete(f.orphans, t)
	if f.targets[t.Inode] == t {
		delete(f.targets, t.Inode)
	}
	for _, p := range t.holders {
		if p.fds > 0 {
			p.fds-- // expected: it may have opened something else since
		}
		if !slices.Contains(f.losers, p) {
			f.losers = append(f.losers, p)
		}
		if p.live--; p.live == 0 {
			f.retire(p)
		}
	}
	f.losers = f.losers[max(0, len(f.losers)-maxLosers):]
}

// maxLosers bounds the memory of who lost a socket lately.
const maxLosers = 64

// AppendHolders appends the processes that hold a socket, as far as they are known,
// by pid.
func (f *Finder) AppendHolders(to []process.Summary, cookie uint64) []process.Summary {
	t := f.cookies[cookie]
	if t == nil {
		return to
	}
	before := len(to)
	for _, p := range t.holders {
		to = append(to, p.summary)
	}
	slices.SortFunc(to[before:], func(a, b process.Summary) int { return a.PID - b.PID })
	return to
}

// HasHolder reports whether a process is known that holds a socket.
func (f *Finder) HasHolder(cookie uint64) bool {
	t := f.cookies[cookie]
	return t != nil && len(t.holders) > 0
}

// Held reports whether a process is known that still holds a socket, by a look at
// one descriptor. It is known only if one was known to hold it.
func (f *Finder) Held(cookie uint64) (held, known bool) {
	t := f.cookies[cookie]
	if t == nil || len(t.holders) == 0 {
		return false, false
	}
	for _, p := range t.holders {
		i := slices.IndexFunc(p.holds, func(h holding) bool { return h.target == t })
		if i < 0 {
			continue
		}
		if still, err := f.proc.holds(p.pid, p.holds[i].hold); still || err != nil {
			return true, true
		}
	}
	return false, true
}

// SeesAll reports whether no process of the system is out of sight: this is the
// first pid namespace.
func (f *Finder) SeesAll() bool { return f.allSeen }

// Unheld reports whether no process is found to hold the socket: two searches a
// while apart have looked into every process of the system. It may still be on its
// way from one to another.
func (f *Finder) Unheld(cookie uint64) bool {
	t := f.cookies[cookie]
	return t != nil && len(t.holders) == 0 && t.unheld > 1
}

// Work does what is due: it takes notice of processes that have ended, searches
// for the holders of sockets that have none, and checks some of what is known.
// It gives the cookies of sockets whose holders have changed, some maybe twice;
// they are valid until the next call. After an error the rest is still to be done.
func (f *Finder) Work(now time.Time) (changed []uint64, err error) {
	f.before, f.called = f.called, now
	if !f.deaths.some.Load() && now.Before(f.next) {
		return nil, nil
	}
	f.now, f.changed, f.next = now, f.changed[:0], time.Time{}
	f.deaths.collect(f.ended)
	if err := f.maintain(); err != nil {
		return f.changed, fmt.Errorf("check owners: %w", err)
	}
	if err := f.search(); err != nil {
		return f.changed, fmt.Errorf("search for owners: %w", err)
	}
	f.plan()
	return f.changed, nil
}

// plan says when something is to be done again.
func (f *Finder) plan() {
	f.next = f.upkeep.next()
	for t := range f.orphans {
		if t.due.Before(f.next) {
			f.next = t.due
		}
	}
}

// ended forgets a process.
func (f *Finder) ended(pid int) {
	if p := f.procs[pid]; p != nil {
		f.drop(p)
	}
}

// drop forgets a process with all that it holds.
func (f *Finder) drop(p *proc) {
	for _, h := range p.holds {
		if !h.target.gone {
			f.release(p, h.target)
		}
	}
	p.holds = nil
	f.retire(p)
	if f.procs[p.pid] == p {
		delete(f.procs, p.pid)
	}
}

// release notes that a process no longer holds a socket.
func (f *Finder) release(p *proc, t *target) {
	t.holders = slices.DeleteFunc(t.holders, func(o *proc) bool { return o == p })
	p.live--
	f.changed = append(f.changed, t.Cookie)
	if len(t.holders) == 0 {
		t.tries, t.unheld, t.due = 0, 0, time.Time{}
		f.orphans[t] = true
	}
}

// retire ends the watch over a process that holds nothing any more.
func (f *Finder) retire(p *proc) {
	if p.at < 0 {
		return
	}
	last := f.owners[len(f.owners)-1]
	f.owners[p.at], last.at = last, p.at
	f.owners = f.owners[:len(f.owners)-1]
	f.deaths.unwatch(p.pidfd)
	p.at, p.pidfd = -1, -1
	f.closeFolder(p)
}

func (f *Finder) closeFolder(p *proc) {
	if p.folder >= 0 {
		unix.Close(p.folder)
		p.folder = -1
		f.folders--
	}
}

// settle takes over what a look into a process found: descriptors that are
// tracked sockets. If it was not whole it holds what it held, too.
func (f *Finder) settle(p *proc, found finding) error {
	p.fds, p.read, p.hidden = found.count, f.now, false
	if found.whole {
		p.looked = f.now
	}
	f.marks++
	held := make([]holding, 0, len(found.found))
	keep := func(h holding) {
		if h.target.mark != f.marks {
			h.target.mark = f.marks
			held = append(held, h)
		}
	}
	for _, h := range p.holds {
		if !found.whole && !h.target.gone {
			keep(h)
		}
	}
	for _, h := range slices.Backward(found.found) { // of several descriptors the lowest
		if t := f.targets[h.inode]; t != nil {
			keep(holding{h, t})
		}
	}
	for _, h := range p.holds {
		if !h.target.gone && h.target.mark != f.marks {
			f.release(p, h.target)
		}
	}
	p.holds = held
	if len(held) == 0 {
		f.retire(p)
		return nil
	}
	if p.at < 0 {
		if err := f.employ(p); err != nil || p.at < 0 {
			return err
		}
	} else if own, err := f.vouch(p); !own {
		return err
	}
	for _, h := range p.holds {
		f.hold(p, h.target)
	}
	return nil
}

// isNew reports whether it was not known that p holds this.
func (p *proc) isNew(h holding) bool { return !slices.Contains(h.target.holders, p) }

// vouch reports whether what an owner was newly found to hold is its own. When
// it has ended another process has the pid, and that may hold it.
func (f *Finder) vouch(p *proc) (bool, error) {
	if !slices.ContainsFunc(p.holds, p.isNew) {
		return true, nil
	}
	alive, err := f.alive(p)
	if alive {
		return true, nil
	}
	p.holds, p.fds = slices.DeleteFunc(p.holds, p.isNew), unknownCount
	if err == nil {
		f.drop(p)
	}
	return false, err
}

// alive reports whether an owner still runs. A signal ends the call even though
// it does not wait.
func (f *Finder) alive(p *proc) (bool, error) {
	if p.pidfd < 0 {
		s, err := process.ReadStat(p.pid)
		return err == nil && s.Start == p.summary.Start && !s.Ended(), passing(err)
	}
	poll := []unix.PollFd{{Fd: int32(p.pidfd), Events: unix.POLLIN}}
	for {
		if n, err := unix.Poll(poll, 0); err != unix.EINTR {
			return n == 0 && err == nil, passing(err)
		}
	}
}

// dropEnded drops an owner that has ended, and reports whether it has not.
func (f *Finder) dropEnded(p *proc) (alive bool, err error) {
	alive, err = f.alive(p)
	if !alive && err == nil {
		f.drop(p)
	}
	return alive, err
}

// hold notes that a process holds a socket.
func (f *Finder) hold(p *proc, t *target) {
	if slices.Contains(t.holders, p) {
		return
	}
	if len(t.holders) == 0 {
		delete(f.orphans, t)
		f.upkeep.expect(f.now)
		if t.wanted {
			t.wanted = false
			f.open--
		}
	}
	t.holders = append(t.holders, p)
	p.live++
	f.changed = append(f.changed, t.Cookie)
}

// employ begins the watch over a process that holds something. The pidfd comes
// and the folder come before the start time is read, and the descriptor is looked
// at once more after that: so all are of one process, whoever got its pid.
func (f *Finder) employ(p *proc) error {
	pidfd := f.deaths.watch(p.pid)
	if f.counts && f.folders < maxFolders && pidfd >= 0 {
		if p.folder = f.proc.folder(p.pid); p.folder >= 0 {
			f.folders++
		}
	}
	summary, err := process.Summarize(p.pid)
	still := false
	if err == nil {
		still, err = f.proc.holds(p.pid, p.holds[0].hold)
	}
	if err != nil || !still {
		f.deaths.unwatch(pidfd)
		f.closeFolder(p)
		p.holds, p.fds = nil, unknownCount
		return passing(err)
	}
	p.pidfd, p.summary, p.at = pidfd, summary, len(f.owners)
	f.upkeep.blind = f.upkeep.blind || pidfd < 0
	f.owners = append(f.owners, p)
	return nil
}

// maxFolders bounds the descriptors that folders of owners take. There are about as
// many owners on a busy server.
const maxFolders = 128

// passing gives the errors that concern all processes; that one has ended or
// has been closed to us is none.
func passing(err error) error {
	if scarce(err) {
		return err
	}
	return nil
}

// scarce reports whether the system lacks descriptors or memory: owners would
// seem to be gone that are not.
func scarce(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOMEM)
}
