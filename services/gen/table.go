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
	"time"
)

// firstDynamic is the first of the ports that are never assigned (RFC 6335, 6).
const firstDynamic = 49152

// row is what is taken of a row of either table.
type row struct{ ports, proto, name, description, source string }

// form is a table's columns, as its first line has them, and how its rows are
// read. Without ok a row is left out.
type form struct {
	columns []string
	row     func(fields []string) (r row, ok bool)
}

func forms() []form {
	return []form{
		{[]string{"port", "proto", "name", "description", "source"}, ownRow},
		{[]string{"Service Name", "Port Number", "Transport Protocol", "Description"}, ianaRow},
	}
}

func ownRow(f []string) (row, bool) {
	return row{f[0], f[1], f[2], f[3], f[4]}, true
}

// ianaRow reads a row as IANA publishes it. Rows without a port, a protocol or a
// name are none of a service on a port, and those of SCTP and DCCP are not ours.
// A description may have line ends.
func ianaRow(f []string) (row, bool) {
	proto := strings.ToLower(strings.TrimSpace(f[2]))
	r := row{ports: strings.TrimSpace(f[1]), proto: proto, name: strings.TrimSpace(f[0]), description: strings.Join(strings.Fields(f[3]), " ")}
	return r, r.ports != "" && r.name != "" && (proto == "tcp" || proto == "udp")
}

// table is the registry of a day.
type table struct {
	date  string // the given one, else the latest that a row has
	rows  int    // rows that were taken, a range is one
	ports []named
	seen  map[named]bool // without descriptions
}

// named is a port with its name.
type named struct {
	port              int
	proto             string // "tcp" or "udp"
	name, description string
}

func readTable(r io.Reader, date string) (table, error) {
	t := table{seen: map[named]bool{}}
	lines := csv.NewReader(r)
	header, err := lines.Read()
	if err != nil {
		return t, err
	}
	rowOf, err := formOf(header)
	if err != nil {
		return t, err
	}
	if err := t.readRows(lines, rowOf); err != nil {
		return t, err
	}
	t.date = cmp.Or(date, t.date)
	if _, err := time.Parse(time.DateOnly, t.date); err != nil {
		return t, fmt.Errorf("the table has no date of the registry, and -date gives none: %w", err)
	}
	slices.SortStableFunc(t.ports, func(a, b named) int { return cmp.Compare(a.port, b.port) })
	return t, nil
}

func formOf(header []string) (func([]string) (row, bool), error) {
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for _, f := range forms() {
		if n := len(f.columns); len(header) >= n && slices.Equal(header[:n], f.columns) {
			return f.row, nil
		}
	}
	return nil, fmt.Errorf("columns are %q, want those of IANA or %q", header, forms()[0].columns)
}

func (t *table) readRows(lines *csv.Reader, rowOf func([]string) (row, bool)) error {
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r, ok := rowOf(fields)
		if !ok {
			continue
		}
		if err := t.add(r); err != nil {
			line, _ := lines.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (t *table) add(r row) error {
	first, last, err := parsePorts(r.ports)
	if err != nil {
		return err
	}
	n := named{proto: r.proto, name: r.name, description: r.description}
	if err := n.check(); err != nil {
		return err
	}
	for n.port = first; n.port <= last; n.port++ {
		if key := (named{n.port, n.proto, n.name, ""}); !t.seen[key] {
			t.seen[key] = true
			t.ports = append(t.ports, n)
		}
	}
	t.rows++
	if date, ok := strings.CutPrefix(r.source, "iana:"); ok {
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
