package owner

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"portlight/scanner/process"
)

// slack is what a period may last longer in a test that works each second.
const slack = upkeepPeriod + 2*time.Second

// quiet works until the first searches have been done with.
func (s *scene) quiet() {
	s.Helper()
	for range 2 * listPeriod / time.Second {
		s.work(time.Second)
	}
}

// noSweep leaves it to the checks of what is known.
func (s *scene) noSweep() { s.upkeep.credit = -time.Hour }

// swept works each second with a sweep that gets on, and that looks at one
// process at least, whatever it took before. Unlike the kernel, procOf has no
// order.
func (s *scene) swept(what string, most time.Duration, holds func() bool) {
	s.Helper()
	s.until(what, most, func() bool {
		s.upkeep.credit = max(s.upkeep.credit, 0)
		slices.SortFunc(s.entries, func(a, b entry) int { return a.pid - b.pid })
		return holds()
	})
}

// TestOneOfTwoCloses has one of two holders close its only descriptor, or the
// first of its two.
func TestOneOfTwoCloses(t *testing.T) {
	s := newScene(t, Options{})
	a, b := hire(t), hire(t)
	x := a.open()
	a.give(x, b)
	b.dup(x)
	s.track(x)
	s.expect("both", x, a, b)
	s.quiet()
	s.noSweep()
	was := s.fdOf(b.pid, x)
	b.close(x)
	s.until("the second descriptor", verifyPeriod+slack, func() bool { return s.fdOf(b.pid, x) != was })
	s.expect("one descriptor closed", x, a, b)
	b.close(x)
	s.until("noticed", verifyPeriod+slack, func() bool { return len(s.pids(x)) < 2 })
	s.expect("closed", x, a)
	if len(s.owners) != 1 || len(s.deaths.pids) > 1 {
		t.Errorf("%d owners and %d pidfds are left", len(s.owners), len(s.deaths.pids))
	}
}

// TestAllAreVerified has each of many owners give its socket up, one at a time.
func TestAllAreVerified(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(5)
	s.quiet()
	s.noSweep()
	for i, w := range workers {
		w.close(sockets[i])
		s.until("noticed", verifyPeriod+slack, func() bool { return len(s.pids(sockets[i])) == 0 })
		for j, other := range workers[i+1:] {
			s.expect("another", sockets[i+1+j], other)
		}
	}
}

// TestHandOver gives a socket to an old process. Where the giver closes it, it is
// found once that is noticed; where it keeps it, by and by.
func TestHandOver(t *testing.T) {
	for _, keep := range []bool{false, true} {
		name := map[bool]string{false: "close", true: "keep"}[keep]
		t.Run(name, func(t *testing.T) {
			giver, taker, idle := hire(t), hire(t), hire(t)
			x := giver.open()
			s := newScene(t, Options{Proc: procOf(t, giver.pid, taker.pid, idle.pid)})
			s.track(x)
			s.expect("at first", x, giver)
			s.quiet()
			giver.give(x, taker)
			if keep {
				s.swept("both", staleAfter+slack, func() bool { return len(s.pids(x)) == 2 })
				s.expect("kept", x, giver, taker)
				return
			}
			giver.close(x)
			s.until("handed over", 2*verifyPeriod, func() bool { return slices.Contains(s.pids(x), taker.pid) })
			s.until("closed", verifyPeriod+slack, func() bool { return len(s.pids(x)) == 1 })
			s.expect("handed over", x, taker)
		})
	}
}

// TestHandOverAmongAll is the same among all processes of this computer.
func TestHandOverAmongAll(t *testing.T) {
	giver, taker := hire(t), hire(t)
	x := giver.open()
	s := newScene(t, Options{})
	s.track(x)
	s.quiet()
	giver.give(x, taker)
	for range 200 {
		if s.work(time.Minute); len(s.pids(x)) == 2 {
			break
		}
	}
	s.expect("kept", x, giver, taker)
	s.quiet()
	giver.close(x)
	s.until("closed", verifyPeriod+slack, func() bool { return len(s.pids(x)) == 1 })
	s.expect("handed over", x, taker)
}

// TestHandOverOfSameCount gives a socket to a process that closes something else:
// its number of descriptors does not tell.
func TestHandOverOfSameCount(t *testing.T) {
	giver, taker := hire(t), hire(t)
	x, other := giver.open(), taker.open()
	s := newScene(t, Options{Proc: procOf(t, giver.pid, taker.pid)})
	s.track(x)
	s.quiet()
	giver.give(x, taker)
	taker.close(other)
	s.swept("both", staleAfter+slack, func() bool { return len(s.pids(x)) == 2 })
	s.expect("kept", x, giver, taker)
}

// TestHiddenForAWhile has a process that could not be looked into at first: it
// may be open to us later, as after a change of its user.
func TestHiddenForAWhile(t *testing.T) {
	a, b := hire(t), hire(t)
	x := a.open()
	s := newScene(t, Options{Proc: procOf(t, a.pid, b.pid)})
	s.track(x)
	s.quiet()
	s.procs[b.pid].hidden, s.procs[b.pid].fds = true, unknownCount
	a.give(x, b)
	s.swept("both", staleAfter+slack, func() bool { return len(s.pids(x)) == 2 })
	s.expect("kept", x, a, b)
}

// nobody is a user without rights.
const nobody = 65534

// ordinary is this user, or for root one without rights.
func ordinary() int {
	if euid := os.Geteuid(); euid != 0 {
		return euid
	}
	return nobody
}

// TestBecomesOpen has a process be closed to its user when it is first looked
// into, and open a socket: once it is open it is found without a look into all.
func TestBecomesOpen(t *testing.T) {
	withAndWithoutCounts(t, func(t *testing.T, s *scene) {
		w := hireAs(t, ordinary())
		w.shut(true)
		s.crew(1)
		p := s.procs[w.pid]
		if os.Geteuid() == 0 { // root sees it all the same
			s.euid, p.hidden = nobody, true
		}
		if !p.hidden || s.mine(p) {
			t.Errorf("hidden %v, open %v", p.hidden, s.mine(p))
		}
		x := w.open()
		s.nextRest = s.clock.Add(time.Hour)
		s.track(x)
		s.expect("while it is closed", x)
		w.shut(false)
		if !s.mine(p) {
			t.Error("it is not open")
		}
		if !s.counts {
			s.nextRest = s.clock // only the sweep, or a look into all, finds it
		}
		s.Forget(x.Cookie)
		s.track(x)
		s.expect("when it is open", x, w)
	})
}

// TestExec runs another program under the same pid, with the same socket.
func TestExec(t *testing.T) {
	s := newScene(t, Options{})
	w := hire(t)
	x := w.open()
	s.track(x)
	s.quiet()
	s.noSweep()
	before := s.Holders(x.Cookie)[0]
	path := copySelf(t, "another-program")
	w.exec(path)
	told := false
	s.until("another name", verifyPeriod+slack, func() bool {
		told = told || slices.Contains(s.work(0), x.Cookie)
		return s.Holders(x.Cookie)[0].Name != before.Name
	})
	after := s.Holders(x.Cookie)[0]
	if after.Path != path || after.Name != "another-program" || after.ID != before.ID {
		t.Errorf("got %+v", after)
	}
}

// TestExecIsTold sees that the socket is among the changed ones.
func TestExecIsTold(t *testing.T) {
	s := newScene(t, Options{})
	w := hire(t)
	x, y := w.open(), w.open()
	s.track(x, y)
	s.quiet()
	s.noSweep()
	w.exec(copySelf(t, "another-program"))
	for range (verifyPeriod + slack) / time.Second {
		if changed := s.work(time.Second); len(changed) > 0 {
			if !slices.Equal(changed, cookiesOf(x, y)) || s.Holders(x.Cookie)[0].Name != "another-program" {
				t.Errorf("changed %v, now %+v", changed, s.Holders(x.Cookie))
			}
			return
		}
	}
	t.Error("not told in time")
}

// copySelf copies the test binary to a name of its own.
func copySelf(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, b, 0o755))
	return path
}

// TestWithoutPidfds notices ends by looking, with a child that holds on and with
// a zombie.
func TestWithoutPidfds(t *testing.T) {
	s := newScene(t, Options{})
	s.deaths.limit = 0
	parent, zombie := hire(t), hire(t)
	x, y := parent.open(), zombie.open()
	s.track(x, y)
	child := parent.spawn()
	s.until("the child", listPeriod, func() bool { return len(s.pids(x)) == 2 })
	if len(s.deaths.pids) != 0 {
		t.Errorf("%d pidfds", len(s.deaths.pids))
	}
	parent.kill()
	zombie.signal()
	eventually(t, "a zombie", func() bool { st, _ := process.ReadStat(zombie.pid); return st.Ended() })
	changed := s.work(time.Second)
	s.expect("one ended", x, child)
	s.expect("a zombie", y)
	if !slices.Equal(changed, cookiesOf(x, y)) {
		t.Errorf("changed: %v", changed)
	}
	child.kill()
	s.work(time.Second)
	s.expect("both ended", x)
	if len(s.owners) != 0 {
		t.Errorf("%d owners are left", len(s.owners))
	}
}

// TestFewPidfds has one pidfd for three owners, that the next gets when it is
// free.
func TestFewPidfds(t *testing.T) {
	s := newScene(t, Options{})
	s.deaths.limit = 1
	workers, sockets := s.crew(3)
	if len(s.deaths.pids) != 1 {
		t.Fatalf("%d pidfds", len(s.deaths.pids))
	}
	for _, w := range workers {
		w.kill()
	}
	awaken(t, s.Wake())
	s.work(time.Second)
	for _, x := range sockets {
		s.expect("ended", x)
	}
	w := hire(t)
	x := w.open()
	s.track(x)
	s.expect("next", x, w)
	if len(s.deaths.pids) != 1 {
		t.Errorf("%d pidfds for the next", len(s.deaths.pids))
	}
}

// TestClockGoesBack sets the clock back: nothing is made up for, nothing stops.
func TestClockGoesBack(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(2)
	s.quiet()
	s.noSweep()
	s.clock, s.upkeep.credit = s.clock.Add(-time.Hour), 0
	x := workers[0].open()
	s.track(x)
	if c := s.upkeep.credit; c < -sweepMost {
		t.Errorf("credit %v", c)
	}
	s.noSweep()
	s.expect("at once", x, workers[0])
	workers[1].close(sockets[1])
	s.until("noticed", verifyPeriod+slack, func() bool { return len(s.pids(sockets[1])) == 0 })
}

// TestLongPause has a day pass between two works: what is made up for is bounded.
func TestLongPause(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(3)
	s.quiet()
	s.noSweep()
	for i, w := range workers {
		w.close(sockets[i])
	}
	s.work(24 * time.Hour)
	s.work(upkeepMost)
	for _, x := range sockets {
		s.expect("after the pause", x)
	}
	if c := s.upkeep.credit; c > sweepMost || c < -time.Hour {
		t.Errorf("credit %v", c)
	}
}
