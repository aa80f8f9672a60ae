package netlink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"syscall"
	"testing"
)

// packet builds one message of sequence number 7; its length is right.
func packet(kind, flags uint16, body []byte) []byte {
	b := request(kind, 7, body)
	binary.NativeEndian.PutUint16(b[6:], flags)
	return append(b, make([]byte, -len(b)&3)...)
}

func number(n int32) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }

func TestAnswer(t *testing.T) {
	other := packet(16, 0, []byte("other"))
	binary.NativeEndian.PutUint32(other[8:], 6)
	first := slices.Concat(other, packet(1, 0, []byte("nothing")), packet(16, 2, []byte("a")), packet(17, 2, []byte("bcdef")))
	a := answer{seq: 7}
	if done, err := a.take(first); done || err != nil {
		t.Fatalf("done %v, error %v", done, err)
	}
	clear(first) // it was lent
	if done, err := a.take(packet(typeDone, 2, number(0))); !done || err != nil {
		t.Fatalf("done %v, error %v", done, err)
	}
	if want := [][]byte{[]byte("a"), []byte("bcdef")}; !slices.EqualFunc(a.bodies, want, bytes.Equal) {
		t.Errorf("got %q", a.bodies)
	}
}

func TestAnswerErrors(t *testing.T) {
	good := packet(16, 0, []byte("body"))
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"refused", packet(typeError, 0, number(-int32(syscall.EPERM))), syscall.EPERM},
		{"failed on the way", packet(typeDone, 0, number(-int32(syscall.ENOMEM))), syscall.ENOMEM},
		{"refusal without number", packet(typeError, 0, nil), ErrTruncated},
		{"interrupted at the end", packet(typeDone, flagDumpIntr, number(0)), ErrInterrupted},
		{"interrupted before", slices.Concat(packet(16, flagDumpIntr, nil), packet(typeDone, 0, number(0))), ErrInterrupted},
		{"cut header", good[:7], ErrTruncated},
		{"cut body", good[:18], ErrTruncated},
		{"length below the header", append([]byte{4}, make([]byte, 15)...), ErrTruncated},
	} {
		if _, err := (&answer{seq: 7}).take(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := (&answer{seq: 7}).take(packet(typeError, 0, number(5))); err == nil {
		t.Error("an acknowledgement ends a dump without an error")
	}
}

func TestAnswerIsBounded(t *testing.T) {
	a := answer{seq: 7, bodies: make([][]byte, maxMessage-1)}
	if _, err := a.take(packet(16, 0, nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.take(packet(16, 0, nil)); err == nil {
		t.Error("no end")
	}
}

// attr is struct nlattr with its value, padded.
func attr(kind uint16, value ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func TestAttributes(t *testing.T) {
	const nested = 0x8000 // NLA_F_NESTED
	b := slices.Concat(attr(1, []byte("eth0\x00")...), attr(2), attr(3|nested, 0, 0, 1, 2), attr(1, 9), []byte{200, 0, 4, 0, 1})
	if got := Text(b, 1); got != "eth0" {
		t.Errorf("text %q", got)
	}
	if n, ok := Uint32(b, 3, binary.BigEndian); !ok || n != 0x102 {
		t.Errorf("number %d, %v", n, ok)
	}
	if _, ok := Uint32(b, 2, binary.BigEndian); ok || Attribute(b, 2) == nil || len(Attribute(b, 2)) != 0 {
		t.Error("an empty attribute is none, or a number")
	}
	if Attribute(b, 4) != nil || Attribute([]byte{3, 0, 4, 0}, 4) != nil || Text(nil, 1) != "" {
		t.Error("a malformed attribute is one")
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(slices.Concat(packet(16, 2, attr(1, []byte("eth0\x00")...)), packet(typeDone, 2, number(0))))
	f.Add(packet(typeError, 0, number(-1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := answer{seq: 7}
		a.take(b)
		size := 0
		for _, body := range a.bodies {
			size += headerLen + len(body)
			if v := Attribute(body, 1); len(v) > len(body)-4 && v != nil {
				t.Errorf("%d bytes of %d", len(v), len(body))
			}
		}
		if size > len(b) {
			t.Errorf("%d bytes from %d", size, len(b))
		}
	})
}
