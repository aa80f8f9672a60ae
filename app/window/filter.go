package window

import (
	"strconv"
	"strings"

	"portlight/app/view"
)

// reach is the choice between all listeners, those that others can reach, and
// those that only this computer can.
type reach int

const (
	reachAll reach = iota
	reachNetwork
	reachLocal
)

// filter says which entries are shown.
type filter struct {
	reach reach
	terms []string // in lower case; an entry has to match each
}

// newFilter reads a search text: words, each of which has to occur in port,
// service, program, user, address or pid.
func newFilter(r reach, text string) filter {
	return filter{reach: r, terms: strings.Fields(strings.ToLower(text))}
}

func (f filter) match(e *entry) bool {
	if f.reach == reachNetwork && !e.External || f.reach == reachLocal && e.External {
		return false
	}
	for _, t := range f.terms {
		if !e.has(t) {
			return false
		}
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

// newEntry prepares a row for the search. Ports and pids match from their
// beginning, or "22" would find 5222 and every second pid.
func newEntry(r view.Row) entry {
	l := &r.Listener
	words := []string{r.Proto, r.Service, r.Program, r.User, r.Unit, r.Mismatch}
	places := []string{r.Address, l.Device, r.Reach}
	starts := []string{"", r.Port, ":" + r.Port, r.Port + "/" + r.Proto}
	for _, o := range l.Owners {
		words = append(words, o.Name, o.Title, o.Path, o.User)
		starts = append(starts, strconv.Itoa(o.PID))
	}
	return entry{Row: r, words: fold(words), places: fold(places), starts: fold(starts)}
}

func fold(fields []string) string { return strings.ToLower(strings.Join(fields, "\n")) }
