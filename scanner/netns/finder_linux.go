package netns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// Finder sorts processes by network namespace and remembers those that it looked
// at. It is not safe for concurrent use.
type Finder struct {
	proc  procfs
	own   uint64
	stat  func(pid int) (process.Stat, error)
	round uint64
	seen  map[int]member // by pid
	last  []Namespace
}

// member is what is known of one process.
type member struct {
	namespace uint64 // 0 for that of the calling process, and where it is not told
	start     uint64 // clock ticks since boot, known for members of other namespaces
	round     uint64 // last call that named the process
}

// NewFinder makes a Finder that knows no process yet. It fails where /proc does
// not show the namespace of the calling process.
func NewFinder() (*Finder, error) { return proc.finder(process.ReadStat) }

func (p procfs) finder(stat func(pid int) (process.Stat, error)) (*Finder, error) {
	own, err := p.namespace("self")
	if err != nil {
		return nil, fmt.Errorf("read own network namespace: %w", err)
	}
	return &Finder{proc: p, own: own, stat: stat, seen: map[int]member{}}, nil
}

// Namespaces gives the namespaces, by ID, that have a member among pids and are
// not that of the calling process. Processes that the call before did not name
// are looked at, the others only with recheck: a process may enter another
// namespace, as the first one of a container does right after its start, and a
// pid may pass to another process between two calls. Passed over are processes
// that are gone and those that /proc hides (hidepid in proc(5)); namespaces
// without processes are not seen at all. The result is shared with later calls
// and must not be changed.
func (f *Finder) Namespaces(pids []int, recheck bool) []Namespace {
	f.round++
	changed := false
	for _, pid := range pids {
		m, known := f.seen[pid]
		if !known || recheck && m.round != f.round {
			now := f.look(pid)
			changed = changed || now.namespace != m.namespace || now.start != m.start
			m = now
		}
		m.round = f.round
		f.seen[pid] = m
	}
	if f.forget() || changed {
		f.last = f.group()
	}
	return f.last
}

func (f *Finder) look(pid int) member {
	id, err := f.proc.namespace(strconv.Itoa(pid))
	if err != nil || id == f.own {
		return member{}
	}
	s, err := f.stat(pid)
	if err != nil {
		return member{}
	}
	return member{namespace: id, start: s.Start}
}

// forget drops the processes that this call did not name and reports whether a
// namespace lost one.
func (f *Finder) forget() (lost bool) {
	for pid, m := range f.seen {
		if m.round != f.round {
			delete(f.seen, pid)
			lost = lost || m.namespace != 0
		}
	}
	return lost
}

func (f *Finder) group() []Namespace {
	members := map[uint64][]int{}
	for pid, m := range f.seen {
		if m.namespace != 0 {
			members[m.namespace] = append(members[m.namespace], pid)
		}
	}
	var all []Namespace
	for _, id := range slices.Sorted(maps.Keys(members)) {
		pids := members[id]
		slices.SortFunc(pids, f.byAge)
		all = append(all, Namespace{ID: id, PIDs: pids})
	}
	return all
}

// byAge goes by pid within one clock tick.
func (f *Finder) byAge(a, b int) int {
	return cmp.Or(cmp.Compare(f.seen[a].start, f.seen[b].start), cmp.Compare(a, b))
}

// procfs is the root of a proc file system.
type procfs string

const proc procfs = "/proc"

// namespace tells the network namespace of a process.
func (p procfs) namespace(pid string) (uint64, error) {
	var st unix.Stat_t
	if err := unix.Stat(string(p)+"/"+pid+"/net/tcp", &st); err != nil {
		return 0, err
	}
	return st.Ino, nil
}
