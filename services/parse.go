package services

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on what a services(5) file can make us hold. The largest files that
// systems ship have 14,000 lines, 700 KB, and no line over 200 bytes.
const (
	maxFile        = 2 << 20 // bytes read of a file
	maxLine        = 4 << 10 // bytes looked at of a line
	maxDescription = 256     // bytes kept of a description
	maxBadLines    = 10      // line numbers kept
)

// parsed is what a services(5) file holds.
type parsed struct {
	entries  []entry // in the file's order
	bad      int     // lines skipped because they make no sense
	badLines []int   // the numbers of the first of them, from 1
	cut      bool    // the file is longer than maxFile
}

// parseServices reads the format of services(5): name, port/protocol, aliases,
// and a comment, which is taken for the description. Entries for other
// protocols than TCP and UDP, and ports that are listed without a name, are
// left out; a line that makes no sense is counted. Lines and files may have any
// length, and any bytes. With an error what was read before is still given.
func parseServices(r io.Reader) (parsed, error) {
	var p parsed
	limited := &io.LimitedReader{R: r, N: maxFile + 1}
	lines := bufio.NewReaderSize(limited, maxLine)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			p.cut = limited.N == 0
			return p, nil
		}
		if err != nil {
			return p, err
		}
		if number == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		p.add(number, line)
	}
}

// readLine gives the next line up to maxLine bytes and drops the rest of it. A
// word that is cut, unless in a comment, would be another word: "…" stands for it.
func readLine(r *bufio.Reader) (string, error) {
	b, err := r.ReadSlice('\n')
	line := string(b)
	if errors.Is(err, bufio.ErrBufferFull) && !strings.Contains(line, "#") {
		line = line[:strings.LastIndexAny(line, " \t")+1] + "…"
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = r.ReadSlice('\n')
	}
	if line != "" && errors.Is(err, io.EOF) {
		err = nil
	}
	return line, err
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
	fields := strings.Fields(text)
	switch len(fields) {
	case 0:
		return entry{}, true
	case 1: // Apple lists ports that are reserved: "24/udp # any private mail system"
		_, _, ok = parsePort(fields[0])
		return entry{}, ok
	}
	e.name = fields[0]
	e.port, e.protos, ok = parsePort(fields[1])
	if !ok || clean(e.name) != e.name {
		return entry{}, false
	}
	e.aliases = strings.Join(fields[2:], " ")
	e.description = shorten(clean(strings.TrimSpace(comment)))
	return e, true
}

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
