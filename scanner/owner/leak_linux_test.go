package owner

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestNothingLeaks makes and closes Finders that know owners, some of which
// have ended, and have been told of it or not.
func TestNothingLeaks(t *testing.T) {
	x, file := openSocket(t)
	w := hire(t, file)
	proc := procOf(t, os.Getpid(), w.pid)
	round := func(i int) {
		f, err := New(Options{Proc: proc})
		must(t, err)
		defer f.Close()
		f.Track(x)
		f.Track(bogus)
		now := time.Unix(1_700_000_000, 0)
		for range i % 4 {
			_, err := f.Work(now)
			must(t, err)
			now = now.Add(verifyPeriod)
		}
		if held := len(f.Holders(x.Cookie)); held == 0 && i%4 > 0 {
			t.Error("nothing was found")
		}
		if i%5 == 0 {
			f.Forget(x.Cookie)
		}
		if i == 101 {
			w.signal()
			awaken(t, f.Wake()) // and nobody collects it
		}
	}
	round(3) // the runtime has opened what it keeps
	fds, goroutines := descriptors(t), runtime.NumGoroutine()
	for i := range 200 {
		round(i)
	}
	eventually(t, "the goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	if now := descriptors(t); now != fds {
		t.Errorf("descriptors:\n%s\nbefore:\n%s", now, fds)
	}
}

// descriptors lists those of this process.
func descriptors(t testing.TB) (list string) {
	t.Helper()
	for fd := range 1000 {
		if target, err := os.Readlink(fmt.Sprint("/proc/self/fd/", fd)); err == nil {
			list += fmt.Sprintln(fd, target)
		}
	}
	return list
}

// TestEndedProcessesAreForgotten lists after many processes have come and gone.
func TestEndedProcessesAreForgotten(t *testing.T) {
	s := newScene(t, Options{})
	s.crew(1)
	var pids []int
	for range 30 {
		w := hire(t)
		x := w.open()
		s.track(x)
		pids = append(pids, w.pid)
		w.kill()
		s.Forget(x.Cookie)
	}
	listing := s.listing
	s.until("a listing", time.Hour, func() bool { return s.listing > listing })
	for _, pid := range pids {
		if p := s.procs[pid]; p != nil && p.summary.PID != 0 {
			t.Errorf("%d is known: %+v", pid, p)
		}
	}
	if len(s.owners) != 1 || len(s.deaths.pids) != 1 || len(s.targets) != 1 || len(s.cookies) != 1 {
		t.Errorf("%d owners, %d pidfds, %d targets, %d cookies", len(s.owners), len(s.deaths.pids), len(s.targets), len(s.cookies))
	}
}
