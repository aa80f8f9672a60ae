package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const header = "port,proto,name,description,source\n"

func TestText(t *testing.T) {
	table, err := readTable(strings.NewReader(header + `22,tcp,ssh,"Secure ""Shell""",iana:2026-04-22
22,udp,ssh,"Secure ""Shell""",iana:2026-04-23
113,tcp,ident,,other
113,udp,auth,Authentication,iana:2026-04-23
6000-6001,tcp,x11,X Window System,iana:2026-04-23
6000-6001,udp,x11,X Window System,iana:2026-04-23
514,udp,syslog,,iana:2026-04-23
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `2026-04-23
22 both ssh Secure "Shell"
113 tcp ident 
113 udp auth Authentication
514 udp syslog 
6000 both x11 X Window System
6001 both x11 X Window System
`
	got := strings.ReplaceAll(string(table.text()), "\t", " ")
	if got != want || table.rows != 7 || len(table.ports) != 9 {
		t.Errorf("%d rows, %d ports, text\n%s\nwant 7, 9,\n%s", table.rows, len(table.ports), got, want)
	}
}

func TestReadTableErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "EOF",
		"port,name\n":                       "columns are",
		header:                              "no row has a source",
		header + "22,tcp\n":                 "wrong number of fields",
		header + "22,sctp,ssh,,iana:x\n":    `line 2: protocol "sctp" is neither`,
		header + "22,tcp,,SSH,iana:x\n":     "line 2: no name",
		header + "22,tcp,ssh,a\tb,iana:x\n": "tab or a line end",
		header + "0,tcp,ssh,,iana:x\n":      "ports 0 are not in 1 to 49151",
		header + "49152,tcp,ssh,,iana:x\n":  "ports 49152 are not in 1 to 49151",
		header + "9-8,tcp,ssh,,iana:x\n":    "ports 9-8 are not",
		header + "1-x,tcp,ssh,,iana:x\n":    "invalid syntax",
	} {
		if _, err := readTable(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestRun(t *testing.T) {
	folder := t.TempDir()
	table := filepath.Join(folder, "table.csv")
	if err := os.WriteFile(table, []byte(header+"22,tcp,ssh,,iana:2026-04-23\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(table, folder); err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(folder, "iana.sum"))
	if err != nil || !strings.HasPrefix(string(sum), "2026-04-23 1 1 ") {
		t.Errorf("sum %q, %v", sum, err)
	}
	if err := run(filepath.Join(folder, "none"), folder); err == nil {
		t.Error("a table that is missing gives no error")
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(header + "6000-6063,tcp,x11,X Window System,iana:2026-04-23\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := readTable(strings.NewReader(text))
		if err == nil && (table.rows > len(table.ports) || len(table.text()) == 0) {
			t.Errorf("%d rows name %d ports", table.rows, len(table.ports))
		}
	})
}
