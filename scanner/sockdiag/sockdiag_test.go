package sockdiag

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"
)

// packet builds one netlink message, of sequence number 0; its length is right.
func packet(kind, flags uint16, body []byte) []byte {
	b := make([]byte, headerLen, headerLen+len(body)+3)
	binary.NativeEndian.PutUint32(b, uint32(headerLen+len(body)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], flags)
	b = append(b, body...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// body builds struct inet_diag_msg with attributes.
func body(family, state byte, addr string, port uint16, attrs ...[]byte) []byte {
	b := make([]byte, inetDiagMsgLen)
	b[0], b[1] = family, state
	binary.BigEndian.PutUint16(b[4:], port)
	copy(b[8:], netip.MustParseAddr(addr).AsSlice())
	binary.NativeEndian.PutUint32(b[40:], 3)
	binary.NativeEndian.PutUint64(b[44:], 0x1122334455667788)
	binary.NativeEndian.PutUint32(b[60:], 128)
	binary.NativeEndian.PutUint32(b[64:], 1000)
	binary.NativeEndian.PutUint32(b[68:], 4242)
	return append(b, slices.Concat(attrs...)...)
}

// put sets the cookie and the backlog of a body.
func put(b []byte, cookie uint64, backlog uint32) {
	binary.NativeEndian.PutUint64(b[44:], cookie)
	binary.NativeEndian.PutUint32(b[60:], backlog)
}

func attr(kind uint16, value ...byte) []byte {
	b := make([]byte, 4)
	binary.NativeEndian.PutUint16(b, uint16(4+len(value)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func TestDecode(t *testing.T) {
	cgroup := binary.NativeEndian.AppendUint64(nil, 77)
	datagram := slices.Concat(
		packet(typeLegacyTCP, 2, body(familyIPv4, stateListen, "192.0.2.1", 22, attr(attrCgroupID, cgroup...))),
		packet(typeByFamily, 2, body(familyIPv6, stateListen, "::", 80, attr(attrSKV6Only, 1))),
		packet(typeByFamily, 2, body(familyIPv6, stateClose, "::ffff:127.0.0.1", 53)),
		packet(typeByFamily, 2, body(familyIPv4, stateClose, "192.0.2.1", 0)),
		packet(typeByFamily, 2, body(38, stateClose, "192.0.2.1", 9)),
		packet(typeDone, 2, make([]byte, 4)),
	)
	base := Socket{Device: 3, UID: 1000, Inode: 4242, Cookie: 0x1122334455667788}
	with := func(f func(*Socket)) Socket { s := base; f(&s); return s }
	want := []Socket{
		with(func(s *Socket) {
			s.Addr, s.Port, s.Backlog, s.CgroupID = netip.MustParseAddr("192.0.2.1"), 22, 128, 77
		}),
		with(func(s *Socket) {
			s.V6, s.V6Only, s.Addr, s.Port, s.Backlog = true, true, netip.IPv6Unspecified(), 80, 128
		}),
		with(func(s *Socket) { s.V6, s.Addr, s.Port = true, netip.MustParseAddr("127.0.0.1"), 53 }),
	}
	var got collector
	done, err := (&answer{}).take(datagram, &got)
	if err != nil || !done {
		t.Fatalf("done %v, error %v", done, err)
	}
	if !slices.Equal(got.listed(), want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// collector decodes every socket of a dump.
type collector []Socket

func (c *collector) visit(body []byte, udp bool) error {
	s, err := decodeSocket(body, udp)
	*c = append(*c, s)
	return err
}

// listed are those with a port.
func (c *collector) listed() []Socket {
	return slices.DeleteFunc(slices.Clone(*c), func(s Socket) bool { return s.Port == 0 })
}

func number(n int32) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }

func TestDecodeErrors(t *testing.T) {
	good := packet(typeByFamily, 2, body(familyIPv4, stateListen, "192.0.2.1", 22))
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"refused", packet(typeError, 0, number(-int32(syscall.ENOENT))), syscall.ENOENT},
		{"failed on the way", packet(typeDone, 2, number(-int32(syscall.ENOMEM))), syscall.ENOMEM},
		{"refusal without number", packet(typeError, 0, nil), ErrTruncated},
		{"interrupted", packet(typeDone, 2|flagDumpIntr, number(0)), ErrInterrupted},
		{"cut header", good[:7], ErrTruncated},
		{"cut body", good[:40], ErrTruncated},
		{"short body", packet(typeByFamily, 2, make([]byte, 71)), ErrTruncated},
		{"length below the header", []byte{4, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ErrTruncated},
	} {
		if _, err := (&answer{}).take(c.in, &collector{}); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
}

// TestAnswersToOtherRequestsArePassedOver has what is left of an older dump
// before the answer.
func TestAnswersToOtherRequestsArePassedOver(t *testing.T) {
	in := slices.Concat(packet(typeByFamily, 2, body(familyIPv4, stateListen, "192.0.2.1", 22)), packet(typeDone, 2, number(0)))
	var got collector
	if done, err := (&answer{seq: 7}).take(in, &got); done || err != nil || len(got) != 0 {
		t.Errorf("done %v, error %v, got %+v", done, err, got)
	}
}

func TestDecodeMalformedAttributeKeepsTheSocket(t *testing.T) {
	in := packet(typeByFamily, 2, body(familyIPv6, stateListen, "::1", 22, []byte{200, 0, attrSKV6Only, 0, 1}))
	var got collector
	if _, err := (&answer{}).take(in, &got); err != nil || len(got) != 1 || got[0].Port != 22 || got[0].V6Only {
		t.Errorf("got %+v, error %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(packet(typeByFamily, 2, body(familyIPv6, stateListen, "::", 80, attr(attrSKV6Only, 1))), true)
	f.Add(packet(typeDone, 2, make([]byte, 4)), false)
	f.Fuzz(func(t *testing.T, b []byte, udp bool) {
		var all collector
		(&answer{udp: udp}).take(b, &all)
		if len(all) > len(b)/inetDiagMsgLen {
			t.Errorf("%d sockets from %d bytes", len(all), len(b))
		}
		for _, s := range all.listed() {
			if !s.Addr.IsValid() || s.UDP != udp {
				t.Errorf("unsound socket %+v", s)
			}
		}
		table := &Table{}
		for range 2 { // the second time a datagram that is sound changes nothing
			table.begin()
			if done, err := (&answer{udp: udp}).take(b, table); !done || err != nil {
				return
			}
			if err := table.finish(&player{}, func(*Socket) (bool, bool) { return false, false }); err != nil {
				t.Fatal(err)
			}
		}
		if !table.unchanged() {
			t.Error("the same dump is a change")
		}
	})
}
