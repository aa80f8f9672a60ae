package view

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds a name in a row, in runes.
const maxName = 64

// maxPath bounds a path or a description.
const maxPath = 256

// Clean makes a text from outside fit to show: control characters, bidirectional
// overrides, other invisible format characters and invalid UTF-8 become "�",
// line ends and tabs a blank, and what is longer than max runes ends in "…".
func Clean(s string, max int) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(s) {
		if n == max-1 && utf8.RuneCountInString(s) > max {
			b.WriteRune('…')
			break
		}
		b.WriteRune(visible(r))
		n++
	}
	return b.String()
}

func visible(r rune) rune {
	switch {
	case r == '\n', r == '\t', r == '\r', unicode.Is(unicode.Zs, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
		return utf8.RuneError
	}
	return r
}
