package netns

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// Heads of the tables.
const (
	headTCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode" +
		"                                                     \n"
	headUDP = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            \n"
)

// bufSize is that of the reader in the tests: longer lines are cut.
const bufSize = 256

func parseText(text string, f file) (Table, error) {
	var t Table
	err := t.parse(bufio.NewReaderSize(strings.NewReader(text), bufSize), f)
	return t, err
}

// hexAddr writes an address as the kernel does.
func hexAddr(a netip.Addr, v6 bool, port uint16) string {
	raw := a.AsSlice()
	if v6 {
		whole := a.As16()
		raw = whole[:]
	}
	var s strings.Builder
	for ; len(raw) > 0; raw = raw[4:] {
		fmt.Fprintf(&s, "%08X", binary.NativeEndian.Uint32(raw))
	}
	return fmt.Sprintf("%s:%04X", s.String(), port)
}

// line writes a socket as the kernel does.
func (s Socket) line(state, remote string) string {
	return fmt.Sprintf("%4d: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0000000000000000 100 0 0 10 0\n",
		0, hexAddr(s.Addr, s.V6, s.Port), remote, state, s.UID, s.Inode)
}

var (
	nobody4 = hexAddr(netip.IPv4Unspecified(), false, 0)
	nobody6 = hexAddr(netip.IPv6Unspecified(), true, 0)
	web     = Socket{Addr: netip.MustParseAddr("127.0.0.1"), Port: 8080, UID: 1000, Inode: 4242}
	dns     = Socket{UDP: true, Addr: netip.IPv4Unspecified(), Port: 53, UID: 4294967294, Inode: 4294967295}
	web6    = Socket{V6: true, Addr: netip.MustParseAddr("2001:db8::1:2"), Port: 443}
	mail    = Socket{V6: true, Addr: netip.MustParseAddr("192.0.2.7"), Port: 25, UID: 7, Inode: 9}
	peer    = hexAddr(netip.MustParseAddr("192.0.2.1"), false, 40000)
	tcp4    = file{"tcp", false, false}
	tcp6    = file{"tcp6", false, true}
	udp4    = file{"udp", true, false}
)

func TestParse(t *testing.T) {
	cases := []struct {
		name, text string
		file       file
		want       []Socket
	}{
		{"nothing", "", tcp4, nil},
		{"a head alone", headTCP, tcp4, nil},
		{"tcp", headTCP + web.line("0A", nobody4), tcp4, []Socket{web}},
		{"tcp of IPv6", headTCP + web6.line("0A", nobody6) + mail.line("0A", nobody6), tcp6, []Socket{web6, mail}},
		{"established ones behind", headTCP + web.line("0A", nobody4) + web.line("01", peer), tcp4, []Socket{web}},
		{"time-wait behind", headTCP + web.line("06", peer), tcp4, nil},
		{"udp", headUDP + dns.line("07", nobody4), udp4, []Socket{dns}},
		{"udp, connected ones between", headUDP + dns.line("01", peer) + dns.line("07", nobody4) + dns.line("01", peer) + dns.line("07", nobody4), udp4, []Socket{dns, dns}},
		{"udp with a peer", headUDP + dns.line("07", peer), udp4, nil},
		{"udp without a port", headUDP + Socket{UDP: true, Addr: dns.Addr}.line("07", nobody4), udp4, nil},
	}
	for _, tc := range cases {
		got, err := parseText(tc.text, tc.file)
		if err != nil || got.Bad != 0 || !slices.Equal(got.Sockets, tc.want) {
			t.Errorf("%s: got %+v, %v, want %+v", tc.name, got, err, tc.want)
		}
	}
}

// TestParseRealLines holds what kernels of little-endian machines printed; on
// others the same words are other addresses.
func TestParseRealLines(t *testing.T) {
	addr := func(words ...uint32) netip.Addr {
		var raw []byte
		for _, w := range words {
			raw = binary.NativeEndian.AppendUint32(raw, w)
		}
		a, _ := netip.AddrFromSlice(raw)
		return a
	}
	cases := []struct {
		line string
		file file
		want Socket
	}{
		{"   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22763 1 0000000000000000 100 0 0 10 0                     \n",
			tcp4, Socket{Addr: addr(0x0100007F), Port: 631, Inode: 22763}},
		{"  12: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 22762 1 0000000000000000 100 0 0 10 0\n",
			tcp6, Socket{V6: true, Addr: addr(0, 0, 0, 0x01000000), Port: 631, UID: 101, Inode: 22762}},
		{" 6043: FB0000E0:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000   114        0 30187 2 0000000000000000 0        \n",
			udp4, Socket{UDP: true, Addr: addr(0xFB0000E0), Port: 5353, UID: 114, Inode: 30187}},
	}
	for _, tc := range cases {
		got, err := parseText(tc.line, tc.file)
		if err != nil || got.Bad != 0 || !slices.Equal(got.Sockets, []Socket{tc.want}) {
			t.Errorf("got %+v, %v, want %+v", got, err, tc.want)
		}
	}
}

func TestParseSkipsBadLines(t *testing.T) {
	good := web.line("0A", nobody4)
	with := func(old, text string) string { return strings.Replace(good, old, text, 1) }
	cases := map[string]string{
		"empty":               "\n",
		"one field":           "0:\n",
		"no state":            with(" 0A ", " "),
		"state":               with(" 0A ", " XY "),
		"long state":          with(" 0A ", " 00A "),
		"short address":       with(hexAddr(web.Addr, false, web.Port), "7F:1F90"),
		"address of IPv6":     with(hexAddr(web.Addr, false, web.Port), nobody6),
		"address":             with(hexAddr(web.Addr, false, web.Port), "0100_07F:1F90"),
		"port":                with(":1F90", ":+F90"),
		"no port":             with(":1F90", "-1F90"),
		"peer":                with(nobody4, "0:0"),
		"user":                with(" 1000 ", " -1 "),
		"large user":          with(" 1000 ", " 4294967296 "),
		"inode":               with(" 4242 ", " x "),
		"large inode":         with(" 4242 ", " 4294967296 "),
		"cut":                 good[:strings.Index(good, "4242")] + "\n",
		"long":                strings.TrimSuffix(good, "\n") + strings.Repeat(" ", 3*bufSize) + "\n",
		"as long as a buffer": strings.Repeat("x", bufSize) + "\n",
	}
	for name, bad := range cases {
		got, err := parseText(headTCP+bad+good, tcp4)
		if err != nil || got.Bad != 1 || !slices.Equal(got.Sockets, []Socket{web}) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestParseOfACutTable(t *testing.T) {
	text := headTCP + web.line("0A", nobody4)
	got, err := parseText(text+text[len(headTCP):len(text)-1], tcp4)
	if err != nil || got.Bad != 1 || !slices.Equal(got.Sockets, []Socket{web}) {
		t.Errorf("got %+v, %v", got, err)
	}
	var table Table
	broken := errors.New("broken")
	in := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
	if err := table.parse(bufio.NewReader(in), tcp4); !errors.Is(err, broken) || len(table.Sockets) != 1 {
		t.Errorf("got %+v, %v", table, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(headTCP+web.line("0A", nobody4)+web.line("01", peer)), false, false)
	f.Add([]byte(headUDP+dns.line("01", peer)+dns.line("07", nobody4)), true, false)
	f.Add([]byte(headTCP+web6.line("0A", nobody6)+mail.line("0A", nobody6)+"\n"), false, true)
	f.Add([]byte(strings.Repeat("x", bufSize)+"\n:"), true, true)
	f.Fuzz(func(t *testing.T, b []byte, udp, v6 bool) {
		kind := file{"", udp, v6}
		got, err := parseText(string(b), kind)
		if lines := bytes.Count(b, []byte("\n")) + 1; err != nil || len(got.Sockets)+got.Bad > lines {
			t.Fatalf("%d lines became %+v, %v", lines, got, err)
		}
		var again strings.Builder
		remote := nobody4
		if v6 {
			remote = nobody6
		}
		for _, s := range got.Sockets {
			if s.Port == 0 || s.UDP != udp || s.V6 != v6 || !s.Addr.IsValid() || s.Addr.Is4In6() {
				t.Errorf("unsound socket %+v", s)
			}
			again.WriteString(s.line(kind.state(), remote))
		}
		if same, err := parseText(again.String(), kind); err != nil || same.Bad != 0 || !slices.Equal(same.Sockets, got.Sockets) {
			t.Errorf("%+v became %+v, %v", got, same, err)
		}
	})
}

// BenchmarkParse reads 100 listeners and 20,000 connected sockets.
func BenchmarkParse(b *testing.B) {
	for _, f := range []file{tcp4, udp4} {
		text := []byte(headTCP + strings.Repeat(web.line(f.state(), nobody4), 100) + strings.Repeat(web.line("01", peer), 20_000))
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			in, buf := bytes.NewReader(nil), bufio.NewReaderSize(nil, 8<<10)
			for b.Loop() {
				in.Reset(text)
				buf.Reset(in)
				var t Table
				if err := t.parse(buf, f); err != nil || len(t.Sockets) != 100 || t.Bad != 0 {
					b.Fatal(err, len(t.Sockets), t.Bad)
				}
			}
		})
	}
}
