package process

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Stat is what /proc/PID/stat says, proc_pid_stat(5).
type Stat struct {
	PID     int
	Comm    string // the kernel's short name, as it is: any bytes but NUL
	State   byte   // 'R', 'S', 'Z' …
	PPID    int    // 0 for pid 1, the kernel's first thread, and where the parent is outside the pid namespace
	Kernel  bool   // a thread of the kernel
	CPU     uint64 // clock ticks that it ran in user and kernel mode, all its threads and those that ended
	Threads int
	Pages   uint64 // of memory that are resident; 0 where it has none
	Start   uint64 // clock ticks since boot
	Image   uint64 // where its stack begins: another place after each execve(2), at random. 0 where that is not shown, as to other users
}

// Ended reports whether only the exit status is left. A process whose first
// thread alone has ended is a zombie by State, yet it runs.
func (s *Stat) Ended() bool {
	return s.State == 'X' || s.State == 'x' || s.State == 'Z' && s.Threads <= 1
}

// kernelThread is PF_KTHREAD in sched.h.
const kernelThread = 0x00200000

var errStat = errors.New("parse process state: malformed")

// parseStat reads the one line of /proc/PID/stat. The name in parentheses may
// itself hold parentheses, blanks and line ends: it ends at the last ")", as all
// behind it is numbers.
func parseStat(b []byte) (Stat, error) {
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return Stat{}, errStat
	}
	s := Stat{Comm: string(b[open+1 : end])}
	ok := setInt(&s.PID, bytes.TrimSpace(b[:open]))
	rest := b[end+1:]
	for n := 3; ok && n <= 28; n++ {
		var field []byte
		field, rest = cutField(rest)
		ok = s.set(n, field)
	}
	if !ok {
		return Stat{}, errStat
	}
	return s, nil
}

// set takes a field by its number in proc_pid_stat(5).
func (s *Stat) set(n int, field []byte) bool {
	switch n {
	case 3:
		if len(field) != 1 || field[0]|0x20 < 'a' || field[0]|0x20 > 'z' {
			return false
		}
		s.State = field[0]
	case 4:
		return setInt(&s.PPID, field)
	case 9:
		flags, err := strconv.ParseUint(string(field), 10, 64)
		s.Kernel = flags&kernelThread != 0
		return err == nil
	case 14, 15:
		ticks, err := strconv.ParseUint(string(field), 10, 64)
		s.CPU += ticks
		return err == nil
	case 20:
		return setInt(&s.Threads, field)
	case 22:
		start, err := strconv.ParseUint(string(field), 10, 64)
		s.Start = start
		return err == nil
	case 24:
		s.Pages, _ = strconv.ParseUint(string(field), 10, 64)
	case 28:
		s.Image, _ = strconv.ParseUint(string(field), 10, 64)
	}
	return true
}

// cutField splits at the first blank. An iterator of package bytes would move
// the buffer to the heap.
func cutField(b []byte) (field, rest []byte) {
	b = bytes.TrimLeft(b, " ")
	if end := bytes.IndexAny(b, " \n"); end >= 0 {
		return b[:end], b[end+1:]
	}
	return b, nil
}

// setInt takes a number that is not negative.
func setInt(to *int, field []byte) bool {
	n, err := strconv.ParseUint(string(field), 10, 31)
	*to = int(n)
	return err == nil
}

// tick is the unit of times in /proc: USER_HZ is 100 on every port of Go.
const tick = 10 * time.Millisecond

// StartTime gives the time of a number of clock ticks since boot, by the wall
// clock as it is set now, or the zero time for one that cannot be.
func StartTime(ticks uint64) time.Time { return startTime(bootTime(), ticks) }

func startTime(boot time.Time, ticks uint64) time.Time {
	if boot.IsZero() || ticks > math.MaxInt64/uint64(tick) {
		return time.Time{}
	}
	return boot.Add(time.Duration(ticks) * tick)
}

// bootTime is the best of three readings of two clocks, to the tick, so that it
// is the same each time until someone sets the clock. btime in /proc/stat is the
// same moment cut to the second, which would show a start up to a second early.
func bootTime() time.Time {
	var boot time.Time
	best := time.Duration(math.MaxInt64)
	for range 3 {
		var up unix.Timespec
		before := time.Now()
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
			return time.Time{}
		}
		if spread := time.Since(before); spread < best {
			best, boot = spread, before.Add(spread/2-time.Duration(up.Nano()))
		}
	}
	return boot.Round(tick)
}
