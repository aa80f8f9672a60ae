package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/view"
	"portlight/scanner"
)

func newWatchCommand(p *program) *cobra.Command {
	var asJSON, record bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Print what begins and ends to listen, as it happens",
		Long:  wordsWatch,
		Args:  cobra.NoArgs,
		RunE: doing(func(cmd *cobra.Command, _ []string) error {
			w := &watcher{program: p, json: asJSON}
			if record {
				return w.record(cmd.Context())
			}
			return w.run(cmd.Context())
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, one object a line")
	cmd.Flags().BoolVar(&record, "record", false, "remember what is seen, as Portlight in the tray does")
	return cmd
}

// watcher prints judged events.
type watcher struct {
	*program
	json  bool
	names *names
	last  *scanner.Snapshot
	every time.Duration          // between two looks, at first
	began func(*scanner.Watcher) // nil is nobody
}

// run prints what the agent records, if one runs. Else it judges by the history, and
// remembers for itself what it sees.
func (w *watcher) run(ctx context.Context) error {
	dir, store, err := w.openMemory()
	if err != nil && !errors.Is(err, errNoMemory) {
		fmt.Fprintln(w.err, keeper.NoMemory(err.Error()))
	}
	k := keeper.NewReader(w.log, store)
	if store != nil {
		defer store.Close()
		if _, err := desktop.Tell(roleAgent, dir, desktop.Ping); err == nil {
			w.every = cmp.Or(w.interval, k.Settings().Interval)
			return w.tail(ctx, dir, store)
		}
	}
	return w.judge(ctx, k, store)
}

// record is the agent without a tray.
func (w *watcher) record(ctx context.Context) error {
	a := newAgent(w.program)
	a.silent = true
	err := a.acquire()
	if errors.Is(err, desktop.ErrRunning) {
		return errors.New(wordsRecords)
	}
	if err != nil {
		return err
	}
	defer a.release()
	store, err := history.Open(a.dataDir, history.Agent, history.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	k := keeper.New(w.log, store, nil)
	defer k.Close()
	w.began = a.watcher.Store
	return w.judge(ctx, k, store)
}

// judge watches by itself.
func (w *watcher) judge(ctx context.Context, k *keeper.Keeper, store *history.Store) error {
	w.names = w.newNames(store)
	w.every = cmp.Or(w.interval, k.Settings().Interval)
	return w.follow(ctx, k, keeper.Follower{
		Began:  w.began,
		Seen:   w.seen,
		Judged: func(js []alerts.Judgement) error { return w.printEvents(js, view.FactsOf(w.last, w.names), w.json) },
		Done:   func() { k.TakeNotices(); w.names.use(overlay(k.OwnNames())) },
	})
}

// follow has a keeper watch until ctx ends. One thread is enough for a scan a second,
// and wakes fewer than several would.
func (p *program) follow(ctx context.Context, k *keeper.Keeper, f keeper.Follower) error {
	runtime.GOMAXPROCS(1)
	return k.Follow(ctx, p.interval, f)
}

func (w *watcher) seen(u scanner.Update) {
	if w.last = u.Snapshot; u.Baseline {
		fmt.Fprintf(w.err, wordsWatching, plural(len(u.Snapshot.Listeners), "listener"), u.Snapshot.Visibility.Source, w.every)
		w.notes(w.names.Problems())
	}
}

// tail prints what an agent records from now on.
func (w *watcher) tail(ctx context.Context, dir string, store *history.Store) error {
	w.names = w.newNames(store)
	fmt.Fprintf(w.err, wordsTail, w.every)
	newest, err := store.Events(history.Query{Limit: 1})
	if err != nil {
		return err
	}
	var last int64
	if len(newest) > 0 {
		last = newest[0].ID
	}
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for asked := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		changed, err := store.Changed()
		if err == nil && changed {
			last, err = w.printSince(store, last)
		}
		if err != nil {
			return err
		}
		if time.Since(asked) < askAgent {
			continue
		}
		asked = time.Now()
		if _, err := desktop.Tell(roleAgent, dir, desktop.Ping); errors.Is(err, desktop.ErrNotRunning) {
			return errors.New(wordsAgentEnded)
		}
	}
}

// askAgent is how often an agent whose records are printed is asked whether it runs.
const askAgent = 10 * time.Second

// printSince prints the events after one, and gives the id of the last.
func (w *watcher) printSince(store *history.Store, last int64) (int64, error) {
	events, err := store.EventsAfter(last)
	if err != nil || len(events) == 0 {
		return last, err
	}
	js := make([]alerts.Judgement, len(events))
	for i, e := range events {
		js[i] = e.Judgement
	}
	return events[len(events)-1].ID, w.printEvents(js, view.Facts{Names: w.names}, w.json)
}

// printEvents prints judged events, a line each.
func (p *program) printEvents(js []alerts.Judgement, f view.Facts, asJSON bool) error {
	for _, j := range js {
		var err error
		if asJSON {
			err = view.WriteJSON(p.out, view.NewEventJSON(j, f), "")
		} else {
			_, err = fmt.Fprintln(p.out, view.EventText(j, f, p.style(false)))
		}
		if err != nil {
			return fmt.Errorf("print event: %w", err)
		}
	}
	return nil
}
