// Package words gives what a person reads in the language in use.
//
// An English text in the code is the key of its translations, which stand in
// translations/, a JSON file a language, in the form that Fyne's lang package and
// go-i18n read. Fyne's own package follows the system alone and puts another
// localizer in its place without a lock, while a person may choose a language here and
// background work makes texts; so the files are read here, and Fyne is told of its own
// words only.
//
// Until Use is called everything is in English. The command line leaves it at that.
//
// What stands in {{.Braces}} is filled in, as in Go's templates. A text that needs another
// translation in another place says where it stands, behind a bar: "New | of alerts".
// That is not shown.
package words

import (
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
)

// Text is an English text, and the key of its translations.
type Text string

// String is the text in the language in use.
func (t Text) String() string { return using().text(t) }

// With is the text with names filled in: With("Port", 80) puts 80 in place of
// {{.Port}}. Values are shown as fmt.Sprint does; what they hold is not filled in
// again.
func (t Text) With(pairs ...any) string { return fill(t.String(), pairs) }

// Error is a text as an error, in the language that is in use when it is read. It is
// comparable: errors.Is finds it.
type Error string

// Error is the text in the language in use.
func (e Error) Error() string { return Text(e).String() }

// Plural is a text that counts something. Other is the key of its translations, which
// have the forms of their languages (CLDR, plural rules).
type Plural struct {
	One   string // for 1, in English
	Other string // for all else, in English
}

// Of is the text for n, which stands in it as {{.N}}, with more names filled in as Text.With does.
func (p Plural) Of(n int, pairs ...any) string {
	return fill(using().plural(p, n), append([]any{"N", n}, pairs...))
}

// place is what separates a text from where it stands.
const place = " | "

// shown is an English text without where it stands.
func shown(text string) string {
	text, _, _ = strings.Cut(text, place)
	return text
}

// fill puts values in place of names in braces. A name that is not among them stays as it stands.
func fill(text string, pairs []any) string {
	before, rest, found := strings.Cut(text, "{{.")
	if !found {
		return text
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}}")
		if value, ok := valueOf(name, pairs); ok && closed {
			b.WriteString(value)
			rest = after
		} else {
			b.WriteString("{{.")
		}
		before, rest, found = strings.Cut(rest, "{{.")
	}
	b.WriteString(before)
	return b.String()
}

// valueOf finds the value of a name.
func valueOf(name string, pairs []any) (string, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != name {
			continue
		}
		if s, ok := pairs[i+1].(string); ok {
			return s, true
		}
		return fmt.Sprint(pairs[i+1]), true
	}
	return "", false
}

// text is a text in the language of c.
func (c *catalog) text(t Text) string {
	if m, ok := c.messages[string(t)]; ok {
		return m.Other
	}
	return shown(string(t))
}

// plural is the form of p for n in the language of c.
func (c *catalog) plural(p Plural, n int) string {
	m, ok := c.messages[p.Other]
	switch {
	case !ok && n == 1:
		return shown(p.One)
	case !ok:
		return shown(p.Other)
	}
	n = max(n, -n)
	if plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0) == plural.One && m.One != "" {
		return m.One
	}
	return m.Other
}
