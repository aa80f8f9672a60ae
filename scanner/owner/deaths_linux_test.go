package owner

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func watchDeaths(t *testing.T) *deaths {
	t.Helper()
	d, err := newDeaths()
	must(t, err)
	t.Cleanup(d.close)
	return d
}

// gather collects what has ended.
func (d *deaths) gather() []int {
	var ended []int
	d.collect(func(pid int) {
		ended = append(ended, pid)
		for fd, p := range d.pids {
			if p == pid {
				d.unwatch(fd)
			}
		}
	})
	slices.Sort(ended)
	return ended
}

// TestDeaths tells each end once, time after time.
func TestDeaths(t *testing.T) {
	d := watchDeaths(t)
	var workers []*worker
	for range 6 {
		w := hire(t)
		workers = append(workers, w)
		if d.watch(w.pid) < 0 {
			t.Fatal("no pidfd")
		}
	}
	if got := d.gather(); len(got) != 0 || d.some.Load() {
		t.Errorf("ended: %v", got)
	}
	for _, w := range workers {
		w.signal()
		awaken(t, d.wake)
		if !d.some.Load() {
			t.Error("woken for nothing")
		}
		if got := d.gather(); !slices.Equal(got, []int{w.pid}) {
			t.Errorf("ended: %v, want %d", got, w.pid)
		}
	}
	if len(d.pids) != 0 {
		t.Errorf("left: %v", d.pids)
	}
}

func TestWatchOfNone(t *testing.T) {
	d := watchDeaths(t)
	w := hire(t)
	w.kill()
	for _, pid := range []int{w.pid, 0, -1, 1 << 30} {
		if fd := d.watch(pid); fd >= 0 {
			t.Errorf("%d: %d", pid, fd)
		}
	}
	d.unwatch(-1)
}

// TestUnwatchedIsNotTold keeps the pidfd open elsewhere, as a process does that
// was just forked: the end must not be told, nor be taken for that of the next
// process whose pidfd has the number.
func TestUnwatchedIsNotTold(t *testing.T) {
	d := watchDeaths(t)
	a, b := hire(t), hire(t)
	pidfd := d.watch(a.pid)
	elsewhere, err := unix.FcntlInt(uintptr(pidfd), unix.F_DUPFD_CLOEXEC, 500)
	must(t, err)
	defer unix.Close(elsewhere)
	d.unwatch(pidfd)
	if d.watch(b.pid) < 0 {
		t.Fatal("no pidfd")
	}
	a.kill()
	var events [1]unix.EpollEvent
	if n, err := unix.EpollWait(d.fd, events[:], 0); n != 0 {
		t.Fatalf("told: %v, %v", events, err)
	}
}

// TestPidfdLimit leaves descriptors for everything else.
func TestPidfdLimit(t *testing.T) {
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	if got := uint64(pidfdLimit()); got == 0 || got > limit.Cur/2 {
		t.Errorf("%d of %d", got, limit.Cur)
	}
	d := watchDeaths(t)
	d.limit = 2
	a, b, c := hire(t), hire(t), hire(t)
	fds := []int{d.watch(a.pid), d.watch(b.pid), d.watch(c.pid)}
	if fds[0] < 0 || fds[1] < 0 || fds[2] != -1 {
		t.Errorf("got %v", fds)
	}
	d.unwatch(fds[0])
	if d.watch(c.pid) < 0 {
		t.Error("none after one was given back")
	}
}

// TestWakeIsOne sees that nobody has to take the value, and that it does not
// come again for what was collected.
func TestWakeIsOne(t *testing.T) {
	s := newScene(t, Options{})
	workers, sockets := s.crew(3)
	for i, w := range workers {
		w.signal()
		eventually(t, "told", s.deaths.some.Load)
		s.work(0)
		s.expect("ended", sockets[i])
	}
	awaken(t, s.Wake())
	select {
	case <-s.Wake():
		t.Error("woken again")
	case <-time.After(20 * time.Millisecond):
	}
}
