// Command portlight shows what listens on this computer: in the tray, in a
// window and on the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"portlight/app/desktop"
	"portlight/app/view"
	"portlight/scanner"
)

// version is set by the linker.
var version = "0.1.0-dev"

// Exit codes of every command.
const (
	exitFine = iota
	exitError
	exitUsage
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the whole program but for the exit.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what hangs
	return newProgram(stdout, stderr).run(ctx, args)
}

// program is what the commands share.
type program struct {
	out      *output
	err      io.Writer
	log      *slog.Logger
	services string // path of services(5), "" is the system's
	dataDir  string
	interval time.Duration // 0 is that of the settings
	login    bool
	wrote    string // data folder to whose memory this command has written, or ""
	began    time.Time
}

func newProgram(stdout, stderr io.Writer) *program {
	return &program{out: &output{to: stdout}, err: stderr, began: time.Now(), log: slog.New(slog.NewTextHandler(stderr, nil))}
}

func (p *program) run(ctx context.Context, args []string) (code int) {
	root := newRoot(p)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if p.wrote != "" {
		tell(roleAgent, p.wrote, desktop.Refresh) // where none runs there is nobody to tell
	}
	var failed *runError
	switch {
	case errors.As(err, &failed):
		return p.fail(err)
	case p.out.failed != nil: // an error of cobra's is this one too
		return p.fail(p.out.failed)
	case err == nil:
		return exitFine
	}
	fmt.Fprintf(p.err, saying+"%v\n%s %s\n"+wordsMoreHelp+"\n", err, wordUsage, cmd.UseLine(), cmd.CommandPath())
	return exitUsage
}

func (p *program) fail(err error) (code int) {
	fmt.Fprintln(p.err, saying+err.Error())
	return exitError
}

// saying stands before the error that a command ends with.
const saying = "portlight: "

// output is the standard output. It remembers that a write failed: not all that
// print look after it.
type output struct {
	to     io.Writer
	failed error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil && o.failed == nil {
		o.failed = fmt.Errorf("print: %w", err)
	}
	return n, err
}

// runError is an error of doing, all others are errors of usage.
type runError struct{ err error }

func (e *runError) Error() string { return e.err.Error() }
func (e *runError) Unwrap() error { return e.err }

// doing marks the errors of a command's work.
func doing(f func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := f(cmd, args); err != nil {
			return &runError{err}
		}
		return nil
	}
}

func newRoot(p *program) *cobra.Command {
	root := &cobra.Command{
		Use:               "portlight",
		Short:             "Shows what listens on this computer, and tells when a program starts to",
		Long:              wordsRoot,
		Version:           version,
		Args:              cobra.NoArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return checkInterval(cmd, p.interval) },
		RunE:              doing(func(cmd *cobra.Command, _ []string) error { return p.agent(cmd.Context()) }),
	}
	root.SetOut(p.out) // before the completion command, which takes it over
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.StringVar(&p.dataDir, "data-dir", "", "folder for Portlight's own files (default: the system's place for them)")
	flags.DurationVar(&p.interval, "interval", 0, "time between two scans, 250ms … 1m (default: that of the settings, 1s at first)")
	root.Flags().BoolVar(&p.login, "login", false, "started by the desktop: stay quiet when there is no tray")
	root.AddCommand(newWindowCommand(p), newListCommand(p), newWatchCommand(p), newServiceCommand(p), newHistoryCommand(p), newAlertsCommand(p), newRulesCommand(p), newDoctorCommand(p))
	root.SetHelpCommand(newHelpCommand(root))
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	return root
}

// newHelpCommand is cobra's, but an unknown topic is an error of usage.
func newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			topic, rest, err := root.Find(args)
			switch {
			case err != nil:
				return err
			case len(rest) > 0:
				return fmt.Errorf("unknown command %q for %q", rest[0], topic.CommandPath())
			}
			return topic.Help()
		},
	}
}

func checkInterval(cmd *cobra.Command, d time.Duration) error {
	if !cmd.Flags().Changed("interval") {
		return nil
	}
	if d < scanner.MinInterval || d > scanner.MaxInterval {
		return fmt.Errorf("--interval %v is not between %v and %v", d, scanner.MinInterval, scanner.MaxInterval)
	}
	return nil
}

// names gives names of services, the user's own first where they can be read.
func (p *program) names() *names {
	_, store, err := p.openMemory()
	if err != nil {
		return p.newNames(nil)
	}
	defer store.Close()
	return p.newNames(store)
}

// style is laid out for a person when the output is a terminal. NO_COLOR
// (no-color.org) and a dumb terminal get no colour.
func (p *program) style(wide bool) view.Style {
	f, ok := p.out.to.(*os.File)
	terminal := ok && term.IsTerminal(int(f.Fd()))
	colour := terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return view.Style{Columns: terminal, Colour: colour, Wide: wide}
}
