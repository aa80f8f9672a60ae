package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// report is the outcome of the benchmark.
type report struct {
	machine string // what it ran on, and the versions of the others
	results []*result
}

// The rows of the tables of times, in their order.
func timeRows() []string {
	return []string{
		floorDumps, oursWarm, oursKnown, oursFresh, oursOld, oursClosed,
		floorWalk, oursColdOne, oursCold,
		portlistWarm, portlistKnown, gopsutil3, gopsutil4, procfsLook, netlinkLook,
		commandOurs, commandNoWindow, commandSS, commandNetstat, commandLsof,
		cadenceDumps, cadenceWarm, cadencePortlist,
	}
}

func pairRows() []string {
	return []string{aloneDumps, besideDumps, aloneWarm, besideWarm, alonePortlist, besidePortlist}
}

// The words of the report.
const (
	reportHead = `## What a scan costs

Medians of %d to %d samples; all took turns. L: listeners, E: established sockets, P: processes of the computer.
Warm: by somebody who has scanned before. Cold: by somebody who starts from nothing. The commands run from start to end.

%s

`
	warmHead    = "\nHow many warm scans of Portlight fit into one look of the others:\n\n"
	commandHead = "\nHow many runs of `portlight list --json` fit into one of the others:\n\n"
	pairHead    = "\nWhat established sockets cost:\n\n"
	pollHead    = "\nHow much of one core polling takes in the desktop case:\n\n"
	ownersHead  = "\n### Owners beside `ss -p`\n\n"
	goalsHead   = "\n### Goals of the design\n\n"
	moreLines   = "- and %d more\n"
	goalsHold   = "\nAll goals that were measured hold.\n"
	goalsFail   = "\n**%d of %d conditions do not hold in this run** (their values are bold). A busy computer can be the reason.\n"
	goalsOpen   = "%d more were not measured.\n"
)

// mostDifferences is how many lines are printed of one case.
const mostDifferences = 20

func (r *report) write(out io.Writer) error {
	var b bytes.Buffer
	fewest, most := r.samples()
	fmt.Fprintf(&b, reportHead, fewest, most, r.machine)
	r.times(&b, timeRows())
	b.WriteString(warmHead)
	r.ratios(&b, oursWarm, floorDumps, portlistWarm, gopsutil3, gopsutil4, procfsLook, netlinkLook, commandSS, commandNetstat, commandLsof)
	b.WriteString(commandHead)
	r.ratios(&b, commandOurs, commandNoWindow, commandSS, commandNetstat, commandLsof)
	if pairs := r.withPairs(); len(pairs.results) > 0 {
		b.WriteString(pairHead)
		pairs.times(&b, pairRows())
	}
	r.shares(&b)
	r.owners(&b)
	r.goals(&b)
	_, err := out.Write(b.Bytes())
	return err
}

// samples gives how many the medians come from.
func (r *report) samples() (fewest, most int) {
	for _, c := range r.results {
		for _, n := range c.Samples {
			if fewest == 0 || n < fewest {
				fewest = n
			}
			most = max(most, n)
		}
	}
	return fewest, most
}

// withPairs are the cases that were also measured without established sockets.
func (r *report) withPairs() *report {
	var pairs report
	for _, c := range r.results {
		if c.Case.Alone {
			pairs.results = append(pairs.results, c)
		}
	}
	return &pairs
}

// row writes a row of a table.
func row(b *bytes.Buffer, cells ...string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }

// head writes the head of a table with a column for each case.
func (r *report) head(b *bytes.Buffer, before, after []string) {
	titles := before
	for _, c := range r.results {
		titles = append(titles, c.Case.title(c.Processes))
	}
	titles = append(titles, after...)
	row(b, titles...)
	rule := make([]string, len(titles))
	for i := range rule {
		rule[i] = "--:"
		if i < len(before) || i >= len(before)+len(r.results) {
			rule[i] = "---"
		}
	}
	row(b, rule...)
}

func (r *report) times(b *bytes.Buffer, series []string) {
	r.head(b, []string{""}, nil)
	for _, s := range series {
		cells := []string{s}
		for _, c := range r.results {
			cells = append(cells, span(c.Medians[s]))
		}
		row(b, cells...)
	}
}

func (r *report) ratios(b *bytes.Buffer, by string, series ...string) {
	r.head(b, []string{""}, nil)
	for _, s := range series {
		cells := []string{s}
		for _, c := range r.results {
			v, ok := ratio(s, by)(c)
			cells = append(cells, cell(v, ok, "x"))
		}
		row(b, cells...)
	}
}

func cell(v float64, ok bool, unit string) string {
	if !ok {
		return ""
	}
	return significant(v) + unit
}

// span writes a time with its unit: "53.1 µs", "6.59 ms".
func span(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Millisecond:
		return significant(float64(d)/1e3) + " µs"
	case d < time.Second:
		return significant(float64(d)/1e6) + " ms"
	}
	return significant(float64(d)/1e9) + " s"
}

func (r *report) shares(b *bytes.Buffer) {
	for _, c := range r.results {
		if len(c.Shares) == 0 {
			continue
		}
		b.WriteString(pollHead)
		row(b, "", "every", "of a core")
		row(b, "---", "--:", "--:")
		for _, s := range c.Shares {
			row(b, s.Who, s.Every.String(), significant(100*s.Core)+" %")
		}
	}
}

func (r *report) owners(b *bytes.Buffer) {
	b.WriteString(ownersHead)
	r.head(b, []string{""}, nil)
	compared, differ := []string{"listeners compared"}, []string{"differences"}
	for _, c := range r.results {
		compared = append(compared, fmt.Sprint(c.Compared))
		differ = append(differ, fmt.Sprint(len(c.Differences)))
	}
	row(b, compared...)
	row(b, differ...)
	for _, c := range r.results {
		if len(c.Differences) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n%s:\n", c.Case.title(c.Processes))
		for _, line := range c.Differences[:min(len(c.Differences), mostDifferences)] {
			fmt.Fprintf(b, "- %s\n", line)
		}
		if more := len(c.Differences) - mostDifferences; more > 0 {
			fmt.Fprintf(b, moreLines, more)
		}
	}
}

// differences counts those of all cases.
func (r *report) differences() (n int) {
	for _, c := range r.results {
		n += len(c.Differences)
	}
	return n
}

func (r *report) goals(b *bytes.Buffer) {
	b.WriteString(goalsHead)
	r.head(b, []string{"", ""}, []string{"goal", ""})
	count := map[verdict]int{}
	all := judge(r.results)
	for _, j := range all {
		count[j.verdict]++
		cells := []string{fmt.Sprint(j.goal), j.text}
		for _, v := range j.values {
			cells = append(cells, j.shown(v))
		}
		row(b, append(cells, j.bound(), j.verdict.String())...)
	}
	if count[fails] > 0 {
		fmt.Fprintf(b, goalsFail, count[fails], len(all)-count[notMeasured])
	} else {
		b.WriteString(goalsHold)
	}
	if count[notMeasured] > 0 {
		fmt.Fprintf(b, goalsOpen, count[notMeasured])
	}
}

// shown is the value of a case, bold where it does not hold.
func (j judged) shown(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case !j.met(v):
		return "**" + j.quantity(v) + "**"
	}
	return j.quantity(v)
}

// String is the verdict in the report.
func (v verdict) String() string {
	switch v {
	case holds:
		return "holds"
	case fails:
		return "**does not hold**"
	}
	return "not measured"
}
