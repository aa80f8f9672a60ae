package view

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds a name in a row, in runes.
const maxName = 64

// maxMarks bounds the combining marks behind one letter.
const maxMarks = 3

// maxPath bounds a path or a description.
const maxPath = 256

// Clean makes a text from outside fit to show: control characters, bidirectional
// overrides, other invisible format characters and invalid UTF-8 become "�",
// line ends and tabs a blank, what is longer than max runes ends in "…", and a
// letter keeps three of its combining marks.
func Clean(s string, max int) string {
	if len(s) <= max && strings.IndexFunc(s, notPlain) < 0 {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	n, marks := 0, 0
	for _, r := range strings.TrimSpace(s) {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		if marks > maxMarks {
			continue
		}
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
	case plain(r):
		return r
	case r == '\n', r == '\t', r == '\r', unicode.Is(unicode.Zs, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return utf8.RuneError
	}
	return r
}

// plain is what most texts are made of: the visible characters of ASCII, and the
// blank.
func plain(r rune) bool { return r >= ' ' && r <= '~' }

func notPlain(r rune) bool { return !plain(r) }
