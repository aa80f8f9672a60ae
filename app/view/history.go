package view

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"portlight/app/alerts"
)

// Log gives events line by line, as they follow on each other.
type Log struct {
	Facts
	Style
	Now   time.Time // an event of this day has no date on a terminal
	dated bool      // a line with a date was given
}

// Line is EventText behind its date. In a pipe each line begins with its time by
// RFC 3339: it may be read on another day, and in another zone.
func (l *Log) Line(j alerts.Judgement) string {
	if !l.Columns {
		return eventText(j.Event.Time.Format(time.RFC3339), j, l.Facts, l.Style)
	}
	text, day := EventText(j, l.Facts, l.Style), j.Event.Time.Format(time.DateOnly)
	switch {
	case day != l.Now.In(j.Event.Time.Location()).Format(time.DateOnly):
		l.dated = true
		return day + " " + text
	case l.dated:
		return strings.Repeat(" ", len(time.DateOnly)+1) + text
	}
	return text
}

// ArrayWriter writes a JSON array as WriteJSON would, an element a line.
type ArrayWriter struct {
	to    io.Writer
	begun bool
	text  bytes.Buffer // of an element
}

// NewArrayWriter makes a writer; nothing is written yet.
func NewArrayWriter(to io.Writer) *ArrayWriter { return &ArrayWriter{to: to} }

// Add writes one element.
func (a *ArrayWriter) Add(v any) error {
	b, before := &a.text, ",\n"
	if !a.begun {
		a.begun, before = true, "[\n"
	}
	b.Reset()
	b.WriteString(before)
	if err := WriteJSON(b, v, ""); err != nil {
		return err
	}
	_, err := a.to.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return err
}

// Close ends the array, which may be empty.
func (a *ArrayWriter) Close() error {
	end := "\n]\n"
	if !a.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(a.to, end)
	return err
}

// Reported is an alert as it is remembered: one program on one port.
type Reported struct {
	ID          int64
	State       string
	New         bool   // nobody has decided or looked
	Name        string // of the program
	First, Last time.Time
	Count       int              // how often it came
	Judgement   alerts.Judgement // the most urgent, about the listener of the last time
}

// ReportedJSON is one of `alerts --json`.
type ReportedJSON struct {
	ID       int64        `json:"id"`
	State    string       `json:"state"` // "new", "seen", "allowed", "muted"
	Program  string       `json:"program"`
	Identity string       `json:"identity"` // of the program, for rules
	Verdict  string       `json:"verdict"`
	Reason   string       `json:"reason"`
	First    time.Time    `json:"first"`
	Last     time.Time    `json:"last"`
	Count    int          `json:"count"`
	Away     bool         `json:"away"` // it always came while Portlight was not watching
	Listener ListenerJSON `json:"listener"`
}

// NewReportedJSON gives one alert.
func NewReportedJSON(a Reported, f Facts) ReportedJSON {
	j := a.Judgement
	return ReportedJSON{
		ID: a.ID, State: a.State, Program: a.Name, Identity: j.Program, Verdict: string(j.Verdict), Reason: Reason(j),
		First: a.First, Last: a.Last, Count: a.Count, Away: j.Away, Listener: NewListenerJSON(NewRow(j.Event.Listener, f)),
	}
}

// SortReported puts new alerts first, then those of one program together, and those
// that came last before others.
func SortReported(all []Reported) {
	type group struct {
		new     bool
		program string
	}
	last := map[group]time.Time{}
	of := func(a Reported) group { return group{a.New, a.Judgement.Program} }
	for _, a := range all {
		if a.Last.After(last[of(a)]) {
			last[of(a)] = a.Last
		}
	}
	slices.SortStableFunc(all, func(a, b Reported) int {
		switch x, y := of(a), of(b); {
		case a.New != b.New && a.New:
			return -1
		case a.New != b.New:
			return 1
		case !last[x].Equal(last[y]):
			return last[y].Compare(last[x])
		case x != y:
			return strings.Compare(x.program, y.program)
		}
		return b.Last.Compare(a.Last)
	})
}

// ReportedText gives alerts that are sorted: on a terminal below their programs, in
// a pipe a line each.
func ReportedText(all []Reported, f Facts, s Style) string {
	if s.Columns {
		return reportedGroups(all, f, s)
	}
	lines := make([][]string, len(all))
	for i, a := range all {
		r := NewRow(a.Judgement.Event.Listener, f)
		lines[i] = []string{
			strconv.FormatInt(a.ID, 10), a.State, Clean(a.Name, maxName), r.Proto, r.Port, r.Service, strconv.Itoa(a.Count),
			a.First.Format(time.RFC3339), a.Last.Format(time.RFC3339), Clean(a.Judgement.Program, maxIdentity), Reason(a.Judgement),
		}
	}
	return columns(nil, lines, s, nil)
}

func reportedGroups(all []Reported, f Facts, s Style) string {
	var b strings.Builder
	for i := range all {
		a := &all[i]
		if i == 0 || all[i-1].New != a.New || all[i-1].Judgement.Program != a.Judgement.Program {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(marked(Clean(a.Name, maxName), s.Colour, sgrHeading) + "  " + Clean(a.Judgement.Program, maxIdentity) + "\n")
		}
		b.WriteString(marked(a.headline(f), s.Colour && a.New, sgrExternal) + "\n")
		b.WriteString("       " + a.times() + "\n       " + Reason(a.Judgement) + "\n")
	}
	return b.String()
}

func marked(text string, on bool, sgr string) string {
	if !on {
		return text
	}
	return sgr + text + sgrReset
}

// headline is "    12  new  8080 (http-alt)".
func (a *Reported) headline(f Facts) string {
	l := &a.Judgement.Event.Listener
	id := strconv.FormatInt(a.ID, 10)
	line := strings.Repeat(" ", max(0, 5-len(id))) + id + "  " + a.State + "  " + NewRow(*l, f).PortService()
	if l.Ephemeral {
		line += ", " + wordsEphemeral.String()
	}
	return line
}

func (a *Reported) times() string {
	if a.Count == 1 {
		return "once, " + MinuteWords(a.Last)
	}
	return strconv.Itoa(a.Count) + " times, " + MinuteWords(a.First) + " to " + MinuteWords(a.Last)
}
