package netns

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// fixture is a proc file system whose processes share files where they share a
// namespace.
type fixture struct {
	t *testing.T
	procfs
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	f := fixture{t, procfs(t.TempDir())}
	f.enter("self", "host")
	return f
}

// enter puts a process into a namespace, and makes both where there is none.
func (f fixture) enter(pid, namespace string) {
	f.t.Helper()
	home, dir := filepath.Join(string(f.procfs), namespace), filepath.Join(string(f.procfs), pid, "net")
	must(f.t, os.MkdirAll(dir, 0o755))
	must(f.t, os.RemoveAll(filepath.Join(dir, "tcp")))
	file, err := os.OpenFile(home, os.O_CREATE|os.O_WRONLY, 0o644)
	must(f.t, err)
	must(f.t, file.Close())
	must(f.t, os.Link(home, filepath.Join(dir, "tcp")))
}

func (f fixture) end(pid int) {
	f.t.Helper()
	must(f.t, os.RemoveAll(filepath.Join(string(f.procfs), strconv.Itoa(pid))))
}

func (f fixture) id(namespace string) uint64 {
	f.t.Helper()
	var st unix.Stat_t
	must(f.t, unix.Stat(filepath.Join(string(f.procfs), namespace), &st))
	return st.Ino
}

// check compares namespaces by name with their members.
func (f fixture) check(when string, got []Namespace, want map[string][]int) {
	f.t.Helper()
	members := map[uint64][]int{}
	for name, pids := range want {
		members[f.id(name)] = pids
	}
	found := map[uint64][]int{}
	for _, n := range got {
		found[n.ID] = n.PIDs
	}
	sorted := slices.IsSortedFunc(got, func(a, b Namespace) int { return int(int64(a.ID - b.ID)) })
	if len(got) != len(want) || !reflect.DeepEqual(found, members) || !sorted {
		f.t.Errorf("%s: got %v, want %v", when, got, members)
	}
}

// starts are start times by pid.
type starts map[int]uint64

func (s starts) stat(pid int) (process.Stat, error) {
	start, ok := s[pid]
	if !ok {
		return process.Stat{}, process.ErrGone
	}
	return process.Stat{PID: pid, Start: start}, nil
}

func TestNamespaces(t *testing.T) {
	f := newFixture(t)
	for pid, namespace := range map[string]string{"1": "host", "20": "a", "30": "a", "40": "b", "50": "host", "70": "a"} {
		f.enter(pid, namespace)
	}
	ages := starts{20: 900, 30: 100, 40: 500, 50: 100, 60: 900}
	finder, err := f.finder(ages.stat)
	must(t, err)
	find := func(recheck bool, pids ...int) []Namespace { return finder.Namespaces(pids, recheck) }

	f.check("no process", find(false), nil)
	f.check("first", find(false, 1, 20, 30, 40, 50, 70, 99), map[string][]int{"a": {30, 20}, "b": {40}})
	f.enter("60", "a")
	f.check("a new member", find(false, 1, 20, 30, 40, 50, 60), map[string][]int{"a": {30, 20, 60}, "b": {40}})
	f.enter("50", "b")
	f.enter("20", "host")
	f.check("moved, not rechecked", find(false, 1, 20, 30, 40, 50, 60), map[string][]int{"a": {30, 20, 60}, "b": {40}})
	f.check("moved", find(true, 1, 20, 30, 40, 50, 60), map[string][]int{"a": {30, 60}, "b": {50, 40}})
	f.check("twice", find(true, 30, 30, 60, 60), map[string][]int{"a": {30, 60}})
	f.check("one left", find(false, 60), map[string][]int{"a": {60}})
	f.end(60)
	f.check("ended, not rechecked", find(false, 60), map[string][]int{"a": {60}})
	f.check("ended", find(true, 60), nil)
}

// TestNamespacesPIDUsedAgain has another process get the pid of a member.
func TestNamespacesPIDUsedAgain(t *testing.T) {
	f := newFixture(t)
	f.enter("20", "a")
	f.enter("30", "a")
	ages := starts{20: 100, 30: 500}
	finder, err := f.finder(ages.stat)
	must(t, err)
	f.check("before", finder.Namespaces([]int{20, 30}, false), map[string][]int{"a": {20, 30}})
	ages[20] = 900
	f.check("after", finder.Namespaces([]int{20, 30}, true), map[string][]int{"a": {30, 20}})
}

func TestNamespacesUnchangedCostsNothing(t *testing.T) {
	f := newFixture(t)
	f.enter("20", "a")
	finder, err := f.finder(starts{20: 1}.stat)
	must(t, err)
	pids := []int{20, 99}
	first := finder.Namespaces(pids, false)
	f.check("first", first, map[string][]int{"a": {20}})
	f.enter("30", "host")
	if again := finder.Namespaces([]int{20, 30}, true); &again[0] != &first[0] {
		t.Error("made anew without a change")
	}
	finder.Namespaces(pids, false)
	if n := testing.AllocsPerRun(100, func() { finder.Namespaces(pids, false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestFinderWithoutProc(t *testing.T) {
	if _, err := procfs(t.TempDir()).finder(process.ReadStat); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkNamespaces has 500 processes; threads serve, /proc shows them alike.
func BenchmarkNamespaces(b *testing.B) {
	pids := threads(b, 500)
	for name, recheck := range map[string]bool{"known": false, "recheck": true} {
		b.Run(name, func(b *testing.B) {
			finder, err := NewFinder()
			if err != nil {
				b.Fatal(err)
			}
			finder.Namespaces(pids, false)
			b.ReportAllocs()
			for b.Loop() {
				if got := finder.Namespaces(pids, recheck); len(got) != 0 {
					b.Fatal(got)
				}
			}
		})
	}
}

// threads starts threads that live until the end of the benchmark.
func threads(b *testing.B, n int) []int {
	b.Helper()
	end, ids := make(chan struct{}), make(chan int)
	b.Cleanup(func() { close(end) })
	for range n {
		go func() {
			runtime.LockOSThread()
			ids <- unix.Gettid()
			<-end
		}()
	}
	var all []int
	for range n {
		all = append(all, <-ids)
	}
	return all
}
