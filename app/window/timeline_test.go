package window

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
)

// minute is a moment of the tests, in minutes after noon.
func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

// twoHours is a picture of the two hours after noon, 120 wide.
var twoHours = timeline{minute(0), minute(120)}

func barWords(bars []bar) string {
	var words []string
	for _, b := range bars {
		words = append(words, fmt.Sprintf("%v-%v", b.from, b.to))
	}
	return strings.Join(words, " ")
}

func TestBars(t *testing.T) {
	span := func(from, to int) history.LaneSpan {
		s := history.LaneSpan{Opened: minute(from), Exact: true}
		if to >= 0 {
			s.Closed = minute(to)
		}
		return s
	}
	for _, c := range []struct {
		name  string
		spans []history.LaneSpan
		want  string
	}{
		{"none", nil, ""},
		{"two", []history.LaneSpan{span(10, 20), span(30, 50)}, "10-20 30-50"},
		{"open until now", []history.LaneSpan{span(60, -1)}, "60-100"},
		{"from before until after", []history.LaneSpan{{Opened: minute(-500), Closed: minute(500)}}, "0-120"},
		{"before and after", []history.LaneSpan{{Opened: minute(-9), Closed: minute(-3)}, span(130, 140)}, ""},
		{"too short to be seen", []history.LaneSpan{span(10, 10)}, "10-12"},
		{"too close to be told apart", []history.LaneSpan{span(10, 11), span(12, 13), span(13, 30), span(33, 34)}, "10-30 33-35"},
		{"several addresses at once", []history.LaneSpan{span(10, 90), span(20, 30)}, "10-90"},
		{"a clock that was set back", []history.LaneSpan{{Opened: minute(50), Closed: minute(20)}}, ""},
		{"opened later than now", []history.LaneSpan{span(110, -1)}, "110-112"},
	} {
		if got := barWords(twoHours.bars(&history.Lane{Spans: c.spans}, 120, minute(100))); got != c.want {
			t.Errorf("%s: bars %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMarksOfLanes(t *testing.T) {
	l := &history.Lane{}
	for _, at := range []int{-1, 5, 6, 7, 40, 119, 121} {
		l.Marks = append(l.Marks, history.Mark{Time: minute(at), Verdict: alerts.New})
	}
	if got := fmt.Sprint(twoHours.marks(l, 120)); got != "[5 40 119]" {
		t.Errorf("marks at %s", got)
	}
}

func TestSpanAt(t *testing.T) {
	l := &history.Lane{Spans: []history.LaneSpan{{Opened: minute(10), Closed: minute(20)}, {Opened: minute(60)}}}
	for at, want := range map[int]int{0: -1, 8: 0, 15: 0, 22: 0, 30: -1, 60: 1, 90: 1, 103: -1} {
		if got := spanAt(l, minute(at), 2*time.Minute, minute(100)); got != want {
			t.Errorf("at %d it is span %d, want %d", at, got, want)
		}
	}
}

func TestZoomAndPan(t *testing.T) {
	z := twoHours.zoom(0.5, minute(30))
	if z.span() != time.Hour || z.x(minute(30), 120) != twoHours.x(minute(30), 120) {
		t.Errorf("zoomed in it shows %v", z)
	}
	for range 99 {
		z = z.zoom(0.5, minute(30))
	}
	if z.span() != shortestView {
		t.Errorf("zoomed in for long it shows %v", z.span())
	}
	for range 99 {
		z = z.zoom(2, minute(30))
	}
	if z.span() != longestView {
		t.Errorf("zoomed out for long it shows %v", z.span())
	}
	if p := twoHours.pan(-0.5, minute(100)); !p.from.Equal(minute(-60)) || p.span() != 2*time.Hour {
		t.Errorf("moved to %v", p)
	}
	if p := twoHours.pan(0.9, minute(100)); p != twoHours {
		t.Errorf("moved beyond now to %v", p)
	}
	if at := twoHours.at(twoHours.x(minute(77), 120), 120); at.Sub(minute(77)).Abs() > time.Second {
		t.Errorf("there and back is %v", at)
	}
}

func TestTicks(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from string
		span time.Duration
		want string
	}{
		{"2026-11-02 09:10:20", time.Minute, "09:10:20 09:10:30 09:10:40 09:10:50 09:11:00 09:11:10 09:11:20"},
		{"2026-11-02 09:10:00", time.Hour, "09:15 09:30 09:45 10:00"},
		{"2026-11-01 22:30:00", 24 * time.Hour, "Mon 2 Jan?06:00 12:00 18:00"},
		{"2026-10-24 12:00:00", 25 * time.Hour, "12:00 18:00 Sun 25 Oct 06:00 12:00"}, // put back in the night
		{"2026-03-28 12:00:00", 23 * time.Hour, "12:00 18:00 Sun 29 Mar 06:00 12:00"}, // put forward
		{"2026-11-02 00:00:00", 7 * 24 * time.Hour, "2 Nov 4 Nov 6 Nov 8 Nov"},
		{"2024-01-15 00:00:00", longestView, "Jan 2024 Jan 2025 Jan 2026 Jan 2027 Jan 2028 Jan 2029"},
	} {
		from, err := time.ParseInLocation(time.DateTime, c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, k := range (timeline{from, from.Add(c.span)}).ticks(6) {
			words = append(words, k.words)
		}
		want := strings.ReplaceAll(c.want, "Mon 2 Jan?", "Mon 2 Nov ")
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s and %v: %q, want %q", c.from, c.span, got, want)
		}
	}
}

// FuzzTimeline draws whatever the memory may hold.
func FuzzTimeline(f *testing.F) {
	f.Add(int64(0), int64(3600), int64(-5), int64(7), int64(100), 120)
	f.Add(int64(math.MinInt64/2), int64(1), int64(math.MaxInt64/2), int64(0), int64(9), 0)
	f.Fuzz(func(t *testing.T, from, span, opened, closed, now int64, width int) {
		at := func(s int64) time.Time { return time.Unix(s%(1<<40), 0) }
		tl := timeline{at(from), at(from).Add(min(max(time.Duration(span), shortestView), longestView))}
		w := float32(width % 10_000)
		l := &history.Lane{Spans: []history.LaneSpan{{Opened: at(opened), Closed: at(closed)}, {Opened: at(closed)}}, Marks: []history.Mark{{Time: at(opened)}}}
		for _, b := range tl.bars(l, w, at(now)) {
			if b.from < 0 || b.to > w && w > 0 || b.to < b.from {
				t.Errorf("a bar from %v to %v in %v", b.from, b.to, w)
			}
		}
		if n := len(tl.ticks(12)); n > 30 {
			t.Errorf("%d ticks", n)
		}
		tl.marks(l, w)
		tl.zoom(0.5, at(now)).pan(0.3, at(now))
		spanAt(l, at(now), time.Second, at(now))
	})
}
