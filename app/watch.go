package main

import (
	"context"
	"fmt"
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
	return p.follow(ctx, func(u scanner.Update) {
		if u.Baseline {
			fmt.Fprintf(p.err, wordsWatching, len(u.Snapshot.Listeners), u.Snapshot.Visibility.Source, p.interval)
		}
	}, func(js []alerts.Judgement) {
		for _, j := range js {
			if asJSON {
				p.printJSON(view.NewEventJSON(j, names))
				continue
			}
			fmt.Fprintln(p.out, view.EventText(j, names, p.style(false)))
		}
	})
}

func (p *program) printJSON(v any) {
	if err := view.WriteJSON(p.out, v, ""); err != nil {
		p.log.Error("event cannot be printed", "error", err)
	}
}

// follow watches until ctx ends. It hands every update to seen and then what it
// judges to judged, always from one goroutine.
func (p *program) follow(ctx context.Context, seen func(scanner.Update), judged func([]alerts.Judgement)) error {
	w, err := scanner.NewWatcher(scanner.Options{Interval: p.interval, Log: p.log})
	if err != nil {
		return err
	}
	updates := make(chan scanner.Update)
	go func() {
		defer close(updates)
		w.Run(ctx, func(u scanner.Update) {
			select {
			case updates <- u:
			case <-ctx.Done():
			}
		})
	}()
	judge := alerts.NewJudge()
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
			js = judgeAll(judge, u)
		case <-due.C:
		}
		late, next := judge.Due(time.Now())
		if js = append(js, late...); len(js) > 0 {
			judged(js)
		}
		if !next.IsZero() {
			due.Reset(time.Until(next))
		}
	}
}

// judgeAll judges what others can reach first: a program that opens loopback and
// the network in one tick was not on loopback only.
func judgeAll(judge *alerts.Judge, u scanner.Update) []alerts.Judgement {
	if u.Baseline {
		judge.Learn(u.Snapshot)
	}
	var js []alerts.Judgement
	for _, external := range []bool{true, false} {
		for _, e := range u.Events {
			if e.Listener.External() == external {
				js = append(js, judge.Judge(e))
			}
		}
	}
	return js
}
