package main

import (
	"github.com/spf13/cobra"

	"portlight/app/desktop"
)

// windowFlags say what the window shows first.
type windowFlags struct {
	show, stop string
	settings   bool
	alerts     bool
}

func newWindowCommand(p *program) *cobra.Command {
	var f windowFlags
	cmd := &cobra.Command{
		Use:   "window",
		Short: "Open the window",
		Args:  cobra.NoArgs,
		RunE:  doing(func(cmd *cobra.Command, _ []string) error { return p.window(cmd.Context(), f) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.show, "show", "", "select the listener with this id, as in portlight list --json")
	flags.StringVar(&f.stop, "stop", "", "ask whether to stop the listener with this id")
	flags.BoolVar(&f.alerts, "alerts", false, "open the alerts")
	flags.BoolVar(&f.settings, "settings", false, "open the settings")
	return cmd
}

// line is what the flags say in the language of the window's socket.
func (f windowFlags) line() string {
	switch {
	case f.settings:
		return desktop.Settings
	case f.alerts:
		return desktop.Alerts
	case f.stop != "":
		return desktop.Stop + " " + f.stop
	case f.show != "":
		return desktop.Show + " " + f.show
	}
	return desktop.Show
}
