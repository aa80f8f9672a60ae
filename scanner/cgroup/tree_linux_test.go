package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fixture is a tree of ordinary directories.
type fixture struct {
	*testing.T
	*Tree
	clock time.Time
	looks int // at the clock: attempts to walk
}

const pause = time.Minute

func newFixture(t *testing.T, cgroups ...string) *fixture {
	t.Helper()
	f := &fixture{T: t, clock: time.Unix(1_700_000_000, 0)}
	f.Tree = newTree(t.TempDir(), pause, func() time.Time {
		f.looks++
		return f.clock
	})
	for _, c := range cgroups {
		f.make(c, "")
	}
	return f
}

// make adds a cgroup with members.
func (f *fixture) make(cgroup, procs string) uint64 {
	f.Helper()
	must(f.T, os.MkdirAll(filepath.Join(f.root, cgroup), 0o755))
	must(f.T, os.WriteFile(filepath.Join(f.root, cgroup, "cgroup.procs"), []byte(procs), 0o644))
	return f.id(cgroup)
}

func (f *fixture) id(cgroup string) uint64 {
	f.Helper()
	var st unix.Stat_t
	must(f.T, unix.Stat(filepath.Join(f.root, cgroup), &st))
	return st.Ino
}

// check compares what an id gives; an empty path is none.
func (f *fixture) check(when string, id uint64, want string) {
	f.Helper()
	if got, ok := f.Path(id); got != want || ok != (want != "") {
		f.Errorf("%s: got %q, %v, want %q", when, got, ok, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPath(t *testing.T) {
	f := newFixture(t, "/system.slice/ssh.service", "/a/b/c/d", "/odd \x1b[0m\xff")
	for _, c := range []string{"/", "/a", "/a/b", "/a/b/c", "/a/b/c/d", "/system.slice", "/system.slice/ssh.service", "/odd \x1b[0m\xff"} {
		f.check(c, f.id(c), c)
	}
	f.check("none", 0, "")
	if f.looks != 1 {
		t.Errorf("%d walks for what one finds", f.looks)
	}
	f.clock = f.clock.Add(pause)
	f.check("a file", f.id("/a/b/c/d/cgroup.procs"), "")
}

func TestPathWalksWithAPause(t *testing.T) {
	f := newFixture(t, "/a")
	f.check("first", f.id("/a"), "/a")
	b := f.make("/b", "")
	f.clock = f.clock.Add(pause - 1)
	f.check("too early", b, "")
	f.clock = f.clock.Add(1)
	f.check("late enough", b, "/b")
	f.check("still there", f.id("/a"), "/a")
}

// TestPathRemembersMisses has an id that no cgroup has cost one walk in all.
func TestPathRemembersMisses(t *testing.T) {
	const none = 1<<63 + 7
	f := newFixture(t, "/a")
	for range 3 {
		f.check("none", none, "")
		f.clock = f.clock.Add(2 * pause)
	}
	if f.looks != 1 {
		t.Errorf("%d walks", f.looks)
	}
	for i := range uint64(maxMissed + 10) {
		f.check("many", none+1+i, "")
		f.clock = f.clock.Add(pause)
	}
	if len(f.missed) > maxMissed {
		t.Errorf("remembers %d", len(f.missed))
	}
}

func TestPathOfARemovedCgroup(t *testing.T) {
	f := newFixture(t, "/a/b", "/a/c")
	b, c := f.id("/a/b"), f.id("/a/c")
	f.check("before", b, "/a/b")
	must(t, os.Rename(filepath.Join(f.root, "a/b"), filepath.Join(f.root, "kept")))
	again := f.make("/a/b", "")
	f.check("replaced", b, "")
	must(t, os.RemoveAll(filepath.Join(f.root, "a/c")))
	must(t, os.WriteFile(filepath.Join(f.root, "a/c"), nil, 0o644))
	f.check("removed", c, "")
	f.check("its successor, too early", again, "")
	if f.looks != 2 {
		t.Errorf("%d looks at the clock", f.looks)
	}
	f.clock = f.clock.Add(pause)
	f.check("its successor", again, "/a/b")
}

func TestPathBounds(t *testing.T) {
	deep := strings.Repeat("/d", maxDepth)
	f := newFixture(t, deep+"/below")
	f.check("deepest", f.id(deep), deep)
	f.check("too deep", f.id(deep+"/below"), "")

	wide := newFixture(t)
	wide.limit = 300
	for i := range 2 * wide.limit {
		must(t, os.Mkdir(fmt.Sprintf("%s/%d", wide.root, i), 0o755))
	}
	wide.check("root", wide.id("/"), "/")
	if len(wide.paths) != wide.limit+1 {
		t.Errorf("%d cgroups", len(wide.paths))
	}
}

func TestPathFollowsNoLinks(t *testing.T) {
	f, other := newFixture(t, "/a"), newFixture(t, "/x")
	must(t, os.Symlink(other.root, filepath.Join(f.root, "a", "link")))
	f.check("behind a link", other.id("/x"), "")
	f.check("beside it", f.id("/a"), "/a")
}

// TestPathWithoutATree has the mount vanish and come back.
func TestPathWithoutATree(t *testing.T) {
	f := newFixture(t, "/a")
	a, away := f.id("/a"), f.root+".away"
	must(t, os.Rename(f.root, away))
	f.check("away", a+1<<40, "")
	must(t, os.Rename(away, f.root))
	f.clock = f.clock.Add(pause)
	f.check("back", a, "/a")
}

func TestProcesses(t *testing.T) {
	f := newFixture(t)
	f.make("/", "1\n2\n")
	f.make("/a", "30\n10\n30\n")
	f.make("/a/b", "")
	f.make("/a/b/c", "20\n0\n10\n4")
	f.make("/a/e", "40\n")
	must(t, os.Remove(filepath.Join(f.root, "a/e/cgroup.procs")))
	cases := map[string][]int{"/": {1, 2, 10, 20, 30}, "/a": {10, 20, 30}, "/a/b": {10, 20}, "/a/b/c": {10, 20}}
	for cgroup, want := range cases {
		if got, err := f.Processes(cgroup); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v, want %v", cgroup, got, err, want)
		}
	}
}

func TestProcessesFails(t *testing.T) {
	f := newFixture(t, "/a")
	for cgroup, want := range map[string]error{
		"/none": os.ErrNotExist, "": os.ErrInvalid, "a": os.ErrInvalid, "/a/": os.ErrInvalid,
		"/../x": os.ErrInvalid, "/a/../a": os.ErrInvalid, "//a": os.ErrInvalid,
	} {
		if got, err := f.Processes(cgroup); !errors.Is(err, want) || got != nil {
			t.Errorf("%q: got %v, %v", cgroup, got, err)
		}
	}
}

func TestProcessesBounds(t *testing.T) {
	var text strings.Builder
	for pid := 1_000_001; text.Len() < maxProcs; pid++ {
		fmt.Fprintln(&text, pid)
	}
	f := newFixture(t)
	f.make("/a", text.String())
	f.make("/a/b", "1\n")
	f.make("/c", strings.Repeat("1\n", maxProcs/2)+"2\n")
	if got, err := f.Processes("/a"); err != nil || len(got) != maxProcesses {
		t.Errorf("got %d, %v", len(got), err)
	}
	if got, err := f.Processes("/c"); err != nil || !slices.Equal(got, []int{1}) {
		t.Errorf("got %d, %v", len(got), err)
	}
}

// units makes 200 cgroups in the shape of a desktop, each with the files that
// the kernel puts there.
func units(b *testing.B) (root string, last uint64) {
	b.Helper()
	root = b.TempDir()
	var st unix.Stat_t
	for i := range 200 {
		dir := fmt.Sprintf("%s/%d.slice/%d.service", root, i/20, i)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for n := range 40 {
			if err := os.WriteFile(fmt.Sprintf("%s/cgroup.%d", dir, n), nil, 0o644); err != nil {
				b.Fatal(err)
			}
		}
		if err := unix.Stat(dir, &st); err != nil {
			b.Fatal(err)
		}
	}
	return root, st.Ino
}

func BenchmarkPath(b *testing.B) {
	root, id := units(b)
	for name, forget := range map[string]bool{"known": false, "walk": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			t := newTree(root, 0, time.Now)
			for b.Loop() {
				if forget {
					t.paths = nil
				}
				if _, ok := t.Path(id); !ok {
					b.Fatal("not found")
				}
			}
		})
	}
}
