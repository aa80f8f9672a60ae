package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/view"
	"portlight/scanner"
)

func newWatchCommand(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Print what begins and ends to listen, as it happens",
		Args:  cobra.NoArgs,
		RunE:  doing(func(cmd *cobra.Command, _ []string) error { return p.watch(cmd.Context(), asJSON) }),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, one object a line")
	return cmd
}

func (p *program) watch(ctx context.Context, asJSON bool) error {
	names := p.names()
	var last *scanner.Snapshot
	return p.follow(ctx, func(u scanner.Update) {
		last = u.Snapshot
		if u.Baseline {
			fmt.Fprintf(p.err, wordsWatching, view.Plural(len(u.Snapshot.Listeners), "listener"), u.Snapshot.Visibility.Source, p.interval)
			p.notes(names.Problems())
		}
	}, func(js []alerts.Judgement) error { return p.printEvents(js, view.FactsOf(last, names), asJSON) })
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

// follow watches until ctx ends or judged fails. It hands every update to seen
// and then what it judges to judged, always from one goroutine.
func (p *program) follow(ctx context.Context, seen func(scanner.Update), judged func([]alerts.Judgement) error) error {
	w, err := scanner.NewWatcher(scanner.Options{Network: true, Interval: p.interval, Log: p.log})
	if err != nil {
		return err
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
	judge := alerts.NewJudge(os.Geteuid())
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		var js []alerts.Judgement
		select {
		case u, open := <-updates:
			if !open {
				return nil
			}
			seen(u)
			if u.Baseline {
				judge.Learn(u.Snapshot)
			}
			js = judge.Tick(u.Events)
		case <-due.C:
		}
		late, next := judge.Due(time.Now())
		if js = append(js, late...); len(js) > 0 {
			if err := judged(js); err != nil {
				return err
			}
		}
		if !next.IsZero() {
			due.Reset(time.Until(next))
		}
	}
}
