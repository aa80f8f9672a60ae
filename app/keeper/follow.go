package keeper

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// Follower is who hears of what a keeper judges. All is called on the goroutine of
// Follow.
type Follower struct {
	Began  func(*scanner.Watcher)         // before it scans; nil is nobody
	Seen   func(scanner.Update)           // before it is judged
	Judged func([]alerts.Judgement) error // an error ends it all
	Done   func()                         // after each round
	Jobs   <-chan func()                  // to be run on that goroutine; nil is none
}

// Follow scans at an interval, 0 for that of the settings, judges what it sees and
// remembers it, until ctx ends or Judged fails, with the error of that. Its other errors
// are that nothing can be scanned.
func (k *Keeper) Follow(ctx context.Context, interval time.Duration, f Follower) error {
	changed := make(chan struct{}, 1)
	w, err := scanner.NewWatcher(scanner.Options{
		Network: true, Interval: cmp.Or(interval, k.policy.Settings.Interval), Log: k.log, Scanned: lookForChanges(&k.watched, changed),
	})
	if err != nil {
		return err
	}
	if k.pace = nil; interval == 0 {
		k.pace = func(d time.Duration) { w.SetInterval(d) } // the settings hold none out of bounds
	}
	k.given = interval
	k.tellInterval(interval)
	defer k.tellInterval(0)
	if f.Began != nil {
		f.Began(w)
	}
	updates := make(chan scanner.Update)
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		for range updates { // until the sources are closed
		}
	}()
	go func() {
		defer close(updates)
		w.Run(ctx, func(u scanner.Update) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		})
	}()
	return k.serve(f, updates, changed)
}

// tellInterval keeps which interval holds in the place of that of the settings, for
// whoever shows them; 0 is none.
func (k *Keeper) tellInterval(d time.Duration) {
	if k.store == nil || k.readOnly {
		return
	}
	text := ""
	if d != 0 {
		text = d.String()
	}
	if stored, err := k.store.Settings(); err == nil && stored[alerts.SettingGiven] != text {
		k.wrote(k.store.Set(alerts.SettingGiven, text))
	}
}

// lookForChanges tells, with no wake-up of its own, when another process has changed
// something in the store.
func lookForChanges(store *atomic.Pointer[history.Store], changed chan<- struct{}) func() {
	return func() {
		s := store.Load()
		if s == nil {
			return
		}
		if is, _ := s.Changed(); !is { // an error is met again at the next use
			return
		}
		select {
		case changed <- struct{}{}:
		default:
		}
	}
}

// serve works until there are no more updates.
func (k *Keeper) serve(f Follower, updates <-chan scanner.Update, changed <-chan struct{}) error {
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		var err error
		var next time.Time
		select {
		case u, open := <-updates:
			if !open {
				return nil
			}
			k.followChanges()
			f.Seen(u)
			next, err = k.round(f, k.update(u))
		case <-changed:
			k.reload()
			next, err = k.round(f, nil)
		case job := <-f.Jobs:
			job()
			next, err = k.round(f, nil)
		case <-due.C:
			next, err = k.round(f, nil)
		}
		if err != nil {
			return err
		}
		if !next.IsZero() {
			due.Reset(time.Until(next))
		}
	}
}

// round tells what has been judged, and what is due by now. Nothing of it is held
// while it waits for the next one.
func (k *Keeper) round(f Follower, js []alerts.Judgement) (next time.Time, err error) {
	late, next := k.due()
	if js = append(js, late...); len(js) > 0 {
		if err := f.Judged(js); err != nil {
			return next, err
		}
	}
	f.Done()
	return next, nil
}
