// Command smoke finds out whether a Portlight that is built works on this computer at
// all:
//
//	go run ./packaging/macos/smoke [-doctor FILE] PORTLIGHT [ARGUMENT…]
//
// It opens listeners of its own and looks for them in `portlight list --json`, has
// `portlight doctor --json` try the sources, and starts the agent, by the ARGUMENTs if
// there are any, else as at login, until it answers, and ends it. Each step is a line; the first that
// fails ends it with exit status 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// patience is how long all of it may take.
const patience = 2 * time.Minute

func main() {
	doctor := flag.String("doctor", "", "`file` for the answer of doctor --json")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	agentArgs := flag.Args()[1:]
	if len(agentArgs) == 0 {
		agentArgs = []string{"--login"} // without it the first start opens the window
	}
	if err := smoke(ctx, os.Stdout, *doctor, flag.Arg(0), agentArgs); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

// smoke runs all steps in a data folder of its own.
func smoke(ctx context.Context, to io.Writer, doctorFile, path string, agentArgs []string) error {
	data, err := os.MkdirTemp("", "portlight")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	own, closeOwn, err := listen()
	if err != nil {
		return err
	}
	defer closeOwn()
	p := &portlight{path: path, data: data}
	for _, step := range []struct {
		name string
		run  func(context.Context) (string, error)
	}{
		{"version", p.version},
		{"list", func(ctx context.Context) (string, error) { return p.find(ctx, own) }},
		{"doctor", func(ctx context.Context) (string, error) { return p.examine(ctx, doctorFile, len(own)) }},
		{"agent", func(ctx context.Context) (string, error) { return p.runAgent(ctx, agentArgs) }},
	} {
		found, err := step.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Fprintf(to, "%s: %s\n", step.name, found)
	}
	return nil
}
