package services

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// protos is a set of transport protocols.
type protos uint8

const (
	tcp protos = 1 << iota
	udp
)

// protoOf gives the protocol of this name, in capitals or not; others are the
// empty set.
func protoOf(name string) protos {
	switch strings.ToLower(name) {
	case "tcp":
		return tcp
	case "udp":
		return udp
	}
	return 0
}

// String is the name of a single protocol.
func (p protos) String() string {
	if p == udp {
		return "udp"
	}
	return "tcp"
}

// entry is one name of one port.
type entry struct {
	port        uint16
	protos      protos
	name        string
	aliases     string // between blanks
	description string
	origin      string // where the list has it from, or ""
}

// called reports whether the entry has this name or alias.
func (e *entry) called(name string) bool {
	if sameName(e.name, name) {
		return true
	}
	for alias := range strings.FieldsSeq(e.aliases) {
		if sameName(alias, name) {
			return true
		}
	}
	return false
}

// list holds entries by port; those of one port stand in the order of the file
// they are from. It is packed: an entry of the registry takes 16 bytes and its
// text, and the text once where TCP and UDP have the same.
type list struct {
	rows []row
	text string
}

// row is an entry whose texts lie one behind the other in the list's.
type row struct {
	start                              uint32
	port                               uint16
	name, aliases, description, origin uint16 // lengths, see maxLine
	protos                             protos
}

// maxNames bounds the names of one port in one source: a malformed file has no
// more to say than the first of them.
const maxNames = 64

// newList packs entries, and sorts them for that.
func newList(entries []entry) list {
	if !sort.SliceIsSorted(entries, func(i, j int) bool { return entries[i].port < entries[j].port }) {
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.port, b.port) })
	}
	kept := entries[:0]
	for _, e := range entries {
		if n := len(kept); n < maxNames || kept[n-maxNames].port != e.port {
			kept = append(kept, e)
		}
	}
	return pack(kept)
}

func pack(entries []entry) list {
	var text strings.Builder
	text.Grow(textSize(entries))
	rows := make([]row, len(entries))
	for i := range entries {
		e := &entries[i]
		rows[i] = rowOf(e)
		if i > 0 && e.sameTexts(&entries[i-1]) {
			rows[i].start = rows[i-1].start
			continue
		}
		rows[i].start = uint32(text.Len())
		text.WriteString(e.name)
		text.WriteString(e.aliases)
		text.WriteString(e.description)
		text.WriteString(e.origin)
	}
	return list{rows, text.String()}
}

// textSize is the size of the text of a list of these entries.
func textSize(entries []entry) (n int) {
	for i := range entries {
		if e := &entries[i]; i == 0 || !e.sameTexts(&entries[i-1]) {
			n += len(e.name) + len(e.aliases) + len(e.description) + len(e.origin)
		}
	}
	return n
}

func (e *entry) sameTexts(o *entry) bool {
	return e.name == o.name && e.aliases == o.aliases && e.description == o.description && e.origin == o.origin
}

func rowOf(e *entry) row {
	return row{
		port: e.port, protos: e.protos, name: uint16(len(e.name)), aliases: uint16(len(e.aliases)),
		description: uint16(len(e.description)), origin: uint16(len(e.origin)),
	}
}

// entry gives an entry; its texts are parts of the list's.
func (l *list) entry(i int) entry {
	r := &l.rows[i]
	name := l.text[r.start:]
	aliases := name[r.name:]
	description := aliases[r.aliases:]
	origin := description[r.description:]
	return entry{r.port, r.protos, name[:r.name], aliases[:r.aliases], description[:r.description], origin[:r.origin]}
}

// at gives where the entries of a port begin and end.
func (l *list) at(port uint16) (first, end int) {
	first = sort.Search(len(l.rows), func(i int) bool { return l.rows[i].port >= port })
	for end = first; end < len(l.rows) && l.rows[end].port == port; end++ {
	}
	return first, end
}
