package cocoa

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for given, want := range map[string]string{
		"": "", "nginx – 80": "nginx – 80", "a\x00b": "a\uFFFDb", "a\xff": "a\uFFFD",
		strings.Repeat("x", maxText-1) + "é": strings.Repeat("x", maxText-1) + "\uFFFD",
	} {
		if got := plain(given); got != want {
			t.Errorf("plain(%.20q) = %.20q", given, got)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("nginx\x00")
	f.Add("\xf0\x9f")
	f.Fuzz(func(t *testing.T, s string) {
		if p := plain(s); !utf8.ValidString(p) || strings.Contains(p, "\x00") || len(p) > 3*maxText {
			t.Errorf("plain(%q) = %q", s, p)
		}
	})
}

func TestErrors(t *testing.T) {
	if err := missing(wordClass, "SMAppService"); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "class SMAppService") {
		t.Error(err)
	}
	if got := failure("Not allowed\x00", "UNErrorDomain", 1).Error(); got != "Not allowed\uFFFD (UNErrorDomain 1)" {
		t.Error(got)
	}
	if got := failure("", "NSCocoaErrorDomain", 4097).Error(); got != "macOS gives no reason (NSCocoaErrorDomain 4097)" {
		t.Error(got)
	}
}
