package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const header = "port,proto,name,description,source\n"

func TestText(t *testing.T) {
	table, err := readTable(strings.NewReader(header+`22,tcp,ssh,"Secure ""Shell""",iana:2026-04-22
22,udp,ssh,"Secure ""Shell""",iana:2026-04-23
113,tcp,ident,,other
113,udp,auth,Authentication,iana:2026-04-23
6000-6001,tcp,x11,X Window System,iana:2026-04-23
6000-6001,udp,x11,X Window System,iana:2026-04-23
514,udp,syslog,,iana:2026-04-23
`), "")
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

// ianaSample has what the registry has: quoted line ends, rows without a port,
// a protocol or a name, other protocols, aliases, ranges, capitals.
const ianaSample = `Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes
,0,tcp,Reserved,[Someone],[Someone],,,,,,
ssh,22,tcp,The Secure Shell,,,,2018-01-02,[RFC4251],,,"Defined TXT keys:
u=<username>"
ssh,22,udp,The Secure Shell,,,,,,,,
ssh,22,sctp,The Secure Shell,,,,,,,,
http,80,tcp,"World Wide
   Web HTTP",,,,,,,,
http,80,udp,World Wide Web HTTP,,,,,,,,
www,80,tcp,World Wide Web HTTP,,,,,,,,
www,80,tcp,once more,,,,,,,,
discovery,,udp,no port,,,,,,,,
portless,,,neither,,,,,,,,
,81,,Unassigned,,,,,,,,
x11,6000-6001,TCP,X Window System,,,,,,,,
,49151,tcp,IANA Reserved,,,,,,,,
`

func TestIANATable(t *testing.T) {
	table, err := readTable(strings.NewReader(ianaSample), "2026-10-01")
	if err != nil {
		t.Fatal(err)
	}
	want := `2026-10-01
22 both ssh The Secure Shell
80 both http World Wide Web HTTP
80 tcp www World Wide Web HTTP
6000 tcp x11 X Window System
6001 tcp x11 X Window System
`
	got := strings.ReplaceAll(string(table.text()), "\t", " ")
	if got != want || table.rows != 7 || len(table.ports) != 7 {
		t.Errorf("%d rows, %d ports, text\n%s\nwant 7, 7,\n%s", table.rows, len(table.ports), got, want)
	}
	if _, err := readTable(strings.NewReader(ianaSample), ""); err == nil {
		t.Error("a table without a date is taken")
	}
}

func TestReadTableErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "EOF",
		"port,name\n":                       "columns are",
		header:                              "the table has no date",
		header + "22,tcp,ssh,,iana:x\n":     "the table has no date",
		header + "22,tcp\n":                 "wrong number of fields",
		header + "22,sctp,ssh,,iana:x\n":    `line 2: protocol "sctp" is neither`,
		header + "22,tcp,,SSH,iana:x\n":     "line 2: no name",
		header + "22,tcp,ssh,a\tb,iana:x\n": "tab or a line end",
		header + "0,tcp,ssh,,iana:x\n":      "ports 0 are not in 1 to 49151",
		header + "49152,tcp,ssh,,iana:x\n":  "ports 49152 are not in 1 to 49151",
		header + "9-8,tcp,ssh,,iana:x\n":    "ports 9-8 are not",
		header + "1-x,tcp,ssh,,iana:x\n":    "invalid syntax",
	} {
		if _, err := readTable(strings.NewReader(text), ""); err == nil || !strings.Contains(err.Error(), want) {
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
	if err := run(table, folder, ""); err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(folder, "iana.sum"))
	if err != nil || !strings.HasPrefix(string(sum), "2026-04-23 1 1 ") {
		t.Errorf("sum %q, %v", sum, err)
	}
	if err := run(filepath.Join(folder, "none"), folder, ""); err == nil {
		t.Error("a table that is missing gives no error")
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(header + "6000-6063,tcp,x11,X Window System,iana:2026-04-23\n")
	f.Add(ianaSample)
	f.Fuzz(func(t *testing.T, text string) {
		table, err := readTable(strings.NewReader(text), "2026-04-23")
		if err != nil {
			return
		}
		lines := strings.Split(strings.TrimSuffix(string(table.text()), "\n"), "\n")
		if len(lines) > 1+len(table.ports) || len(lines) < 1+len(table.ports)/2 {
			t.Errorf("%d lines name %d ports", len(lines), len(table.ports))
		}
		for _, line := range lines[1:] {
			if strings.Count(line, "\t") != 3 {
				t.Errorf("line %q", line)
			}
		}
	})
}
