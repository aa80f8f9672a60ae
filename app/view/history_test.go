package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

func judgedAt(when time.Time, v alerts.Verdict, l scanner.Listener) alerts.Judgement {
	return alerts.Judgement{Event: scanner.Event{Op: scanner.Opened, Time: when, Listener: l}, Verdict: v, Program: alerts.Program(&l, &l.Owners[0])}
}

func TestLog(t *testing.T) {
	now := time.Date(2026, 11, 2, 0, 30, 0, 0, time.UTC)
	js := []alerts.Judgement{
		judgedAt(now.Add(-time.Minute), alerts.Known, at(scanner.TCP, "0.0.0.0", 22, "sshd")),
		judgedAt(now.Add(-time.Hour), alerts.New, at(scanner.TCP, "0.0.0.0", 80, "nginx")),
		judgedAt(now, alerts.New, at(scanner.TCP, "0.0.0.0", 80, "nginx")),
	}
	text := func(s Style) string {
		l := Log{Facts: Facts{Names: names}, Style: s, Now: now}
		var b strings.Builder
		for _, j := range js {
			b.WriteString(l.Line(j) + "\n")
		}
		return b.String()
	}
	golden(t, "history-terminal.txt", text(Style{Columns: true, Colour: true}))
	golden(t, "history-pipe.txt", text(Style{}))
}

func TestArrayWriter(t *testing.T) {
	for _, want := range [][]string{nil, {"a"}, {"a", "b\x1b\u202e", "c\n"}} {
		var b bytes.Buffer
		w := NewArrayWriter(&b)
		for _, v := range want {
			if err := w.Add(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %q", want, err, b.String())
		}
		if lines := strings.Count(b.String(), "\n"); len(want) > 0 && lines != len(want)+2 || strings.Contains(b.String(), "\x1b") {
			t.Errorf("%d lines in %q", lines, b.String())
		}
	}
	w := NewArrayWriter(noSpace{})
	if w.Add(1) == nil || w.Close() == nil {
		t.Error("errors of the output are lost")
	}
}

type noSpace struct{}

func (noSpace) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func exampleReported() []Reported {
	ephemeral := at(scanner.TCP, "0.0.0.0", 43211, "nginx")
	ephemeral.Ephemeral = true
	evil := at(scanner.UDP, "::", 5353, "evil\x1b[31m\u202e")
	noon := noon()
	paused := judgedAt(noon, alerts.Paused, at(scanner.TCP, "0.0.0.0", 8080, "nginx"))
	paused.Would = alerts.New
	return []Reported{
		{ID: 1, State: "allowed", Name: "nginx", First: noon, Last: noon.Add(9 * time.Hour), Count: 3, Judgement: judgedAt(noon, alerts.New, at(scanner.TCP, "0.0.0.0", 80, "nginx"))},
		{ID: 2, State: "new", New: true, Name: "nginx", First: noon, Last: noon, Count: 1, Judgement: paused},
		{ID: 3, State: "new", New: true, Name: "evil\x1b[31m\u202e", First: noon, Last: noon.Add(2 * time.Hour), Count: 1, Judgement: judgedAt(noon, alerts.Exposed, evil)},
		{ID: 104, State: "new", New: true, Name: "nginx", First: noon, Last: noon.Add(time.Hour), Count: 2, Judgement: judgedAt(noon, alerts.New, ephemeral)},
		{ID: 5, State: "seen", Name: "sshd", First: noon, Last: noon.Add(time.Minute), Count: 1, Judgement: judgedAt(noon, alerts.New, at(scanner.TCP, "0.0.0.0", 22, "sshd"))},
	}
}

func TestReportedText(t *testing.T) {
	list := exampleReported()
	SortReported(list)
	f := Facts{Names: names}
	golden(t, "alerts-terminal.txt", ReportedText(list, f, Style{Columns: true}))
	golden(t, "alerts-colour.txt", ReportedText(list[:2], f, Style{Columns: true, Colour: true}))
	for i := range list {
		list[i].First, list[i].Last = list[i].First.UTC(), list[i].First.UTC()
	}
	pipe := strings.ReplaceAll(ReportedText(list, f, Style{}), noon().UTC().Format(time.RFC3339), "NOON")
	golden(t, "alerts-pipe.txt", pipe)
	if got := ReportedText(nil, f, Style{Columns: true}); got != "" {
		t.Errorf("no alerts: %q", got)
	}
}

func TestReportedJSON(t *testing.T) {
	a := exampleReported()[1]
	j := NewReportedJSON(a, Facts{Names: names})
	if j.ID != 2 || j.State != "new" || j.Identity != "exe:/usr/sbin/nginx" || j.Verdict != "paused" || j.Count != 1 ||
		j.Reason != "alerts are paused: nginx listens on 8080 where others can reach it, for the first time" || j.Listener.Port != 8080 {
		t.Errorf("%+v", j)
	}
}
