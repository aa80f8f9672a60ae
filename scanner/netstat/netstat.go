// Package netstat parses what Apple's netstat(1) prints for "netstat -anvl -p tcp" and
// "-p udp". It is pure and builds on every system.
//
// The columns differ between versions of macOS, and are told here from the row itself,
// since headers are not always there and do not always tell all:
//
//	12 and older  …           rhiwat shiwat pid epid    0xstate 0xoptions
//	13 and 14     …           rhiwat shiwat pid epid    state options gencnt flags …
//	15            … rx tx     rhiwat shiwat pid epid    state options gencnt flags …
//	26            … rx tx     rhiwat shiwat process:pid state options gencnt flags …
//
// What they begin with is the same in all: protocol, two queues, local and foreign
// address, and for TCP the state.
package netstat

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Socket is one that listens.
type Socket struct {
	Addr      netip.Addr // a link-local one has its zone
	Port      uint16
	DualStack bool   // bound to [::] and takes IPv4 too
	Process   string // short name of the process, cut to 16 bytes, where it is told; any bytes
	PID       int    // the last process that used the socket: mostly, but not surely, one that holds it; 0 is the kernel
	OnBehalf  int    // the process for which PID does so, 0 is none, or not told
}

// Table is what one run tells.
type Table struct {
	Listening []Socket // in the order of the rows
	Rows      int      // of sockets, listening or not
	Skipped   int      // rows that could not be read, and may be of listeners
	LastError error    // why the last of those could not be read, nil if there is none
}

// maxRow is the longest line, in bytes.
const maxRow = 4096

// Parse reads the output of one run. Output without any row is an error: netstat says
// nothing, and ends well, where it may not look. So is one of which no row can be read.
func Parse(b []byte) (Table, error) {
	var t Table
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, maxRow)
	for n := 1; lines.Scan(); n++ {
		t.take(lines.Text(), n)
	}
	switch {
	case lines.Err() != nil:
		return Table{}, fmt.Errorf("parse netstat: %w", lines.Err())
	case t.Rows == 0:
		return Table{}, ErrEmpty
	case t.Rows == t.Skipped:
		return Table{}, fmt.Errorf("%w: %w", ErrUnreadable, t.LastError)
	}
	return t, nil
}

// take takes a line, which is no row if it does not begin with a protocol.
func (t *Table) take(line string, number int) {
	r := row{rest: line, width: len(line)}
	proto := r.word()
	if !strings.HasPrefix(proto, "tcp") && !strings.HasPrefix(proto, "udp") {
		return
	}
	t.Rows++
	s, listens, err := r.socket(proto)
	switch {
	case err != nil:
		t.Skipped++
		t.LastError = fmt.Errorf("line %d: %w", number, err)
	case listens:
		t.Listening = append(t.Listening, s)
	}
}

// row is what of a line is not read yet.
type row struct {
	rest  string
	width int // of the line
}

// word takes the next one, "" at the end.
func (r *row) word() string {
	r.rest = strings.TrimLeft(r.rest, " \t")
	end := strings.IndexAny(r.rest, " \t")
	if end < 0 {
		end = len(r.rest)
	}
	w := r.rest[:end]
	r.rest = r.rest[end:]
	return w
}

// at is the column that the next word begins in, from 0.
func (r *row) at() int { return r.width - len(strings.TrimLeft(r.rest, " \t")) }

// errShort says that columns are missing.
var errShort = errors.New("too few columns")

func (r *row) socket(proto string) (s Socket, listens bool, err error) {
	r.word()
	r.word()
	begin := r.at()
	local, column := r.word(), r.at()-begin
	foreign := r.word()
	if foreign == "" {
		return s, false, errShort
	}
	if strings.HasPrefix(proto, "tcp") {
		listens = r.word() == "LISTEN"
	} else {
		listens = foreign == "*.*" && local != "*.*"
	}
	if !listens {
		return s, false, nil
	}
	if err := s.bind(proto, local, column); err != nil {
		return s, false, err
	}
	return s, true, s.user(r.rest)
}

// narrow is how wide the columns of addresses are without the option -l: an address
// is cut to one less.
const narrow = 23

// bind reads the address. The host and the port have a dot between them.
func (s *Socket) bind(proto, local string, column int) error {
	dot := strings.LastIndexByte(local, '.')
	if dot < 0 {
		return fmt.Errorf("address %q without port", local)
	}
	host := local[:dot]
	port, err := strconv.ParseUint(local[dot+1:], 10, 16)
	if err != nil || port == 0 {
		return fmt.Errorf("port of address %q", local)
	}
	s.Port = uint16(port)
	if host == "*" {
		s.DualStack = strings.HasSuffix(proto, "46")
		s.Addr = netip.IPv6Unspecified()
		if !strings.HasSuffix(proto, "6") {
			s.Addr = netip.IPv4Unspecified()
		}
		return nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("address %q", local)
	}
	if addr.Is6() && column == narrow && len(local) == narrow-1 {
		return fmt.Errorf("address %q may be cut", local)
	}
	s.Addr = addr.Unmap()
	return nil
}

// user reads who uses the socket, out of what is behind its state: in front of the
// columns that are hexadecimal numbers of fixed width, which no short name is long
// enough to look like.
func (s *Socket) user(rest string) error {
	before, ok := beforeFlags(rest)
	if !ok {
		return fmt.Errorf("no flags: %w", errShort)
	}
	colon := strings.LastIndexByte(before, ':')
	var err error
	if colon < 0 {
		err = s.twoPIDs(strings.Fields(before))
	} else {
		s.Process, err = named(before[:colon])
		s.PID = number(before[colon+1:])
	}
	if err == nil && (s.PID < 0 || s.OnBehalf < 0) {
		err = fmt.Errorf("no process in %q", before)
	}
	return err
}

// twoPIDs reads pid and epid, behind two or four counts of bytes.
func (s *Socket) twoPIDs(f []string) error {
	if len(f) != 4 && len(f) != 6 {
		return fmt.Errorf("%d columns of numbers: %w", len(f), errShort)
	}
	s.PID, s.OnBehalf = number(f[len(f)-2]), number(f[len(f)-1])
	return nil
}

// named gives what is behind the four counts of bytes, which may have blanks in it.
func named(before string) (string, error) {
	r := row{rest: before}
	for range 4 {
		if number(r.word()) < 0 {
			return "", errShort
		}
	}
	return strings.Trim(r.rest, " \t"), nil
}

// number reads a decimal one that is not negative, -1 is none.
func number(s string) int {
	n, err := strconv.ParseUint(strings.TrimRight(s, " \t"), 10, 31)
	if err != nil {
		return -1
	}
	return int(n)
}

// beforeFlags gives what is in front of the state and the options of the socket, the
// last that look so: 00100 00000006 and a counter of 16 digits, or 0x0100 0x00000006.
func beforeFlags(rest string) (before string, ok bool) {
	words := fieldsAt(rest)
	for i := len(words) - 2; i >= 0; i-- {
		state, options := words[i].text, words[i+1].text
		old := hexadecimal(state, "0x", 4) && hexadecimal(options, "0x", 8)
		now := hexadecimal(state, "", 5) && hexadecimal(options, "", 8) && i+2 < len(words) && hexadecimal(words[i+2].text, "", 16)
		if old || now {
			return strings.TrimRight(rest[:words[i].at], " \t"), true
		}
	}
	return "", false
}

// field is a word and where it begins.
type field struct {
	text string
	at   int
}

func fieldsAt(s string) []field {
	var all []field
	for r := (row{rest: s, width: len(s)}); ; {
		at := r.at()
		w := r.word()
		if w == "" {
			return all
		}
		all = append(all, field{w, at})
	}
}

// hexadecimal reports whether a word is a prefix and so many digits.
func hexadecimal(word, prefix string, digits int) bool {
	if len(word) != len(prefix)+digits || !strings.HasPrefix(word, prefix) {
		return false
	}
	_, err := strconv.ParseUint(word[len(prefix):], 16, 64)
	return err == nil
}
