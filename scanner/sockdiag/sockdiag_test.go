package sockdiag

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"
)

// message builds one netlink message; its length is right.
func message(kind, flags uint16, body []byte) []byte {
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
		message(typeLegacyTCP, 2, body(familyIPv4, stateListen, "192.0.2.1", 22, attr(attrCgroupID, cgroup...))),
		message(typeByFamily, 2, body(familyIPv6, stateListen, "::", 80, attr(attrSKV6Only, 1))),
		message(typeByFamily, 2, body(familyIPv6, stateClose, "::ffff:127.0.0.1", 53)),
		message(typeByFamily, 2, body(familyIPv4, stateClose, "192.0.2.1", 0)),
		message(typeByFamily, 2, body(38, stateClose, "192.0.2.1", 9)),
		message(typeDone, 2, make([]byte, 4)),
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
	got, done, err := decode(datagram, false, nil)
	if err != nil || !done {
		t.Fatalf("done %v, error %v", done, err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeErrors(t *testing.T) {
	refusal := make([]byte, 20)
	binary.NativeEndian.PutUint32(refusal, uint32(0xffffffff&-int64(syscall.ENOENT)))
	good := message(typeByFamily, 2, body(familyIPv4, stateListen, "192.0.2.1", 22))
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"refused", message(typeError, 0, refusal), syscall.ENOENT},
		{"refusal without number", message(typeError, 0, nil), ErrTruncated},
		{"interrupted", message(typeByFamily, 2|flagDumpIntr, nil), ErrInterrupted},
		{"cut header", good[:7], ErrTruncated},
		{"cut body", good[:40], ErrTruncated},
		{"short body", message(typeByFamily, 2, make([]byte, 71)), ErrTruncated},
		{"length below the header", []byte{4, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ErrTruncated},
	} {
		if _, done, err := decode(c.in, false, nil); !errors.Is(err, c.want) || done {
			t.Errorf("%s: done %v, error %v, want %v", c.name, done, err, c.want)
		}
	}
}

func TestDecodeMalformedAttributeKeepsTheSocket(t *testing.T) {
	in := message(typeByFamily, 2, body(familyIPv6, stateListen, "::1", 22, []byte{200, 0, attrSKV6Only, 0, 1}))
	got, _, err := decode(in, false, nil)
	if err != nil || len(got) != 1 || got[0].Port != 22 || got[0].V6Only {
		t.Errorf("got %+v, error %v", got, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(message(typeByFamily, 2, body(familyIPv6, stateListen, "::", 80, attr(attrSKV6Only, 1))), true)
	f.Add(message(typeDone, 2, make([]byte, 4)), false)
	f.Fuzz(func(t *testing.T, b []byte, udp bool) {
		socks, _, _ := decode(b, udp, nil)
		if len(socks) > len(b)/inetDiagMsgLen {
			t.Errorf("%d sockets from %d bytes", len(socks), len(b))
		}
		for _, s := range socks {
			if s.Port == 0 || !s.Addr.IsValid() || s.UDP != udp {
				t.Errorf("unsound socket %+v", s)
			}
		}
	})
}
