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

func (b book) Lookup(q services.Query) services.Answer {
	n := services.Name{Port: q.Port, Proto: q.Proto, Name: b[q.Port], Source: services.IANA}
	if n.Name == "" {
		return services.Answer{}
	}
	return services.Answer{Best: n, All: []services.Name{n}}
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

// judged makes a judgement about a listener that its last owner decided, or, where
// none is seen, who is not.
func judged(v alerts.Verdict, l scanner.Listener, others ...alerts.Finding) alerts.Judgement {
	op := scanner.Opened
	if v == alerts.Gone {
		op = scanner.Closed
	}
	program := alerts.Program(&l, nil)
	if len(l.Owners) > 0 {
		program = alerts.Program(&l, &l.Owners[len(l.Owners)-1])
	}
	return alerts.Judgement{Event: scanner.Event{Op: op, Time: example().Time, Listener: l}, Verdict: v, Program: program, Others: others}
}

// with gives a listener with some facts set otherwise.
func with(l scanner.Listener, set func(*scanner.Listener)) scanner.Listener {
	set(&l)
	return l
}

func finding(v alerts.Verdict, name string) alerts.Finding {
	return alerts.Finding{Verdict: v, Program: "exe:/usr/sbin/" + name}
}

func TestReasons(t *testing.T) {
	web := at(scanner.TCP, "0.0.0.0", 8080, "db", "web")
	ephemeral := with(web, func(l *scanner.Listener) { l.Port, l.Ephemeral = 40001, true })
	dig := with(at(scanner.UDP, "0.0.0.0", 40002, "dig"), func(l *scanner.Listener) { l.Ephemeral = true })
	mixed := with(web, func(l *scanner.Listener) { l.Unseen = 1 })
	byUnseen := judged(alerts.New, mixed)
	byUnseen.Program = alerts.Program(&mixed, nil)
	kernel := with(at(scanner.UDP, "0.0.0.0", 51820), func(l *scanner.Listener) { l.Kernel = true })
	var b strings.Builder
	for _, j := range []alerts.Judgement{
		judged(alerts.New, web),
		judged(alerts.New, web, finding(alerts.New, "db")),
		judged(alerts.New, mixed),
		byUnseen,
		judged(alerts.New, at(scanner.TCP, "0.0.0.0", 631)),
		judged(alerts.New, kernel),
		judged(alerts.Exposed, web),
		judged(alerts.Exposed, web, finding(alerts.New, "db")),
		judged(alerts.Exposed, web, finding(alerts.Exposed, "db")),
		judged(alerts.Wider, web),
		judged(alerts.New, web, finding(alerts.Wider, "db")),
		judged(alerts.Known, web),
		judged(alerts.Known, ephemeral),
		judged(alerts.Revealed, web),
		judged(alerts.Revealed, kernel),
		judged(alerts.Hidden, mixed),
		judged(alerts.Loopback, at(scanner.TCP, "127.0.0.1", 8080, "web")),
		judged(alerts.Ephemeral, dig),
		judged(alerts.Ephemeral, ephemeral),
		judged(alerts.Waiting, ephemeral),
		judged(alerts.Waiting, mixed),
		judged(alerts.Contained, with(web, func(l *scanner.Listener) { l.Namespace = "container 0123456789ab" })),
		judged(alerts.Gone, at(scanner.TCP, "::", 8080, "web", "web")),
		judged(alerts.Gone, mixed),
		judged(alerts.Gone, with(at(scanner.UDP, "0.0.0.0", 53, "dns"), func(l *scanner.Listener) { l.Device = "wg0" })),
		judged(alerts.Gone, with(web, func(l *scanner.Listener) { l.Namespace = "container 0123456789ab" })),
		ruled(alerts.Allowed, alerts.New, web),
		ruled(alerts.Muted, alerts.Exposed, web),
		ruled(alerts.Paused, alerts.New, web),
		ruled(alerts.Watched, alerts.Loopback, at(scanner.TCP, "127.0.0.1", 8080, "web")),
		away(judged(alerts.New, web)),
		away(judged(alerts.Known, web)),
	} {
		b.WriteString(EventText(j, Facts{Names: names}, Style{}) + "\n")
	}
	golden(t, "reasons.txt", b.String())
}

func TestAlerts(t *testing.T) {
	mdns := judged(alerts.New, at(scanner.UDP, "0.0.0.0", 5353, "avahi-daemon"))
	urgent := judged(alerts.Exposed, at(scanner.TCP, "::", 9999, "helper", "app"))
	v4, v6 := at(scanner.TCP, "0.0.0.0", 80, "nginx"), at(scanner.TCP, "::", 80, "nginx")
	dual := with(v6, func(l *scanner.Listener) { l.DualStack = true })
	wg := func(l *scanner.Listener) { l.Device = "wg0" }
	later := judged(alerts.Wider, dual)
	later.Event.Time = later.Event.Time.Add(time.Second)
	one := func(addr string) alerts.Judgement { return judged(alerts.New, at(scanner.TCP, addr, 53, "named")) }
	var b strings.Builder
	for _, c := range []struct {
		name string
		js   []alerts.Judgement
	}{
		{"one", []alerts.Judgement{mdns}},
		{"urgent", []alerts.Judgement{urgent}},
		{"several, and the same again", []alerts.Judgement{
			mdns, judged(alerts.New, v4), urgent, mdns, judged(alerts.New, at(scanner.TCP, "192.0.2.7", 22, "sshd")), judged(alerts.New, v6),
			judged(alerts.New, at(scanner.TCP, "0.0.0.0", 631, "cupsd")),
		}},
		{"both families by a socket each", []alerts.Judgement{judged(alerts.New, v4), judged(alerts.New, v6)}},
		{"both families, and dual stack covers an address", []alerts.Judgement{judged(alerts.New, at(scanner.TCP, "192.0.2.7", 80, "nginx")), judged(alerts.New, dual)}},
		{"both families on a device", []alerts.Judgement{judged(alerts.New, with(v4, wg)), judged(alerts.New, with(v6, wg))}},
		{"IPv4 on a device, IPv6 everywhere", []alerts.Judgement{judged(alerts.New, with(v4, wg)), judged(alerts.New, v6)}},
		{"both families of two programs", []alerts.Judgement{judged(alerts.New, v4), judged(alerts.New, at(scanner.TCP, "::", 80, "evil"))}},
		{"many addresses", []alerts.Judgement{one("192.0.2.7"), one("192.0.2.8"), one("fe80::1%eth0"), one("192.0.2.9"), one("192.0.2.10")}},
		{"a link and an address", []alerts.Judgement{one("fe80::1%eth0"), one("192.0.2.7")}},
		{"two programs on one listener", []alerts.Judgement{judged(alerts.New, at(scanner.TCP, "0.0.0.0", 9100, "worker", "b", "a"), finding(alerts.New, "b"))}},
		{"two programs, one exposed", []alerts.Judgement{judged(alerts.Exposed, at(scanner.TCP, "0.0.0.0", 9100, "b", "a"), finding(alerts.New, "b"))}},
		{"IPv4 too", []alerts.Judgement{judged(alerts.Wider, dual)}},
		{"new, then IPv4 too, before it was told", []alerts.Judgement{judged(alerts.New, v6), later}},
		{"a rule tells it", []alerts.Judgement{ruled(alerts.Watched, alerts.Loopback, at(scanner.TCP, "127.0.0.1", 5432, "postgres"))}},
		{"broadcast", []alerts.Judgement{judged(alerts.New, at(scanner.UDP, "255.255.255.255", 67, "dhcpd"))}},
		{"broadcast and one address", []alerts.Judgement{judged(alerts.New, at(scanner.UDP, "192.0.2.7", 67, "dhcpd")), judged(alerts.New, at(scanner.UDP, "255.255.255.255", 67, "dhcpd"))}},
	} {
		a := NewAlert(alerts.Notice{Judgements: c.js}, Facts{Names: names})
		fmt.Fprintf(&b, "# %s\n%s, urgent %v\n%s\n%s\n\n", c.name, a.ID, a.Urgent, a.Title, a.Body)
	}
	away := NewAlert(alerts.Notice{Judgements: []alerts.Judgement{judged(alerts.New, v4)}, Away: true, More: 12_000}, Facts{Names: names})
	fmt.Fprintf(&b, "# while nobody watched, and more than is kept\n%s\n%s\n", away.Title, away.Body)
	golden(t, "alerts.txt", b.String())
}

func away(j alerts.Judgement) alerts.Judgement {
	j.Away = true
	return j
}

func ruled(v, would alerts.Verdict, l scanner.Listener) alerts.Judgement {
	j := judged(v, l)
	j.Would = would
	return j
}

func TestReach(t *testing.T) {
	for _, c := range []struct{ addr, want string }{
		{"0.0.0.0", "Anyone on any network (IPv4)"},
		{"::ffff:0.0.0.0", "Anyone on any network (IPv4)"},
		{"::", "Anyone on any network (IPv6)"},
		{"255.255.255.255", "Computers that broadcast on the same link"},
		{"::ffff:255.255.255.255", "Computers that broadcast on the same link"},
		{"224.0.0.251", "Computers in the multicast group 224.0.0.251"},
		{"ff02::fb", "Computers in the multicast group ff02::fb"},
		{"::ffff:224.0.0.251", "Computers in the multicast group ::ffff:224.0.0.251"},
		{"169.254.1.1", "Computers on the same link"},
	} {
		l := at(scanner.UDP, c.addr, 67, "dhcpd")
		if got := newReacher(nil).of(&l).short; got != c.want {
			t.Errorf("%s: got %q, want %q", c.addr, got, c.want)
		}
	}
}

func TestJoinWords(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"", ""}, {"a", "a"}, {"a b", "a and b"}, {"a b c", "a, b and c"}, {"a b c d", "a, b, c and 1 more"},
	} {
		if got := joinWords(strings.Fields(c.words)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.words, got, c.want)
		}
	}
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

// TestSnapshotJSONIsStreamed: listener by listener the answer is the same, also
// where there are none, many, or hostile names.
func TestSnapshotJSONIsStreamed(t *testing.T) {
	s := &scanner.Snapshot{Time: time.Unix(1, 0).UTC()}
	for _, n := range []int{0, 1, 2, 1000} {
		for i := len(s.Listeners); i < n; i++ {
			s.Listeners = append(s.Listeners, scanner.Listener{
				Key: scanner.Key{Proto: scanner.TCP, Addr: netip.IPv4Unspecified(), Port: uint16(1 + i)}, User: "<a>&\x1b[31m\u202e[]\x80",
			})
		}
		rows := Rows(s, names)
		var whole, streamed strings.Builder
		if err := WriteJSON(&whole, NewSnapshotJSON(s, rows, "[] {}"), "  "); err != nil {
			t.Fatal(err)
		}
		if err := WriteSnapshotJSON(&streamed, NewSnapshotJSON(s, nil, "[] {}"), rows); err != nil {
			t.Fatal(err)
		}
		if whole.String() != streamed.String() {
			t.Errorf("%d listeners: streamed otherwise:\n%.300s\n%.300s", n, streamed.String(), whole.String())
		}
	}
}
