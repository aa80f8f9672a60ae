package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"portlight/app/view"
	"portlight/services"
)

func newServiceCommand(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "service PORT[/PROTO] | NAME",
		Short:   "Look up the name of a port, or the ports of a name",
		Example: "  portlight service 445\n  portlight service ssh\n  portlight service 53/udp",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			table := p.names().Table
			found, err := findServices(table, args[0])
			if err != nil {
				return err
			}
			return doing(func(*cobra.Command, []string) error { return p.printServices(table, args[0], found, asJSON) })(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) printServices(table *services.Table, query string, found []services.Name, asJSON bool) error {
	p.notes(table.Problems())
	var err error
	switch {
	case asJSON:
		err = view.WriteJSON(p.out, view.NewServicesJSON(found), "  ")
	case len(found) > 0:
		_, err = io.WriteString(p.out, view.ServicesText(found, p.style(false)))
	}
	if err == nil && len(found) == 0 {
		err = errors.New(noServiceWords(query))
	}
	return err
}

// firstDynamicPort is where the ports begin that IANA registers for nothing (RFC 6335,
// section 6).
const firstDynamicPort = 49152

// noServiceWords says that a port or a name was not found.
func noServiceWords(query string) string {
	number, _, _ := strings.Cut(query, "/")
	switch n, err := parsePort(number); {
	case err != nil:
		return fmt.Sprintf(wordsNoService, query)
	case n >= firstDynamicPort:
		return fmt.Sprintf(wordsDynamicPort, query)
	}
	return fmt.Sprintf(wordsNoName, query)
}

// findServices takes a port, a port with its protocol, or a name.
func findServices(t *services.Table, query string) ([]services.Name, error) {
	number, proto, _ := strings.Cut(query, "/")
	if _, err := strconv.Atoi(number); err != nil && !errors.Is(err, strconv.ErrRange) {
		return t.ByName(query), nil
	}
	n, err := parsePort(number)
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(proto) {
	case "":
		return t.ByPort(n), nil
	case "tcp", "udp":
		return t.Lookup(services.Query{Proto: strings.ToLower(proto), Port: n}).All, nil
	}
	return nil, fmt.Errorf("protocol %q is neither tcp nor udp", proto)
}
