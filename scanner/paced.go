package scanner

import (
	"context"
	"time"
)

// The pace of readings by netstat: one runs two processes, some hundredths of a second.
// On battery the two pauses are onBatteryFactor times as long.
const (
	netstatLimit  = 3 * time.Second  // until it is ended
	netstatPause  = 5 * time.Second  // between two readings
	netstatPeriod = 30 * time.Second // between two where nothing tells of a change

	// restPatience is how long what it has shown is kept when it fails.
	restPatience = 5 * time.Minute
)

// paced takes readings on the side of the scans, one at a time: soon after sockets have
// changed, twice, as a socket is opened some time before it listens; else seldom.
type paced struct {
	side       side[outcome]
	pause      time.Duration // between two readings
	generation uint64        // of sockets, as told last
	moved      time.Time     // when it was another one than before
	known      sightings     // the last reading that succeeded
	good       bool          // there is one
	began      time.Time     // when it was asked for
	taken      time.Time     // when it was taken over
	fault      error         // why the last one failed
}

// outcome is what came of a reading.
type outcome struct {
	seen sightings
	err  error
}

func newPaced(read reader) *paced {
	return &paced{pause: netstatPause, side: newSide(netstatPeriod, netstatLimit, func(ctx context.Context) outcome {
		seen, err := read(ctx)
		return outcome{seen, err}
	})}
}

// spare slows down on battery.
func (p *paced) spare(battery bool) {
	p.pause, p.side.period = netstatPause, netstatPeriod
	if battery {
		p.pause, p.side.period = onBatteryFactor*netstatPause, onBatteryFactor*netstatPeriod
	}
}

// tick takes over a reading that has come, or comes before the end, and asks for
// another one where it is time. It reports whether there is a new one.
func (p *paced) tick(ctx context.Context, now time.Time, generation uint64, end <-chan struct{}) (fresh bool) {
	if generation != p.generation {
		p.generation, p.moved = generation, now
	}
	fresh = p.take(now, nil)
	if rested := now.Sub(p.side.asked); rested < 0 || rested >= p.pause {
		p.side.want(ctx, now, p.fault != nil || p.side.asked.Before(p.moved.Add(p.pause)))
	}
	if !fresh && end != nil {
		fresh = p.take(now, end)
	}
	return fresh
}

func (p *paced) take(now time.Time, end <-chan struct{}) (fresh bool) {
	got, ok := p.side.take(end)
	if !ok {
		return false
	}
	if p.fault = got.err; got.err != nil {
		return false
	}
	p.known, p.good, p.began, p.taken = got.seen, true, p.side.asked, now
	return true
}

// stale reports whether readings have failed for so long that the last good one is
// worth nothing any more.
func (p *paced) stale(now time.Time) bool {
	return p.fault != nil && now.Sub(p.taken) > restPatience
}

// single lets one reading run at a time, and gives up one that takes longer than ctx
// lasts: what it has started may be beyond killing.
func single(read reader) reader {
	free := make(chan struct{}, 1)
	free <- struct{}{}
	return func(ctx context.Context) (sightings, error) {
		select {
		case <-free:
		case <-ctx.Done():
			return sightings{}, errBusy
		}
		came := make(chan outcome, 1)
		go func() {
			seen, err := read(ctx)
			free <- struct{}{}
			came <- outcome{seen, err}
		}()
		select {
		case o := <-came:
			return o.seen, o.err
		case <-ctx.Done():
			return sightings{}, ctx.Err()
		}
	}
}
