package owner

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/process"
)

// pretend makes a known owner one that had the pid before: of another start and
// either without a pidfd, or with that of a process that has ended.
func (s *scene) pretend(w *worker, pidfd bool) *proc {
	s.Helper()
	p := s.procs[w.pid]
	s.deaths.unwatch(p.pidfd)
	p.pidfd, p.summary.Start = -1, p.summary.Start-1
	s.upkeep.blind = true
	if pidfd {
		ended := hire(s.TB)
		fd, err := unix.PidfdOpen(ended.pid, 0)
		must(s.TB, err)
		ended.kill()
		p.pidfd = fd
		s.deaths.pids[fd] = w.pid // closed with p, but never told
	}
	return p
}

// twoWays runs a test with an owner that has a pidfd and with one that has none.
func twoWays(t *testing.T, test func(t *testing.T, pidfd bool)) {
	t.Run("pidfd", func(t *testing.T) { test(t, true) })
	t.Run("start time", func(t *testing.T) { test(t, false) })
}

func (s *scene) isAlive(p *proc) bool {
	s.Helper()
	alive, err := s.alive(p)
	must(s.TB, err)
	return alive
}

func TestAlive(t *testing.T) {
	twoWays(t, func(t *testing.T, pidfd bool) {
		s := newScene(t, Options{})
		if !pidfd {
			s.deaths.limit = 0
		}
		workers, _ := s.crew(2)
		p := s.procs[workers[0].pid]
		if (p.pidfd >= 0) != pidfd || !s.isAlive(p) {
			t.Errorf("%+v is not alive", p)
		}
		workers[0].signal()
		eventually(t, "a zombie is not alive", func() bool { return !s.isAlive(p) })
		workers[0].reap()
		if s.isAlive(p) {
			t.Error("alive after its end")
		}
		if s.isAlive(s.pretend(workers[1], pidfd)) {
			t.Error("another process is taken for it")
		}
	})
}

// TestAliveUnderSignals sends this process signals all the time: system calls
// end early then.
func TestAliveUnderSignals(t *testing.T) {
	s := newScene(t, Options{})
	workers, _ := s.crew(1)
	p := s.procs[workers[0].pid]
	stop := annoy()
	defer stop()
	for range 20_000 {
		if !s.isAlive(p) {
			t.Fatal("taken for ended")
		}
	}
}

// annoy has signals sent to this process until stop.
func annoy() (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			default:
				unix.Kill(unix.Getpid(), unix.SIGURG)
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// TestPidIsUsedAgain lets another process have the pid of an owner, and the same
// socket.
func TestPidIsUsedAgain(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(2)
	p := s.pretend(workers[0], false)
	if changed := s.work(time.Second); !slices.Equal(changed, cookiesOf(sockets[0])) {
		t.Errorf("changed: %v", changed)
	}
	s.work(0)
	s.checkNew(workers[0], sockets[0], p)
	s.expect("the other", sockets[1], workers[1])
}

// checkNew checks that a socket is held by the process that has the pid now.
func (s *scene) checkNew(w *worker, x Socket, old *proc) {
	s.Helper()
	s.expect("the new one", x, w)
	now, err := process.Summarize(w.pid)
	must(s.TB, err)
	if got := s.Holders(x.Cookie); len(got) != 1 || got[0] != now {
		s.Errorf("held by %+v, want %+v", got, now)
	}
	if p := s.procs[w.pid]; p == old || old.at >= 0 || old.pidfd >= 0 || len(old.holds) != 0 {
		s.Errorf("left of the old one: %+v", old)
	}
}

// TestPidIsUsedAgainByAnOpener has the process that has the pid now open a
// socket: it must not be taken for the old owner's, nor may that stay the holder
// of what it had.
func TestPidIsUsedAgainByAnOpener(t *testing.T) {
	twoWays(t, func(t *testing.T, pidfd bool) {
		s := newScene(t, Options{})
		workers, sockets := s.crew(2)
		old := s.pretend(workers[0], pidfd)
		x := workers[0].open()
		s.Track(x)
		for range 2 {
			s.work(0)
			for _, y := range []Socket{x, sockets[0]} {
				for _, h := range s.Holders(y.Cookie) {
					if h.Start == old.summary.Start {
						t.Fatal("the old one holds a socket")
					}
				}
			}
		}
		s.work(2 * time.Second)
		s.checkNew(workers[0], x, old)
		s.checkNew(workers[0], sockets[0], old)
		if len(s.owners) != 2 {
			t.Errorf("%d owners", len(s.owners))
		}
	})
}

// TestEndsWhileLookedInto has an owner end after its descriptors were read, and
// before they are taken over.
func TestEndsWhileLookedInto(t *testing.T) {
	twoWays(t, func(t *testing.T, pidfd bool) {
		s := newScene(t, Options{})
		if !pidfd {
			s.deaths.limit = 0
		}
		workers, sockets := s.crew(2)
		a, b, fresh := workers[0].pid, sockets[0], hire(t)
		x, y := workers[0].open(), fresh.open()
		s.Track(x)
		s.Track(y)
		found := []hold{{s.fdOf(a, b), b.Inode}, {s.fdOf(a, b) + 1, x.Inode}}
		p, q := s.procs[a], &proc{entry: entry{pid: fresh.pid}, pidfd: -1, folder: -1, at: -1}
		s.procs[q.pid] = q
		workers[0].kill()
		fresh.kill()
		must(t, s.settle(p, finding{count: 9, whole: true, found: found}))
		must(t, s.settle(q, finding{count: 9, whole: true, found: []hold{{4, y.Inode}}}))
		s.expect("known", b)
		s.expect("new", x)
		s.expect("of a new owner", y)
		if p.at >= 0 || q.at >= 0 || len(s.owners) != 1 || s.procs[a] != nil {
			t.Errorf("left: %+v, %+v, %d owners", p, q, len(s.owners))
		}
		s.work(0)
		s.expect("the other", sockets[1], workers[1])
	})
}

// TestClosesWhileLookedInto has a process that held nothing close the socket
// after its descriptors were read.
func TestClosesWhileLookedInto(t *testing.T) {
	s := newScene(t, Options{})
	w := hire(t)
	x := w.open()
	s.crew(1)
	s.Track(x)
	w.close(x)
	p := s.procs[w.pid]
	must(t, s.settle(p, finding{count: 9, whole: true, found: []hold{{4, x.Inode}}}))
	s.expect("closed", x)
	if p.at >= 0 || p.live != 0 || p.pidfd >= 0 || len(s.deaths.pids) != 1 {
		t.Errorf("left: %+v", p)
	}
	w.open()
	y := w.open()
	s.track(y)
	s.expect("later", y, w)
}

// TestRecheckOfAnother finds another process under the pid, though the pidfd has
// not told the end.
func TestRecheckOfAnother(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(2)
	p := s.procs[workers[0].pid]
	p.summary.Start--
	must(t, s.recheck(p))
	s.expect("dropped", sockets[0])
	s.work(time.Second)
	s.checkNew(workers[0], sockets[0], p)
}

// TestInodeOfTheProcess takes a process for a new one when its inode has changed,
// except for owners, whose end is told otherwise.
func TestInodeOfTheProcess(t *testing.T) {
	s := newScene(t, Options{})
	idle := hire(t)
	workers, sockets := s.crew(1)
	was := map[int]*proc{}
	for _, pid := range []int{idle.pid, workers[0].pid} {
		was[pid] = s.procs[pid]
		was[pid].inode++
	}
	must(t, s.list())
	if p := s.procs[idle.pid]; p == was[idle.pid] || !p.looked.IsZero() {
		t.Errorf("%+v is taken for the same", p)
	}
	if s.procs[workers[0].pid] != was[workers[0].pid] {
		t.Error("an owner is taken for another")
	}
	s.expect("the owner", sockets[0], workers[0])
}

// TestEndsBeforeTheChecks has an owner end between the search for such and the
// checks: a zombie has no path, and that is no other program.
func TestEndsBeforeTheChecks(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(1)
	p := s.procs[workers[0].pid]
	workers[0].signal()
	eventually(t, "a zombie", func() bool { return !s.isAlive(p) })
	must(t, s.recheck(p))
	if got := s.Holders(sockets[0].Cookie); len(got) != 0 {
		t.Errorf("held by %+v", got)
	}
}

// TestInodeIsUsedAgain has the inode of a closed socket be that of a new one at
// once, in either order of the news.
func TestInodeIsUsedAgain(t *testing.T) {
	for _, forgetFirst := range []bool{true, false} {
		s := newScene(t, Options{})
		workers, sockets := s.crew(2)
		old := sockets[0]
		again := old
		again.Cookie++
		if forgetFirst {
			s.Forget(old.Cookie)
			s.Track(again)
		} else {
			s.Track(again)
			s.Forget(old.Cookie)
		}
		if s.Holders(again.Cookie) == nil || len(s.pids(again)) != 0 || s.Holders(old.Cookie) != nil {
			t.Error("the holders of the old one are taken for those of the new one")
		}
		s.work(0)
		s.expect("new", again, workers[0])
		s.expect("the other", sockets[1], workers[1])
		s.quiet()
		workers[0].close(old)
		s.until("noticed", verifyPeriod+slack, func() bool { return len(s.pids(again)) == 0 })
		if len(s.owners) != 1 {
			t.Errorf("%d owners", len(s.owners))
		}
	}
}

// TestInodeOfAnother has it be that of another process.
func TestInodeOfAnother(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(2)
	again := sockets[1]
	again.Cookie++
	s.Forget(sockets[0].Cookie)
	s.Forget(sockets[1].Cookie)
	s.track(again)
	s.expect("new", again, workers[1])
}
