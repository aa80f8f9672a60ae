package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// firstDynamic is the first of the ports that are never assigned (RFC 6335, 6).
const firstDynamic = 49152

var columns = []string{"port", "proto", "name", "description", "source"}

// table is the registry of a day.
type table struct {
	date  string // the latest that a row has
	rows  int    // rows of the table, a range is one
	ports []named
}

// named is a port with its name.
type named struct {
	port              int
	proto             string // "tcp" or "udp"
	name, description string
}

func readTable(r io.Reader) (table, error) {
	var t table
	lines := csv.NewReader(r)
	header, err := lines.Read()
	if err != nil {
		return t, err
	}
	if !slices.Equal(header, columns) {
		return t, fmt.Errorf("columns are %q, want %q", header, columns)
	}
	for {
		row, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, err
		}
		if err := t.add(row); err != nil {
			line, _ := lines.FieldPos(0)
			return t, fmt.Errorf("line %d: %w", line, err)
		}
	}
	if t.date == "" {
		return t, errors.New("no row has a source with the registry's date")
	}
	slices.SortStableFunc(t.ports, func(a, b named) int { return cmp.Compare(a.port, b.port) })
	return t, nil
}

func (t *table) add(row []string) error {
	first, last, err := parsePorts(row[0])
	if err != nil {
		return err
	}
	n := named{proto: row[1], name: row[2], description: row[3]}
	if err := n.check(); err != nil {
		return err
	}
	for n.port = first; n.port <= last; n.port++ {
		t.ports = append(t.ports, n)
	}
	t.rows++
	if date, ok := strings.CutPrefix(row[4], "iana:"); ok {
		t.date = max(t.date, date)
	}
	return nil
}

// parsePorts reads "22" or "6000-6063".
func parsePorts(s string) (first, last int, err error) {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	first, errFirst := strconv.Atoi(from)
	last, errLast := strconv.Atoi(to)
	if err := errors.Join(errFirst, errLast); err != nil {
		return 0, 0, err
	}
	if first < 1 || last < first || last >= firstDynamic {
		return 0, 0, fmt.Errorf("ports %s are not in 1 to %d", s, firstDynamic-1)
	}
	return first, last, nil
}

func (n named) check() error {
	switch {
	case n.proto != "tcp" && n.proto != "udp":
		return fmt.Errorf("protocol %q is neither tcp nor udp", n.proto)
	case n.name == "":
		return errors.New("no name")
	case strings.ContainsAny(n.name+n.description, "\t\r\n"):
		return fmt.Errorf("name or description of %q has a tab or a line end", n.name)
	}
	return nil
}

// text is the table in lines, see package services. A row of TCP and the like
// row of UDP behind it are one line.
func (t *table) text() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, t.date)
	for i := 0; i < len(t.ports); i++ {
		n := t.ports[i]
		if i+1 < len(t.ports) && n.proto == "tcp" && t.ports[i+1] == (named{n.port, "udp", n.name, n.description}) {
			n.proto = "both"
			i++
		}
		fmt.Fprintf(&b, "%d\t%s\t%s\t%s\n", n.port, n.proto, n.name, n.description)
	}
	return b.Bytes()
}
