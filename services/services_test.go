package services

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// shown is a name in one line: the program it is for, and all its sources.
func shown(names []Name) []string {
	var lines []string
	for _, n := range names {
		line := fmt.Sprintf("%d/%s %s", n.Port, n.Proto, n.Name)
		if n.Program != "" {
			line += " by " + n.Program
		}
		for _, s := range n.Sources() {
			line += " " + string(s)
		}
		lines = append(lines, line)
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
postgresql 5432/tcp
dec_dlm 625/tcp
dyn 49152/tcp
`

func TestLookup(t *testing.T) {
	table := tableOf(t, sample)
	for _, tc := range []struct {
		proto    string
		port     uint16
		programs string
		want     []string
	}{
		{"tcp", 22, "sshd", []string{"22/tcp ssh system iana apple"}},
		{"udp", 22, "", []string{"22/udp ssh iana"}},
		{"tcp", 143, "", []string{"143/tcp imap2 system", "143/tcp imap iana apple"}},
		{"tcp", 80, "", []string{"80/tcp www system", "80/tcp http system iana apple"}},
		{"UDP", 80, "", []string{"80/udp web-admin system", "80/udp http iana"}},
		{"tcp", 445, "smbd", []string{"445/tcp smb common", "445/tcp microsoft-ds iana apple"}},
		{"tcp", 625, "", []string{"625/tcp dec_dlm system iana apple"}},
		{"tcp", 49152, "", []string{"49152/tcp dyn system"}},
		{"udp", 49152, "", nil},
		{"sctp", 22, "sshd", nil},
		{"", 22, "sshd", nil},
		{"tcp", 0, "", nil},
		{"tcp", 65535, "", nil},

		// a hint for the program on the port
		{"tcp", 5000, "", []string{"5000/tcp commplex-main iana"}},
		{"tcp", 5000, "python3.11", []string{"5000/tcp commplex-main iana"}},
		{"tcp", 5000, "ControlCenter", []string{"5000/tcp AirPlay Receiver by ControlCenter hint", "5000/tcp commplex-main iana"}},
		{"udp", 5000, "ControlCenter", []string{"5000/udp commplex-main iana"}},
		{"tcp", 7000, "ControlCenter", []string{"7000/tcp AirPlay Receiver by ControlCenter hint", "7000/tcp afs3-fileserver iana"}},
		{"tcp", 22, "launchd", []string{"22/tcp Remote Login (ssh) by launchd hint", "22/tcp ssh system iana apple"}},
		{"udp", 5353, "chrome mDNSResponder", []string{"5353/udp Bonjour by mDNSResponder hint", "5353/udp mdns common iana apple"}},

		// a program on any port: behind what the port is usual for
		{"tcp", 56863, "rapportd", []string{"56863/tcp Handoff/Continuity (rapportd) by rapportd hint"}},
		{"tcp", 7001, "com.docker.backend", []string{"7001/tcp Docker published port by com.docker.backend hint", "7001/tcp afs3-callback iana"}},
		{"tcp", 3000, "com.docker.backend", []string{"3000/tcp dev-http common", "3000/tcp Docker published port by com.docker.backend hint", "3000/tcp hbci iana"}},
		{"tcp", 5432, "com.docker.back", []string{"5432/tcp postgres common", "5432/tcp postgresql system iana apple"}},

		// a known program away from its usual ports
		{"tcp", 7777, "redis-server", []string{"7777/tcp redis by redis-server hint", "7777/tcp cbt iana apple"}},
		{"tcp", 6379, "redis-server", []string{"6379/tcp redis common iana"}},
		{"tcp", 16379, "redis-server", nil},
		{"tcp", 2222, "sshd", []string{"2222/tcp ssh by sshd hint", "2222/tcp EtherNet-IP-1 iana"}},
		{"tcp", 12345, "nginx: master", []string{"12345/tcp http by nginx hint", "12345/tcp italk iana"}},
		{"tcp", 8080, "nginx", []string{"8080/tcp http-alt common iana apple"}},
		{"tcp", 5432, "nginx", []string{"5432/tcp postgres common", "5432/tcp postgresql system iana apple"}},
		{"tcp", 6010, "sshd", []string{"6010/tcp x11 iana"}},
		{"tcp", 33060, "mysqld", []string{"33060/tcp mysqlx common iana"}},
		{"tcp", 7777, "java", []string{"7777/tcp cbt iana apple"}},
		{"tcp", 7777, "nc", []string{"7777/tcp cbt iana apple"}},
		{"tcp", 60000, "unheard-of", nil},
	} {
		a := table.Lookup(Query{Proto: tc.proto, Port: tc.port, Programs: strings.Split(tc.programs, " ")})
		if tc.programs == "nginx: master" {
			a = table.Lookup(Query{Proto: tc.proto, Port: tc.port, Programs: []string{tc.programs}})
		}
		if got := shown(a.All); !slices.Equal(got, tc.want) {
			t.Errorf("%s %d %s: %q, want %q", tc.proto, tc.port, tc.programs, got, tc.want)
		}
		if len(a.All) == 0 && a.Best != (Name{}) || len(a.All) > 0 && a.Best != a.All[0] {
			t.Errorf("%s %d: best %v of %v", tc.proto, tc.port, a.Best, a.All)
		}
	}
}

func TestLookupFacts(t *testing.T) {
	table := tableOf(t, sample)
	for _, tc := range []struct {
		port    uint16
		program string
		want    Name
	}{
		{143, "", Name{Port: 143, Proto: "tcp", Name: "imap2", Description: "Interim Mail", Source: System, Origin: table.system.path}},
		{22, "", Name{Port: 22, Proto: "tcp", Name: "ssh", Description: "The Secure Shell (SSH) Protocol", Source: System, Also: setOf(IANA) | setOf(Apple), Origin: table.system.path}},
		{5001, "", Name{Port: 5001, Proto: "tcp", Name: "firebase-functions", Source: Common, Origin: "source code: firebase-tools@15.34.2",
			Description: "Firebase Functions emulator; also Docker registry/Flask alternate"}},
		{5000, "", Name{Port: 5000, Proto: "tcp", Name: "commplex-main", Source: IANA, Origin: table.Registry()}},
		{2195, "", Name{Port: 2195, Proto: "tcp", Name: "Apple Push Notification service", Description: "used by push notifications (legacy provider)", Source: Apple, Origin: "Apple 103229 (2015/16 edition)"}},
		{88, "kdc", Name{Port: 88, Proto: "tcp", Name: "Kerberos KDC", Description: "local KDC for Screen/File Sharing", Source: Hint, Program: "kdc", Origin: "Apple 103229"}},
		{7777, "redis-server *:7777", Name{Port: 7777, Proto: "tcp", Name: "redis", Source: Hint, Program: "redis-server"}},
	} {
		if got := table.Lookup(Query{Proto: "tcp", Port: tc.port, Programs: []string{tc.program}}).Best; got != tc.want {
			t.Errorf("%d:\n%+v, want\n%+v", tc.port, got, tc.want)
		}
	}
}

func TestOverlay(t *testing.T) {
	table := tableOf(t, sample)
	own := NewOverlay(
		Own{Port: 7777, Proto: "tcp", Name: "first"},
		Own{Port: 7777, Proto: "tcp", Name: " my\x1b port "},
		Own{Port: 7777, Proto: "tcp", Program: "redis-server", Name: "cache"},
		Own{Port: 22, Name: "SSH"},
		Own{Port: 23, Name: " \t"},
		Own{Port: 25, Proto: "sctp", Name: "other"},
	)
	for _, tc := range []struct {
		own     Overlay
		proto   string
		port    uint16
		program string
		want    []string
	}{
		{own, "tcp", 7777, "redis-server", []string{"7777/tcp cache by redis-server user", "7777/tcp my\ufffd port user", "7777/tcp redis by redis-server hint", "7777/tcp cbt iana apple"}},
		{own, "tcp", 7777, "", []string{"7777/tcp my\ufffd port user", "7777/tcp cbt iana apple"}},
		{own, "udp", 7777, "redis-server", []string{"7777/udp redis by redis-server hint", "7777/udp cbt iana"}},
		{own, "tcp", 22, "sshd", []string{"22/tcp SSH user system iana apple"}},
		{own, "udp", 22, "", []string{"22/udp SSH user iana"}},
		{own, "tcp", 23, "", []string{"23/tcp telnet iana apple"}},
		{own, "tcp", 25, "", []string{"25/tcp smtp iana apple"}},
		{nil, "tcp", 22, "", []string{"22/tcp ssh system iana apple"}},
		{NewOverlay(), "tcp", 22, "", []string{"22/tcp ssh system iana apple"}},
		{NewOverlay(Own{Port: 60000, Name: "mine"}), "udp", 60000, "", []string{"60000/udp mine user"}},
	} {
		a := table.Lookup(Query{Proto: tc.proto, Port: tc.port, Programs: []string{tc.program}, Own: tc.own})
		if got := shown(a.All); !slices.Equal(got, tc.want) {
			t.Errorf("%s %d %s: %q, want %q", tc.proto, tc.port, tc.program, got, tc.want)
		}
	}
}

func TestLookupGivesAway(t *testing.T) {
	table := tableOf(t, sample)
	q := Query{Proto: "tcp", Port: 22, Programs: []string{"nc"}}
	a := table.Lookup(q)
	a.All[0].Name, a.Mismatch.Usual[0] = "changed", "changed"
	if b := table.Lookup(q); b.Best.Name != "ssh" || b.Mismatch.Usual[0] != "sshd" {
		t.Errorf("a caller changed port 22 to %q, %v", b.Best.Name, b.Mismatch)
	}
}

func TestByPort(t *testing.T) {
	table := tableOf(t, sample)
	for port, want := range map[uint16][]string{
		80:    {"80/tcp www system", "80/tcp http system iana apple", "80/udp web-admin system", "80/udp http iana"},
		53:    {"53/tcp domain iana apple", "53/tcp DNS proxy by mDNSResponder hint", "53/udp domain iana apple", "53/udp DNS proxy by mDNSResponder hint"},
		5000:  {"5000/tcp AirPlay Receiver by ControlCenter hint", "5000/tcp commplex-main iana", "5000/udp commplex-main iana"},
		57621: {"57621/tcp spotify-connect common", "57621/udp spotify-connect common", "57621/udp Spotify Connect by Spotify hint"},
		60000: nil,
	} {
		if got := shown(table.ByPort(port)); !slices.Equal(got, want) {
			t.Errorf("%d: %q, want %q", port, got, want)
		}
	}
}

func TestByName(t *testing.T) {
	table := tableOf(t, sample)
	for name, want := range map[string][]string{
		"SSH":        {"22/tcp ssh system iana apple", "22/udp ssh iana"},
		"imap":       {"143/tcp imap2 system", "143/tcp imap iana apple"},
		"http":       {"80/tcp www system", "80/tcp http system iana apple", "80/udp web-admin system", "80/udp http iana"},
		"Again":      {"80/tcp http system"},
		"dyn":        {"49152/tcp dyn system"},
		"cailic":     {"216/tcp CAIlic iana", "216/udp CAIlic iana"},
		"smb":        {"445/tcp smb common"},
		"dec.dlm":    {"625/tcp dec_dlm system iana apple", "625/udp dec-dlm iana"},
		"webobjects": {"1085/tcp webobjects iana apple", "1085/udp webobjects iana apple"},
		"airplay":    {"5000/tcp AirPlay Receiver by ControlCenter hint", "7000/tcp AirPlay Receiver by ControlCenter hint"},
		"":           nil,
		" ":          nil,
		"ssh\n":      nil,
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
	a := Open("").Lookup(Query{Proto: "tcp", Port: 22, Programs: []string{"sshd"}})
	if a.Best.Name != "ssh" || !a.Best.Also.Has(IANA) && a.Best.Source != IANA {
		t.Errorf("port 22 is %v", a.All)
	}
}

func TestRegistryDate(t *testing.T) {
	if _, err := time.Parse(time.DateOnly, Open("").Registry()); err != nil {
		t.Error(err)
	}
}

func TestWarmLookupAllocates(t *testing.T) {
	table := tableOf(t, sample)
	for _, tc := range []struct {
		q    Query
		want float64
	}{
		{Query{Proto: "tcp", Port: 22, Programs: []string{"sshd"}}, 1},
		{Query{Proto: "tcp", Port: 7777, Programs: []string{"redis-server"}}, 1},
		{Query{Proto: "tcp", Port: 5000, Programs: []string{"ControlCenter"}}, 1},
		{Query{Proto: "tcp", Port: 60000, Programs: []string{"sshx"}}, 0},
	} {
		if n := testing.AllocsPerRun(100, func() { table.Lookup(tc.q) }); n > tc.want {
			t.Errorf("%d: a lookup allocates %v times, want %v: the slice it gives", tc.q.Port, n, tc.want)
		}
	}
}

// macFile is as large as the services(5) file of macOS, 14,000 lines and 700 KB,
// in which the lines of UDP and TCP follow each other.
func macFile() string {
	var b strings.Builder
	for port := 1; port <= 7000; port++ {
		for _, proto := range [...]string{"udp", "tcp"} {
			fmt.Fprintf(&b, "name-%-11d %d/%s    # Description of %d, in some words\n", port, port, proto, port)
		}
	}
	return b.String()
}

// TestMemory holds all sources, the file as large as any that a system ships.
func TestMemory(t *testing.T) {
	table := tableOf(t, macFile())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	table.Lookup(Query{Proto: "tcp", Port: 22, Programs: []string{"nc"}})
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("all sources hold %d KB", held>>10)
	if held < 100<<10 || held > 2<<20 {
		t.Errorf("all sources hold %d bytes, want 2 MB at most, and not nothing", held)
	}
	runtime.KeepAlive(table)
}

// TestOneCrowdedPort asks for a port that a malformed file names very often.
func TestOneCrowdedPort(t *testing.T) {
	var file strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&file, "n%d 22/tcp\n", i)
	}
	file.WriteString("last 23/tcp\n")
	table := tableOf(t, file.String())
	all := table.Lookup(Query{Proto: "tcp", Port: 22}).All
	if len(all) != maxNames+1 || all[0].Name != "n0" || all[maxNames].Source != IANA {
		t.Errorf("%d names, want %d and IANA's", len(all), maxNames)
	}
	if got := bestName(table, 23); got != "last" {
		t.Errorf("port 23 is %q", got)
	}
}

func BenchmarkLookup(b *testing.B) {
	table := tableOf(b, macFile())
	for _, q := range []Query{
		{Proto: "tcp", Port: 443, Programs: []string{"nginx"}},
		{Proto: "tcp", Port: 7777, Programs: []string{"redis-server"}},
		{Proto: "tcp", Port: 5000, Programs: []string{"ControlCenter"}},
		{Proto: "tcp", Port: 22, Programs: []string{"nc"}},
		{Proto: "udp", Port: 60000, Programs: []string{"chrome"}},
	} {
		table.Lookup(q)
		b.Run(fmt.Sprintf("%d-%s", q.Port, q.Programs[0]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				table.Lookup(q)
			}
		})
	}
}

// BenchmarkPeerLookupPort is the nearest that the standard library has: one name
// to its port, from services(5) alone.
func BenchmarkPeerLookupPort(b *testing.B) {
	for b.Loop() {
		if _, err := net.LookupPort("tcp", "https"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPeerScan looks a port up in the registry line by line.
func BenchmarkPeerScan(b *testing.B) {
	r, err := loadIANA()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !slices.ContainsFunc(r.list.rows, func(r row) bool { return r.port == 8080 }) {
			b.Fatal("8080 has no name")
		}
	}
}

func BenchmarkByName(b *testing.B) {
	table := Open("")
	for b.Loop() {
		table.ByName("https")
	}
}

// BenchmarkFirstLookup is what a start costs: all sources are read.
func BenchmarkFirstLookup(b *testing.B) {
	for _, file := range []struct{ name, path string }{{"system", systemPath}, {"macos", tableOf(b, macFile()).system.path}} {
		b.Run(file.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Open(file.path).Lookup(Query{Proto: "tcp", Port: 22, Programs: []string{"nc"}})
			}
		})
	}
}

func BenchmarkParseServices(b *testing.B) {
	text := macFile()
	b.ReportAllocs()
	for b.Loop() {
		if p := parseServices(text); p.bad > 0 {
			b.Fatalf("%d bad lines", p.bad)
		}
	}
}
