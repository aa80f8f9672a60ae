package process

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

// procArgs is an answer of kern.procargs2.
func procArgs(count uint32, text string) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, count), text...)
}

func TestParseProcArgs(t *testing.T) {
	const env = "PATH=/bin\x00HOME=/Users/u\x00"
	for name, c := range map[string]struct {
		b    []byte
		want []string
		err  error
	}{
		"of python":        {procArgs(3, "/usr/bin/python3\x00\x00\x00\x00python3\x00-m\x00http.server\x00"+env), []string{"python3", "-m", "http.server"}, nil},
		"no padding":       {procArgs(1, "/bin/a\x00a\x00"+env), []string{"a"}, nil},
		"an empty one":     {procArgs(3, "/bin/a\x00\x00a\x00\x00b\x00"+env), []string{"a", "", "b"}, nil},
		"blanks":           {procArgs(2, "/bin/a\x00a\x00x y\x00"), []string{"a", "x y"}, nil},
		"none":             {procArgs(0, "/bin/a\x00"+env), nil, nil},
		"fewer than told":  {procArgs(9, "/bin/a\x00a\x00b"), []string{"a", "b"}, nil},
		"a path without":   {procArgs(2, "/bin/a"), nil, nil},
		"a count alone":    {procArgs(2, ""), nil, nil},
		"too short":        {[]byte{1, 0, 0}, nil, errShort},
		"a negative count": {procArgs(1<<31, "/bin/a\x00a\x00"), nil, errNoCount},
	} {
		if got, err := parseProcArgs(c.b); !slices.Equal(got, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func FuzzParseProcArgs(f *testing.F) {
	f.Add(procArgs(3, "/usr/bin/python3\x00\x00\x00python3\x00-m\x00http.server\x00A=b\x00"))
	f.Add(procArgs(1<<31-1, "\x00\x00\x00"))
	f.Add([]byte{1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		args, err := parseProcArgs(b)
		if err != nil && args != nil || len(args) > len(b) || strings.Contains(strings.Join(args, ""), "\x00") {
			t.Errorf("%q, %v", args, err)
		}
		if len(b) >= 4 && len(args) > int(binary.LittleEndian.Uint32(b)) {
			t.Errorf("%d arguments of %d", len(args), binary.LittleEndian.Uint32(b))
		}
	})
}

func TestParsePaths(t *testing.T) {
	folders := make([]byte, sizeFolders)
	copy(folders[sizeVnode:], "/Users/u/shop")
	copy(folders[sizeVnode+sizeVnodePath+sizeVnode:], "/another/root")
	full := slices.Clone(folders)
	copy(full[sizeVnode:], strings.Repeat("x", sizeVnodePath))
	for name, c := range map[string]struct {
		parse func([]byte) (string, error)
		b     []byte
		want  string
		err   error
	}{
		"executable":        {parsePath, []byte("/usr/libexec/rapportd\x00rubbish"), "/usr/libexec/rapportd", nil},
		"without an end":    {parsePath, []byte("/bin/x"), "/bin/x", nil},
		"of the kernel":     {parsePath, make([]byte, sizePath), "", errNoPath},
		"folder":            {parseFolders, folders, "/Users/u/shop", nil},
		"a folder too long": {parseFolders, full, strings.Repeat("x", sizeVnodePath), nil},
		"no folder":         {parseFolders, make([]byte, sizeFolders), "", errNoPath},
		"a short answer":    {parseFolders, folders[:sizeFolders-1], "", errShort},
	} {
		if got, err := c.parse(c.b); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestParseUnique(t *testing.T) {
	b := make([]byte, sizeUnique)
	for i := range b {
		b[i] = byte(i)
	}
	if got := parseUnique(b); got != 0x23222120 {
		t.Errorf("got %#x", got)
	}
	if got := parseUnique(b[:sizeUnique-1]); got != 0 {
		t.Errorf("of a short answer: %#x", got)
	}
}

func TestParseCommand(t *testing.T) {
	for in, want := range map[string]string{
		"/usr/sbin/httpd -D FOREGROUND\n": "/usr/sbin/httpd -D FOREGROUND",
		"(httpd)\n":                       "",
		"(a) b\n":                         "(a) b",
		"\n":                              "",
		"":                                "",
	} {
		if got := parseCommand([]byte(in)); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
