package services

// Query is a question about one listener.
type Query struct {
	Proto string // "tcp" or "udp"
	Port  uint16
	// Programs are the base names of the programs that hold it ("sshd",
	// "python3.11"), as comm or the executable's file name gives them. Leave it
	// empty when they are hidden, or when one of several is.
	Programs []string
	Own      Overlay // the user's own names; nil is none
}

// Answer is what is known about the port of a Query.
type Answer struct {
	Best Name   // zero when the port has no name
	All  []Name // best first; a registered name stays there where another is best
	// Mismatch is nil when all is as usual, and when nothing can be told: hidden
	// owners, a port that nobody relies on.
	Mismatch *Mismatch
}

// Lookup gives the names of a port that one or more programs hold, and says
// whether that is unusual. Names come in this order:
//
//  1. the user's own, that for a program first
//  2. what the program uses this port for, or else, where it is away from its
//     usual ports, what it is known for
//  3. what the port is usual for, registered or not
//  4. what the program uses any port for
//  5. services(5), the IANA registry, Apple's list
//
// A name that says the same as a better one is not there twice, see Name.Also.
// For a Proto but "tcp" and "udp" the answer is zero.
func (t *Table) Lookup(q Query) Answer {
	p := protoOf(q.Proto)
	if p == 0 {
		return Answer{}
	}
	a := Answer{All: fold(t.names(&q, p)), Mismatch: t.usual().mismatch(&q, p)}
	if len(a.All) > 0 {
		a.Best = a.All[0]
	}
	return a
}

func (t *Table) names(q *Query, p protos) []Name {
	sources, u := t.sources(), t.usual()
	var first, end [len(sources)]int
	n := 0
	for i := range sources {
		first[i], end[i] = sources[i].list.at(q.Port)
		n += end[i] - first[i]
	}
	var all []Name
	if n > 0 {
		all = make([]Name, 0, n+len(q.Programs)+min(len(q.Own), len(q.Programs)+1))
	}
	all = q.Own.appendNames(all, q.Programs, p, q.Port)
	all = u.appendNear(all, q, p)
	for i := range sources {
		all = sources[i].appendNames(all, first[i], end[i], p)
		if sources[i].from == Common {
			all = u.appendAny(all, q, p)
		}
	}
	return all
}
