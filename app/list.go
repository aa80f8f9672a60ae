package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portlight/app/view"
	"portlight/scanner"
)

// listFlags choose listeners.
type listFlags struct {
	process                        string
	port                           port
	tcp, udp, external, wide, json bool
	containers                     bool
}

func newListCommand(p *program) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List what listens now",
		Example: "  portlight list --external\n  portlight list --process smbd\n  portlight list --port 443 --json",
		Args:    cobra.NoArgs,
		RunE:    doing(func(cmd *cobra.Command, _ []string) error { return p.list(cmd, f) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.process, "process", "", "only programs whose name begins so")
	flags.Var(&f.port, "port", "only this port")
	flags.BoolVar(&f.tcp, "tcp", false, "TCP (with --udp: both)")
	flags.BoolVar(&f.udp, "udp", false, "UDP")
	flags.BoolVar(&f.external, "external", false, "only what others can reach")
	flags.BoolVar(&f.containers, "containers", false, "also what listens in the networks of containers")
	flags.BoolVar(&f.wide, "wide", false, "more columns: family, unit, container, clients, executable, names")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func (p *program) list(cmd *cobra.Command, f listFlags) error {
	debug.SetGCPercent(listGC)
	s, err := scan(cmd.Context(), f.containers)
	if err != nil {
		return err
	}
	names := p.names()
	var rows []view.Row
	for _, r := range view.Rows(s, names) {
		if f.takes(r) {
			rows = append(rows, r)
		}
	}
	if f.json || f.wide {
		countClients(cmd.Context(), rows)
	}
	if f.json {
		return view.WriteSnapshotJSON(p.out, view.NewSnapshotJSON(s, nil, names.Problems()...), rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(p.err, wordsNoMatch)
	} else if _, err := io.WriteString(p.out, view.ListText(rows, p.style(f.wide))); err != nil {
		return err
	}
	p.notes(s.Visibility.Notes)
	p.notes(names.Problems())
	return nil
}

// listGC is how much garbage, in percent of what is in use, a list may pile up: it
// ends soon.
const listGC = 800

// countClients puts the number of clients into rows, where the system tells it.
func countClients(ctx context.Context, rows []view.Row) {
	clients, err := scanner.CountClients(ctx)
	if err != nil {
		return
	}
	for i := range rows {
		if n, ok := clients.Of(&rows[i].Listener); ok {
			rows[i].Clients = &n
		}
	}
}

// answerPatience is how long a list waits for systemd and the engines of containers.
const answerPatience = 800 * time.Millisecond

func scan(ctx context.Context, containers bool) (*scanner.Snapshot, error) {
	s, err := scanner.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	s.ShowNetwork()
	if containers {
		s.ShowContainers()
	}
	if _, err := s.Scan(ctx); err != nil {
		return nil, err
	}
	return s.Settle(ctx, answerPatience)
}

// notes says what is behind an answer that may not be whole.
func (p *program) notes(notes []string) {
	for _, n := range notes {
		fmt.Fprintln(p.err, "note:", view.Clean(n, maxNote))
	}
}

// maxNote bounds a line of the ledger, in runes.
const maxNote = 400

// takes reports whether a row is chosen.
func (f listFlags) takes(r view.Row) bool {
	l := &r.Listener
	switch {
	case f.port != 0 && l.Port != uint16(f.port),
		f.external && !r.External,
		f.tcp && !f.udp && l.Proto != scanner.TCP,
		f.udp && !f.tcp && l.Proto != scanner.UDP:
		return false
	}
	return f.process == "" || heldBy(l, f.process)
}

// heldBy matches by the beginning, but for case: the program's name or title, or the
// kernel's short one, which is what `lsof -c` looks at.
func heldBy(l *scanner.Listener, name string) bool {
	begins := func(s string) bool { return len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) }
	return slices.ContainsFunc(l.Owners, func(o scanner.Process) bool { return begins(o.Name) || begins(o.Comm) || begins(o.Title) })
}

// port is a flag's value, 1 to 65535.
type port uint16

func (p *port) Set(s string) error {
	n, err := parsePort(s)
	*p = port(n)
	return err
}

func (p *port) String() string { return strconv.Itoa(int(*p)) }

func (p *port) Type() string { return "number" }

func parsePort(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("port %s is not between 1 and 65535", s)
	}
	return uint16(n), nil
}
