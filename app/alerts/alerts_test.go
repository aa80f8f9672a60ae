package alerts

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portlight/scanner"
	"portlight/scanner/process"
)

// TestScripts plays testdata/*.txt. A line is a second on the clock:
//
//	learn  LISTENER            known from the baseline
//	open   LISTENER            an event, as are close and change
//	change LISTENER <- LISTENER   as it is <- as it was
//	wait                       nothing happens
//
// where LISTENER is "tcp 0.0.0.0:80 nginx,worker [dual] [ephemeral] [uid=N] [ns=N]";
// "?" is a hidden owner, "kernel" the kernel. Behind " => " stands what is
// judged, and what falls due.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { play(t, file) })
	}
}

func play(t *testing.T, file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	j, now := NewJudge(), time.Unix(0, 0)
	for n, line := range strings.Split(string(b), "\n") {
		step, want, _ := strings.Cut(line, "=>")
		if step = strings.TrimSpace(step); step == "" || step[0] == '#' {
			continue
		}
		now = now.Add(time.Second)
		if got := perform(t, j, step, now); got != strings.TrimSpace(want) {
			t.Errorf("%s:%d: %s => %s, want %s", file, n+1, step, got, strings.TrimSpace(want))
		}
	}
}

func perform(t *testing.T, j *Judge, step string, now time.Time) string {
	verb, rest, _ := strings.Cut(step, " ")
	after, before, hasBefore := strings.Cut(rest, "<-")
	e := scanner.Event{Time: now}
	var got []string
	switch verb {
	case "learn":
		j.Learn(&scanner.Snapshot{Listeners: []scanner.Listener{parseListener(t, after)}})
		return ""
	case "open":
		e.Op = scanner.Opened
	case "close":
		e.Op = scanner.Closed
	case "change":
		e.Op = scanner.Changed
	case "wait":
	default:
		t.Fatalf("unknown step %q", step)
	}
	if verb != "wait" {
		e.Listener = parseListener(t, after)
		if hasBefore {
			was := parseListener(t, before)
			e.Before = &was
		}
		out := j.Judge(e)
		got = append(got, fmt.Sprintf("%s %s", out.Verdict, out.Program))
	}
	due, _ := j.Due(now)
	for _, d := range due {
		got = append(got, fmt.Sprintf("due %s %s", d.Verdict, d.Program))
	}
	return strings.Join(got, ", ")
}

func parseListener(t *testing.T, s string) scanner.Listener {
	t.Helper()
	f := strings.Fields(s)
	at, err := netip.ParseAddrPort(f[1])
	if err != nil {
		t.Fatal(err)
	}
	l := scanner.Listener{Key: scanner.Key{Proto: scanner.TCP, Addr: at.Addr(), Port: at.Port()}, UID: 5}
	if f[0] == "udp" {
		l.Proto = scanner.UDP
	}
	for i, name := range strings.Split(f[2], ",") {
		switch name {
		case "?":
			l.Unseen++
		case "kernel":
			l.Kernel = true
		default:
			l.Owners = append(l.Owners, scanner.Process{ID: process.ID{PID: 100 + i}, Name: name, Path: "/bin/" + name})
		}
	}
	for _, mark := range f[3:] {
		switch {
		case mark == "dual":
			l.DualStack = true
		case mark == "ephemeral":
			l.Ephemeral = true
		case strings.HasPrefix(mark, "uid="):
			if l.UID, err = strconv.Atoi(mark[4:]); err != nil {
				t.Fatal(err)
			}
		case strings.HasPrefix(mark, "ns="):
			l.Namespace = mark[3:]
		default:
			t.Fatalf("unknown mark %q", mark)
		}
	}
	return l
}

func TestDueSaysWhenToAskAgain(t *testing.T) {
	j, now := NewJudge(), time.Unix(100, 0)
	for i := range 3 {
		l := parseListener(t, "tcp 0.0.0.0:4000"+strconv.Itoa(i)+" a ephemeral")
		j.Judge(scanner.Event{Op: scanner.Opened, Time: now.Add(time.Duration(i) * time.Second), Listener: l})
	}
	due, next := j.Due(now.Add(settleTime))
	if len(due) != 1 || !next.Equal(now.Add(settleTime+time.Second)) {
		t.Errorf("%d due, next at %v", len(due), next)
	}
	if due, next = j.Due(now.Add(time.Hour)); len(due) != 0 || !next.IsZero() {
		t.Errorf("one program's further ephemeral ports are due: %v, next %v", due, next)
	}
}

func TestProgramOfAHiddenOwner(t *testing.T) {
	l := scanner.Listener{UID: 0, Unit: "nginx.service"}
	if got := Program(&l, nil); got != "unit:nginx.service" {
		t.Errorf("got %s", got)
	}
	if got := Program(&l, &scanner.Process{Name: "sshd", UID: 0}); got != "hidden:0/sshd" {
		t.Errorf("got %s", got)
	}
}
