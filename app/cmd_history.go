package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"portlight/app/history"
	"portlight/app/view"
)

const (
	pageEvents    = 1000 // that are read at once
	defaultEvents = 100  // that are printed where nothing says from when on
)

// historyFlags choose events.
type historyFlags struct {
	since, until moment
	program      string
	port         port
	limit        int
	json         bool
}

func newHistoryCommand(p *program) *cobra.Command {
	f := historyFlags{since: moment{past: true}, until: moment{past: true}}
	cmd := &cobra.Command{
		Use:     "history",
		Short:   "Print what began and ended to listen, the newest last",
		Long:    wordsHistory,
		Example: "  portlight history --since 24h\n  portlight history --program nginx --port 443\n  portlight history --since 2026-11-01 --until 2026-11-08 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(cmd.Flags().Changed("limit")); err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.history(cmd.Context(), f) })(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.Var(&f.since, "since", "only events from then on: 24h, 7d, 2026-11-01, \"2026-11-01 15:04\", yesterday")
	flags.Var(&f.until, "until", "only events until then")
	flags.StringVar(&f.program, "program", "", "only programs with this in their name or identity")
	flags.Var(&f.port, "port", "only this port")
	flags.IntVar(&f.limit, "limit", 0, "only so many, the latest (default: 100, or all with --since)")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	cmd.AddCommand(newHistoryKeepCommand(p), newHistoryDeleteCommand(p))
	return cmd
}

// check says what is wrong with flags, and sets the limit that was not set.
func (f *historyFlags) check(limited bool) error {
	switch {
	case limited && f.limit < 1:
		return fmt.Errorf("--limit %d is less than 1", f.limit)
	case !f.since.IsZero() && !f.until.IsZero() && f.until.Before(f.since.Time):
		return errors.New("--until is before --since")
	case !limited && f.since.IsZero():
		f.limit = defaultEvents
	}
	return nil
}

func (p *program) history(ctx context.Context, f historyFlags) error {
	return p.readMemory(func(s *history.Store) error {
		out := bufio.NewWriterSize(p.out, 64<<10)
		printer := p.eventPrinter(s, f.json, out)
		more := false
		if s != nil {
			q := history.Query{Since: f.since.Time, Until: f.until.Time, Program: f.program, Port: int(f.port)}
			var err error
			if more, err = eachEvent(ctx, s, q, f.limit, printer.print); err != nil {
				return errors.Join(err, out.Flush())
			}
		}
		if err := errors.Join(printer.end(), out.Flush()); err != nil {
			return err
		}
		switch {
		case more:
			fmt.Fprintf(p.err, wordsMoreEvents+"\n", f.limit)
		case s != nil && printer.count == 0:
			fmt.Fprintln(p.err, wordsNoEvents)
		}
		return nil
	})
}

// eventPrinter prints events as text, or as one array.
type eventPrinter struct {
	log   view.Log
	array *view.ArrayWriter // nil for text
	out   io.Writer
	count int
}

func (p *program) eventPrinter(s *history.Store, asJSON bool, out io.Writer) *eventPrinter {
	e := &eventPrinter{log: view.Log{Facts: view.Facts{Names: p.newNames(s)}, Style: p.style(false), Now: time.Now()}, out: out}
	if asJSON {
		e.array = view.NewArrayWriter(out)
	}
	return e
}

func (e *eventPrinter) print(event history.Event) error {
	e.count++
	if e.array != nil {
		return e.array.Add(view.NewEventJSON(event.Judgement, e.log.Facts))
	}
	_, err := fmt.Fprintln(e.out, e.log.Line(event.Judgement))
	return err
}

func (e *eventPrinter) end() error {
	if e.array == nil {
		return nil
	}
	return e.array.Close()
}

// eachEvent calls f for the latest events that a query chooses, limit of them at most
// if that is not 0, the oldest first. More reports whether there are older ones. Of all
// there are it holds two pages in memory.
func eachEvent(ctx context.Context, s *history.Store, q history.Query, limit int, f func(history.Event) error) (more bool, err error) {
	if q, more, err = latestEvents(ctx, s, q, limit); err != nil || q.Limit == 0 {
		return false, err
	}
	for events, err := range history.Pages(s.Events, q) {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return false, err
		}
		for _, e := range events {
			if err := errors.Join(f(e), ctx.Err()); err != nil {
				return false, err
			}
		}
	}
	return more, nil
}

// latestEvents finds where the latest events begin and end that a query chooses. It gives
// a query for them, of which the first page is the oldest, with a Limit of 0 for none.
func latestEvents(ctx context.Context, s *history.Store, q history.Query, limit int) (latest history.Query, more bool, err error) {
	latest, left := q, limit+1 // one more tells whether there are older ones
	for q.Limit = 1; left > 0; q.Limit = min(left, pageEvents) {
		events, err := s.Events(q)
		if err := errors.Join(err, ctx.Err()); err != nil || len(events) == 0 {
			return latest, false, err
		}
		if latest.Limit == 0 {
			latest.Before, latest.Limit, latest.Oldest = events[0].ID+1, pageEvents, true
		}
		q.Before = events[len(events)-1].ID
		if left -= len(events); left == 0 && limit > 0 {
			latest.After, more = q.Before, true
		}
	}
	return latest, more, nil
}

func newHistoryDeleteCommand(p *program) *cobra.Command {
	var all, yes bool
	var program string
	cmd := &cobra.Command{
		Use:     "delete",
		Short:   "Delete what was recorded, all of it or of one program",
		Long:    wordsHistoryDelete,
		Example: "  portlight history delete --program exe:/usr/bin/nc\n  portlight history delete --all --yes",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := func(question string) error { return confirm(cmd.InOrStdin(), p.err, question) }
			switch {
			case yes:
				ask = func(string) error { return nil }
			case !isTerminal(cmd.InOrStdin()):
				return errors.New(wordsNoAnswer)
			}
			return doing(func(*cobra.Command, []string) error { return p.deleteHistory(program, ask) })(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all that was recorded")
	cmd.Flags().StringVar(&program, "program", "", "what was recorded of this program: its identity, path or name")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.MarkFlagsMutuallyExclusive("all", "program")
	cmd.MarkFlagsOneRequired("all", "program")
	return cmd
}

func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// confirm asks, and takes all but a yes for a no.
func confirm(in io.Reader, out io.Writer, question string) error {
	fmt.Fprint(out, question)
	answer, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil {
		fmt.Fprintln(out)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return errors.New(wordsNotDeleted)
}

// deleteHistory deletes what was recorded of a program, or all for "".
func (p *program) deleteHistory(program string, ask func(string) error) error {
	_, s, err := p.openMemory()
	if err != nil {
		return err
	}
	defer s.Close()
	what, forget := wordsOfAll, s.ForgetAll
	if program != "" {
		identity, remembered, err := findProgram(s, program)
		if err != nil {
			return err
		}
		if !remembered {
			return fmt.Errorf(wordsNoProgram, identity)
		}
		what = view.ProgramWords(identity)
		forget = func() error { return s.ForgetProgram(identity) }
	}
	if err := ask(fmt.Sprintf(wordsDelete, what)); err != nil {
		return err
	}
	if err := forget(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, wordsDeleted+"\n", what)
	return err
}
