package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"portlight/app/alerts"
	"portlight/app/history"
)

func newHistoryKeepCommand(p *program) *cobra.Command {
	var days, events int
	cmd := &cobra.Command{
		Use:     "keep",
		Short:   "Say, or set, for how long and how many events are kept",
		Example: "  portlight history keep\n  portlight history keep --days 30 --events 50000",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			values := map[string]string{}
			for _, f := range []struct {
				name, setting  string
				n, least, most int
			}{
				{"days", alerts.SettingKeepDays, days, alerts.MinKeepDays, alerts.MaxKeepDays},
				{"events", alerts.SettingKeepEvents, events, alerts.MinKeepEvents, alerts.MaxKeepEvents},
			} {
				switch {
				case !cmd.Flags().Changed(f.name):
				case f.n < f.least || f.n > f.most:
					return fmt.Errorf("--%s %d is not between %d and %d", f.name, f.n, f.least, f.most)
				default:
					values[f.setting] = strconv.Itoa(f.n)
				}
			}
			return doing(func(*cobra.Command, []string) error { return p.keepHistory(values) })(cmd, args)
		},
	}
	cmd.Flags().IntVar(&days, "days", 0, "for so many days")
	cmd.Flags().IntVar(&events, "events", 0, "so many at most")
	return cmd
}

// keepHistory sets what is kept, if anything is to be set, and says what is. The agent hears
// of it by the memory.
func (p *program) keepHistory(values map[string]string) error {
	say := func(s *history.Store) error {
		settings := alerts.DefaultSettings()
		if s != nil {
			stored, err := s.Settings()
			if err != nil {
				return err
			}
			settings, _ = alerts.ParseSettings(stored)
		}
		_, err := fmt.Fprintf(p.out, wordsKept+"\n", plural(settings.KeepDays, "day"), settings.KeepEvents)
		return err
	}
	if len(values) == 0 {
		return p.readMemory(say)
	}
	s, err := p.openToWrite()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SetAll(values); err != nil {
		return err
	}
	return say(s)
}
