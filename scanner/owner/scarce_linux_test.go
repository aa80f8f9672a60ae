package owner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestScarceDescriptors works without a free descriptor, in a process of its own.
func TestScarceDescriptors(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), helperMode+"=scarce")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// runScarce tries each number of free descriptors, with pidfds and without.
func runScarce() error {
	for _, pidfds := range []bool{true, false} {
		for free := range 6 {
			if err := scarcity(free, pidfds); err != nil {
				return fmt.Errorf("%d free, pidfds %v: %w", free, pidfds, err)
			}
		}
	}
	return nil
}

// lack is a Finder in a process that lacks descriptors.
type lack struct {
	*Finder
	now    time.Time
	free   int
	limit  unix.Rlimit
	failed int // works that said so
}

// scarcity has this process open a socket, be known for it, open more and close
// one, with few descriptors free: nothing that is true may be forgotten, and all
// is found when there are some again.
func scarcity(free int, pidfds bool) error {
	f, err := New(Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	if !pidfds {
		f.deaths.limit = 0
	}
	var sockets []Socket
	for range 4 {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		inode, err := inodeOf(fd)
		if err != nil {
			return err
		}
		sockets = append(sockets, socketOf(inode))
	}
	l := &lack{Finder: f, now: time.Unix(1_700_000_000, 0), free: free}
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l.limit); err != nil {
		return err
	}
	return l.run(sockets)
}

func (l *lack) run(sockets []Socket) error {
	l.Track(sockets[0])
	if err := l.poor(func() error { return l.works(3) }); err != nil {
		return fmt.Errorf("first search: %w", err)
	}
	if l.free < 2 && (l.failed == 0 || l.started) {
		return fmt.Errorf("first search: %d errors, started %v", l.failed, l.started)
	}
	if err := l.rich(sockets[:1]); err != nil {
		return fmt.Errorf("first search: %w", err)
	}
	known := sockets[:1]
	for _, x := range sockets[1:] {
		l.Track(x)
		if err := l.poor(func() error { return l.keeps(known) }); err != nil {
			return err
		}
		known = append(known, x)
		if err := l.rich(known); err != nil {
			return err
		}
	}
	return nil
}

// works works some times, with the checks and without; an error must be that of
// a lack.
func (l *lack) works(times int) error {
	for i := range times {
		if i%2 == 1 {
			l.now = l.now.Add(verifyPeriod)
		}
		_, err := l.Work(l.now)
		switch {
		case err == nil:
		case errors.Is(err, unix.EMFILE) && strings.Contains(err.Error(), "owners"):
			l.failed++
		default:
			return err
		}
	}
	return nil
}

// keeps works and sees that the known ones stay known all the time.
func (l *lack) keeps(known []Socket) error {
	for i := range 10 {
		if err := l.works(1 + i%2); err != nil {
			return err
		}
		for _, x := range known {
			if held := l.Holders(x.Cookie); len(held) != 1 || held[0].PID != os.Getpid() || held[0].Path == "" {
				return fmt.Errorf("lost: %+v", held)
			}
		}
	}
	return nil
}

// rich works once with all descriptors and sees that all are known.
func (l *lack) rich(sockets []Socket) error {
	l.now = l.now.Add(time.Hour)
	if _, err := l.Work(l.now); err != nil {
		return err
	}
	for _, x := range sockets {
		if held := l.Holders(x.Cookie); len(held) != 1 || held[0].PID != os.Getpid() || l.Unheld(x.Cookie) {
			return fmt.Errorf("%v is held by %+v", x, held)
		}
	}
	return nil
}

// poor calls do while only some descriptors are free.
func (l *lack) poor(do func() error) error {
	few := l.limit
	few.Cur = 0
	for left := l.free; ; few.Cur++ {
		if _, err := unix.FcntlInt(uintptr(few.Cur), unix.F_GETFD, 0); err == nil {
			continue
		}
		if left--; left < 0 {
			break
		}
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		return err
	}
	err := do()
	if again := unix.Setrlimit(unix.RLIMIT_NOFILE, &l.limit); err == nil {
		err = again
	}
	return err
}
