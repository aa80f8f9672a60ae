package main

import (
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
			table := p.names()
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
	if asJSON {
		return writeJSON(p.out, view.NewServicesJSON(found))
	}
	for _, problem := range table.Problems() {
		fmt.Fprintln(p.err, "note:", view.Clean(problem, maxNote))
	}
	if len(found) == 0 {
		return fmt.Errorf("no service is known as %q", query)
	}
	_, err := io.WriteString(p.out, view.ServicesText(found, p.style(false)))
	return err
}

// findServices takes a port, a port with its protocol, or a name.
func findServices(t *services.Table, query string) ([]services.Name, error) {
	number, proto, _ := strings.Cut(query, "/")
	n, err := strconv.Atoi(number)
	if err != nil {
		return t.ByName(query), nil
	}
	if n < 1 || n > 65535 {
		return nil, fmt.Errorf("port %s is not between 1 and 65535", number)
	}
	switch strings.ToLower(proto) {
	case "":
		return t.ByPort(uint16(n)), nil
	case "tcp", "udp":
		_, all := t.Lookup(strings.ToLower(proto), uint16(n), "")
		return all, nil
	}
	return nil, fmt.Errorf("protocol %q is neither tcp nor udp", proto)
}
