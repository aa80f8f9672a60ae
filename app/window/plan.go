package window

import (
	"portlight/app/view"
	"portlight/scanner"
)

// maxAlso is how many ports a question lists.
const maxAlso = 6

// plan is the question before a process is stopped: what it is and what else
// goes down with it.
type plan struct {
	name  string
	title string
	text  string
	also  []string // the other ports that close
	more  int      // how many of those are not listed
	notes []string // what stays open, who may start it again
}

// newPlan says what stopping a process means, for those connected too.
func newPlan(p *scanner.Process, r *view.Row, s *scanner.Snapshot, names view.Namer, clients int) plan {
	name := view.ProcessName(p)
	pl := plan{name: name, title: stopTitle(name), text: stopText(p, r)}
	for i := range s.Listeners {
		l := &s.Listeners[i]
		if l.Key == r.Listener.Key || !holds(l, p.ID) || len(l.Owners) > 1 {
			continue
		}
		if len(pl.also) == maxAlso {
			pl.more++
			continue
		}
		other := view.NewRow(*l, view.FactsOf(s, names))
		pl.also = append(pl.also, portLine(&other))
	}
	if clients > 0 {
		pl.notes = append(pl.notes, stopClients(clients))
	}
	if others := otherOwners(&r.Listener, p); len(others) > 0 {
		pl.notes = append(pl.notes, stopStays(others))
	}
	if words := stopSupervised(r.Listener.Manager()); words != "" {
		pl.notes = append(pl.notes, words)
	}
	return pl
}

func otherOwners(l *scanner.Listener, p *scanner.Process) []scanner.Process {
	var others []scanner.Process
	for _, o := range l.Owners {
		if o.ID != p.ID {
			others = append(others, o)
		}
	}
	return others
}

// whyNotStop says why a listener cannot be stopped from here, "" if it can.
func whyNotStop(r *view.Row) string {
	switch {
	case r.Listener.Kernel:
		return wordKernelStop.String()
	case r.Listener.Namespace != "":
		return wordOutsideStop.String()
	case !r.CanStop:
		return hiddenStop(r)
	}
	return ""
}
