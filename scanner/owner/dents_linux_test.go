package owner

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// dirent is one entry as getdents64 gives it, padded to 8 bytes.
func dirent(inode uint64, name string) []byte {
	length := (direntName + len(name) + 1 + 7) &^ 7
	b := make([]byte, length)
	binary.NativeEndian.PutUint64(b[direntInode:], inode)
	binary.NativeEndian.PutUint16(b[direntLength:], uint16(length))
	copy(b[direntName:], name)
	return b
}

func TestCutEntry(t *testing.T) {
	b := slices.Concat(dirent(1, "."), dirent(1<<63, "12345"), dirent(3, ""))
	var got []string
	for len(b) > 0 {
		inode, name, rest, err := cutEntry(b)
		must(t, err)
		got = append(got, fmt.Sprint(inode, " ", string(name)))
		b = rest
	}
	if want := []string{"1 .", "9223372036854775808 12345", "3 "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCutMalformedEntry(t *testing.T) {
	whole := dirent(1, "1234")
	with := func(length uint16) []byte {
		b := slices.Clone(whole)
		binary.NativeEndian.PutUint16(b[direntLength:], length)
		return b
	}
	cases := map[string][]byte{
		"nothing": nil, "length 0": with(0), "length 1": with(1), "no name": with(direntName),
		"no end of the name": with(direntName + 4), "longer than all": with(uint16(len(whole) + 1)), "longest": with(1<<16 - 1),
	}
	for n := range whole {
		cases[fmt.Sprint("first bytes ", n)] = whole[:n]
	}
	for name, b := range cases {
		if _, _, _, err := cutEntry(b); !errors.Is(err, errDirent) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCutEntry(f *testing.F) {
	f.Add(slices.Concat(dirent(1, "."), dirent(2, "123")))
	f.Add(dirent(1, "")[:direntName])
	f.Add(bytes.Repeat([]byte{0xff}, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			_, name, rest, err := cutEntry(b)
			if err != nil {
				if name != nil || rest != nil {
					t.Error("an error with a name or a rest")
				}
				return
			}
			if bytes.IndexByte(name, 0) >= 0 || name[:len(name)+1][len(name)] != 0 || len(rest) >= len(b) {
				t.Fatalf("name %q, %d bytes left of %d", name, len(rest), len(b))
			}
			b = rest
		}
	})
}

func TestNumber(t *testing.T) {
	for name, want := range map[string]int{
		"0": 0, "1": 1, "4194304": 4194304, "1073741816": 1073741816, "007": 7,
		"": -1, ".": -1, "..": -1, "-1": -1, "+1": -1, "1a": -1, "1 ": -1, "\x001": -1,
		"4294967296": -1, "18446744073709551617": -1, "99999999999999999999999": -1,
	} {
		if n, ok := number([]byte(name)); ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d, %v", name, n, ok)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"", "0", "12", "-1", "1342177279", "1342177280", "2147483648", "99999999999999999999"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n, ok := number(b)
		want, err := strconv.ParseUint(string(b), 10, 32)
		if ok && (err != nil || uint64(n) != want) {
			t.Errorf("%q: got %d, want %d, %v", b, n, want, err)
		}
		if !ok && err == nil && want < 1<<30 {
			t.Errorf("%q: no number", b)
		}
	})
}

// TestEachEntry reads a directory in pieces and whole, and gives up on an error.
func TestEachEntry(t *testing.T) {
	dir := t.TempDir()
	want := []string{".", ".."}
	for i := range 500 {
		want = append(want, fmt.Sprint(i))
		must(t, os.WriteFile(dir+"/"+fmt.Sprint(i), nil, 0o644))
	}
	slices.Sort(want)
	for _, size := range []int{64, 4096, 32 << 10} {
		d, err := openProc(dir)
		must(t, err)
		var got []string
		must(t, eachEntry(d.fd, make([]byte, size), func(_ uint64, name []byte) error {
			got = append(got, string(name))
			return nil
		}))
		d.close()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("buffer of %d: got %d entries, want %d", size, len(got), len(want))
		}
	}
	d, err := openProc(dir)
	must(t, err)
	defer d.close()
	calls := 0
	err = eachEntry(d.fd, make([]byte, 4096), func(uint64, []byte) error { calls++; return unix.EMFILE })
	if !errors.Is(err, unix.EMFILE) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if err := eachEntry(-1, make([]byte, 64), nil); !errors.Is(err, unix.EBADF) {
		t.Errorf("no descriptor: %v", err)
	}
}
