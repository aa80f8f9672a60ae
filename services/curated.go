package services

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// The lists that are kept by hand; data/README.md says where they are from.
var (
	//go:embed data/common.csv
	commonCSV string
	//go:embed data/apple.csv
	appleCSV string
	//go:embed data/hints.csv
	hintsCSV string
)

// curated is what those lists hold.
type curated struct {
	common, apple list
	hints         []hint // in the file's order
}

// hint is what a program uses a port for; port 0 is any.
type hint struct {
	program string
	entry
}

// maxSpan bounds a range: a wider one names no port in particular.
const maxSpan = 100

func loadCurated() (curated, error) {
	common, err := parseCurated(commonCSV)
	if err != nil {
		return curated{}, fmt.Errorf("parse common.csv: %w", err)
	}
	apple, err := parseCurated(appleCSV)
	if err != nil {
		return curated{}, fmt.Errorf("parse apple.csv: %w", err)
	}
	hints, err := parseCurated(hintsCSV)
	if err != nil {
		return curated{}, fmt.Errorf("parse hints.csv: %w", err)
	}
	return curated{newList(entriesOf(common)), newList(entriesOf(apple)), hints}, nil
}

func entriesOf(hints []hint) []entry {
	entries := make([]entry, len(hints))
	for i := range hints {
		entries[i] = hints[i].entry
	}
	return entries
}

// parseCurated reads a table whose first line names its columns: port ("22",
// "8085-8087", "*" for any), proto, name, description, source, and of hints
// program and aliases too. A range gives an entry for each of its ports.
func parseCurated(text string) ([]hint, error) {
	lines := csv.NewReader(strings.NewReader(text))
	lines.ReuseRecord = true
	head, err := lines.Read()
	if err != nil {
		return nil, err
	}
	columns := map[string]int{}
	for i, name := range head {
		columns[name] = i
	}
	var all []hint
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all, err = appendCurated(all, columns, fields)
		if err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func appendCurated(all []hint, columns map[string]int, fields []string) ([]hint, error) {
	field := func(name string) string {
		i, ok := columns[name]
		if !ok {
			return ""
		}
		return fields[i]
	}
	first, last, err := parseSpan(field("port"))
	if err != nil {
		return nil, err
	}
	h := hint{field("program"), entry{
		protos: protoOf(field("proto")), name: field("name"), aliases: field("aliases"),
		description: field("description"), origin: field("source"),
	}}
	if err := h.check(); err != nil {
		return nil, err
	}
	for port := int(first); port <= int(last); port++ {
		h.port = uint16(port)
		all = append(all, h)
	}
	return all, nil
}

// parseSpan reads "22", "8085-8087", or "*", which is 0.
func parseSpan(s string) (first, last uint16, err error) {
	if s == "*" {
		return 0, 0, nil
	}
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	a, errFirst := strconv.ParseUint(from, 10, 16)
	b, errLast := strconv.ParseUint(to, 10, 16)
	if err := errors.Join(errFirst, errLast); err != nil {
		return 0, 0, err
	}
	if a < 1 || b < a || b-a >= maxSpan {
		return 0, 0, fmt.Errorf("%q is neither a port nor a range of less than %d", s, maxSpan)
	}
	return uint16(a), uint16(b), nil
}

func (h *hint) check() error {
	switch {
	case h.protos == 0:
		return errors.New("protocol is neither tcp nor udp")
	case h.name == "":
		return errors.New("no name")
	}
	for _, s := range [...]string{h.name, h.aliases, h.description, h.origin} {
		if clean(s) != s || len(s) > maxLine {
			return fmt.Errorf("text of %q is too long or cannot be shown", h.name)
		}
	}
	return nil
}

// appendHints adds what single programs use a port for.
func (c *curated) appendHints(all []Name, p protos, port uint16) []Name {
	for i := range c.hints {
		if h := &c.hints[i]; h.port == port {
			all = h.appendName(all, p, port)
		}
	}
	return all
}

// appendName adds the hint's name for a port, if it is for that protocol.
func (h *hint) appendName(all []Name, p protos, port uint16) []Name {
	if h.protos&p == 0 {
		return all
	}
	return append(all, Name{
		Port: port, Proto: p.String(), Name: h.name, Description: h.description,
		Source: Hint, Program: h.program, Origin: h.origin,
	})
}
