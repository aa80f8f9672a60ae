package window

import "strings"

// kind is the choice between all listeners and some of them.
type kind int

const (
	kindAll     kind = iota
	kindNetwork      // those that others can reach
	kindLocal        // those that only this computer can reach
	kindUDP
	kindNew // those that have just opened, and those whose alert nobody has looked at
)

// filter says which entries are shown.
type filter struct {
	kind  kind
	terms []string // in lower case; an entry has to match each
}

// newFilter reads a search text: words, each of which has to occur in port,
// service, program, path, user, unit, address or pid.
func newFilter(k kind, text string) filter {
	return filter{kind: k, terms: strings.Fields(strings.ToLower(text))}
}

func (f filter) match(e *entry, fresh bool) bool {
	if !f.kind.has(e, fresh) {
		return false
	}
	for _, t := range f.terms {
		if !e.has(t) {
			return false
		}
	}
	return true
}

func (k kind) has(e *entry, fresh bool) bool {
	switch k {
	case kindNetwork:
		return e.External
	case kindLocal:
		return !e.External
	case kindUDP:
		return e.Proto == "udp"
	case kindNew:
		return fresh
	}
	return true
}

// has looks for one word. A mere number is no part of an address: "22" would
// find 224.0.0.251.
func (e *entry) has(term string) bool {
	return strings.Contains(e.words, term) || strings.Contains(e.starts, "\n"+term) ||
		!number(term) && strings.Contains(e.places, term)
}

func number(s string) bool { return strings.Trim(s, "0123456789") == "" }
