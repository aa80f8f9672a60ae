package services

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// notes stand in the expected table for descriptions that our bounds decide.
var notes = map[string]string{
	"(description made valid UTF-8)": "Fran\ufffdois (not UTF-8)",
	"(description truncated)":        strings.Repeat("x", maxDescription-len("…")) + "…",
}

func TestParseEdgeCases(t *testing.T) {
	text, err := os.ReadFile("testdata/edge-cases.services")
	if err != nil {
		t.Fatal(err)
	}
	p := parseServices(string(text))

	seen := map[string]bool{}
	var best, others []string
	for _, e := range p.entries {
		key := strconv.Itoa(int(e.port)) + "," + e.protos.String()
		if seen[key] {
			others = append(others, key+","+e.name)
			continue
		}
		seen[key] = true
		best = append(best, key+","+e.name+","+e.description)
	}
	if want := edgeCases(t); !slices.Equal(best, want) {
		t.Errorf("names:\n%s\nwant:\n%s", strings.Join(best, "\n"), strings.Join(want, "\n"))
	}
	if want := []string{"3000,tcp,remoteware-cl", "22,tcp,lead"}; !slices.Equal(others, want) {
		t.Errorf("further names of a port: %q, want %q", others, want)
	}
	if want := []int{28, 29, 30, 31, 32, 33, 35, 36, 37, 38}; p.bad != 15 || !slices.Equal(p.badLines, want) {
		t.Errorf("%d bad lines %v, want 15, first %v", p.bad, p.badLines, want)
	}
}

// edgeCases gives the expected table as "port,proto,name,description".
func edgeCases(t *testing.T) []string {
	t.Helper()
	f, err := os.Open("testdata/edge-cases.expected.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, row := range rows[1:] {
		if text, ok := notes[row[3]]; ok {
			row[3] = text
		}
		want = append(want, strings.Join(row[:4], ","))
	}
	return want
}

func TestParseLine(t *testing.T) {
	long := strings.Repeat("é", maxLine)
	for _, tc := range []struct {
		name, text string
		want       entry
		bad        int
	}{
		{"byte order mark at the start", "\ufeffssh 22/tcp\n", entry{22, tcp, "ssh", "", "", ""}, 0},
		{"aliases", "domain 53/udp nameserver  dns# names\n", entry{53, udp, "domain", "nameserver dns", "names", ""}, 0},
		{"no line end", "ssh 22/tcp # SSH", entry{22, tcp, "ssh", "", "SSH", ""}, 0},
		{"hostile description", "a 1/tcp # \x1b[31m\u202eab\x00c\td\n", entry{1, tcp, "a", "", "\ufffd[31m\ufffdab\ufffdc d", ""}, 0},
		{"cut between characters", "a 1/tcp # " + long + "\n", entry{1, tcp, "a", "", long[:252] + "…", ""}, 0},
		{"long comment without line end", "a 1/tcp # " + strings.Repeat("x", maxLine-10), entry{1, tcp, "a", "", strings.Repeat("x", 253) + "…", ""}, 0},
		{"hostile name", "a\x1b[31m 1/tcp\n", entry{}, 1},
		{"override in the name", "a\u202eb 1/tcp\n", entry{}, 1},
		{"name that is not UTF-8", "fran\xe7ois 1/tcp\n", entry{}, 1},
		{"long name", strings.Repeat("a", maxLine+1) + " 1/tcp\n", entry{}, 1},
		{"long one", strings.Repeat("a", maxFile-1), entry{}, 1},
		{"alias that is cut", "a 1/tcp b " + long, entry{1, tcp, "a", "b …", "", ""}, 0},
		{"protocol that is cut", "a" + strings.Repeat(" ", maxLine-5) + "1/tcpx\n", entry{}, 1},
		{"other protocol", "a 1/tcp6\n", entry{}, 0},
		{"reserved", "1/tcp\n", entry{}, 0},
		{"empty", "", entry{}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := parseServices(tc.text)
			var got entry
			if len(p.entries) > 0 {
				got = p.entries[0]
			}
			if got != tc.want || p.bad != tc.bad {
				t.Errorf("got %#v, %d bad, want %#v, %d", got, p.bad, tc.want, tc.bad)
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	line := "a 1/tcp" + strings.Repeat(" ", 1024-8) + "\n"
	whole := strings.Repeat(line, maxFile/1024)
	if p := parseServices(whole); p.cut || len(p.entries) != maxFile/1024 {
		t.Errorf("a file of %d bytes: cut %v, %d entries", len(whole), p.cut, len(p.entries))
	}
	if p := parseServices(whole + "b 2/tcp\n"); !p.cut || len(p.entries) != maxFile/1024 {
		t.Errorf("a larger file: cut %v, %d entries", p.cut, len(p.entries))
	}
	if p := parseServices(strings.Repeat("bad\n", 1000)); p.bad != 1000 || len(p.badLines) != maxBadLines {
		t.Errorf("%d bad lines with %d numbers", p.bad, len(p.badLines))
	}
}

func TestReadText(t *testing.T) {
	text, err := readText(strings.NewReader("ssh 22/tcp"), 0)
	if err != nil || text != "ssh 22/tcp" {
		t.Errorf("got %q, %v", text, err)
	}
	text, err = readText(strings.NewReader(strings.Repeat("#", 2*maxFile)), 1<<40)
	if err != nil || len(text) != maxFile+1 {
		t.Errorf("a large file: %d bytes, %v", len(text), err)
	}
	text, err = readText(io.MultiReader(strings.NewReader("ssh 22/tcp\nhttp 8"), iotest.ErrReader(iotest.ErrTimeout)), 100)
	if !errors.Is(err, iotest.ErrTimeout) || text != "ssh 22/tcp\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

func FuzzParseServices(f *testing.F) {
	text, err := os.ReadFile("testdata/edge-cases.services")
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p := parseServices(string(text))
		if lines := bytes.Count(text, []byte("\n")) + 1; len(p.entries)+p.bad > lines || len(p.badLines) > min(p.bad, maxBadLines) {
			t.Errorf("%d entries and %d bad (%v) of %d lines", len(p.entries), p.bad, p.badLines, lines)
		}
		for _, e := range p.entries {
			if e.port == 0 || e.protos != tcp && e.protos != udp || e.name == "" || strings.ContainsAny(e.name, " #\x00\n") {
				t.Errorf("entry %#v", e)
			}
			if clean(e.name) != e.name || clean(e.description) != e.description || len(e.description) > maxDescription || !utf8.ValidString(e.description) {
				t.Errorf("hostile entry %#v", e)
			}
			if !e.called(e.name) {
				t.Errorf("%q is not found by its name", e.name)
			}
		}
	})
}
