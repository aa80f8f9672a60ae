package owner

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

func TestOwnSockets(t *testing.T) {
	s := newScene(t, Options{})
	a, file := openSocket(t)
	b, _ := openSocket(t)
	again, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	must(t, err)
	s.Track(a)
	s.Track(b)
	if changed := s.work(0); !slices.Equal(changed, cookiesOf(a, b)) {
		t.Errorf("changed: %v", changed)
	}
	self, err := process.Summarize(os.Getpid())
	must(t, err)
	for _, x := range []Socket{a, b} {
		if got := s.Holders(x.Cookie); !slices.Equal(got, []process.Summary{self}) {
			t.Errorf("held by %+v, want %+v", got, self)
		}
	}
	if p := s.procs[self.PID]; len(p.holds) != 2 || p.live != 2 {
		t.Errorf("holds %+v, %d live", p.holds, p.live)
	}
	// One of two descriptors is enough.
	must(t, file.Close())
	s.until("verified", 2*verifyPeriod, func() bool { return s.procs[self.PID].holds != nil && s.fdOf(self.PID, a) == again })
	if got := s.pids(a); !slices.Equal(got, []int{self.PID}) {
		t.Errorf("one descriptor closed: held by %v", got)
	}
	must(t, unix.Close(again))
	s.until("the last descriptor is closed", 2*verifyPeriod, func() bool { return len(s.pids(a)) == 0 })
	if s.Unheld(b.Cookie) || len(s.pids(b)) != 1 {
		t.Error("the other socket went with it")
	}
}

// fdOf is the descriptor by which a process is known to hold a socket, or -1.
func (s *scene) fdOf(pid int, x Socket) int {
	for _, h := range s.procs[pid].holds {
		if h.target.Cookie == x.Cookie {
			return h.fd
		}
	}
	return -1
}

func cookiesOf(sockets ...Socket) []uint64 {
	var cookies []uint64
	for _, x := range sockets {
		cookies = append(cookies, x.Cookie)
	}
	slices.Sort(cookies)
	return cookies
}

func TestHoldersAreSorted(t *testing.T) {
	x, file := openSocket(t)
	want := []int{os.Getpid()}
	for range 5 {
		want = append(want, hire(t, file).pid)
	}
	slices.Sort(want)
	s := newScene(t, Options{})
	s.track(x)
	if got := s.pids(x); !slices.Equal(got, want) {
		t.Errorf("held by %v, want %v", got, want)
	}
	for _, h := range s.Holders(x.Cookie) {
		if now, err := process.Summarize(h.PID); err != nil || h != now {
			t.Errorf("got %+v, want %+v, %v", h, now, err)
		}
	}
}

// TestHeld asks for what a look at one descriptor tells, before any work does.
func TestHeld(t *testing.T) {
	s := newScene(t, Options{})
	a, b := hire(t), hire(t)
	x, y := a.open(), b.open()
	a.give(x, b)
	s.track(x)
	check := func(when string, x Socket, held, known bool) {
		t.Helper()
		if h, k := s.Held(x.Cookie); h != held || k != known {
			t.Errorf("%s: held %v, known %v", when, h, k)
		}
	}
	check("not tracked", y, false, false)
	s.Track(y)
	check("not searched for", y, false, false)
	check("two hold it", x, true, true)
	a.close(x)
	check("one closed it", x, true, true)
	b.close(x)
	check("both closed it", x, false, true)
	s.work(0)
	check("the other", y, true, true)
	b.kill()
	check("ended", y, false, true)
}

func TestUnknownCookie(t *testing.T) {
	s := newScene(t, Options{Proc: procOf(t)})
	s.Forget(7)
	if got := s.Holders(7); got != nil || s.Unheld(7) {
		t.Errorf("held by %v, unheld %v", got, s.Unheld(7))
	}
}

// withAndWithoutCounts runs a test as on a kernel that does not tell the number
// of descriptors, and as on one that does, where this one does.
func withAndWithoutCounts(t *testing.T, test func(*testing.T, *scene)) {
	for _, counts := range []bool{false, true} {
		t.Run(fmt.Sprint("counts ", counts), func(t *testing.T) {
			s := newScene(t, Options{})
			s.counts = s.counts && counts
			test(t, s)
		})
	}
}

// crew hires workers that hold a socket each, which are found.
func (s *scene) crew(n int) (workers []*worker, sockets []Socket) {
	s.Helper()
	for range n {
		w := hire(s.TB)
		workers, sockets = append(workers, w), append(sockets, w.open())
	}
	s.track(sockets...)
	for i, w := range workers {
		s.expect("crew", sockets[i], w)
	}
	s.pass()
	return workers, sockets
}

// onlyOwners checks that the last search has looked into the wanted workers, and
// into no others where the number of descriptors tells who may be left alone.
func (s *scene) onlyOwners(want *worker, all []*worker) {
	s.Helper()
	got := s.looked()
	if s.counts && !slices.Equal(got, []int{want.pid}) {
		s.Errorf("looked into %v, want %d only", got, want.pid)
	}
	for _, pid := range got {
		if !slices.ContainsFunc(all, func(w *worker) bool { return w.pid == pid }) {
			s.Errorf("looked into %d, which is no owner", pid)
		}
	}
}

func TestKnownOwnerOpensAnother(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		workers, _ := s.crew(4)
		x := workers[2].open()
		s.track(x)
		s.expect("at once", x, workers[2])
		s.onlyOwners(workers[2], workers)
	})
}

// TestReopen closes a socket and opens another in between two looks: the process
// has as many descriptors as before.
func TestReopen(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		workers, sockets := s.crew(4)
		for range 3 {
			workers[1].close(sockets[1])
			x := workers[1].open()
			s.Forget(sockets[1].Cookie)
			s.track(x)
			s.expect("at once", x, workers[1])
			s.onlyOwners(workers[1], workers)
			if s.Holders(sockets[1].Cookie) != nil {
				t.Error("the forgotten one is still known")
			}
			sockets[1] = x
		}
	})
}

// TestReopenOfOne has the same with an owner that keeps another socket.
func TestReopenOfOne(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		workers, sockets := s.crew(2)
		second := workers[0].open()
		s.track(second)
		workers[0].close(sockets[0])
		x := workers[0].open()
		s.Forget(sockets[0].Cookie)
		s.track(x)
		s.expect("new", x, workers[0])
		s.expect("kept", second, workers[0])
		s.onlyOwners(workers[0], workers)
	})
}

// TestReopenAndClose has an owner close something else too: it has as many
// descriptors as expected.
func TestReopenAndClose(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		w := hire(t)
		other, x := w.open(), w.open()
		s.track(x)
		s.expect("first", x, w)
		s.crew(2)
		w.close(x)
		w.close(other)
		y := w.open()
		s.nextRest = s.clock.Add(time.Hour)
		s.Forget(x.Cookie)
		s.track(y)
		s.expect("at once", y, w)
	})
}

func TestFreshChild(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		old := hire(t)
		s.crew(2)
		rest, known := s.nextRest, map[int]bool{}
		for pid, p := range s.procs {
			known[pid] = !p.looked.IsZero()
		}
		older, fresh := hire(t), hire(t)
		x := fresh.open()
		listing, last := s.listing, s.lastPID
		s.track(x)
		s.expect("at once", x, fresh)
		if now := s.proc.lastPID(); last > 0 && now >= last && now-last <= maxNewcomers && s.listing != listing {
			t.Error("it took a list of all processes")
		}
		if older.pid < fresh.pid && slices.Contains(s.looked(), older.pid) {
			t.Error("it took a look into one that is not the newest")
		}
		if !s.nextRest.Equal(rest) {
			t.Error("it took a look into all processes")
		}
		if s.counts && slices.Contains(s.looked(), old.pid) {
			t.Error("it took a look into an old process that did nothing")
		}
		if s.counts && !known[old.pid] {
			t.Error("the first search has not looked into all")
		}
	})
}

// TestOldChild has a process open a socket that never had one before. Where its
// number of descriptors does not tell, it takes a look into all processes, which
// has to wait.
func TestOldChild(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		old, idle := hire(t), hire(t)
		s.crew(2)
		rest := s.nextRest
		x := old.open()
		s.track(x)
		if !s.counts {
			s.expect("before its time", x)
			s.work(max(rest.Sub(s.clock), patience(1, true)))
			s.expect("in its time", x, old)
			return
		}
		s.expect("at once", x, old)
		if !s.nextRest.Equal(rest) || slices.Contains(s.looked(), idle.pid) {
			t.Error("it took a look into processes that did nothing")
		}
	})
}

// TestOldChildExchanges has a process close something else and open a socket:
// nothing tells that from outside.
func TestOldChildExchanges(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		old := hire(t)
		other := old.open()
		s.crew(1)
		old.close(other)
		x := old.open()
		rest := s.clock.Add(15 * time.Second)
		s.nextRest = rest
		s.track(x)
		s.expect("before its time", x)
		took := s.until("found", time.Minute, func() bool { return len(s.pids(x)) > 0 })
		s.expect("in its time", x, old)
		if took > 15*time.Second || s.counts && took < 15*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestCgroupMates(t *testing.T) {
	var asked []uint64
	mates := map[uint64][]int{42: {1 << 22, -1, 0}}
	s := newScene(t, Options{Members: func(cgroup uint64) []int {
		asked = append(asked, cgroup)
		return mates[cgroup]
	}})
	old, busy, idle := hire(t), hire(t), hire(t)
	mates[42] = append(mates[42], idle.pid, old.pid)
	s.crew(1)
	x := old.open()
	busy.open()
	x.Cgroup = 42
	s.Track(Socket{Cookie: 1, Inode: 1 << 31, Cgroup: rootCgroup})
	s.Track(Socket{Cookie: 2, Inode: 1<<31 + 1})
	s.Track(Socket{Cookie: 3, Inode: 1<<31 + 2, Cgroup: 42})
	s.track(x)
	want := []uint64{42}
	if !s.counts {
		want = nil
		s.work(s.nextRest.Sub(s.clock))
	}
	s.expect("found", x, old)
	if !slices.Equal(asked, want) {
		t.Errorf("asked for the members of %v, want %v", asked, want)
	}
}

// TestCgroupMatesComeFirst sees that others are left alone when a mate is it.
func TestCgroupMatesComeFirst(t *testing.T) {
	var old *worker
	s := newScene(t, Options{Members: func(uint64) []int { return []int{old.pid} }})
	old = hire(t)
	busy := hire(t)
	s.crew(1)
	s.work(s.nextRest.Sub(s.clock))
	x := old.open()
	x.Cgroup = 42
	busy.open()
	s.track(x)
	s.expect("at once", x, old)
	if s.counts && slices.Contains(s.looked(), busy.pid) {
		t.Error("looked into a process outside of the cgroup")
	}
}

// TestSecondOfTwo opens two sockets, of which the kernel told one when the
// process was looked into: its number of descriptors tells nothing of the other.
func TestSecondOfTwo(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		workers, _ := s.crew(3)
		s.nextRest = s.clock.Add(time.Hour)
		a, b := workers[1].open(), workers[1].open()
		s.track(a)
		s.expect("first", a, workers[1])
		s.Track(b)
		s.work(10 * time.Millisecond)
		s.expect("second", b, workers[1])
		for range 3 { // nothing is looked into for ever
			s.work(time.Millisecond)
		}
		s.track(bogus)
		if looked := s.looked(); s.counts && slices.Contains(looked, workers[1].pid) {
			t.Errorf("looked into %v again", looked)
		}
	})
}

// TestBystanderOfASearch has a process that was looked into on behalf of another
// one's socket, and had one that was not told yet.
func TestBystanderOfASearch(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		s.crew(1)
		s.nextRest = s.clock.Add(time.Hour)
		a, b := hire(t), hire(t)
		x, y := a.open(), b.open()
		s.track(bogus, x)
		s.expect("first", x, a)
		s.Track(y)
		s.work(10 * time.Millisecond)
		s.expect("second", y, b)
	})
}

// TestPeekIsNotAll finds a new socket of an owner without a look at the others
// that it holds: they stay known.
func TestPeekIsNotAll(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(2)
	w := workers[0]
	held := []Socket{sockets[0]}
	for range 5 {
		x := w.open()
		s.track(x)
		held = append(held, x)
		for _, h := range held {
			s.expect("all", h, w)
		}
		p := s.procs[w.pid]
		if !p.looked.Before(s.clock) || !p.read.Equal(s.clock) {
			t.Errorf("read whole at %v, in part at %v, now is %v", p.looked, p.read, s.clock)
		}
		if n, err := s.proc.count(w.pid); s.counts && (err != nil || p.fds != n) {
			t.Errorf("%d descriptors, %d expected, %v", n, p.fds, err)
		}
		s.pass()
	}
	if p := s.procs[w.pid]; len(p.holds) != len(held) || p.live != len(held) {
		t.Errorf("%d are held, %d of them live", len(p.holds), p.live)
	}
	w.close(held[0])
	s.until("noticed", verifyPeriod+slack, func() bool { return len(s.pids(held[0])) == 0 })
	for _, h := range held[1:] {
		s.expect("the others", h, w)
		s.Forget(h.Cookie)
	}
	if len(s.owners) != 1 {
		t.Errorf("%d owners are left", len(s.owners))
	}
}

// TestPeekIntoALargeProcess has the owner hold some thousand descriptors.
func TestPeekIntoALargeProcess(t *testing.T) {
	s := newScene(t, Options{Proc: procOf(t, os.Getpid())})
	_, place := openSocket(t) // its number is free later
	first, file := openSocket(t)
	s.track(first)
	for range 3000 {
		fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fd)
	}
	second, _ := openSocket(t)
	s.track(second)
	place.Close()
	third, _ := openSocket(t)
	s.track(third)
	for _, x := range []Socket{first, second, third} {
		if got := s.Holders(x.Cookie); len(got) != 1 || got[0].PID != os.Getpid() {
			t.Errorf("held by %+v", got)
		}
	}
	if n := s.procs[os.Getpid()].fds; s.counts && n < 3000 {
		t.Errorf("%d descriptors", n)
	}
}

// TestManyNewcomers has more processes begin than are asked for one by one, or
// the pids begin anew.
func TestManyNewcomers(t *testing.T) {
	for name, change := range map[string]func(*scene){
		"none":           func(*scene) {},
		"many":           func(s *scene) { s.lastPID -= 2 * maxNewcomers },
		"pids begin new": func(s *scene) { s.lastPID = 1 << 22 },
		"unknown":        func(s *scene) { s.lastPID = 0 },
	} {
		s := newScene(t, Options{})
		s.crew(1)
		a, b := hire(t), hire(t)
		x := a.open()
		rest := s.nextRest
		change(s)
		s.track(x)
		s.expect(name, x, a)
		s.pass()
		y := b.open()
		s.track(y)
		s.expect(name+", the second", y, b)
		if !s.nextRest.Equal(rest) {
			t.Errorf("%s: it took a look into all processes", name)
		}
	}
}

// TestSearchEnds sees that the owner of one socket does not stop the search for
// that of another.
func TestSearchEnds(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		workers, _ := s.crew(3)
		fresh := hire(t)
		var sockets []Socket
		for _, w := range append(workers, fresh) {
			sockets = append(sockets, w.open())
		}
		s.track(sockets...)
		for i, w := range append(workers, fresh) {
			s.expect(fmt.Sprint(i), sockets[i], w)
		}
	})
}

func TestOwnerEnds(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		parent := hire(t)
		x := parent.open()
		s.track(x)
		s.expect("alone", x, parent)
		child := parent.spawn()
		parent.signal()
		awaken(t, s.Wake())
		if changed := s.work(0); !slices.Contains(changed, x.Cookie) {
			t.Errorf("changed: %v", changed)
		}
		s.expect("the parent has ended", x, child)
		parent.reap()
		child.kill()
		awaken(t, s.Wake())
		s.work(0)
		s.expect("both have ended", x)
		if len(s.owners) != 0 || len(s.deaths.pids) != 0 {
			t.Errorf("%d owners and %d pidfds are left", len(s.owners), len(s.deaths.pids))
		}
	})
}

// TestWorkersOfAServer forks after its socket was found: all are told soon.
func TestWorkersOfAServer(t *testing.T) {
	s := newScene(t, Options{})
	parent := hire(t)
	x := parent.open()
	s.track(x)
	first := parent.spawn()
	s.until("the first", expectSoon+upkeepPeriod, func() bool { return len(s.pids(x)) == 2 })
	second := parent.spawn()
	s.until("the second", expectLater+upkeepPeriod, func() bool { return len(s.pids(x)) == 3 })
	third, listing := parent.spawn(), s.listing
	s.until("the third", time.Hour, func() bool { return len(s.pids(x)) == 4 })
	if s.listing != listing+1 {
		t.Errorf("it took %d listings", s.listing-listing)
	}
	s.expect("all", x, parent, first, second, third)
	first.signal()
	awaken(t, s.Wake())
	if changed := s.work(0); !slices.Equal(changed, []uint64{x.Cookie}) {
		t.Errorf("changed: %v", changed)
	}
	s.expect("without the first", x, parent, second, third)
}

// TestManyEnd kills more owners than are collected at once.
func TestManyEnd(t *testing.T) {
	s := newScene(t, Options{})
	var files []*os.File
	var sockets []Socket
	for range 3 {
		x, f := openSocket(t)
		files, sockets = append(files, f), append(sockets, x)
	}
	var workers []*worker
	for range 20 {
		workers = append(workers, hire(t, files...))
	}
	s.track(sockets...)
	for _, w := range workers {
		w.signal()
	}
	for _, w := range workers {
		w.reap()
	}
	eventually(t, "all ends are told", func() bool {
		s.work(0)
		return len(s.pids(sockets[0])) == 1
	})
	for _, x := range sockets {
		if got := s.pids(x); !slices.Equal(got, []int{os.Getpid()}) {
			t.Errorf("held by %v", got)
		}
	}
	if len(s.owners) != 1 || s.owners[0].at != 0 {
		t.Errorf("owners %+v", s.owners)
	}
}

// TestOwnerEndsAfterAVainSearch has a socket that was searched for in vain, then
// found, lose its holder: that is no reason to wait.
func TestOwnerEndsAfterAVainSearch(t *testing.T) {
	s := newScene(t, Options{})
	parent := hire(t)
	x := parent.open()
	s.track(x)
	y := s.cookies[x.Cookie]
	y.tries, y.unheld, y.due = 9, 9, s.clock.Add(time.Hour)
	child := parent.spawn()
	parent.kill()
	awaken(t, s.Wake())
	s.work(0)
	s.expect("the parent has ended", x, child)
	child.kill()
	awaken(t, s.Wake())
	s.work(0)
	if s.Unheld(x.Cookie) {
		t.Error("a search too soon says that nobody holds it")
	}
}

// TestWorkAfterAnError goes on where an error, at an owner's end, has stopped it.
func TestWorkAfterAnError(t *testing.T) {
	s := newScene(t, Options{})
	parent := hire(t)
	x := parent.open()
	s.track(x)
	s.quiet()
	child := parent.spawn()
	parent.kill()
	awaken(t, s.Wake())
	proc := s.proc
	s.proc.fd = -1
	changed, err := s.Work(s.clock)
	if err == nil || !slices.Contains(changed, x.Cookie) {
		t.Errorf("changed %v, %v", changed, err)
	}
	s.proc = proc
	s.work(0)
	s.expect("without the error", x, child)
}

func TestForget(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(3)
	for _, x := range sockets {
		s.Forget(x.Cookie)
		s.Forget(x.Cookie)
	}
	if len(s.owners)+len(s.targets)+len(s.cookies)+len(s.orphans)+len(s.deaths.pids) != 0 {
		t.Errorf("left: %v, %v, %v, %v, %v", s.owners, s.targets, s.cookies, s.orphans, s.deaths.pids)
	}
	workers[0].kill()
	select {
	case <-s.Wake():
		t.Error("the end of a process that holds nothing is told")
	default:
	}
	s.track(sockets...)
	s.expect("ended", sockets[0])
	s.expect("found anew", sockets[1], workers[1])
	s.expect("found anew", sockets[2], workers[2])
}

// TestLosersAreBounded has more processes lose a socket than are remembered.
func TestLosersAreBounded(t *testing.T) {
	s := newScene(t, Options{Proc: procOf(t)})
	x, _ := openSocket(t)
	for pid := range 3 * maxLosers {
		s.Track(x)
		y := s.cookies[x.Cookie]
		p := &proc{entry: entry{pid: pid}, pidfd: -1, folder: -1, at: -1}
		s.hold(p, y)
		s.Forget(x.Cookie)
	}
	if n := len(s.losers); n != maxLosers || s.losers[n-1].pid != 3*maxLosers-1 {
		t.Errorf("%d are remembered, the last is %d", n, s.losers[n-1].pid)
	}
}

func TestNothingDue(t *testing.T) {
	s := newScene(t, Options{})
	workers, _ := s.crew(2)
	round, last := s.round, s.upkeep.last
	if n := testing.AllocsPerRun(100, func() { s.step(0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if s.round != round || s.upkeep.last != last {
		t.Error("something was done")
	}
	workers[0].signal()
	awaken(t, s.Wake())
	s.step(0)
	if len(s.owners) != 1 {
		t.Error("the end of an owner waits")
	}
}
