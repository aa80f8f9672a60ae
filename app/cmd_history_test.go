package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
)

// day is a data folder with an event at each of the last 24 hours, the port of which
// is the hour.
func day(t testing.TB) string {
	now := time.Now()
	var ticks []history.Tick
	for hour := 24; hour > 0; hour-- {
		name := "nginx"
		if hour%2 == 1 {
			name = "sshd"
		}
		ticks = append(ticks, opened(t, now.Add(-time.Duration(hour)*time.Hour), alerts.New, fmt.Sprintf("tcp 0.0.0.0:%d %s", hour, name)))
	}
	return remembered(t, ticks...)
}

func TestHistory(t *testing.T) {
	dir := day(t)
	for _, c := range []struct{ flags, want string }{
		{"--since 210m", "3 2 1"},
		{"--since 4.5h --until 150m", "4 3"},
		{"--since 1d --program nginx --port 8", "8"},
		{"--program SSH --limit 2", "3 1"},
		{"--program exe:/bin/nginx --limit 1", "2"},
		{"--program none", ""},
		{"--until 23.5h", "24"},
	} {
		var got []string
		for _, e := range parsed[[]view.EventJSON](t, in(t, dir, "history --json "+c.flags)) {
			if !e.Alert || e.Event != "opened" || e.Verdict != "new" {
				t.Errorf("%+v", e)
			}
			got = append(got, fmt.Sprint(e.Listener.Port))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.flags, got, c.want)
		}
	}
	code, stdout, stderr := portlight("history", "--limit", "2", "--data-dir", dir)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if code != exitFine || len(lines) != 2 || !strings.HasSuffix(lines[1], "nginx (0.0.0.0:2): nginx listens on 2 where others can reach it, for the first time") &&
		!strings.Contains(lines[1], "sshd (0.0.0.0:1)") || !strings.HasPrefix(lines[1], time.Now().Add(-time.Hour).Format("2006-01-02T15:04")) || !strings.Contains(stderr, "the latest 2") {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
	if code, _, stderr := portlight("history", "--limit", "24", "--data-dir", dir); code != exitFine || stderr != "" {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if code, stdout, stderr := portlight("history", "--program", "none", "--data-dir", dir); code != exitFine || stdout != "" || !strings.Contains(stderr, wordsNoEvents) {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

// TestHistoryOfManyPages is in order, whole and without doubles.
func TestHistoryOfManyPages(t *testing.T) {
	const all = 2*pageEvents + 500
	tick := opened(t, time.Now(), alerts.Known, slices.Repeat([]string{"tcp 0.0.0.0:80 nginx"}, all)...)
	s, err := history.Open(remembered(t, tick), history.Other, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for limit, want := range map[int]int{0: all, 1: 1, pageEvents: pageEvents, pageEvents + 1: pageEvents + 1, all: all, all + 1: all} {
		var ids []int64
		more, err := eachEvent(context.Background(), s, history.Query{}, limit, func(e history.Event) error { ids = append(ids, e.ID); return nil })
		if err != nil || len(ids) != want || more != (want < all) || ids[len(ids)-1] != all || ids[0] != int64(all-want+1) || !slices.IsSorted(ids) {
			t.Errorf("limit %d: %d events from %d, more %v, %v", limit, len(ids), ids[0], more, err)
		}
	}
	if _, err := eachEvent(interrupted(), s, history.Query{}, 0, func(history.Event) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if _, err := eachEvent(context.Background(), s, history.Query{}, 0, func(history.Event) error { return io.ErrShortWrite }); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("full: %v", err)
	}
}

func TestHistoryDelete(t *testing.T) {
	withStdin(t, "") // no terminal
	dir := day(t)
	in(t, dir, "rules add allow --port 80")
	fails(t, dir, exitUsage, "say --yes", "history delete --all")
	fails(t, dir, exitError, `no program "exe:/none" is remembered`, "history delete --yes --program exe:/none")
	fails(t, dir, exitError, `no program "none" is remembered`, "history delete --yes --program none")
	fails(t, dir, exitError, `no program "exe:/opt/none" is remembered`, "history delete --yes --program /opt/none")
	if got := in(t, dir, "history delete --yes --program nginx"); !strings.HasPrefix(got, "Deleted what was recorded of nginx (/bin/nginx). Rules, settings") {
		t.Errorf("%q", got)
	}
	if got := parsed[[]view.EventJSON](t, in(t, dir, "history --json")); len(got) != 12 {
		t.Errorf("%d events", len(got))
	}
	in(t, dir, "history delete --all --yes")
	if got := in(t, dir, "history --json") + in(t, dir, "alerts --all --json"); got != "[]\n[]\n" || listed(t, dir) == "" {
		t.Errorf("%q", got)
	}
}

func TestConfirm(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, " YES \n": true, "yes": true, "": false, "\n": false, "n\n": false, "yesterday\n": false} {
		var said strings.Builder
		if err := confirm(strings.NewReader(answer), &said, "Delete? "); (err == nil) != want || !strings.HasPrefix(said.String(), "Delete? ") {
			t.Errorf("%q: %v, %q", answer, err, said.String())
		}
	}
}

// TestHistoryKeep: what is set is kept, and the rest of the settings stays.
func TestHistoryKeep(t *testing.T) {
	dir := t.TempDir()
	if got := in(t, dir, "history keep"); got != "Events are kept for 90 days, 200000 at most.\n" {
		t.Errorf("%q", got)
	}
	in(t, dir, "alerts pause 2h")
	if got := in(t, dir, "history keep --days 1"); got != "Events are kept for 1 day, 200000 at most.\n" {
		t.Errorf("%q", got)
	}
	in(t, dir, "history keep --events 50000")
	if got := in(t, dir, "history keep"); got != "Events are kept for 1 day, 50000 at most.\n" {
		t.Errorf("%q", got)
	}
	if _, _, stderr := portlight("alerts", "--data-dir", dir); !strings.Contains(stderr, "alerts are paused until") {
		t.Errorf("%q", stderr)
	}
	fails(t, dir, exitUsage, "--days 0 is not between 1 and 3650", "history keep --events 2000 --days 0")
	fails(t, dir, exitUsage, "--events 999 is not between", "history keep --events 999")
	if got := in(t, dir, "history keep"); got != "Events are kept for 1 day, 50000 at most.\n" {
		t.Errorf("%q", got)
	}
}
