package window

import (
	"slices"
	"time"

	"portlight/app/history"
)

// timeline is the part of time that a picture shows, from left to right.
type timeline struct {
	from, to time.Time
}

// Bounds of how much a picture shows.
const (
	shortestView = time.Minute
	longestView  = 5 * 366 * 24 * time.Hour
)

// lately is the last so much time, with a little room at the right for what is now.
func lately(span time.Duration, now time.Time) timeline {
	return timeline{now.Add(-span), now.Add(span / 50)}
}

func (t timeline) span() time.Duration { return t.to.Sub(t.from) }

// past is what lately was given.
func (t timeline) past() time.Duration { return t.span() / 51 * 50 }

// endsAt reports whether it shows the last time up to a moment, as lately does.
func (t timeline) endsAt(now time.Time) bool {
	return !t.to.Before(now) && t.to.Sub(now) < t.span()/40
}

// x is where a time stands in a width; it may lie outside.
func (t timeline) x(at time.Time, width float32) float32 {
	return float32(float64(at.Sub(t.from)) / float64(t.span()) * float64(width))
}

// at is the time at a place.
func (t timeline) at(x, width float32) time.Time {
	return t.from.Add(time.Duration(float64(x) / float64(max(width, 1)) * float64(t.span())))
}

// zoom shows so much more of time, around a moment that keeps its place.
func (t timeline) zoom(factor float64, around time.Time) timeline {
	span := min(max(time.Duration(float64(t.span())*factor), shortestView), longestView)
	share := float64(around.Sub(t.from)) / float64(t.span())
	from := around.Add(-time.Duration(share * float64(span)))
	return timeline{from, from.Add(span)}
}

// pan moves by a share of what is shown, but not beyond the last moment.
func (t timeline) pan(share float64, last time.Time) timeline {
	by := time.Duration(share * float64(t.span()))
	if latest := last.Add(t.span() / 50); t.to.Add(by).After(latest) {
		by = max(latest.Sub(t.to), 0)
	}
	return timeline{t.from.Add(by), t.to.Add(by)}
}

// bar is when a lane was open, in units of the screen.
type bar struct {
	from, to float32
	span     int // of the lane, the last one of those that are drawn as one
}

// bars gives the bars of a lane. What lies closer together than can be seen is one.
func (t timeline) bars(l *history.Lane, width float32, now time.Time) []bar {
	var bars []bar
	if width < leastBar {
		return nil
	}
	for i := range l.Spans {
		s := &l.Spans[i]
		end := endOf(s, now)
		b := bar{t.x(s.Opened, width), t.x(end, width), i}
		if b.to < 0 || b.from > width || b.to < b.from {
			continue
		}
		b.from, b.to = max(b.from, 0), min(max(b.to, b.from+leastBar), width)
		if last := len(bars) - 1; last >= 0 && b.from <= bars[last].to+1 {
			bars[last].to, bars[last].span = max(bars[last].to, b.to), i
			continue
		}
		bars = append(bars, b)
	}
	return bars
}

// endOf is when a span ended, of one that stands now; of one that began later, by a clock
// that was ahead, its beginning.
func endOf(s *history.LaneSpan, now time.Time) time.Time {
	switch {
	case !s.Closed.IsZero():
		return s.Closed
	case s.Opened.After(now):
		return s.Opened
	}
	return now
}

// leastBar is how wide a bar is at least, to be seen.
const leastBar = 2

// marks gives where the alerts of a lane stand, those that lie too close together once.
func (t timeline) marks(l *history.Lane, width float32) []float32 {
	var places []float32
	for _, m := range l.Marks {
		x := t.x(m.Time, width)
		if x < 0 || x > width || len(places) > 0 && x-places[len(places)-1] < dotSize/2 {
			continue
		}
		places = append(places, x)
	}
	return places
}

// spanAt is the span of a lane at a time, with some tolerance; -1 is none.
func spanAt(l *history.Lane, at time.Time, tolerance time.Duration, now time.Time) int {
	for i := range slices.Backward(l.Spans) {
		end := endOf(&l.Spans[i], now)
		if !at.Before(l.Spans[i].Opened.Add(-tolerance)) && !at.After(end.Add(tolerance)) {
			return i
		}
	}
	return -1
}

// tick is a time with words on the axis.
type tick struct {
	at    time.Time
	words string
	day   bool // a day begins there
}

// tickSteps are the distances of ticks. From a day on they follow the calendar.
var tickSteps = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// tickDays are those in days.
var tickDays = []int{1, 2, 7, 14, 30, 90, 180, 365}

// ticks gives the ticks of an axis that has room for so many, in the zone of from.
func (t timeline) ticks(most int) []tick {
	most = max(most, 1)
	for _, step := range tickSteps {
		if t.span()/step <= time.Duration(most) {
			return t.clockTicks(step)
		}
	}
	days := tickDays[len(tickDays)-1]
	for _, d := range tickDays {
		if t.span()/(time.Duration(d)*24*time.Hour) <= time.Duration(most) {
			days = d
			break
		}
	}
	var ticks []tick
	for at := midnight(t.from); !at.After(t.to); at = at.AddDate(0, 0, days) {
		if !at.Before(t.from) {
			ticks = append(ticks, tick{at, dayWords(at, days), true})
		}
	}
	return ticks
}

// clockTicks follow the clock on the wall, from midnight on: also on the day on which it
// is put forward or back.
func (t timeline) clockTicks(step time.Duration) []tick {
	var ticks []tick
	for day := midnight(t.from); !day.After(t.to); day = day.AddDate(0, 0, 1) {
		for s := time.Duration(0); s < 24*time.Hour; s += step {
			at := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, int(s/time.Second), 0, day.Location())
			if !at.Before(t.from) && !at.After(t.to) {
				ticks = append(ticks, tick{at, clockWords(at, step), s == 0})
			}
		}
	}
	return ticks
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
