package launchd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// assemble makes a binary property list of objects, with offsets of 4 bytes and
// references of 2. The first object is the top.
func assemble(objects ...[]byte) []byte {
	var offsets []int
	b := []byte("bplist00")
	for _, o := range objects {
		offsets = append(offsets, len(b))
		b = append(b, o...)
	}
	return finish(b, offsets)
}

func finish(b []byte, offsets []int) []byte {
	table := len(b)
	for _, at := range offsets {
		b = binary.BigEndian.AppendUint32(b, uint32(at))
	}
	b = append(b, 0, 0, 0, 0, 0, 0, 4, 2)
	b = binary.BigEndian.AppendUint64(b, uint64(len(offsets)))
	b = binary.BigEndian.AppendUint64(b, 0)
	return binary.BigEndian.AppendUint64(b, uint64(table))
}

// array refers to objects by their numbers.
func array(refs ...int) []byte {
	b := []byte{0xAF, 0x12}
	b = binary.BigEndian.AppendUint32(b, uint32(len(refs)))
	for _, r := range refs {
		b = binary.BigEndian.AppendUint16(b, uint16(r))
	}
	return b
}

// chain nests arrays: each refers n times to the next.
func chain(depth, n int) []byte {
	var objects [][]byte
	for i := range depth {
		refs := make([]int, n)
		for k := range refs {
			refs[k] = i + 1
		}
		objects = append(objects, array(refs...))
	}
	return assemble(append(objects, []byte{0x09})...)
}

// overlapping is many objects in one place, each as long as the file.
func overlapping(n int, head byte) []byte {
	b := []byte("bplist00")
	b = append(b, 0xA1, 0, 1)
	offsets := []int{8}
	for range n {
		offsets = append(offsets, len(b))
	}
	b = append(b, head|0xF, 0x12)
	b = binary.BigEndian.AppendUint32(b, 100_000)
	return finish(append(b, make([]byte, 200_000)...), offsets)
}

// broken changes bytes of the trailer of a sound list.
func broken(at int, with ...byte) []byte {
	b := assemble(array(1), []byte{0x09})
	copy(b[len(b)-trailerSize+at:], with)
	return b
}

// TestHostileLists refuses lists that would keep the library busy, in little time
// and memory.
func TestHostileLists(t *testing.T) {
	huge := bytes.Repeat([]byte{0xFF}, 8)
	cases := []struct {
		name string
		list []byte
		want error
	}{
		{"a loop", assemble(array(1), array(0)), errDepth},
		{"itself", assemble(array(0)), errDepth},
		{"deep", chain(10_000, 1), errDepth},
		{"ten to the thirtieth values", chain(30, 10), errValues},
		{"overlapping arrays", overlapping(5000, 0xA0), errObject},
		{"overlapping texts", overlapping(5000, 0x60), errObject},
		{"a reference to nothing", assemble(array(7)), errObject},
		{"a text longer than the list", assemble([]byte{0x5F, 0x12, 0, 1, 0, 0}), errObject},
		{"a length that overflows", assemble(append([]byte{0x5F, 0x13}, huge...)), errObject},
		{"a length without bytes", assemble([]byte{0x5F}), errObject},
		{"a length of 16 bytes", assemble(append([]byte{0x5F, 0x14}, make([]byte, 16)...)), errObject},
		{"an integer without bytes", assemble([]byte{0x13, 1}), errObject},
		{"an integer of 32 bytes", assemble(append([]byte{0x15}, make([]byte, 32)...)), errObject},
		{"a set", assemble([]byte{0xC0}), errObject},
		{"offsets of no bytes", broken(6, 0), errObject},
		{"offsets of 9 bytes", broken(6, 9), errObject},
		{"references of no bytes", broken(7, 0), errObject},
		{"references of 16 bytes", broken(7, 16), errObject},
		{"two to the sixty-fourth objects", broken(8, huge...), errValues},
		{"too few objects", broken(15, 1), errObject},
		{"no such top", broken(16, huge...), errObject},
		{"no such table", broken(24, huge...), errObject},
		{"a table in the header", broken(31, 4), errObject},
		{"an object in the header", finish([]byte("bplist00\x09"), []int{0}), errObject},
		{"an object in the table", finish([]byte("bplist00\x09"), []int{9}), errObject},
		{"deep XML", []byte("<plist>" + strings.Repeat("<array>", 100_000)), errDepth},
		{"much XML", []byte("<plist><array>" + strings.Repeat("<dict/>", 100_000) + "</array></plist>"), errValues},
		{"deep OpenStep", bytes.Repeat([]byte("("), MaxSize), errFormat},
		{"OpenStep after XML", []byte("<!-- --> " + strings.Repeat("(", 1000)), errFormat},
		{"entities", []byte(`<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist><string>&a;</string></plist>`), errFormat},
		{"too large", bytes.Repeat([]byte(" "), MaxSize+1), errSize},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, err := decode(tc.list)
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 || took > 5*time.Second {
				t.Errorf("took %v and %d bytes", took, used)
			}
		})
	}
}

func TestDecodeSoundLists(t *testing.T) {
	cases := []struct {
		name string
		list []byte
		want any
	}{
		{"true", assemble([]byte{0x09}), true},
		{"an integer", assemble([]byte{0x11, 0x1F, 0x55}), uint64(8021)},
		{"UTF-16", assemble([]byte{0x61, 0, 0xFC}), "ü"},
		{"an empty text", assemble([]byte{0x50}), ""},
		{"as deep as allowed", chain(maxDepth-1, 1), nil},
	}
	for _, tc := range cases {
		got, err := decode(tc.list)
		if err != nil || tc.want != nil && got != tc.want {
			t.Errorf("%s: got %v, %v", tc.name, got, err)
		}
	}
}

// TestSharedValues reads a value that is stored once and meant several times.
func TestSharedValues(t *testing.T) {
	got, err := decode(assemble(array(1, 1, 1), []byte{0x51, 'x'}))
	if list, _ := got.([]any); err != nil || len(list) != 3 || list[2] != "x" {
		t.Errorf("got %v, %v", got, err)
	}
}
