package view

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"portlight/app/alerts"
	"portlight/scanner"
	"portlight/scanner/process"
	"portlight/services"
)

var update = flag.Bool("update", false, "write the golden files anew")

// book is a table of names for tests.
type book map[uint16]string

func (b book) Lookup(proto string, port uint16, _ string) (services.Name, []services.Name) {
	n := services.Name{Port: port, Proto: proto, Name: b[port], Source: services.IANA}
	if n.Name == "" {
		return services.Name{}, nil
	}
	return n, []services.Name{n}
}

var names = book{22: "ssh", 53: "domain", 80: "http", 443: "https", 631: "ipp", 8080: "http-alt", 5353: "mdns"}

func at(proto scanner.Proto, addr string, port uint16, owners ...string) scanner.Listener {
	l := scanner.Listener{Key: scanner.Key{Proto: proto, Addr: netip.MustParseAddr(addr), Port: port}, UID: 0, User: "root"}
	for i, name := range owners {
		l.Owners = append(l.Owners, scanner.Process{
			ID: process.ID{PID: 800 + i, Start: 5}, Name: name, Path: "/usr/sbin/" + name, User: "root",
			Started: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
		})
	}
	return l
}

func example() *scanner.Snapshot {
	shared := at(scanner.UDP, "0.0.0.0", 5353, "chrome")
	shared.Unseen = 1
	dual := at(scanner.TCP, "::", 80, "nginx", "nginx", "nginx")
	dual.DualStack = true
	kernel := at(scanner.UDP, "0.0.0.0", 51820)
	kernel.Kernel = true
	device := at(scanner.TCP, "0.0.0.0", 9000, "minio")
	device.Device = "wg0"
	contained := at(scanner.TCP, "0.0.0.0", 6379, "redis-server")
	contained.Namespace = "4026532001"
	return &scanner.Snapshot{
		Time: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
		Listeners: []scanner.Listener{
			at(scanner.TCP, "0.0.0.0", 22, "sshd"), at(scanner.TCP, "::", 22, "sshd"),
			at(scanner.UDP, "127.0.0.53", 53),
			dual, at(scanner.TCP, "192.168.1.12", 443, "nginx"), at(scanner.TCP, "::1", 631, "cupsd"),
			shared, at(scanner.UDP, "224.0.0.251", 5353, "avahi-daemon"),
			at(scanner.TCP, "fe80::1%eth0", 8080, "evil\x1b[31m\u202e_&<b>\n\xff"), device, kernel, contained,
		},
		Visibility: scanner.Visibility{Source: "sockdiag", Listeners: 11, WithOwner: 10, Hidden: 1, Notes: []string{"1 of 11 is hidden"}},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s", name, got)
	}
}

func TestMenuText(t *testing.T) {
	var b strings.Builder
	for _, s := range NewMenu(Rows(example(), names), "").Sections {
		b.WriteString(s.Title + "\n")
		for _, r := range s.Rows {
			b.WriteString("  " + r.Label + " | " + r.Address + " | " + r.URL + "\n")
		}
	}
	golden(t, "menu.txt", b.String())
}

func TestListText(t *testing.T) {
	rows := Rows(example(), names)
	golden(t, "list-terminal.txt", ListText(rows, Style{Columns: true}))
	golden(t, "list-colour.txt", ListText(rows[:3], Style{Columns: true, Colour: true}))
	golden(t, "list-pipe.txt", ListText(rows, Style{Wide: true}))
}

func TestListJSON(t *testing.T) {
	var b bytes.Buffer
	s := example()
	if err := WriteJSON(&b, NewSnapshotJSON(s, Rows(s, names)[:4]), "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "list.json", b.String())
}

func TestEmptyListJSONHasNoNull(t *testing.T) {
	b, err := json.Marshal(NewSnapshotJSON(&scanner.Snapshot{}, nil))
	if err != nil || bytes.Contains(b, []byte("null")) {
		t.Errorf("%s, error %v", b, err)
	}
}

func FuzzWriteJSON(f *testing.F) {
	f.Add("ev\u009b31m\u202eil\x7f\U000e0001\xff\u3164 \"\\")
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := WriteJSON(&b, []string{s}, ""); err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSuffix(b.String(), "\n")
		if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); i >= 0 {
			t.Errorf("%q has an invisible character at %d", text, i)
		}
		var back []string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back[0] != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Errorf("%q comes back as %q, error %v", s, back, err)
		}
	})
}

func TestReasonAndAlert(t *testing.T) {
	judged := func(v alerts.Verdict, l scanner.Listener) alerts.Judgement {
		program := alerts.Program(&l, &l.Owners[len(l.Owners)-1])
		return alerts.Judgement{Event: scanner.Event{Op: scanner.Opened, Time: example().Time, Listener: l}, Verdict: v, Program: program}
	}
	var b strings.Builder
	for _, v := range []alerts.Verdict{alerts.New, alerts.Exposed, alerts.Known, alerts.Loopback, alerts.Ephemeral, alerts.Gone, alerts.Contained} {
		j := judged(v, at(scanner.TCP, "0.0.0.0", 8080, "nginx", "nginx"))
		b.WriteString(EventText(j, names, Style{}) + "\n")
	}
	one := judged(alerts.New, at(scanner.UDP, "0.0.0.0", 5353, "avahi-daemon"))
	urgent := judged(alerts.Exposed, at(scanner.TCP, "::", 9999, "helper", "app"))
	for _, js := range [][]alerts.Judgement{{one}, {urgent}, {one, one, urgent, one, one}} {
		a := NewAlert(js, names)
		fmt.Fprintf(&b, "%s, urgent %v\n%s\n%s\n", a.ID, a.Urgent, a.Title, a.Body)
	}
	golden(t, "reasons.txt", b.String())
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"nginx", "nginx"},
		{" a\tb\nc ", "a b c"},
		{"\x1b[31mred", "\uFFFD[31mred"},
		{"\u202egnp.exe", "\uFFFDgnp.exe"},
		{"a\xffb", "a\uFFFDb"},
		{"a\x00b", "a\uFFFDb"},
		{"zero\u200bwidth", "zero\uFFFDwidth"},
		{"\u3164\u115f", "\uFFFD\uFFFD"},
		{"a" + strings.Repeat("\u0301", 9), "a\u0301\u0301\u0301"},
		{"naïve — 服务", "naïve — 服务"},
		{strings.Repeat("x", 4096), strings.Repeat("x", maxName-1) + "…"},
		{strings.Repeat("x", maxName), strings.Repeat("x", maxName)},
	} {
		if got := Clean(c.in, maxName); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("evil\x1b[31m\u202e\xff", 5)
	f.Fuzz(func(t *testing.T, s string, max int) {
		if max < 1 || max > 1000 {
			max = 8
		}
		got := Clean(s, max)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > max {
			t.Errorf("%q is too long or not UTF-8", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); i >= 0 {
			t.Errorf("%q has an invisible character at %d", got, i)
		}
	})
}

func TestMenuFoldsOnlyTwins(t *testing.T) {
	other := at(scanner.TCP, "::", 80, "nginx")
	other.Owners[0].PID = 9
	for _, c := range []struct {
		name string
		a, b scanner.Listener
		rows int
	}{
		{"both wildcards of one process", at(scanner.TCP, "0.0.0.0", 80, "nginx"), at(scanner.TCP, "::", 80, "nginx"), 1},
		{"both loopbacks", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "::1", 80, "nginx"), 1},
		{"wildcards of two processes", at(scanner.TCP, "0.0.0.0", 80, "nginx"), other, 2},
		{"two specific addresses", at(scanner.TCP, "192.0.2.1", 80, "nginx"), at(scanner.TCP, "192.0.2.2", 80, "nginx"), 2},
		{"two loopback addresses", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "127.0.0.2", 80, "nginx"), 2},
		{"TCP and UDP", at(scanner.TCP, "0.0.0.0", 80, "nginx"), at(scanner.UDP, "::", 80, "nginx"), 2},
		{"loopback and wildcard", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "::", 80, "nginx"), 2},
	} {
		m := NewMenu(Rows(&scanner.Snapshot{Listeners: []scanner.Listener{c.a, c.b}}, names), "")
		if n := len(m.Sections[0].Rows) + len(m.Sections[1].Rows); n != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, n, c.rows)
		}
	}
}
