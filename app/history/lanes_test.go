package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

// laneText writes lanes as lines: what stood from when to when, in minutes after start, "~"
// where the end or the beginning was not seen, and the alerts.
func laneText(lanes []Lane) string {
	var b strings.Builder
	minutes := func(t time.Time) string {
		if t.IsZero() {
			return "now"
		}
		return fmt.Sprint(int(t.Sub(start()).Minutes()))
	}
	for _, l := range lanes {
		fmt.Fprintf(&b, "%s %s/%d:", l.Name, l.Proto, l.Port)
		for _, s := range l.Spans {
			from, to := minutes(s.Opened), minutes(s.Closed)
			if !s.Exact {
				from = "~" + from
			}
			if s.Unseen {
				to += "~"
			}
			fmt.Fprintf(&b, " %s-%s", from, to)
		}
		for _, m := range l.Marks {
			fmt.Fprintf(&b, " %s@%s", m.Verdict, minutes(m.Time))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLanes(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	at := func(minute int) time.Time { return start().Add(time.Duration(minute) * time.Minute) }
	record := func(minute int, op scanner.Op, name string, port uint16, v alerts.Verdict) {
		t.Helper()
		check(t, s.Record(tick(at(minute), judged(op, listener(name, port), v, at(minute)))))
	}
	check(t, s.Resume(at(0), []scanner.Listener{listener("old", 22)}))
	record(1, scanner.Opened, "web", 80, alerts.New)
	record(2, scanner.Opened, "web", 443, alerts.Known)
	record(3, scanner.Closed, "web", 80, alerts.Gone)
	record(4, scanner.Opened, "web", 80, alerts.Known)
	record(9, scanner.Closed, "web", 443, alerts.Gone)
	record(9, scanner.Opened, "api", 8080, alerts.Exposed)
	for _, c := range []struct {
		since, until int
		want         string
	}{
		{-5, 20, "api tcp/8080: 9-now exposed@9\nold tcp/22: ~0-now\nweb tcp/80: 1-3 4-now new@1\nweb tcp/443: 2-9\n"},
		{4, 5, "old tcp/22: ~0-now\nweb tcp/80: 4-now\nweb tcp/443: 2-9\n"},
		{-5, -1, ""},
		{30, 40, "api tcp/8080: 9-now\nold tcp/22: ~0-now\nweb tcp/80: 4-now\n"},
		{20, 10, ""},
	} {
		lanes, whole, err := s.Lanes(at(c.since), at(c.until))
		if got := laneText(lanes); err != nil || !whole || got != c.want {
			t.Errorf("from %d to %d, %v, %v:\n%s\nwant\n%s", c.since, c.until, whole, err, got, c.want)
		}
	}
	check(t, s.Resume(at(30), nil))
	lanes, _, err := s.Lanes(at(0), at(60))
	check(t, err)
	if got := laneText(lanes); !strings.Contains(got, "api tcp/8080: 9-9~") {
		t.Errorf("what ended while nobody watched:\n%s", got)
	}
}

// BenchmarkLanes reads a picture of 200,000 events.
func BenchmarkLanes(b *testing.B) {
	dir := b.TempDir()
	many(b, store(b, dir, Agent), 200_000)
	s := store(b, dir, Other)
	for b.Loop() {
		lanes, _, err := s.Lanes(start().Add(-time.Hour), start().Add(365*24*time.Hour))
		check(b, err)
		b.ReportMetric(float64(len(lanes)), "lanes")
	}
}

// TestLatestEvent: the latest time is not that of the last event where the clock went back.
func TestLatestEvent(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	if at := must[time.Time](t)(s.LatestEvent()); !at.IsZero() {
		t.Errorf("without events it is %v", at)
	}
	many(t, s, 3)
	ahead := start().AddDate(2, 0, 0)
	check(t, s.Record(tick(ahead, judged(scanner.Opened, listener("web", 80), alerts.Known, ahead))))
	check(t, s.Record(tick(start(), judged(scanner.Closed, listener("web", 80), alerts.Gone, start()))))
	if at := must[time.Time](t)(s.LatestEvent()); !at.Equal(ahead) {
		t.Errorf("it is %v, want %v", at, ahead)
	}
}

// TestMatches: a lane matches a search as its events do.
func TestMatches(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	many(t, s, 30)
	lanes, _, err := s.Lanes(start(), start().Add(time.Hour))
	check(t, err)
	for _, text := range []string{"", "w", "EB", "är", "Ä", "1", "12", "30", "31", "0", "bin", "%", "_", "-1", " ", "1 "} {
		n := 0
		for i := range lanes {
			if lanes[i].Matches(text) {
				n++
			}
		}
		if events := must[[]Event](t)(s.Events(Query{Search: text})); len(events) != n {
			t.Errorf("%q: %d lanes match and %d events, of which each lane has one", text, n, len(events))
		}
	}
}
