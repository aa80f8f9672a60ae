package services

import (
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
}

// called reports whether the entry has this name or alias.
func (e *entry) called(name string) bool {
	if strings.EqualFold(e.name, name) {
		return true
	}
	for alias := range strings.FieldsSeq(e.aliases) {
		if strings.EqualFold(alias, name) {
			return true
		}
	}
	return false
}

// appendName adds the entry's name for a protocol, if it is for that one and
// the source has not given the same name already.
func (e *entry) appendName(all []Name, p protos, from Source) []Name {
	if e.protos&p == 0 {
		return all
	}
	n := Name{Port: e.port, Proto: p.String(), Name: e.name, Description: e.description, Source: from}
	for i := range all {
		if o := &all[i]; o.Name == n.Name && o.Port == n.Port && o.Proto == n.Proto && o.Source == n.Source {
			return all
		}
	}
	return append(all, n)
}

// list holds entries by port; those of one port stand in the order of the file
// they are from.
type list []entry

func newList(entries []entry) list {
	slices.SortStableFunc(entries, func(a, b entry) int { return int(a.port) - int(b.port) })
	kept := entries[:0]
	for _, e := range entries {
		if n := len(kept); n < maxNames || kept[n-maxNames].port != e.port {
			kept = append(kept, e)
		}
	}
	return kept
}

// maxNames bounds the names of one port in one source: a malformed file has no
// more to say than the first of them.
const maxNames = 64

// at gives the entries of a port.
func (l list) at(port uint16) list {
	first := sort.Search(len(l), func(i int) bool { return l[i].port >= port })
	end := first
	for end < len(l) && l[end].port == port {
		end++
	}
	return l[first:end]
}
