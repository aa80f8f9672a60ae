package process

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// statLine is a line of /proc/PID/stat with 52 fields.
func statLine(s Stat) string {
	flags := 0x400140
	if s.Kernel {
		flags |= kernelThread
	}
	return fmt.Sprintf("%d (%s) %c %d 812 812 0 -1 %d 1 2 3 4 %d 0 7 8 20 0 %d 0 %d 1000 %d 18446744073709551615 0 0 %d",
		s.PID, s.Comm, s.State, s.PPID, flags, s.CPU, s.Threads, s.Start, s.Pages, s.Image) + strings.Repeat(" 0", 24) + "\n"
}

func TestParseStat(t *testing.T) {
	good := Stat{PID: 812, Comm: "sshd", State: 'S', PPID: 1, CPU: 56, Threads: 1, Start: 4711, Pages: 50, Image: 140735255799024}
	cases := []struct {
		name   string
		change func(*Stat)
	}{
		{"plain", func(*Stat) {}},
		{"no name", func(s *Stat) { s.Comm = "" }},
		{"blanks and parentheses", func(s *Stat) { s.Comm = "a) Z 1 (b" }},
		{"line end", func(s *Stat) { s.Comm = "a\nb) " }},
		{"no text", func(s *Stat) { s.Comm = "\xff\xfe\x1b[0m" }},
		{"a thread of the kernel", func(s *Stat) { s.Comm, s.Kernel, s.PPID = "kworker/0:1H-kblockd", true, 2 }},
		{"latest start", func(s *Stat) { s.Start = 1<<64 - 1 }},
		{"of another user", func(s *Stat) { s.Image = 0 }},
		{"no memory", func(s *Stat) { s.Pages = 0 }},
		{"zombie", func(s *Stat) { s.State = 'Z' }},
		{"without its first thread", func(s *Stat) { s.State, s.Threads = 'Z', 3 }},
	}
	for _, tc := range cases {
		want := good
		tc.change(&want)
		if got, err := parseStat([]byte(statLine(want))); got != want || err != nil {
			t.Errorf("%s: got %+v, %v", tc.name, got, err)
		}
	}
}

func TestParseStatRefuses(t *testing.T) {
	line := statLine(Stat{PID: 812, Comm: "sshd", State: 'S', PPID: 1, Threads: 1, Start: 4711})
	cases := map[string]string{
		"nothing":           "",
		"no name":           "812 sshd S 1",
		"wrong parentheses": ")812(",
		"cut":               line[:40],
		"cut before start":  line[:strings.Index(line, " 4711")],
		"pid":               "x" + line,
		"negative pid":      "-" + line,
		"state":             strings.Replace(line, " S ", " SS ", 1),
		"parent":            strings.Replace(line, " S 1 ", " S -1 ", 1),
		"flags":             strings.Replace(line, " 4194624 ", " ? ", 1),
		"time":              strings.Replace(line, " 4 0 0 7 ", " 4 -1 0 7 ", 1),
		"time in kernel":    strings.Replace(line, " 4 0 0 7 ", " 4 0 x 7 ", 1),
		"threads":           strings.Replace(line, " 20 0 1 ", " 20 0 x ", 1),
		"start":             strings.Replace(line, " 4711 ", " 99999999999999999999 ", 1),
	}
	for name, in := range cases {
		if got, err := parseStat([]byte(in)); err == nil || got != (Stat{}) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte(statLine(Stat{PID: 1, Comm: hostileName, State: 'S', Threads: 1})))
	f.Add([]byte("0()\xad 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"))
	f.Add([]byte("1 () R 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 7"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parseStat(b)
		if err != nil {
			return
		}
		if again, err := parseStat([]byte(statLine(s))); again != s || err != nil {
			t.Errorf("%+v became %+v, %v", s, again, err)
		}
	})
}

func TestStatEnded(t *testing.T) {
	cases := []struct {
		stat Stat
		want bool
	}{
		{Stat{State: 'S', Threads: 1}, false},
		{Stat{State: 'Z', Threads: 1}, true},
		{Stat{State: 'Z', Threads: 2}, false},
		{Stat{State: 'X', Threads: 0}, true},
	}
	for _, tc := range cases {
		if got := tc.stat.Ended(); got != tc.want {
			t.Errorf("%+v: %v", tc.stat, got)
		}
	}
}

func TestStartTime(t *testing.T) {
	boot := time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC)
	cases := []struct {
		boot  time.Time
		ticks uint64
		want  time.Time
	}{
		{boot, 0, boot},
		{boot, 12345, boot.Add(123450 * time.Millisecond)},
		{boot, 1<<64 - 1, time.Time{}},
		{time.Time{}, 5, time.Time{}},
	}
	for _, tc := range cases {
		if got := startTime(tc.boot, tc.ticks); !got.Equal(tc.want) {
			t.Errorf("%d ticks: %v", tc.ticks, got)
		}
	}
}

func TestStartTimeOfAChild(t *testing.T) {
	before := time.Now()
	c := start(t, "wait", nil)
	after := time.Now()
	if at := StartTime(c.id.Start); at.Before(before.Add(-3*tick)) || at.After(after.Add(3*tick)) {
		t.Errorf("%v is not between %v and %v", at, before, after)
	}
}

func TestReadStat(t *testing.T) {
	c := start(t, "hostile", nil)
	s, err := ReadStat(c.id.PID)
	if err != nil || s.PID != c.id.PID || s.Comm != hostileName || s.PPID != os.Getpid() || s.Start != c.id.Start || s.Image == 0 || s.Ended() {
		t.Errorf("got %+v, %v", s, err)
	}
}
