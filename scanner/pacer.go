package scanner

import (
	"slices"
	"time"
)

// hint is a reason to scan before the interval has passed.
type hint uint8

const (
	programStarted hint = iota + 1 // it may listen in a moment
	ownerEnded                     // a process that held a listener has ended
	moreKnown                      // of what is seen already, or of the network
)

// afterStart is when a started program is looked at: most that will listen do so
// within these times.
var afterStart = [...]time.Duration{50 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond}

// At most maxExtra scans are made before their time in every extraPeriod, so that
// a build that starts thousands of programs costs nothing.
const (
	maxExtra    = 4
	extraPeriod = time.Second
)

// pacer says when to scan: each interval, and a few times sooner on a hint.
type pacer struct {
	last  time.Time           // scan
	plan  []time.Time         // wanted extra scans, in order
	extra [maxExtra]time.Time // the last extra scans, the oldest first
}

// hint plans extra scans.
func (p *pacer) hint(h hint, now time.Time) {
	if h != programStarted {
		p.plan = slices.Insert(p.plan, 0, now)
		return
	}
	p.plan = p.plan[:0]
	for _, d := range afterStart {
		p.plan = append(p.plan, now.Add(d))
	}
}

// forget drops what is planned.
func (p *pacer) forget() { p.plan = p.plan[:0] }

// next is when to scan after the last scan, with a pause between two that have
// no other reason.
func (p *pacer) next(pause time.Duration) time.Time {
	regular := p.last.Add(pause)
	if len(p.plan) == 0 {
		return regular
	}
	planned := p.plan[0]
	if free := p.extra[0].Add(extraPeriod); free.After(planned) {
		planned = free
	}
	if planned.Before(regular) {
		return planned
	}
	return regular
}

// scanned notes a scan. What was planned for before it is done with.
func (p *pacer) scanned(now time.Time, pause time.Duration) {
	if now.Before(p.last.Add(pause)) {
		copy(p.extra[:], p.extra[1:])
		p.extra[maxExtra-1] = now
	}
	p.last = now
	p.plan = slices.DeleteFunc(p.plan, func(t time.Time) bool { return !t.After(now) })
}
