package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/view"
)

func newAlertsCommand(p *program) *cobra.Command {
	var all, asJSON bool
	cmd := &cobra.Command{
		Use:     "alerts",
		Short:   "List the alerts that nobody has looked at, and decide about them",
		Long:    wordsAlerts,
		Example: "  portlight alerts\n  portlight alerts allow 12\n  portlight alerts pause 2h",
		Args:    cobra.NoArgs,
		RunE:    doing(func(*cobra.Command, []string) error { return p.alerts(all, asJSON) }),
	}
	cmd.Flags().BoolVar(&all, "all", false, "also those that were seen, allowed or muted")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(
		newAlertsSeenCommand(p),
		newDecideCommand(p, "allow", "Trust the program of an alert on its port, by a rule", alerts.Allow, history.StateAllowed),
		newDecideCommand(p, "mute", "Be silent about the program of an alert on its port, by a rule", alerts.Mute, history.StateMuted),
		newPauseCommand(p),
		newResumeCommand(p),
	)
	return cmd
}

func (p *program) alerts(all, asJSON bool) error {
	return p.readMemory(func(s *history.Store) error {
		var list []view.Reported
		if s != nil {
			var err error
			if list, err = reported(s, all); err != nil {
				return err
			}
			p.sayState(s)
		}
		view.SortReported(list)
		facts := view.Facts{Names: p.newNames(s)}
		switch {
		case asJSON:
			return p.printAlertsJSON(list, facts)
		case len(list) == 0 && s != nil && all:
			fmt.Fprintln(p.err, wordsNoAlerts)
		case len(list) == 0 && s != nil:
			fmt.Fprintln(p.err, wordsNoNews)
		}
		_, err := io.WriteString(p.out, view.ReportedText(list, facts, p.style(false)))
		return err
	})
}

func (p *program) printAlertsJSON(list []view.Reported, f view.Facts) error {
	w := view.NewArrayWriter(p.out)
	for _, a := range list {
		if err := w.Add(view.NewReportedJSON(a, f)); err != nil {
			return err
		}
	}
	return w.Close()
}

// sayState says that alerts are paused, and that notifications could not be shown, if so.
func (p *program) sayState(s *history.Store) {
	stored, err := s.Settings()
	if err != nil {
		return // what is read next says it
	}
	if settings, _ := alerts.ParseSettings(stored); time.Now().Before(settings.Paused) {
		fmt.Fprintf(p.err, wordsPausedNote+"\n", view.MinuteWords(settings.Paused))
	}
	if why := stored[keeper.SettingSilent]; why != "" {
		fmt.Fprintf(p.err, wordsSilentNote+"\n", view.Clean(why, maxNote))
	}
}

// reported gives the alerts that are new, or all.
func reported(s *history.Store, all bool) ([]view.Reported, error) {
	state := history.StateNew
	if all {
		state = ""
	}
	var list []view.Reported
	for before := int64(0); ; {
		page, err := s.Alerts(state, before, pageEvents)
		if err != nil {
			return nil, err
		}
		for i := range page {
			list = append(list, newReported(&page[i]))
		}
		if len(page) == 0 {
			return list, nil
		}
		before = page[len(page)-1].ID
	}
}

func newReported(a *history.Alert) view.Reported {
	return view.Reported{
		ID: a.ID, State: string(a.State), New: a.State == history.StateNew, Name: a.Name, First: a.First, Last: a.Last, Count: a.Count,
		Judgement: a.Judgement(),
	}
}

// withAlerts has f work on alerts that are there: all of them, or none of it.
func (p *program) withAlerts(ids []int64, f func(*history.Store, []history.Alert) error) error {
	_, s, err := p.openMemory()
	if err != nil {
		return err
	}
	defer s.Close()
	var list []history.Alert
	for _, id := range ids {
		found, err := s.Alerts("", id+1, 1)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].ID != id {
			return fmt.Errorf(wordsNoAlert, id)
		}
		list = append(list, found[0])
	}
	return f(s, list)
}

func newAlertsSeenCommand(p *program) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:     "seen [ID...]",
		Short:   "Take alerts for seen: the mark on the tray goes away",
		Example: "  portlight alerts seen 12 13\n  portlight alerts seen --all",
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := parseIDs(args)
			switch {
			case err != nil:
				return err
			case all == (len(ids) > 0):
				return errors.New(wordsWhichAlerts)
			}
			return doing(func(*cobra.Command, []string) error { return p.markSeen(ids) })(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "all that are new")
	return cmd
}

// markSeen marks alerts as seen, all that are new if none is named. What was decided
// about one stays.
func (p *program) markSeen(ids []int64) error {
	return p.withAlerts(ids, func(s *history.Store, list []history.Alert) error {
		var news []int64
		for _, a := range list {
			if a.State == history.StateNew {
				news = append(news, a.ID)
			}
		}
		count, mark := len(news), func() error { return s.SetAlertState(news, history.StateSeen) }
		if len(ids) == 0 {
			var err error
			if count, err = s.Unseen(); err != nil {
				return err
			}
			mark = s.MarkAllSeen
		}
		if err := mark(); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.out, wordsMarkedSeen+"\n", plural(count, "alert"))
		return err
	})
}

func newDecideCommand(p *program, use, short string, action alerts.Action, state history.State) *cobra.Command {
	return &cobra.Command{
		Use:     use + " ID...",
		Short:   short,
		Long:    short + ".\n" + wordsDecide,
		Example: "  portlight alerts " + use + " 12",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := parseIDs(args)
			if err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.decideAlerts(ids, action, state) })(cmd, args)
		},
	}
}

// decideAlerts makes the rule of one click of each alert.
func (p *program) decideAlerts(ids []int64, action alerts.Action, state history.State) error {
	return p.withAlerts(ids, func(s *history.Store, list []history.Alert) error {
		for _, a := range list {
			r := alerts.RuleFor(action, &a.Listener, a.Program, time.Now())
			id, _, err := s.PutFirst(r)
			if err == nil {
				err = s.SetAlertState([]int64{a.ID}, state)
			}
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(p.out, wordsDecided+"\n", a.ID, state, id, view.RuleWords(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

func newPauseCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "pause [DURATION | until TIME]",
		Short:   "Show no notifications for a time, an hour if none is given",
		Example: "  portlight alerts pause 2h\n  portlight alerts pause until tomorrow\n  portlight alerts pause until 18:00",
		RunE: func(cmd *cobra.Command, args []string) error {
			until, err := parsePause(args, time.Now())
			if err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.pause(until) })(cmd, args)
		},
	}
}

// parsePause reads until when alerts are paused.
func parsePause(args []string, now time.Time) (time.Time, error) {
	if len(args) == 0 {
		return now.Add(time.Hour), nil
	}
	if args[0] == "until" {
		args = args[1:]
	}
	until, err := parseMoment(strings.Join(args, " "), now, false)
	switch {
	case err != nil:
		return until, err
	case !until.After(now):
		return until, fmt.Errorf(wordsPast, view.MinuteWords(until))
	}
	return until, nil
}

func newResumeCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "resume",
		Short: "Show notifications again",
		Args:  cobra.NoArgs,
		RunE:  doing(func(*cobra.Command, []string) error { return p.pause(time.Time{}) }),
	}
}

// pause keeps alerts silent until a time, or ends that.
func (p *program) pause(until time.Time) error {
	s, err := p.openToWrite()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Pause(until); err != nil {
		return err
	}
	words := wordsResumed
	if !until.IsZero() {
		words = fmt.Sprintf(wordsPaused, view.MinuteWords(until))
	}
	_, err = fmt.Fprintln(p.out, words)
	return err
}
