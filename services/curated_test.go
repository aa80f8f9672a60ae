package services

import (
	"strings"
	"testing"
)

const curatedHead = "program,port,proto,name,aliases,description,source\n"

func TestParseCurated(t *testing.T) {
	all, err := parseCurated(curatedHead + "rapportd,*,udp,Handoff,continuity,\"one, per boot\",somewhere\n,8085-8087,tcp,Wiki service,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 4 {
		t.Fatalf("%d names, want 4", len(all))
	}
	if want := (hint{"rapportd", entry{0, udp, "Handoff", "continuity", "one, per boot", "somewhere"}}); all[0] != want {
		t.Errorf("got %+v, want %+v", all[0], want)
	}
	if want := (hint{"", entry{8087, tcp, "Wiki service", "", "", ""}}); all[3] != want {
		t.Errorf("got %+v, want %+v", all[3], want)
	}
}

func TestParseCuratedErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "EOF",
		curatedHead + "a,1\n":             "wrong number of fields",
		curatedHead + ",1,sctp,a,,,\n":    "line 2: protocol is neither",
		curatedHead + ",1,tcp,,,,\n":      "line 2: no name",
		curatedHead + ",1,tcp,a\u202e,,,": "cannot be shown",
		curatedHead + ",x,tcp,a,,,\n":     "invalid syntax",
		curatedHead + ",,tcp,a,,,\n":      "invalid syntax",
		curatedHead + ",0,tcp,a,,,\n":     `"0" is neither a port`,
		curatedHead + ",65536,tcp,a,,,\n": "out of range",
		curatedHead + ",9-8,tcp,a,,,\n":   `"9-8" is neither`,
		curatedHead + ",1-101,tcp,a,,,\n": "range of less than 100",
		"port,name\n1,a\n":                "protocol is neither",
		curatedHead + ",1,tcp,a,,," + strings.Repeat("x", maxLine+1): "too long",
	} {
		if _, err := parseCurated(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %v, want %q", text, err, want)
		}
	}
}

// TestCuratedData looks at the lists as they are.
func TestCuratedData(t *testing.T) {
	c, err := loadCurated()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.common.rows) < 140 || len(c.apple.rows) < 140 || len(c.hints) < 20 {
		t.Errorf("%d, %d and %d names", len(c.common.rows), len(c.apple.rows), len(c.hints))
	}
	for from, l := range map[Source]*list{Common: &c.common, Apple: &c.apple} {
		for i := range l.rows {
			e := l.entry(i)
			if e.port == 0 || e.origin == "" || strings.Contains(e.description, "IANA") || from == Apple && e.port >= 49152 {
				t.Errorf("%s: %+v", from, e)
			}
		}
	}
	for _, h := range c.hints {
		if h.program == "" || h.origin == "" {
			t.Errorf("hint %+v", h)
		}
	}
}

func FuzzParseCurated(f *testing.F) {
	f.Add(curatedHead + "ControlCenter,5000,tcp,AirPlay Receiver,airplay,\"a, b\",c\n")
	f.Add("port,proto,name\n1-99,udp,x\n*,tcp,y\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseCurated(text)
		if err != nil {
			return
		}
		l := newList(entriesOf(all))
		for i := range l.rows {
			e := l.entry(i)
			if first, end := l.at(e.port); i < first || i >= end || e.name == "" || e.protos == 0 || clean(e.name) != e.name {
				t.Errorf("entry %+v", e)
			}
		}
	})
}
