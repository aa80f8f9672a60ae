package scanner

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"portlight/assets/words"
	"portlight/scanner/power"
)

// The bounds of Options.Interval and how far errors stretch it.
const (
	DefaultInterval = time.Second
	MinInterval     = 250 * time.Millisecond
	MaxInterval     = time.Minute

	maxBackoff  = 30 * time.Second
	reopenAfter = 3               // failed scans in a row until the sources are tried anew
	betterAfter = 5 * time.Minute // until better sources that failed are tried again
)

// Options of a Watcher. The zero value is good.
type Options struct {
	Containers bool          // show, at a slower pace, what listens in other network namespaces too
	Network    bool          // tell what decides who can reach the listeners
	Interval   time.Duration // between two scans, MinInterval … MaxInterval; 0 is DefaultInterval
	Scanned    func()        // called after each scan, from the goroutine of Run; nil is nothing
	Log        *slog.Logger  // nil is slog.Default
}

// Update is what a Watcher tells: a new snapshot with the events that led to
// it, or that scans fail, or that they work again.
type Update struct {
	Snapshot *Snapshot // the newest; nil while no scan has succeeded
	Events   []Event   // since the snapshot before; none at the baseline
	Baseline bool      // the first snapshot, or the first of another source, which sees otherwise: what is in it is no news
	Woke     bool      // the computer has slept since the snapshot before: the events came at any time in between
	Err      error     // why the newest scan failed, nil if it did not
}

// Watcher scans again and again, one scan at a time, and tells what changed. A
// failed scan makes no events: what was seen before stays until a scan says
// otherwise. It never ends by itself.
type Watcher struct {
	containers bool
	network    bool
	scanned    func()
	log        *slog.Logger
	openers    []opener
	now        func() time.Time
	refresh    chan struct{}
	repaced    chan struct{} // the interval is another

	slept     func() (time.Duration, bool)
	onBattery func() bool

	scanner  *Scanner
	opened   time.Time // when scanner was opened
	language string    // that was in use then: its notes are in it
	hints    <-chan hint
	moved    <-chan struct{} // the network has changed
	pace     pacer
	failures int
	sleep    time.Duration // that the computer had slept at the last scan
	battery  bool          // at the time below
	asked    time.Time

	mu       sync.Mutex
	interval time.Duration
	last     *Snapshot
	checked  time.Time
	costs    costs
}

// NewWatcher makes a watcher over the best source of this system.
func NewWatcher(o Options) (*Watcher, error) {
	w := &Watcher{interval: cmp.Or(o.Interval, DefaultInterval), containers: o.Containers, network: o.Network, scanned: o.Scanned, log: o.Log, openers: openers(), now: time.Now,
		refresh: make(chan struct{}, 1), repaced: make(chan struct{}, 1), slept: power.Slept, onBattery: power.OnBattery}
	if err := checkInterval(w.interval); err != nil {
		return nil, err
	}
	if w.scanned == nil {
		w.scanned = func() {}
	}
	if w.log == nil {
		w.log = slog.Default()
	}
	return w, nil
}

func checkInterval(d time.Duration) error {
	if d < MinInterval || d > MaxInterval {
		return fmt.Errorf("interval %v is not between %v and %v", d, MinInterval, MaxInterval)
	}
	return nil
}

// SetInterval sets the time between two scans, as Options.Interval has it. It holds at
// once, also for the scan that is waited for. It may be called from any goroutine; one
// out of bounds changes nothing.
func (w *Watcher) SetInterval(d time.Duration) error {
	if err := checkInterval(d); err != nil {
		return err
	}
	w.mu.Lock()
	changed := w.interval != d
	w.interval = d
	w.mu.Unlock()
	if changed {
		wake(w.repaced)
	}
	return nil
}

// Interval is the time between two scans, as it was set: on battery, and while scans
// fail, it is longer.
func (w *Watcher) Interval() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.interval
}

// Snapshot is the newest snapshot, nil before the first.
func (w *Watcher) Snapshot() *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// LastCheck is when the last scan succeeded, also one that found no change.
func (w *Watcher) LastCheck() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.checked
}

// Refresh asks for a scan now. It does not wait.
func (w *Watcher) Refresh() { wake(w.refresh) }

// wake has whoever waits for c go on, now or when it looks next.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run scans until ctx ends and calls tell, one call at a time, when there is
// something to tell.
func (w *Watcher) Run(ctx context.Context, tell func(Update)) {
	defer w.closeScanner()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case h := <-w.hints:
			w.pace.hint(h, w.now())
			timer.Reset(time.Until(w.nextScan()))
			continue
		case <-w.moved:
			w.pace.hint(moreKnown, w.now())
			timer.Reset(time.Until(w.nextScan()))
			continue
		case <-w.repaced:
			timer.Reset(time.Until(w.nextScan()))
			continue
		case <-timer.C:
		case <-w.refresh:
		}
		if u, ok := w.tick(ctx); ok && ctx.Err() == nil {
			tell(u)
		}
		w.scanned()
		timer.Reset(time.Until(w.nextScan()))
	}
}

// nextScan is when to scan again. Sources that fail are left alone for a while,
// whatever happens.
func (w *Watcher) nextScan() time.Time {
	if w.failures > 0 {
		w.pace.forget()
	}
	return w.pace.next(w.pause())
}

// tick scans once. It has something to tell when the snapshot is new, or when
// scans began or ceased to fail.
func (w *Watcher) tick(ctx context.Context) (Update, bool) {
	w.pace.scanned(w.now(), w.pause())
	woke := w.woke()
	if woke {
		w.closeScanner()
	}
	begun := time.Now()
	snap, err := w.scan(ctx)
	w.spend(begun)
	switch {
	case ctx.Err() != nil:
		return Update{}, false
	case err != nil:
		w.failures++
		w.log.Warn("scan failed", "error", err, "in a row", w.failures)
		return Update{Snapshot: w.Snapshot(), Err: err}, w.failures == 1
	}
	recovered := w.failures > 0
	w.failures = 0
	switch prev := w.publish(snap); {
	case snap == prev:
		return Update{Snapshot: prev}, recovered
	case prev == nil || prev.Visibility.Source != snap.Visibility.Source:
		return Update{Snapshot: snap, Baseline: true}, true
	default:
		return Update{Snapshot: snap, Events: Diff(prev, snap), Woke: woke}, true
	}
}

// sleptMeans is how much longer the computer must have slept since the scan
// before to count as having slept.
const sleptMeans = 2 * time.Second

// woke reports whether the computer has slept since the scan before. The sources
// are opened anew then: all that they remember may have changed.
func (w *Watcher) woke() bool {
	total, ok := w.slept()
	woke := ok && w.last != nil && total-w.sleep > sleptMeans
	w.sleep = total
	return woke
}

// publish keeps a snapshot and gives the one before.
func (w *Watcher) publish(snap *Snapshot) (prev *Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	prev = w.last
	w.last, w.checked = snap, w.now()
	return prev
}

// scan gives the newest snapshot, the one before if nothing has changed.
func (w *Watcher) scan(ctx context.Context) (*Snapshot, error) {
	now := w.now()
	if w.failures >= reopenAfter || w.language != words.InUse() || w.scanner != nil && w.scanner.improvable(now) && now.Sub(w.opened) > betterAfter {
		w.closeScanner()
	}
	if w.scanner == nil {
		language := words.InUse()
		s, err := open(ctx, w.openers)
		if err != nil {
			return nil, err
		}
		if w.containers {
			s.ShowContainers()
		}
		if w.network {
			s.ShowNetwork()
		}
		now = w.now()
		w.scanner, w.opened, w.language = s, now, language
		w.hints, w.moved = s.hints(), s.networkHints()
	}
	w.scanner.spare(w.battery)
	return w.scanner.scanAt(ctx, now)
}

func (w *Watcher) closeScanner() {
	if w.scanner != nil {
		w.scanner.Close()
		w.scanner, w.hints, w.moved = nil, nil, nil
	}
}

// On battery the interval is onBatteryFactor times as long. The supply is asked
// for every batteryPeriod.
const (
	onBatteryFactor = 2
	batteryPeriod   = time.Minute
)

// pause is the time between two scans that have no other reason: the interval,
// longer on battery, and doubled for each failure in a row.
func (w *Watcher) pause() time.Duration {
	if now := w.now(); w.asked.IsZero() || now.Sub(w.asked) >= batteryPeriod || now.Before(w.asked) {
		w.battery, w.asked = w.onBattery(), now
	}
	d := w.Interval()
	if w.battery {
		d = max(d, min(onBatteryFactor*d, MaxInterval))
	}
	for i := 0; i < w.failures && d < maxBackoff; i++ {
		d = min(2*d, maxBackoff)
	}
	return d
}
