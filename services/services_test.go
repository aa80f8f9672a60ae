package services

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shown is a name in one line.
func shown(names []Name) []string {
	var lines []string
	for _, n := range names {
		lines = append(lines, fmt.Sprintf("%d/%s %s %s", n.Port, n.Proto, n.Name, n.Source))
	}
	return lines
}

// tableOf gives a table over a file with this text.
func tableOf(t testing.TB, text string) *Table {
	t.Helper()
	path := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Open(path)
}

const sample = `imap2 143/tcp imap # Interim Mail
www 80/tcp http
http 80/tcp www-http
http 80/tcp again
web-admin 80/udp http
ssh 22/tcp
dyn 49152/tcp
`

func TestLookup(t *testing.T) {
	table := tableOf(t, sample)
	for _, tc := range []struct {
		proto string
		port  uint16
		want  []string
	}{
		{"tcp", 22, []string{"22/tcp ssh system", "22/tcp ssh iana"}},
		{"udp", 22, []string{"22/udp ssh iana"}},
		{"tcp", 143, []string{"143/tcp imap2 system", "143/tcp imap iana"}},
		{"tcp", 80, []string{"80/tcp www system", "80/tcp http system", "80/tcp http iana"}},
		{"UDP", 80, []string{"80/udp web-admin system", "80/udp http iana"}},
		{"tcp", 49152, []string{"49152/tcp dyn system"}},
		{"udp", 49152, nil},
		{"sctp", 22, nil},
		{"", 22, nil},
		{"tcp", 0, nil},
		{"tcp", 65535, nil},
	} {
		best, all := table.Lookup(tc.proto, tc.port, "sshd")
		if got := shown(all); !slices.Equal(got, tc.want) {
			t.Errorf("%s %d: %q, want %q", tc.proto, tc.port, got, tc.want)
		}
		if len(all) == 0 && (best != Name{} || all != nil) || len(all) > 0 && best != all[0] {
			t.Errorf("%s %d: best %v of %v", tc.proto, tc.port, best, all)
		}
	}
	want := Name{Port: 143, Proto: "tcp", Name: "imap2", Description: "Interim Mail", Source: System}
	if best, _ := table.Lookup("tcp", 143, ""); best != want {
		t.Errorf("got %+v, want %+v", best, want)
	}
}

func TestLookupGivesAway(t *testing.T) {
	table := tableOf(t, sample)
	_, all := table.Lookup("tcp", 22, "")
	all[0].Name = "changed"
	if best, _ := table.Lookup("tcp", 22, ""); best.Name != "ssh" {
		t.Errorf("a caller renamed port 22 to %q", best.Name)
	}
}

func TestByPort(t *testing.T) {
	table := tableOf(t, sample)
	want := []string{"80/tcp www system", "80/tcp http system", "80/tcp http iana", "80/udp web-admin system", "80/udp http iana"}
	if got := shown(table.ByPort(80)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := table.ByPort(60000); len(got) != 0 {
		t.Errorf("port 60000 has names %v", got)
	}
}

func TestByName(t *testing.T) {
	table := tableOf(t, sample)
	for name, want := range map[string][]string{
		"SSH":    {"22/tcp ssh system", "22/tcp ssh iana", "22/udp ssh iana"},
		"imap":   {"143/tcp imap2 system", "143/tcp imap iana"},
		"http":   {"80/tcp www system", "80/tcp http system", "80/tcp http iana", "80/udp web-admin system", "80/udp http iana"},
		"Again":  {"80/tcp http system"},
		"dyn":    {"49152/tcp dyn system"},
		"cailic": {"216/tcp CAIlic iana", "216/udp CAIlic iana"},
		"":       nil,
		" ":      nil,
		"ssh\n":  nil,
	} {
		if got := shown(table.ByName(name)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := table.ByName("x11"); len(got) != 2*64 {
		t.Errorf("x11 has %d ports, want those from 6000 to 6063 twice", len(got))
	}
}

func TestOpenDefault(t *testing.T) {
	if best, all := Open("").Lookup("tcp", 22, "sshd"); best.Name != "ssh" || all[len(all)-1].Source != IANA {
		t.Errorf("port 22 is %v, all %v", best, all)
	}
}

func TestRegistryDate(t *testing.T) {
	if _, err := time.Parse(time.DateOnly, Open("").Registry()); err != nil {
		t.Error(err)
	}
}

func TestWarmLookupAllocates(t *testing.T) {
	table := tableOf(t, sample)
	table.Lookup("tcp", 22, "")
	if n := testing.AllocsPerRun(100, func() { table.Lookup("tcp", 22, "sshd") }); n > 1 {
		t.Errorf("a lookup allocates %v times, want the slice it gives", n)
	}
	if n := testing.AllocsPerRun(100, func() { table.Lookup("tcp", 60000, "sshd") }); n > 0 {
		t.Errorf("a lookup without a name allocates %v times", n)
	}
}

func BenchmarkLookup(b *testing.B) {
	table := Open("")
	table.Lookup("tcp", 22, "")
	b.ReportAllocs()
	for b.Loop() {
		table.Lookup("tcp", 443, "nginx")
	}
}

func BenchmarkByName(b *testing.B) {
	table := Open("")
	for b.Loop() {
		table.ByName("https")
	}
}

// BenchmarkParseServices reads a file as long as the one of macOS.
func BenchmarkParseServices(b *testing.B) {
	text := strings.Repeat("commplex-main\t\t5000/tcp    # some forty bytes of description\n", 14000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parseServices(strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOneCrowdedPort asks for a port that a malformed file names very often.
func TestOneCrowdedPort(t *testing.T) {
	var file strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&file, "n%d 22/tcp\n", i)
	}
	file.WriteString("last 23/tcp\n")
	path := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	table := Open(path)
	if _, all := table.Lookup("tcp", 22, ""); len(all) != maxNames+1 || all[0].Name != "n0" || all[maxNames].Source != IANA {
		t.Errorf("%d names, want %d and IANA's", len(all), maxNames)
	}
	if best, _ := table.Lookup("tcp", 23, ""); best.Name != "last" {
		t.Errorf("port 23 is %q", best.Name)
	}
}
