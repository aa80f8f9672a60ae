package pcblist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"portlight/scanner/pcblist/pcblisttest"
)

// describe is a line a socket.
func describe(all []Socket) []string {
	var lines []string
	for _, s := range all {
		line := fmt.Sprintf("%s port %d if %d uid %d pid %d for %d backlog %d", s.Addr, s.Port, s.Interface, s.UID, s.LastPID, s.OnBehalf, s.Backlog)
		for _, m := range []struct {
			is   bool
			word string
		}{{s.DualStack, "dual"}, {s.Anonymous, "anonymous"}, {s.External, "external"}, {s.Flow, "flow"}, {s.Kernel(), "kernel"}} {
			if m.is {
				line += " " + m.word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// tcpSockets are one of each kind, and below them what is to be told of each.
var tcpSockets = []pcblisttest.Socket{
	{Vflag: 1, Local: "127.0.0.1", Lport: 631, So: 9, UID: 0, Last: 11536, Backlog: 128, State: 1},                                // IPv4
	{Vflag: 3, Local: "::", Lport: 7000, So: 9, UID: 501, Last: 602, Backlog: 511, State: 1},                                      // both
	{Vflag: 2, Flags: 0x8000, Local: "::", Lport: 22, So: 9, UID: 0, Last: 1, State: 1},                                           // paired by launchd
	{Vflag: 1, Local: "0.0.0.0", Lport: 22, So: 9, UID: 0, Last: 1, State: 1},                                                     // its other half
	{Vflag: 2, Local: "fe80::c4c8:5ff:fe01:2", Scope: 14, Lport: 62503, So: 9, UID: 0, Last: 368, State: 1},                       // scoped
	{Vflag: 1, Local: "192.0.2.7", Remote: "198.51.100.1", Lport: 50000, Fport: 443, So: 9, UID: 501, Last: 700, State: 4},        // connected
	{Vflag: 1, Flags: 0x40, Local: "0.0.0.0", Lport: 49155, So: 9, UID: 502, Last: 853, Behalf: 900, Backlog: 5, State: 1},        // ANONPORT, for another
	{Vflag: 1, Flags2: 0x400, Local: "192.0.2.7", Lport: 8080, So: 9, UID: 501, Last: 854, State: 1},                              // EXTERNAL_PORT
	{Vflag: 1, Local: "0.0.0.0", Lport: 2049, So: 9, UID: 0, Last: 0, State: 1, NoBuffers: true},                                  // the kernel's
	{Vflag: 2, Local: "::ffff:192.0.2.9", Lport: 81, So: 9, UID: 501, Last: 855, State: 1},                                        // v4-mapped
	{Vflag: 1, Local: "0.0.0.0", Lport: 5555, So: 0, UID: 0, Last: 990, State: 1},                                                 // a flow
	{Vflag: 1, Local: "0.0.0.0", Lport: 8888, NoSocket: true, State: 1},                                                           // without a socket
	{Vflag: 1, Local: "0.0.0.0", Lport: 0, So: 9, UID: 501, Last: 3, State: 1},                                                    // no port
	{Vflag: 0, Lport: 99, So: 9, UID: 501, Last: 3, State: 1},                                                                     // no family
	{Vflag: 1, Local: "127.0.0.1", Lport: 99, So: 9, UID: 501, Last: 3, State: 0},                                                 // bound, does not listen
	{Vflag: 3, Local: "2001:db8::1", Lport: 443, So: 9, UID: 4294967294, Last: 4, State: 1},                                       // one address of IPv6
	{Vflag: 3, Flags: 0x8000, Local: "::", Lport: 8443, So: 9, UID: 501, Last: -1, State: 1},                                      // V6ONLY, no sane pid
	{Vflag: 1, Local: "0.0.0.0", Remote: "0.0.0.0", Lport: 445, So: 0xffff_ffff_0000_0001, UID: 0, Last: 1, Backlog: 1, State: 1}, // a true pointer
}

var tcpLines = []string{
	"127.0.0.1 port 631 if 0 uid 0 pid 11536 for 0 backlog 128",
	":: port 7000 if 0 uid 501 pid 602 for 0 backlog 511 dual",
	":: port 22 if 0 uid 0 pid 1 for 0 backlog 0",
	"0.0.0.0 port 22 if 0 uid 0 pid 1 for 0 backlog 0",
	"fe80::c4c8:5ff:fe01:2 port 62503 if 14 uid 0 pid 368 for 0 backlog 0",
	"0.0.0.0 port 49155 if 0 uid 502 pid 853 for 900 backlog 5 anonymous",
	"192.0.2.7 port 8080 if 0 uid 501 pid 854 for 0 backlog 0 external",
	"0.0.0.0 port 2049 if 0 uid 0 pid 0 for 0 backlog 0 kernel",
	"192.0.2.9 port 81 if 0 uid 501 pid 855 for 0 backlog 0",
	"0.0.0.0 port 5555 if 0 uid -1 pid 990 for 0 backlog 0 flow",
	"0.0.0.0 port 8888 if 0 uid -1 pid 0 for 0 backlog 0 flow",
	"2001:db8::1 port 443 if 0 uid 4294967294 pid 4 for 0 backlog 0",
	":: port 8443 if 0 uid 501 pid 0 for 0 backlog 0 kernel",
	"0.0.0.0 port 445 if 0 uid 0 pid 1 for 0 backlog 1",
}

func TestDecodeTCP(t *testing.T) {
	for _, f := range []pcblisttest.Form{pcblisttest.Catalina, pcblisttest.Monterey, pcblisttest.Ventura} {
		got, err := Decode(f.Answer(false, tcpSockets...), false)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if lines := describe(got.Listening); !slices.Equal(lines, tcpLines) {
			t.Errorf("%+v: got %q\nwant %q", f, lines, tcpLines)
		}
		if got.Shown != 18 || got.Count != 18 || got.Generation != 5000 || got.Changed || !got.Launchd {
			t.Errorf("%+v: %+v", f, got)
		}
		if slices.Sort(got.UIDs); !slices.Equal(got.UIDs, []int{0, 501, 502, 4294967294}) {
			t.Errorf("uids %v", got.UIDs)
		}
	}
}

func TestDecodeUDP(t *testing.T) {
	in := pcblisttest.Ventura.Answer(true,
		pcblisttest.Socket{Vflag: 1, Local: "0.0.0.0", Lport: 5353, So: 9, Proto: 17, UID: 65, Last: 300, Backlog: 9},
		pcblisttest.Socket{Vflag: 3, Local: "::", Lport: 5353, So: 9, Proto: 17, UID: 65, Last: 300},
		pcblisttest.Socket{Vflag: 2, Local: "ff02::fb", Scope: 4, Lport: 5353, So: 9, Proto: 17, UID: 501, Last: 301},
		pcblisttest.Socket{Vflag: 1, Flags: 0x40, Local: "0.0.0.0", Lport: 61000, So: 9, Proto: 17, UID: 501, Last: 302},
		pcblisttest.Socket{Vflag: 1, Local: "0.0.0.0", So: 9, Proto: 17, UID: 501, Last: 303},                                                 // *.*
		pcblisttest.Socket{Vflag: 1, Local: "192.0.2.7", Remote: "198.51.100.1", Lport: 60109, Fport: 443, So: 9, Proto: 17, UID: 1, Last: 3}, // connected
		pcblisttest.Socket{Vflag: 1, Local: "192.0.2.7", Remote: "198.51.100.1", Lport: 60110, So: 9, Proto: 17, UID: 1, Last: 3},             // to no port
		pcblisttest.Socket{Vflag: 2, Local: "2001:db8::7", Remote: "2001:db8::1", Lport: 60111, So: 9, Proto: 17, UID: 1, Last: 3},            //
		pcblisttest.Socket{Vflag: 1, Local: "0.0.0.0", Lport: 60112, So: 9, Proto: 1, UID: 1, Last: 3},                                        // ICMP
		pcblisttest.Socket{Vflag: 1, Local: "192.0.2.7", Lport: 60113, So: 0, Last: 400},                                                      // a flow
		pcblisttest.Socket{Vflag: 5, Local: "192.0.2.8", Lport: 60114, So: 9, Proto: 17, UID: 501, Last: 401},                                 // INP_V4MAPPEDV6
		pcblisttest.Socket{Vflag: 1, Local: "0.0.0.0", Lport: 60115, NoSocket: true},
	)
	want := []string{
		"0.0.0.0 port 5353 if 0 uid 65 pid 300 for 0 backlog 0",
		":: port 5353 if 0 uid 65 pid 300 for 0 backlog 0 dual",
		"ff02::fb port 5353 if 4 uid 501 pid 301 for 0 backlog 0",
		"0.0.0.0 port 61000 if 0 uid 501 pid 302 for 0 backlog 0 anonymous",
		"192.0.2.7 port 60113 if 0 uid -1 pid 400 for 0 backlog 0 flow",
		"192.0.2.8 port 60114 if 0 uid 501 pid 401 for 0 backlog 0",
		"0.0.0.0 port 60115 if 0 uid -1 pid 0 for 0 backlog 0 flow",
	}
	got, err := Decode(in, true)
	if lines := describe(got.Listening); err != nil || !slices.Equal(lines, want) {
		t.Errorf("error %v, got %q\nwant %q", err, lines, want)
	}
}

// TestGolden has one socket byte by byte, written by hand.
func TestGolden(t *testing.T) {
	b := slices.Concat(
		[]byte{24, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		[]byte{104, 0, 0, 0, 0x10, 0, 0, 0}, make([]byte, 8), []byte{0, 0, 0x01, 0xbd}, make([]byte, 16), []byte{0x40, 0x08, 0, 0}, make([]byte, 4),
		[]byte{1, 64, 6, 0}, make([]byte, 16), make([]byte, 12), []byte{10, 0, 0, 5}, make([]byte, 20), []byte{0, 4, 0, 0},
		[]byte{104, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, make([]byte, 20), []byte{6, 0, 0, 0}, make([]byte, 8), []byte{7, 1},
		make([]byte, 14), []byte{0xf5, 1, 0, 0, 0x39, 0x30, 0, 0, 2, 0, 0, 0}, make([]byte, 28),
		[]byte{208, 0, 0, 0, 0x20, 0, 0, 0}, make([]byte, 28), []byte{1, 0, 0, 0}, make([]byte, 168),
		[]byte{24, 0, 0, 0, 2, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	)
	got, err := Decode(b, false)
	want := Socket{Addr: netip.MustParseAddr("10.0.0.5"), Port: 445, Anonymous: true, External: true, UID: 501, Backlog: 263, LastPID: 12345, OnBehalf: 2}
	if err != nil || len(got.Listening) != 1 || got.Listening[0] != want {
		t.Fatalf("got %+v, error %v", got, err)
	}
	if !got.Changed || got.Generation != 9 || got.Count != 1 {
		t.Errorf("changed %v, generation %d, count %d", got.Changed, got.Generation, got.Count)
	}
}

func TestNoSocketsAtAll(t *testing.T) {
	for name, b := range map[string][]byte{"alone": pcblisttest.Header(0, 3), "closed": append(pcblisttest.Header(0, 3), pcblisttest.Header(0, 3)...)} {
		if got, err := Decode(b, true); err != nil || got.Shown != 0 || got.Generation != 3 {
			t.Errorf("%s: %+v, error %v", name, got, err)
		}
	}
	hidden, err := Decode(append(pcblisttest.Header(412, 3), pcblisttest.Header(412, 3)...), false)
	if err != nil || hidden.Count != 412 || hidden.Shown != 0 {
		t.Errorf("%+v, error %v", hidden, err)
	}
}

func TestEachCutIsTruncated(t *testing.T) {
	whole := pcblisttest.Ventura.Answer(false, tcpSockets[0], tcpSockets[4])
	for n := range whole {
		if got, err := Decode(whole[:n], false); !errors.Is(err, ErrTruncated) || len(got.Listening) != 0 {
			t.Fatalf("%d of %d bytes: %+v, error %v", n, len(whole), got, err)
		}
	}
}

// TestUnknownRecordsArePassedOver has a kind and longer records, as newer systems may.
func TestUnknownRecordsArePassedOver(t *testing.T) {
	group := pcblisttest.Form{Socket: 120, TCP: 300}.Group(false, tcpSockets[0])
	in := slices.Concat(pcblisttest.Header(1, 5), group, pcblisttest.Record(61, 0x400), pcblisttest.Header(1, 5))
	got, err := Decode(in, false)
	if err != nil || len(got.Listening) != 1 || got.Listening[0].Port != 631 {
		t.Errorf("%+v, error %v", got, err)
	}
}

func TestOutOfStep(t *testing.T) {
	good := pcblisttest.Ventura.Group(false, tcpSockets[0])
	open, end := pcblisttest.Header(1, 5), pcblisttest.Header(1, 5)
	altered := func(at int, v uint32) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for name, in := range map[string][]byte{
		"header of another length":       slices.Concat(pcblisttest.Record(32, 1), good, end),
		"record of no length":            slices.Concat(open, altered(0, 0), end),
		"record shorter than its head":   slices.Concat(open, altered(104, 7), end),
		"short pcb":                      slices.Concat(open, pcblisttest.Record(96, 0x10), end),
		"short socket":                   slices.Concat(open, good[:104], pcblisttest.Record(72, 1), end),
		"short tcp":                      slices.Concat(open, good[:104], pcblisttest.Record(32, 0x20), end),
		"socket before its pcb":          slices.Concat(open, good[104:208], end),
		"two sockets in a group":         slices.Concat(open, good[:208], good[104:208], end),
		"end in the middle":              slices.Concat(open, good, end, good, end),
		"bytes behind the end":           slices.Concat(open, good, end, []byte{0}),
		"end of a generation before":     slices.Concat(open, good, pcblisttest.Header(1, 4)),
		"records of fixed stride, of 64": slices.Concat(open, altered(0, 64), end),
	} {
		if got, err := Decode(in, false); !errors.Is(err, ErrOutOfStep) || len(got.Listening) != 0 {
			t.Errorf("%s: %+v, error %v", name, got, err)
		}
	}
	huge := slices.Concat(open, altered(0, 0xffff_fff9), end)
	if _, err := Decode(huge, false); !errors.Is(err, ErrTruncated) {
		t.Errorf("huge length: error %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(pcblisttest.Ventura.Answer(false, tcpSockets...), false)
	f.Add(pcblisttest.Catalina.Answer(true, tcpSockets[:6]...), true)
	f.Add(pcblisttest.Header(0, 1), true)
	f.Fuzz(func(t *testing.T, b []byte, udp bool) {
		got, err := Decode(b, udp)
		if err != nil {
			if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrOutOfStep) || got.Listening != nil {
				t.Errorf("%+v, error %v", got, err)
			}
			return
		}
		if len(got.Listening) > got.Shown || got.Shown > len(b)/pcbLen || len(got.UIDs) > got.Shown {
			t.Errorf("%d listening, %d shown, %d uids of %d bytes", len(got.Listening), got.Shown, len(got.UIDs), len(b))
		}
		for _, s := range got.Listening {
			if !s.Addr.IsValid() || s.Addr.Zone() != "" || s.Port == 0 || s.LastPID < 0 || s.DualStack && s.Addr != netip.IPv6Unspecified() {
				t.Errorf("unsound socket %+v", s)
			}
		}
	})
}

// BenchmarkDecode reads 10,000 sockets, of which 300 listen.
func BenchmarkDecode(b *testing.B) {
	var all []pcblisttest.Socket
	for i := range 10_000 {
		p := tcpSockets[5]
		if i < 300 {
			p = tcpSockets[1]
		}
		p.Lport = uint16(i + 1)
		all = append(all, p)
	}
	in := pcblisttest.Ventura.Answer(false, all...)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := Decode(in, false); err != nil || len(got.Listening) != 300 {
			b.Fatal(len(got.Listening), err)
		}
	}
}
