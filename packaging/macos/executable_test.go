package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// relinked is an executable as it would be for another system.
func relinked(t *testing.T, program []byte, old, changed string) []byte {
	t.Helper()
	if strings.Count(string(program), old) != 1 {
		t.Fatalf("the executable has not one LC_BUILD_VERSION of macOS 12.0")
	}
	return bytes.Replace(program, []byte(old), []byte(changed), 1)
}

func TestReadExecutable(t *testing.T) {
	arm, intel := standIn(t, "arm64"), standIn(t, "amd64")
	newer := relinked(t, arm, buildVersion, buildVersion[:12]+"\x00\x03\x0d\x00")
	phone := relinked(t, arm, buildVersion, buildVersion[:8]+"\x02"+buildVersion[9:])
	older := relinked(t, intel, buildVersion, "\x24\x00\x00\x00\x18\x00\x00\x00\x00\x0f\x0a\x00\x00\x00\x00\x00")
	for _, tc := range []struct {
		name string
		data []byte
		want string // "" is an error
	}{
		{"arm64", arm, "12.0"},
		{"amd64", intel, "12.0"},
		{"universal", universal(intel, arm), "12.0"},
		{"the newer part decides", universal(intel, newer), "13.3"},
		{"an old linker's", older, "10.15"},
		{"for a telephone", phone, ""},
		{"universal, half for a telephone", universal(intel, phone), ""},
		{"cut off", arm[:300], ""},
		{"empty", nil, ""},
		{"text", []byte("#!/bin/sh\nexit 0\n"), ""},
	} {
		got, err := readExecutable(bytes.NewReader(tc.data))
		if got.Minimum != tc.want || (tc.want == "") != errors.Is(err, errNotMacOS) {
			t.Errorf("%s: %q, %v; want %q", tc.name, got.Minimum, err, tc.want)
		}
	}
}

func FuzzReadExecutable(f *testing.F) {
	f.Add([]byte("\xca\xfe\xba\xbe\x00\x00\x00\x01"))
	f.Add([]byte("\xcf\xfa\xed\xfe\x0c\x00\x00\x01\x00\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + buildVersion + "\x00\x00\x0c\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := readExecutable(bytes.NewReader(data))
		if (err == nil) != (got.Minimum != "") {
			t.Errorf("%q, %v", got.Minimum, err)
		}
	})
}
