package services

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what a services(5) file can make us hold. The largest files that
// systems ship have 14,000 lines, 700 KB, and no line over 200 bytes.
const (
	maxFile        = 2 << 20  // bytes read of a file
	maxLine        = 4 << 10  // bytes looked at of a line
	maxDescription = 256      // bytes kept of a description
	maxBadLines    = 10       // line numbers kept
	maxAhead       = 16 << 10 // entries that room is made for before they are read
)

// parsed is what a services(5) file holds.
type parsed struct {
	entries  []entry // in the file's order
	bad      int     // lines skipped because they make no sense
	badLines []int   // the numbers of the first of them, from 1
	cut      bool    // the file is longer than maxFile
}

// readText reads what parseServices looks at of a file of about this size. With
// an error it gives the lines that were read whole.
func readText(r io.Reader, size int64) (string, error) {
	var text strings.Builder
	text.Grow(int(min(size, maxFile)) + 1)
	_, err := io.Copy(&text, io.LimitReader(r, maxFile+1))
	if err != nil {
		return text.String()[:strings.LastIndexByte(text.String(), '\n')+1], err
	}
	return text.String(), nil
}

// parseServices reads the format of services(5): name, port/protocol, aliases,
// and a comment, which is taken for the description. Entries for other
// protocols than TCP and UDP, and ports that are listed without a name, are
// left out; a line that makes no sense is counted. Lines and files may have any
// length, and any bytes.
func parseServices(text string) parsed {
	p := parsed{cut: len(text) > maxFile}
	if p.cut {
		text = text[:strings.LastIndexByte(text[:maxFile], '\n')+1]
	}
	p.entries = make([]entry, 0, min(strings.Count(text, "\n")+1, maxAhead))
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		p.add(number, bound(line))
	}
	return p
}

// bound gives no more than maxLine bytes of a line. A word that is cut, unless in
// a comment, would be another word: "…" stands for it.
func bound(line string) string {
	if len(line) <= maxLine {
		return line
	}
	line = line[:maxLine]
	if !strings.Contains(line, "#") {
		line = line[:strings.LastIndexAny(line, " \t")+1] + "…"
	}
	return line
}

func (p *parsed) add(number int, line string) {
	e, ok := parseLine(line)
	switch {
	case !ok:
		p.bad++
		if len(p.badLines) < maxBadLines {
			p.badLines = append(p.badLines, number)
		}
	case e.protos != 0:
		p.entries = append(p.entries, e)
	}
}

// parseLine gives the entry of a line. It has no protocol if there is nothing to
// keep; ok is false for a line that makes no sense.
func parseLine(line string) (e entry, ok bool) {
	text, comment, _ := strings.Cut(line, "#")
	if !isASCII(text) { // there are more blanks than those that cutField knows
		text = strings.Join(strings.Fields(text), " ")
	}
	name, rest := cutField(text)
	port, rest := cutField(rest)
	switch {
	case name == "":
		return entry{}, true
	case port == "": // Apple lists ports that are reserved: "24/udp # any private mail system"
		_, _, ok = parsePort(name)
		return entry{}, ok
	}
	e.name = name
	e.port, e.protos, ok = parsePort(port)
	if !ok || clean(name) != name {
		return entry{}, false
	}
	e.aliases = strings.Join(strings.Fields(rest), " ")
	e.description = shorten(clean(strings.TrimSpace(comment)))
	return e, true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cutField gives the first of the words between blanks, and what is behind it.
func cutField(s string) (field, rest string) {
	start := 0
	for start < len(s) && isBlank(s[start]) {
		start++
	}
	end := start
	for end < len(s) && !isBlank(s[end]) {
		end++
	}
	return s[start:end], s[end:]
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// parsePort reads "22/tcp". For another protocol than TCP and UDP protos is empty.
func parsePort(field string) (port uint16, p protos, ok bool) {
	number, proto, _ := strings.Cut(field, "/")
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n == 0 || proto == "" {
		return 0, 0, false
	}
	return uint16(n), protoOf(proto), true
}

// clean makes a text valid UTF-8 and all of it visible: blanks of any kind become
// a space, what cannot be printed U+FFFD.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return utf8.RuneError
	}, s)
}

// isPlain reports whether a text is printable ASCII alone, as nearly all are.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// shorten cuts a valid text to maxDescription bytes, between two characters.
func shorten(s string) string {
	if len(s) <= maxDescription {
		return s
	}
	const mark = "…"
	end := maxDescription - len(mark)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
