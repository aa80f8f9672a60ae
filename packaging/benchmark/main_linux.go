package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

// errDiffers says that Portlight was wrong somewhere.
var errDiffers = errors.New("owners differ from what there was")

func main() {
	if err := perform(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

// options of the benchmark, which it hands on to its copies.
type options struct {
	quick bool
	binaries
}

func (o options) args() []string {
	return []string{fmt.Sprintf("-quick=%t", o.quick), "-portlight", o.window, "-nowindow", o.noWindow}
}

func (o options) effort() effort {
	if o.quick {
		return quickEffort()
	}
	return fullEffort()
}

// perform is the benchmark, or what a copy of it does for it: "helper", "poll WHO
// EVERY SPAN", "case OPTIONS NAME".
func perform(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "helper":
		return runHelper(os.Stdin, os.Stdout)
	case len(args) == 4 && args[0] == "poll":
		return runPoller(args[1], args[2], args[3])
	case len(args) > 0 && args[0] == "case":
		return runCopy(args[1:])
	}
	o, rest, err := parseOptions(args)
	if err != nil || len(rest) > 0 {
		return errors.Join(err, fmt.Errorf("usage: benchmark [-quick] -portlight FILE -nowindow FILE"))
	}
	return runAll(o)
}

func parseOptions(args []string) (o options, rest []string, err error) {
	flags := flag.NewFlagSet("benchmark", flag.ContinueOnError)
	flags.BoolVar(&o.quick, "quick", false, "the desktop case only")
	flags.StringVar(&o.window, "portlight", "bin/portlight", "the binary to measure")
	flags.StringVar(&o.noWindow, "nowindow", "build/portlight-nowindow", "the same, built without the window")
	err = flags.Parse(args)
	return o, flags.Args(), err
}

// runCopy runs one case in the network of this copy and prints the result.
func runCopy(args []string) error {
	o, rest, err := parseOptions(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return errors.New("a copy runs one case")
	}
	def, err := findCase(rest[0])
	if err != nil {
		return err
	}
	r, err := runCase(def, o.effort(), o.binaries)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// runAll runs all cases, each in a copy with a network of its own, and reports.
func runAll(o options) error {
	var all report
	spawner := newSpawner()
	for _, def := range cases() {
		if o.quick && !def.Desktop {
			continue
		}
		start := time.Now()
		r, err := runNested(spawner, def, o)
		if err != nil {
			return fmt.Errorf("case %s: %w", def.Name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %.0f s\n", def.title(r.Processes), time.Since(start).Seconds())
		all.results = append(all.results, r)
	}
	all.machine = thisMachine()
	if err := all.write(os.Stdout); err != nil {
		return err
	}
	if all.differences() > 0 {
		return errDiffers
	}
	return nil
}

func runNested(s spawner, def benchCase, o options) (*result, error) {
	cmd := nested(append(append([]string{"case"}, o.args()...), def.Name)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.start(cmd); err != nil {
		return nil, fmt.Errorf("make a network for it, as root or with unprivileged user namespaces allowed: %w", err)
	}
	var r result
	errDecode := json.NewDecoder(out).Decode(&r)
	if err := cmd.Wait(); err != nil {
		return nil, err
	}
	return &r, errDecode
}
