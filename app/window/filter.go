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
		if !strings.Contains(e.words, t) && !strings.Contains(e.starts, "\n"+t) {
			return false
		}
	}
	return true
}

// newEntry prepares a row for the search. Ports and pids match from their
// beginning, or "22" would find 5222 and every second pid.
func newEntry(r view.Row) entry {
	l := &r.Listener
	words := []string{r.Proto, r.Service, r.Program, r.User, l.Addr.String(), l.Device, l.Unit, r.Reach}
	starts := []string{"", r.Port, ":" + r.Port, r.Port + "/" + r.Proto, r.Address}
	for _, o := range l.Owners {
		words = append(words, o.Name, o.User)
		starts = append(starts, strconv.Itoa(o.PID))
	}
	return entry{Row: r, words: strings.ToLower(strings.Join(words, "\n")), starts: strings.ToLower(strings.Join(starts, "\n"))}
}
