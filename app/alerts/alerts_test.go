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
	"portlight/scanner/scannertest"
	"portlight/scanner/supervisor"
)

// TestScripts plays testdata/*.txt. A line is a scan, a second after the one
// before; one that begins with "&" is of the same scan:
//
//	learn  LISTENER            known from the baseline
//	open   LISTENER            an event, as are close and change
//	change LISTENER <- LISTENER   as it is <- as it was
//	wait                       nothing happens
//	resume LISTENER            is there when somebody watches again
//	rule   ACTION [program=P] [tcp|udp] [ports=N-N] [ephemeral] [network|loopback] [for=SECONDS]
//	set    [loopback] [-ephemeral] [pause=SECONDS]    the other settings are the defaults
//
// Behind " => " stands what is judged, then what falls due: each event with its
// verdict about the program that decides, and " + " with each other one. See
// scannertest.Listener for LISTENER.
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
	j, now := NewJudge(1000), time.Unix(0, 0)
	for n, line := range strings.Split(string(b), "\n") {
		step, want, _ := strings.Cut(line, "=>")
		if step = strings.TrimSpace(step); step == "" || step[0] == '#' {
			continue
		}
		step, same := strings.CutPrefix(step, "& ")
		if !same {
			now = now.Add(time.Second)
		}
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
		j.Learn(&scanner.Snapshot{Listeners: []scanner.Listener{scannertest.Listener(t, after)}})
		return ""
	case "resume":
		for _, out := range j.Resume(&scanner.Snapshot{Time: now, Listeners: []scanner.Listener{scannertest.Listener(t, after)}}) {
			got = append(got, told(out))
		}
		return strings.Join(got, ", ")
	case "rule":
		j.policy.Rules = append(j.policy.Rules, parseRule(t, rest, now))
		j.policy.Rules[len(j.policy.Rules)-1].ID = int64(len(j.policy.Rules))
		return ""
	case "set":
		j.policy.Settings = parseSettings(t, rest, now)
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
		e.Listener = scannertest.Listener(t, after)
		if hasBefore {
			was := scannertest.Listener(t, before)
			e.Before = &was
		}
		for _, out := range j.Tick([]scanner.Event{e}) {
			got = append(got, told(out))
		}
	}
	due, _ := j.Due(now)
	for _, d := range due {
		got = append(got, "due "+told(d))
	}
	return strings.Join(got, ", ")
}

func told(j Judgement) string {
	s := fmt.Sprintf("%s %s %s", j.Event.Op, j.Verdict, j.Program)
	if j.Away {
		s = "away " + s
	}
	if j.Would != "" {
		s += fmt.Sprintf(" (%s, rule %d)", j.Would, j.Rule)
	}
	for _, o := range j.Others {
		s += fmt.Sprintf(" + %s %s", o.Verdict, o.Program)
	}
	return s
}

func parseRule(t *testing.T, s string, now time.Time) Rule {
	t.Helper()
	action, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	r := Rule{Action: Action(action)}
	for _, word := range strings.Fields(rest) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "program":
			r.Program = value
		case "tcp":
			r.Proto = scanner.TCP
		case "udp":
			r.Proto = scanner.UDP
		case "ports":
			if _, err := fmt.Sscanf(value, "%d-%d", &r.FirstPort, &r.LastPort); err != nil {
				t.Fatal(err)
			}
		case "ephemeral":
			r.Ephemeral = true
		case "network", "loopback":
			r.Where = Where(key)
		case "for":
			r.Until = now.Add(seconds(t, value))
		default:
			t.Fatalf("unknown word %q", word)
		}
	}
	return r
}

func parseSettings(t *testing.T, s string, now time.Time) Settings {
	t.Helper()
	set := DefaultSettings()
	for _, word := range strings.Fields(s) {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "loopback":
			set.Loopback = true
		case "-ephemeral":
			set.Ephemeral = false
		case "pause":
			set.Paused = now.Add(seconds(t, value))
		default:
			t.Fatalf("unknown word %q", word)
		}
	}
	return set
}

func seconds(t *testing.T, s string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

func TestDueSaysWhenToAskAgain(t *testing.T) {
	j, now := NewJudge(1000), time.Unix(100, 0)
	for i := range 3 {
		l := scannertest.Listener(t, "tcp 0.0.0.0:4000"+strconv.Itoa(i)+" a ephemeral")
		j.Judge(scanner.Event{Op: scanner.Opened, Time: now.Add(time.Duration(i) * time.Second), Listener: l})
	}
	due, next := j.Due(now.Add(SettleTime))
	if len(due) != 1 || !next.Equal(now.Add(SettleTime+time.Second)) {
		t.Errorf("%d due, next at %v", len(due), next)
	}
	due, next = j.Due(now.Add(time.Hour))
	if len(due) != 2 || due[0].Verdict != Known || due[1].Verdict != Known || !next.IsZero() {
		t.Errorf("one program's further ephemeral ports: %v, next %v", due, next)
	}
}

// TestWaitingIsSaid: who judges an event alone is told that it comes again.
func TestWaitingIsSaid(t *testing.T) {
	j, now := NewJudge(1000), time.Unix(100, 0)
	l := scannertest.Listener(t, "tcp 0.0.0.0:40000 a ephemeral")
	if out := j.Judge(scanner.Event{Op: scanner.Opened, Time: now, Listener: l}); out.Verdict != Waiting || out.Verdict.Alerts() {
		t.Errorf("verdict %s", out.Verdict)
	}
}

// TestLearnEndsTheWait: what the baseline of another source does not show has no
// event of its end.
func TestLearnEndsTheWait(t *testing.T) {
	j, now := NewJudge(1000), time.Unix(100, 0)
	j.Judge(scanner.Event{Op: scanner.Opened, Time: now, Listener: scannertest.Listener(t, "tcp 0.0.0.0:40000 a ephemeral")})
	j.Learn(&scanner.Snapshot{Time: now.Add(time.Second)})
	if due, _ := j.Due(now.Add(SettleTime)); len(due) != 1 || due[0].Verdict != Known {
		t.Errorf("due %v", due)
	}
}

func TestProgramOfAHiddenOwner(t *testing.T) {
	l := scanner.Listener{UID: 0, Behind: &supervisor.Manager{Kind: supervisor.Service, Place: supervisor.Service, Unit: "nginx.service"}}
	if got := Program(&l, nil); got != "unit:nginx.service" {
		t.Errorf("got %s", got)
	}
	if got := Program(&l, &scanner.Process{Name: "sshd", UID: 0}); got != "hidden:0/sshd" {
		t.Errorf("got %s", got)
	}
}

// TestHiddenThatMayBeSeenYet waits for the owner of a socket of one's own, or for
// any as root: it is told with its name, or hidden if nobody is found.
func TestHiddenThatMayBeSeenYet(t *testing.T) {
	for _, c := range []struct {
		uid, euid int
		waits     bool
	}{{1000, 1000, true}, {0, 0, true}, {33, 0, true}, {0, 1000, false}} {
		for _, found := range []bool{true, false} {
			j, now := NewJudge(c.euid), time.Unix(100, 0)
			l := scanner.Listener{Key: scanner.Key{Proto: scanner.TCP, Addr: netip.IPv4Unspecified(), Port: 8080}, UID: c.uid, Unseen: 1}
			js := j.Tick([]scanner.Event{{Op: scanner.Opened, Time: now, Listener: l}})
			if (len(js) == 0) != c.waits {
				t.Errorf("%+v: told %v", c, js)
			}
			if !c.waits {
				continue
			}
			want := hidden(c.uid, "")
			if found {
				before := l
				l.Unseen, l.Owners = 0, []scanner.Process{{ID: process.ID{PID: 7, Start: 1}, Name: "web", Path: "/usr/bin/web"}}
				js = j.Tick([]scanner.Event{{Op: scanner.Changed, Time: now.Add(time.Second), Listener: l, Before: &before}})
				want = "exe:/usr/bin/web"
			} else {
				js, _ = j.Due(now.Add(SettleTime))
			}
			if len(js) != 1 || js[0].Verdict != New || js[0].Program != want || js[0].Event.Op != scanner.Opened {
				t.Errorf("%+v, found %v: %+v", c, found, js)
			}
		}
	}
}
