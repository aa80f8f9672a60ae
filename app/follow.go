package main

import (
	"context"
	"runtime"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// follower is who hears of what a keeper judges. All is called from one goroutine.
type follower struct {
	keeper *keeper
	began  func(*scanner.Watcher)         // before it scans; nil is nobody
	jobs   <-chan func()                  // to be run on that goroutine; nil is none
	judged func([]alerts.Judgement) error // an error ends it all; nil is nobody
	seen   func(scanner.Update)           // before it is judged
	done   func()                         // after each round
}

// follow watches until ctx ends or judged fails.
func (p *program) follow(ctx context.Context, f follower) error {
	changed := make(chan struct{}, 1)
	w, err := scanner.NewWatcher(scanner.Options{Network: true, Interval: p.interval, Log: p.log, Scanned: lookForChanges(f.keeper.store, changed)})
	if err != nil {
		return err
	}
	if f.began != nil {
		f.began(w)
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
	runtime.GOMAXPROCS(1) // enough for a scan a second, which wakes fewer threads then
	return f.serve(updates, changed)
}

// lookForChanges tells, with no wake-up of its own, when another process has changed
// something in the store.
func lookForChanges(s *history.Store, changed chan<- struct{}) func() {
	if s == nil {
		return nil
	}
	return func() {
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
func (f *follower) serve(updates <-chan scanner.Update, changed <-chan struct{}) error {
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
			f.keeper.followChanges()
			f.seen(u)
			next, err = f.round(f.keeper.update(u))
		case <-changed:
			f.keeper.reload()
			next, err = f.round(nil)
		case job := <-f.jobs:
			job()
			next, err = f.round(nil)
		case <-due.C:
			next, err = f.round(nil)
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
func (f *follower) round(js []alerts.Judgement) (next time.Time, err error) {
	late, next := f.keeper.due()
	if js = append(js, late...); len(js) > 0 {
		if err := f.judged(js); err != nil {
			return next, err
		}
	}
	f.done()
	return next, nil
}
