package installed

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// picked collects what scan finds with a buffer of so many bytes.
func picked(t *testing.T, in string, size int, ends ...string) []string {
	t.Helper()
	var all [][]byte
	for _, e := range ends {
		all = append(all, []byte(e))
	}
	var got []string
	must(t, scan(iotest.OneByteReader(strings.NewReader(in)), make([]byte, size), all, func(line string) { got = append(got, line) }))
	return got
}

func TestScan(t *testing.T) {
	long := strings.Repeat("/long", 20)
	cases := []struct {
		name, in string
		want     []string
	}{
		{"none", "", nil},
		{"one without an end", "/usr/bin/x", []string{"/usr/bin/x"}},
		{"twice", "/a/x\n/b/x\n", []string{"/a/x", "/b/x"}},
		{"only whole names", "/a/xx\n/a/x/y\n/ax\nx\n", nil},
		{"after a long line", long + "/x\n/b/x\n", []string{"/b/x"}},
		{"before a long line", "/b/x\n" + long + "/x", []string{"/b/x"}},
		{"empty lines", "\n\n/x\n\n", []string{"/x"}},
	}
	for _, tc := range cases {
		if got := picked(t, tc.in, 32, "/x\n"); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q", tc.name, got)
		}
	}
	if got := picked(t, "/a/x\n/a/y\n/a/z", 32, "/y\n", "/x\n"); len(got) != 2 {
		t.Errorf("two names: %q", got)
	}
}

// FuzzScan compares with lines that are split at once.
func FuzzScan(f *testing.F) {
	f.Add("/usr/bin/x\n/b/x\n/x", "x")
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/x\n/x\n", "x")
	f.Fuzz(func(t *testing.T, in, name string) {
		if strings.ContainsAny(name, "\n/") || len(in) > 4<<10 {
			return
		}
		const size = 24
		var want []string
		for line := range strings.SplitSeq(in, "\n") {
			if strings.HasSuffix(line, "/"+name) && len(line) < size-1 {
				want = append(want, line)
			}
		}
		if got := picked(t, in, size, "/"+name+"\n"); !slices.Equal(got, want) {
			t.Errorf("%q in %q: got %q, want %q", name, in, got, want)
		}
	})
}

func TestEachLine(t *testing.T) {
	var got []string
	must(t, eachLine(strings.NewReader("a\n"+strings.Repeat("b", 3*maxLine)+"\n\nc"), func(line []byte) bool {
		got = append(got, string(line))
		return true
	}))
	if want := []string{"a", strings.Repeat("b", maxLine), "", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %d lines", len(got))
	}
}

func TestBounded(t *testing.T) {
	for left, want := range map[int64]error{3: errLarge, 4: nil} {
		b := &bounded{strings.NewReader("a\nb\n"), left}
		if err := scan(b, make([]byte, 8), nil, nil); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", left, err)
		}
	}
	if err := scan(iotest.ErrReader(errAnswer), make([]byte, 8), nil, nil); !errors.Is(err, errAnswer) {
		t.Errorf("got %v", err)
	}
}
