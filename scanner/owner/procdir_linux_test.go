package owner

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tree is a proc file system of ordinary files.
type tree struct {
	testing.TB
	root string
}

func newTree(t testing.TB) tree { return tree{t, t.TempDir()} }

// link makes pid/fd/name a link to target.
func (t tree) link(pid, name, target string) {
	t.Helper()
	must(t.TB, os.MkdirAll(filepath.Join(t.root, pid, "fd"), 0o755))
	must(t.TB, os.Symlink(target, filepath.Join(t.root, pid, "fd", name)))
}

func (t tree) open() procDir {
	t.Helper()
	d, err := openProc(t.root)
	must(t.TB, err)
	t.Cleanup(d.close)
	return d
}

func readAll(d procDir, pid int) (count int, found []hold, err error) {
	w := new(walker)
	count, _, err = w.read(d, pid, func(uint32) (keep, last bool) { return true, false })
	slices.SortFunc(w.found, func(a, b hold) int { return a.fd - b.fd })
	return count, w.found, err
}

func TestReadLinks(t *testing.T) {
	tr := newTree(t)
	links := map[string]string{
		"0": "/dev/null", "1": "pipe:[42]", "2": "anon_inode:[eventpoll]", "3": "socket:[42]",
		"4": "socket:[4294967295]", "5": "socket:[4294967296]", "6": "socket:[42", "7": "socket:[]",
		"8": "socket:[-1]", "9": "socket:[42] ", "10": "/tmp/socket:[42]", "11": "socket:[0]",
		"12": "socket:[" + strings.Repeat("0", 60) + "42]", "13": strings.Repeat("x", 4000), "14": "socket:[42]]",
		"15": "Socket:[42]", "1048576": "socket:[43]",
		"x": "socket:[44]", "-3": "socket:[45]", "+3": "socket:[46]", "3 ": "socket:[47]", "0x3": "socket:[48]",
		"99999999999999999999": "socket:[49]", "٣": "socket:[50]", "..\n": "socket:[51]",
	}
	for name, target := range links {
		tr.link("77", name, target)
	}
	count, found, err := readAll(tr.open(), 77)
	want := []hold{{3, 42}, {4, 1<<32 - 1}, {1 << 20, 43}}
	if err != nil || count != 17 || !slices.Equal(found, want) {
		t.Errorf("%d, %v, %v, want %v", count, found, err, want)
	}
}

func TestReadOnlyWhatIsWanted(t *testing.T) {
	tr := newTree(t)
	tr.link("1", "3", "socket:[42]")
	tr.link("1", "4", "socket:[43]")
	tr.link("2", "5", "socket:[43]")
	w, d := new(walker), tr.open()
	for pid, want := range map[int][]hold{1: {{4, 43}}, 2: {{5, 43}}} {
		if _, _, err := w.read(d, pid, func(inode uint32) (keep, last bool) { return inode == 43, false }); err != nil || !slices.Equal(w.found, want) {
			t.Errorf("%v, %v, want %v", w.found, err, want)
		}
	}
}

func TestReadWhatIsNotThere(t *testing.T) {
	tr := newTree(t)
	must(t, os.Mkdir(tr.root+"/1", 0o755))
	must(t, os.WriteFile(tr.root+"/2", nil, 0o644))
	must(t, os.Mkdir(tr.root+"/3", 0o755))
	must(t, os.WriteFile(tr.root+"/3/fd", nil, 0o644))
	must(t, os.Symlink("nowhere", tr.root+"/4"))
	must(t, os.MkdirAll(tr.root+"/5/fd/7", 0o755))
	want := []error{unix.ENOENT, unix.ENOENT, unix.ENOTDIR, unix.ENOTDIR, unix.ENOENT, unix.EINVAL}
	d := tr.open()
	for pid, want := range want {
		if _, found, err := readAll(d, pid); !errors.Is(err, want) || len(found) > 0 {
			t.Errorf("%d: %v, %v, want %v", pid, found, err, want)
		}
	}
}

func TestHolds(t *testing.T) {
	tr := newTree(t)
	tr.link("1", "3", "socket:[42]")
	tr.link("1", "4", "/dev/null")
	tr.link("1", "5", "socket:[42]"+strings.Repeat(" ", 4000))
	d := tr.open()
	for h, want := range map[hold]bool{{3, 42}: true, {3, 43}: false, {4, 42}: false, {5, 42}: false, {6, 42}: false, {-1, 42}: false} {
		if got, err := d.holds(1, h); got != want || err != nil {
			t.Errorf("%v: %v, %v", h, got, err)
		}
	}
	if got, err := d.holds(2, hold{3, 42}); got || err != nil {
		t.Errorf("no process: %v, %v", got, err)
	}
}

func TestListNames(t *testing.T) {
	tr := newTree(t)
	for _, name := range []string{"1", "42", "4194304", "self", "1x", "-1", "+1", " 1", "1 ", "0x1", "99999999999", "18446744073709551617", "١"} {
		must(t, os.Mkdir(filepath.Join(tr.root, name), 0o755))
	}
	buf := make([]byte, 300) // takes several calls
	got, err := tr.open().list(buf, nil)
	slices.SortFunc(got, func(a, b entry) int { return a.pid - b.pid })
	var pids []int
	for _, e := range got {
		var st unix.Stat_t
		must(t, unix.Stat(filepath.Join(tr.root, strconv.Itoa(e.pid)), &st))
		if st.Ino != e.inode {
			t.Errorf("%d has inode %d, want %d", e.pid, e.inode, st.Ino)
		}
		pids = append(pids, e.pid)
	}
	if err != nil || !slices.Equal(pids, []int{1, 42, 4194304}) {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestListIsSorted lists twice with one descriptor.
func TestListIsSorted(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	for range 2 {
		got, err := d.list(make([]byte, 4096), nil)
		must(t, err)
		if !slices.IsSortedFunc(got, func(a, b entry) int { return a.pid - b.pid }) {
			t.Error("not sorted")
		}
		if !slices.ContainsFunc(got, func(e entry) bool { return e.pid == os.Getpid() }) {
			t.Error("this process is missing")
		}
	}
}

func TestCount(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	w := hire(t)
	before, err := d.count(w.pid)
	must(t, err)
	read, _, err := readAll(d, w.pid)
	must(t, err)
	if before != 0 && before != read { // 0 before Linux 6.2
		t.Errorf("%d descriptors, read %d", before, read)
	}
	w.open()
	if after, err := d.count(w.pid); err != nil || before != 0 && after != before+1 {
		t.Errorf("%d descriptors after %d, %v", after, before, err)
	}
	w.kill()
	if _, err := d.count(w.pid); !errors.Is(err, unix.ENOENT) {
		t.Errorf("ended: %v", err)
	}
}

// TestNoneIsLostUnderSignals reads thousands of descriptors while signals cut
// the calls.
func TestNoneIsLostUnderSignals(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	_, file := openSocket(t)
	const many = 1200
	for range many {
		fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fd)
	}
	inode, err := inodeOf(int(file.Fd()))
	must(t, err)
	stop := annoy()
	defer stop()
	w := new(walker)
	for range 50 {
		count, whole, err := w.read(d, os.Getpid(), func(i uint32) (keep, last bool) { return i == inode, false })
		fds := map[int]bool{}
		for _, h := range w.found {
			fds[h.fd] = true
		}
		if err != nil || !whole || len(w.found) != many+1 || len(fds) != many+1 || count <= many {
			t.Fatalf("found %d of %d, %d different, whole %v, %v", len(w.found), many+1, len(fds), whole, err)
		}
	}
}

// TestReadMany reads more descriptors than one answer of the kernel holds, and
// tells a failure among them.
func TestReadMany(t *testing.T) {
	tr := newTree(t)
	const many = 3000
	for fd := range many {
		tr.link("1", strconv.Itoa(fd), "socket:["+strconv.Itoa(1000+fd)+"]")
	}
	d, w := tr.open(), new(walker)
	visit := func(i uint32) (keep, last bool) { return i%2 == 0, false }
	for range 3 { // with what the time before has left
		count, whole, err := w.read(d, 1, visit)
		slices.SortFunc(w.found, func(a, b hold) int { return a.fd - b.fd })
		if !whole || err != nil || count != many || len(w.found) != many/2 {
			t.Fatalf("whole %v, %d, found %d, %v", whole, count, len(w.found), err)
		}
		for i, h := range w.found {
			if h != (hold{2 * i, uint32(1000 + 2*i)}) {
				t.Fatalf("%d: %v", i, h)
			}
		}
	}
	must(t, os.Mkdir(tr.root+"/1/fd/99999", 0o755)) // no link
	if count, whole, err := w.read(d, 1, visit); !errors.Is(err, unix.EINVAL) || whole {
		t.Errorf("with a failure: %d, whole %v, %v", count, whole, err)
	}
}

// TestReadEnds stops at the last that is wanted; the newest are looked at first.
func TestReadEnds(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	worker := hire(t)
	var sockets []Socket
	for range 4 {
		sockets = append(sockets, worker.open())
	}
	for n := range sockets {
		w, seen := new(walker), 0
		_, whole, err := w.read(d, worker.pid, func(inode uint32) (keep, last bool) {
			seen++
			return true, inode == sockets[n].Inode
		})
		if want := len(sockets) - n; err != nil || whole || seen != want || len(w.found) != want {
			t.Errorf("%d: whole %v, seen %d, found %d, want %d, %v", n, whole, seen, len(w.found), want, err)
		}
	}
}

func TestLastPID(t *testing.T) {
	tr := newTree(t)
	d := tr.open()
	for text, want := range map[string]int{
		"0.05 0.10 0.07 2/345 6789\n": 6789, "0.05 0.10 0.07 2/345 6789": 6789, "7\n": 7,
		"": 0, "\n": 0, "0.05 0.10 0.07 2/345 \n": 0, "0.05 0.10 0.07 2/345 -3\n": 0, "0.05 99999999999\n": 0,
	} {
		must(t, os.WriteFile(tr.root+"/loadavg", []byte(text), 0o644))
		if got := d.lastPID(); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	must(t, os.Remove(tr.root+"/loadavg"))
	if got := d.lastPID(); got != 0 {
		t.Errorf("no file: %d", got)
	}
}

// TestLastPIDOfThisSystem is that of a new process, or of a newer one.
func TestLastPIDOfThisSystem(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	before := d.lastPID()
	w := hire(t)
	after := d.lastPID()
	if before <= 0 || after >= before && (w.pid <= before || w.pid > after) {
		t.Errorf("%d, then process %d, then %d", before, w.pid, after)
	}
}

// TestProcess tells processes from threads, and agrees with the listing.
func TestProcess(t *testing.T) {
	d, err := openProc("/proc")
	must(t, err)
	defer d.close()
	listed, err := d.list(make([]byte, 4096), nil)
	must(t, err)
	self, ok := d.process(os.Getpid())
	if !ok || !slices.Contains(listed, self) {
		t.Errorf("this process: %v, %v", self, ok)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	other := make(chan int)
	go func() {
		runtime.LockOSThread() // on another thread, that ends with this
		other <- unix.Gettid()
		<-other
	}()
	thread := <-other
	defer close(other)
	if thread == os.Getpid() {
		thread = unix.Gettid()
	}
	ended := hire(t)
	ended.kill()
	for _, pid := range []int{thread, ended.pid, 0, -1, 1 << 30} {
		if e, ok := d.process(pid); ok {
			t.Errorf("%d: %v", pid, e)
		}
	}
}

// TestDescriptorOfALongPath has a process hold a file whose path is longer than
// the kernel can tell.
func TestDescriptorOfALongPath(t *testing.T) {
	dir, err := unix.Open(t.TempDir(), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	must(t, err)
	for name := strings.Repeat("d", 250); ; {
		_, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(dir))
		if errors.Is(err, unix.ENAMETOOLONG) {
			break
		}
		must(t, err)
		must(t, unix.Mkdirat(dir, name, 0o755))
		next, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		must(t, err)
		unix.Close(dir)
		dir = next
	}
	defer unix.Close(dir)
	x, _ := openSocket(t)
	s := newScene(t, Options{Proc: procOf(t, os.Getpid())})
	s.track(x)
	if got := s.pids(x); !slices.Equal(got, []int{os.Getpid()}) {
		t.Errorf("held by %v", got)
	}
	if ok, err := s.proc.holds(os.Getpid(), hold{dir, x.Inode}); ok || err != nil {
		t.Errorf("the file is the socket: %v, %v", ok, err)
	}
}

// TestHostileTree has a Finder work on one: nothing is found but what is true.
func TestHostileTree(t *testing.T) {
	tr, self := newTree(t), strconv.Itoa(os.Getpid())
	for _, pid := range []string{self, "007", "0", "1234567890"} {
		tr.link(pid, "3", "socket:[42]")
		tr.link(pid, "00003", "socket:[42]")
		tr.link(pid, "4", "../../"+self+"/fd/3")
	}
	for i := range 300 { // more than one turn of the threads
		tr.link(strconv.Itoa(5_000_000+i), "3", "socket:[42]")
	}
	must(t, os.Symlink("nowhere", tr.root+"/5"))
	must(t, os.MkdirAll(tr.root+"/6/fd/3", 0o755))
	must(t, os.WriteFile(tr.root+"/8", nil, 0o644))
	s := newScene(t, Options{Proc: tr.root})
	x := Socket{Cookie: 1, Inode: 42}
	s.track(x)
	for range 100 {
		if got := s.pids(x); !slices.Equal(got, []int{os.Getpid()}) || s.Unheld(x.Cookie) {
			t.Fatalf("held by %v, unheld %v", got, s.Unheld(x.Cookie))
		}
		s.work(verifyPeriod)
	}
	must(t, os.RemoveAll(tr.root+"/"+self))
	s.work(2 * verifyPeriod)
	s.work(2 * verifyPeriod)
	if got := s.pids(x); len(got) != 0 || len(s.owners) != 0 {
		t.Errorf("held by %v", got)
	}
}

// TestTreeVanishes removes what was listed before it is looked into.
func TestTreeVanishes(t *testing.T) {
	tr, self := newTree(t), strconv.Itoa(os.Getpid())
	tr.link(self, "3", "socket:[42]")
	tr.link("5000000", "3", "socket:[43]")
	s := newScene(t, Options{Proc: tr.root})
	x := Socket{Cookie: 1, Inode: 42}
	s.track(x)
	must(t, os.Rename(tr.root+"/5000000", tr.root+"/gone"))
	for _, p := range s.procs {
		must(t, s.lookInto([]*proc{p}))
	}
	if len(s.procs) != 1 || len(s.pids(x)) != 1 {
		t.Errorf("%d processes, held by %v", len(s.procs), s.pids(x))
	}
	must(t, os.Rename(tr.root+"/"+self+"/fd", tr.root+"/"+self+"/gone"))
	must(t, s.lookInto(slices.Clone(s.owners)))
	if len(s.procs) != 0 || len(s.pids(x)) != 0 {
		t.Errorf("%d processes, held by %v", len(s.procs), s.pids(x))
	}
	must(t, os.RemoveAll(tr.root))
	for range 100 {
		s.Work(s.clock) // an error is one
		s.clock = s.clock.Add(verifyPeriod)
	}
}

func TestNewWithoutProc(t *testing.T) {
	for _, root := range []string{t.TempDir() + "/none", "/dev/null"} {
		if f, err := New(Options{Proc: root}); err == nil || f != nil || !strings.Contains(err.Error(), root) {
			t.Errorf("%s: %v, %v", root, f, err)
		}
	}
}
