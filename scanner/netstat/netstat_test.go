package netstat

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func describe(t Table) string {
	var b strings.Builder
	for _, s := range t.Listening {
		family := ""
		if s.DualStack {
			family = " dual"
		}
		fmt.Fprintf(&b, "%s port %d%s: pid %d %q for %d\n", s.Addr, s.Port, family, s.PID, s.Process, s.OnBehalf)
	}
	fmt.Fprintf(&b, "%d rows, %d skipped\n", t.Rows, t.Skipped)
	if t.LastError != nil {
		fmt.Fprintf(&b, "%v\n", t.LastError)
	}
	return b.String()
}

// TestCaptures compares each capture with the text beside it.
func TestCaptures(t *testing.T) {
	files, err := filepath.Glob("testdata/*_*.txt")
	if err != nil || len(files) < 9 {
		t.Fatalf("captures %v, error %v", files, err)
	}
	for _, file := range files {
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		table, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		golden := strings.TrimSuffix(file, ".txt") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(describe(table)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(table); got != string(want) {
			t.Errorf("%s: got\n%swant\n%s", file, got, want)
		}
	}
}

func TestSilenceIsAnError(t *testing.T) {
	for _, in := range []string{
		"", "\n\n", "netstat: sysctl: net.inet.tcp.pcblist_n: Operation not permitted\n",
		"Active Internet connections (including servers)\nProto Recv-Q Send-Q  Local Address          Foreign Address        (state)\n",
	} {
		if got, err := Parse([]byte(in)); !errors.Is(err, ErrEmpty) {
			t.Errorf("%q: %+v, error %v", in, got, err)
		}
	}
}

func TestUnknownFormIsAnError(t *testing.T) {
	for _, in := range []string{
		"tcp4 0 0 *.22\n",
		"tcp4 0 0 *.22 *.* LISTEN\n",
		"tcp4 0 0 *.22 *.* LISTEN 131072 131072 1 2 3 4 5\n",
		"tcp4 0 0 *.22 *.* LISTEN 131072 131072 77 00100 00000006 0000000003e3959\n",
		"tcp4 0 0 *.22 *.* LISTEN 131072 131072 77 00100 00000006 00000000003e3959 0 0\n",
		"tcp4 0 0 *.22 *.* LISTEN 0 0 131072 131072 node:-5 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 *.22 *.* LISTEN 0 0 131072 x node:5 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 *.ssh *.* LISTEN 131072 131072 77 0 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 name.22 *.* LISTEN 131072 131072 77 0 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 *.99999 *.* LISTEN 131072 131072 77 0 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 colon *.* LISTEN 131072 131072 77 0 00100 00000006 00000000003e3959\n",
		"tcp4 0 0 *.22 *.* LISTEN 131072 131072 99999999999 0 00100 00000006 00000000003e3959\n",
	} {
		if got, err := Parse([]byte(in)); !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %+v, error %v", in, got, err)
		}
	}
	if _, err := Parse([]byte("tcp4 " + strings.Repeat("x", maxRow))); err == nil {
		t.Error("a line without end is read")
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*_*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		in, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := Parse(in)
		if err == nil && (got.Rows == 0 || len(got.Listening)+got.Skipped > got.Rows) {
			t.Errorf("%+v", got)
		}
		for _, s := range got.Listening {
			if !s.Addr.IsValid() || s.Port == 0 || s.PID < 0 || s.OnBehalf < 0 || s.Addr.Is4In6() {
				t.Errorf("unsound socket %+v", s)
			}
		}
	})
}
