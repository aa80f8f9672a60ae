package execevents

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// message builds what the kernel sends: what happened, the cn_msg.ack, and the
// data of the event.
func message(what, ack uint32, data ...uint32) []byte {
	b := make([]byte, offsetData+24)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], typeDone)
	binary.NativeEndian.PutUint32(b[headerLen:], indexProc)
	binary.NativeEndian.PutUint32(b[headerLen+4:], valueProc)
	binary.NativeEndian.PutUint32(b[offsetToken:], ack)
	binary.NativeEndian.PutUint16(b[offsetSize:], uint16(len(b)-offsetEvent))
	binary.NativeEndian.PutUint32(b[offsetEvent:], what)
	for i, word := range data {
		binary.NativeEndian.PutUint32(b[offsetData+4*i:], word)
	}
	return b
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want event
	}{
		{"exec", message(whatExec, 0, 4242, 4242), event{what: whatExec}},
		{"fork", message(1, 0, 1, 1, 4242, 4242), event{what: 1}},
		{"exit", message(0x80000000, 0, 4242, 4242), event{what: 0x80000000}},
		{"accepted", message(whatAck, 78, 0), event{what: whatAck}},
		{"refused", message(whatAck, 78, 1), event{what: whatAck, errno: 1}},
		{"more behind it", append(message(whatExec, 0, 1, 1), 1, 2, 3), event{what: whatExec}},
	} {
		if got, err := decode(c.in); err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	with := func(offset int, value ...byte) []byte {
		b := message(whatExec, 0, 1, 1)
		copy(b[offset:], value)
		return b
	}
	word := func(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }
	half := func(v uint16) []byte { return binary.NativeEndian.AppendUint16(nil, v) }
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, errTruncated},
		{"cut header", with(0)[:7], errTruncated},
		{"cut event", with(0)[:minLen-1], errTruncated},
		{"length beyond the datagram", with(0, word(77)...), errTruncated},
		{"length below the event", with(0, word(minLen-1)...), errTruncated},
		{"greatest length", with(0, word(0xffffffff)...), errTruncated},
		{"size beyond the message", with(offsetSize, half(41)...), errTruncated},
		{"size below the event", with(offsetSize, half(19)...), errTruncated},
		{"netlink's own error", with(4, half(2)...), errForeign},
		{"another part of the connector", with(headerLen, word(3)...), errForeign},
		{"another value of it", with(headerLen+4, word(2)...), errForeign},
	} {
		if got, err := decode(c.in); !errors.Is(err, c.want) || got != (event{}) {
			t.Errorf("%s: got %+v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func TestDecodeOfEveryLength(t *testing.T) {
	whole := message(whatExec, 0, 1, 1)
	for n := range whole {
		if _, err := decode(whole[:n]); !errors.Is(err, errTruncated) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// TestRequest compares with a request written by hand from the headers.
func TestRequest(t *testing.T) {
	words := []uint32{40, 0, 0, 0, 1, 1, 0, 0x01020304, 0, 2}
	var want []byte
	for _, w := range words {
		want = binary.NativeEndian.AppendUint32(want, w)
	}
	copy(want[4:], binary.NativeEndian.AppendUint16(nil, 3))
	copy(want[32:], binary.NativeEndian.AppendUint16(nil, 4))
	if got := request(opIgnore, 0x01020304); !bytes.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(message(whatExec, 0, 1, 1))
	f.Add(message(whatAck, 78, 1))
	f.Add(request(opListen, 5))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := slices.Clone(b)
		e, err := decode(b)
		if !bytes.Equal(b, before) {
			t.Error("the input was changed")
		}
		if err != nil && e != (event{}) || e.what != whatAck && e.errno != 0 {
			t.Errorf("unsound event %+v, %v", e, err)
		}
		if err == nil && len(b) < minLen {
			t.Errorf("an event from %d bytes", len(b))
		}
	})
}
