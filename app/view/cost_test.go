package view

import (
	"strings"
	"testing"
	"time"

	"portlight/scanner"
)

func exampleCost() CostJSON {
	c := NewCostJSON(noon(), 26*time.Hour, 46800*time.Millisecond, 23_400_000, scanner.Cost{Scans: 93_600, Last: 345 * time.Microsecond, Mean: 412 * time.Microsecond})
	c.Notifies = true
	return c
}

func TestCostWords(t *testing.T) {
	for _, c := range []struct {
		cost CostJSON
		want string
	}{
		{exampleCost(), "47 s of the processor in 1 day 2 h: 0.05 %, 1.80 s an hour; 23.4 MB of memory; 93600 scans, the last in 0.35 ms, 0.41 ms on average"},
		{NewCostJSON(noon(), 12*time.Second, 30*time.Millisecond, 0, scanner.Cost{}), "0.03 s of the processor in 12 s"},
		{NewCostJSON(noon(), 0, 0, 0, scanner.Cost{}), "0.00 s of the processor in 0 s"},
		{NewCostJSON(noon(), 2*time.Hour+605*time.Second, 4*time.Hour, 1, scanner.Cost{Scans: 1}), "14400 s of the processor in 2 h 10 min: 184.50 %, 6642 s an hour; 1 byte of memory; 1 scan, the last in 0.00 ms, 0.00 ms on average"},
		{NewCostJSON(noon(), 485*time.Second, 0, 0, scanner.Cost{}), "0.00 s of the processor in 8 min 5 s: 0.00 %, 0.00 s an hour"},
	} {
		if got := strings.Join(CostWords(c.cost), "; "); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestCostLine(t *testing.T) {
	want := exampleCost()
	got, err := ParseCost(want.Line())
	if err != nil || !got.Since.Equal(want.Since) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got.Since = want.Since; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, line := range []string{"", "ok", "error: this request is not understood", "{}", "[]", `{"since":"2026-11-01T12:00:00Z","seconds":-1}`, strings.Repeat("[", 4000)} {
		if c, err := ParseCost(line); err == nil {
			t.Errorf("%.40q gives %+v", line, c)
		}
	}
}

func FuzzParseCost(f *testing.F) {
	f.Add(exampleCost().Line())
	f.Add(`{"since":"2026-11-01T12:00:00Z","seconds":1e308,"cpu_seconds":1e308,"cpu_share":1e308,"scans":18446744073709551615,"resident_bytes":9223372036854775807}`)
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseCost(line)
		if err != nil {
			return
		}
		words := strings.Join(CostWords(c), "; ")
		if strings.ContainsAny(words, "\n\x1b-") || words == "" {
			t.Errorf("%q gives %q", line, words)
		}
		if again, err := ParseCost(c.Line()); err != nil || !again.Since.Equal(c.Since) {
			t.Errorf("%q: %v", line, err)
		}
	})
}
