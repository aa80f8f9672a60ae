package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"portlight/app/alerts"
	"portlight/services"
)

// Style says how text is laid out: for a person at a terminal, or for a program
// that reads a pipe.
type Style struct {
	Columns bool // pad columns so that they stand below each other, with a heading
	Colour  bool // mark what others can reach
	Wide    bool // more columns, nothing cut
}

// Escape sequences of ECMA-48, SGR.
const (
	sgrExternal = "\x1b[33m"
	sgrHeading  = "\x1b[1m"
	sgrReset    = "\x1b[0m"
)

// ListText gives rows as text, a line each.
func ListText(rows []Row, s Style) string {
	head := []string{"PROTO", "ADDRESS", "SERVICE", "PROGRAM", "PID", "USER", "REACH"}
	if s.Wide {
		head = append(head, "FAMILY", "UNIT", "EXECUTABLE")
	}
	lines := make([][]string, len(rows))
	for i, r := range rows {
		lines[i] = []string{r.Proto, r.Address, r.Service, r.Program, r.PID, r.User, r.Reach}
		if s.Wide {
			lines[i] = append(lines[i], r.Listener.Family(), Clean(r.Listener.Unit, maxName), paths(r))
		}
	}
	colour := func(line int) string {
		if rows[line].External {
			return sgrExternal
		}
		return ""
	}
	return columns(head, lines, s, colour)
}

// paths lists the executables of a row's owners, each once.
func paths(r Row) string {
	var all []string
	seen := map[string]bool{}
	for _, p := range r.Listener.Owners {
		if path := Clean(p.Path, maxPath); path != "" && !seen[path] {
			seen[path] = true
			all = append(all, path)
		}
	}
	return strings.Join(all, ", ")
}

// EventText is a judged event in one line.
func EventText(j alerts.Judgement, names Namer, s Style) string {
	r := NewRow(j.Event.Listener, names)
	mark, sgr := "      ", ""
	if j.Verdict.Alerts() {
		mark, sgr = "ALERT ", sgrExternal
	}
	line := j.Event.Time.Format(time.TimeOnly) + "  " + fmt.Sprintf("%-7s", j.Event.Op) + "  " + mark + r.Label() + " (" + r.Address + "): " + Reason(j)
	if s.Colour && sgr != "" {
		return sgr + line + sgrReset
	}
	return line
}

// ServicesText gives names of services as text, a line each.
func ServicesText(names []services.Name, s Style) string {
	lines := make([][]string, len(names))
	for i, n := range names {
		lines[i] = []string{PortProto(n.Port, n.Proto), Clean(n.Name, maxName), string(n.Source), Clean(n.Description, maxPath)}
	}
	return columns([]string{"PORT", "NAME", "SOURCE", "DESCRIPTION"}, lines, s, func(int) string { return "" })
}

// columns lays out lines: below each other with a heading, or with a tab
// between the cells, and "-" for an empty one so that the count stays.
func columns(head []string, lines [][]string, s Style, colour func(line int) string) string {
	var b strings.Builder
	if !s.Columns {
		for _, line := range lines {
			b.WriteString(strings.Join(dashes(line), "\t") + "\n")
		}
		return b.String()
	}
	width := widths(append([][]string{head}, lines...))
	writeLine(&b, head, width, pick(s.Colour, sgrHeading))
	for i, line := range lines {
		writeLine(&b, dashes(line), width, pick(s.Colour, colour(i)))
	}
	return b.String()
}

func pick(on bool, sgr string) string {
	if on {
		return sgr
	}
	return ""
}

func dashes(line []string) []string {
	out := make([]string, len(line))
	for i, cell := range line {
		if out[i] = cell; cell == "" {
			out[i] = "-"
		}
	}
	return out
}

func widths(lines [][]string) []int {
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], runewidth.StringWidth(cell))
		}
	}
	return width
}

// writeLine pads all cells but the last.
func writeLine(b *strings.Builder, line []string, width []int, sgr string) {
	b.WriteString(sgr)
	for i, cell := range line {
		b.WriteString(cell)
		if i < len(line)-1 {
			b.WriteString(strings.Repeat(" ", width[i]-runewidth.StringWidth(cell)+2))
		}
	}
	if sgr != "" {
		b.WriteString(sgrReset)
	}
	b.WriteByte('\n')
}
