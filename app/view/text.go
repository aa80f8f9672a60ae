package view

import (
	"fmt"
	"strconv"
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
		head = append(head, "FAMILY", "UNIT", "CONTAINER", "CLIENTS", "EXECUTABLE", "NAMES", "UNUSUAL")
	}
	lines := make([][]string, len(rows))
	for i, r := range rows {
		lines[i] = []string{r.Proto, r.Address, r.Service, r.Holder(), r.PID, r.User, r.Reach}
		if s.Wide {
			lines[i] = append(lines[i], r.Listener.Family(), r.Unit, ContainerWords(r.Listener.Manager()), clientsText(r), paths(r), namesText(r), r.Mismatch)
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

// clientsText is empty where clients were not counted.
func clientsText(r Row) string {
	if r.Clients == nil {
		return ""
	}
	return strconv.Itoa(*r.Clients)
}

// namesText gives all names of a port with their sources.
func namesText(r Row) string {
	words := make([]string, len(r.Answer.All))
	for i, n := range r.Answer.All {
		words[i] = NameWords(n)
	}
	return strings.Join(words, " · ")
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

// EventText is a judged event in one line, behind its time of day.
func EventText(j alerts.Judgement, f Facts, s Style) string {
	return eventText(j.Event.Time.Format(time.TimeOnly), j, f, s)
}

// eventText is a judged event behind when it was.
func eventText(when string, j alerts.Judgement, f Facts, s Style) string {
	r := NewRow(j.Event.Listener, f)
	mark, sgr := "      ", ""
	if j.Verdict.Alerts() {
		mark, sgr = "ALERT ", sgrExternal
	}
	line := when + "  " + fmt.Sprintf("%-7s", j.Event.Op) + "  " + mark + r.Label() + " (" + r.Address + "): " + Reason(j)
	if s.Colour && sgr != "" {
		return sgr + line + sgrReset
	}
	return line
}

// ServicesText gives names of services as text, a line each.
func ServicesText(names []services.Name, s Style) string {
	lines := make([][]string, len(names))
	for i, n := range names {
		lines[i] = []string{PortProto(n.Port, n.Proto), Clean(n.Name, maxName), sourcesText(n), Clean(n.Description, maxPath)}
	}
	return columns([]string{"PORT", "NAME", "SOURCE", "DESCRIPTION"}, lines, s, func(int) string { return "" })
}

// sourcesText gives the sources of a name: "system, iana", "hint: ControlCenter".
func sourcesText(n services.Name) string {
	words := make([]string, 0, 2)
	for _, s := range n.Sources() {
		words = append(words, string(s))
	}
	text := strings.Join(words, ", ")
	if n.Program != "" {
		text += ": " + n.Program
	}
	return Clean(text, maxPath)
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
