package codesign

import (
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// answers are what the kernel says to each operation: bytes, or an error.
type answers map[uintptr]any

func (a answers) ask(op uintptr, buf []byte) error {
	switch answer := a[op].(type) {
	case []byte:
		if len(answer) > len(buf) {
			return syscall.ERANGE
		}
		copy(buf, answer)
		return nil
	case syscall.Errno:
		return answer
	}
	return syscall.EINVAL
}

func word(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }

// token is a text as csops_internal gives it.
func token(text string) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 4), uint32(blobHeader+len(text)+1))
	return append(append(b, text...), 0)
}

func TestValidated(t *testing.T) {
	const id, team = "com.docker.backend", "9BNSXJN65R"
	none := syscall.ENOENT
	for name, c := range map[string]struct {
		answers answers
		want    Signature
		as      string
	}{
		"of a team":          {answers{0: word(0x10001), 11: token(id), 14: token(team), 17: word(6)}, Signature{id, team, Kernel, Developer, DeveloperID}, team + "/" + id},
		"category untold":    {answers{0: word(1), 11: token(id), 14: token(team)}, Signature{id, team, Kernel, Developer, 0}, team + "/" + id},
		"Apple's":            {answers{0: word(0x4000001), 11: token("com.apple.ssh"), 14: none, 17: word(1)}, Signature{"com.apple.ssh", "", Kernel, Apple, Platform}, "apple/com.apple.ssh"},
		"ad hoc":             {answers{0: word(3), 11: token("a.out"), 14: none, 17: word(10)}, Signature{"a.out", "", Kernel, AdHoc, 10}, ""},
		"ad hoc with a team": {answers{0: word(3), 11: token(id), 14: token(team), 17: word(6)}, Signature{id, "", Kernel, AdHoc, DeveloperID}, ""},
		"signed locally":     {answers{0: word(1), 11: token(id), 14: token(team), 17: word(7)}, Signature{id, "", Kernel, Certificate, 7}, ""},
		"no team":            {answers{0: word(1), 11: token(id), 14: none, 17: word(10)}, Signature{id, "", Kernel, Certificate, 10}, ""},
		"not valid":          {answers{0: word(0x10000000), 11: token(id), 14: token(team)}, Signature{"", "", Kernel, Unsigned, 0}, ""},
		"no longer valid":    {answers{0: word(1)}, Signature{"", "", Kernel, Unsigned, 0}, ""},
		"a lower-case team":  {answers{0: word(1), 11: token(id), 14: token("apple")}, Signature{id, "apple", Kernel, Developer, 0}, ""},
		"an odd identifier":  {answers{0: word(1), 11: token("a\u202eb c"), 14: token(team)}, Signature{"a\u202eb c", team, Kernel, Developer, 0}, ""},
		"no identifier":      {answers{0: word(0x4000001), 11: none, 14: none}, Signature{"", "", Kernel, Apple, 0}, ""},
	} {
		got, err := validated(c.answers.ask)
		if got != c.want || err != nil || got.Identity() != c.as {
			t.Errorf("%s: %+v, %q, %v", name, got, got.Identity(), err)
		}
	}
}

func TestValidatedFails(t *testing.T) {
	for name, c := range map[string]struct {
		answers answers
		want    error
	}{
		"no process":     {answers{0: syscall.ESRCH}, syscall.ESRCH},
		"gone meanwhile": {answers{0: word(1), 11: syscall.ESRCH}, syscall.ESRCH},
		"gone at last":   {answers{0: word(1), 11: token("x"), 14: syscall.ESRCH}, syscall.ESRCH},
		"not allowed":    {answers{0: syscall.EPERM}, syscall.EPERM},
		"too long":       {answers{0: word(1), 11: token(strings.Repeat("x", maxText+1))}, syscall.ERANGE},
		"a wrong length": {answers{0: word(1), 11: []byte{0, 0, 0, 0, 0, 0, 0, 7, 'x', 0}}, errToken},
	} {
		if got, err := validated(c.answers.ask); !errors.Is(err, c.want) || got != (Signature{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestOfProcess: this process has a signature on macOS, which links with one for
// arm64, or there is none to be told.
func TestOfProcess(t *testing.T) {
	s, err := OfProcess(os.Getpid())
	if !errors.Is(err, errors.ErrUnsupported) && (err != nil || s.Evidence != Kernel || s.Identity() != "") {
		t.Errorf("got %+v, %v", s, err)
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(token("com.apple.ssh"))
	f.Add([]byte{0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 9, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		text, err := parseToken(b)
		if err != nil && text != "" || strings.Contains(text, "\x00") || len(text) > max(0, len(b)-blobHeader-1) {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// TestWords: a file never reads as if it were proved.
func TestWords(t *testing.T) {
	for signer := Unsigned; signer <= Apple; signer++ {
		kernel := Signature{"id", "TEAM", Kernel, signer, DeveloperID}.Words()
		file := Signature{"id", "TEAM", File, signer, 0}.Words()
		if kernel == "" || file == "" || kernel == file {
			t.Errorf("%d: %q, %q", signer, kernel, file)
		}
		if proved := signer == Developer || signer == Apple; strings.Contains(kernel, "kernel-validated") != proved || strings.Contains(file, "validated") {
			t.Errorf("%d: %q, %q", signer, kernel, file)
		}
		if strings.Contains(kernel+file, "safe") {
			t.Errorf("%d promises: %q, %q", signer, kernel, file)
		}
	}
	if w := (Signature{}).Words(); w != "" {
		t.Errorf("of nothing: %q", w)
	}
}
