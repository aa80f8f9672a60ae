// Package alerts judges events: it decides which of them a person should be
// told of, and says why in a code. An alert is for a program that starts to
// listen where others can reach it, for the first time.
package alerts

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"portlight/scanner"
)

// Verdict is the outcome of judging one event.
type Verdict string

// The verdicts. Only New and Exposed alert.
const (
	New       Verdict = "new"       // this program was never seen here like this
	Exposed   Verdict = "exposed"   // known on loopback only, now open to others
	Known     Verdict = "known"     // seen before
	Loopback  Verdict = "loopback"  // only this computer can reach it
	Ephemeral Verdict = "ephemeral" // a port that the kernel chose, UDP or not yet lasting
	Gone      Verdict = "closed"    // a listener that ended
	Contained Verdict = "container" // inside a container's own network
)

// Alerts reports whether a person should be told.
func (v Verdict) Alerts() bool { return v == New || v == Exposed }

// Judgement is an event with its verdict.
type Judgement struct {
	Event   scanner.Event
	Verdict Verdict
	Program string // identity of the program that decided, see Program
}

// Program is the identity of a process across restarts and updates of its pid:
// "exe:" with the path, else "hidden:" with the user and the name.
func Program(l *scanner.Listener, p *scanner.Process) string {
	switch {
	case p != nil && p.Path != "":
		return "exe:" + p.Path
	case p != nil:
		return hidden(p.UID, p.Name)
	case l.Unit != "":
		return "unit:" + l.Unit
	case l.Kernel:
		return hidden(l.UID, "kernel")
	}
	return hidden(l.UID, "")
}

func hidden(uid int, name string) string { return "hidden:" + strconv.Itoa(uid) + "/" + name }

// fingerprint is what makes a listener the same as one before. It holds no
// address and no pid: a new lease or a restart is not new.
type fingerprint struct {
	program string
	proto   scanner.Proto
	port    uint16 // 0 for every ephemeral port
	reach   reach
}

type reach uint8

const (
	reachLoopback reach = iota
	reachExternal
	reachDual      // IPv4 too, by one IPv6 socket
	reachContainer // another namespace
)

// settleTime is how long an ephemeral TCP port must stand to be told of.
const settleTime = 3 * time.Second

// Judge remembers what it has seen and judges what comes. It is not safe for
// concurrent use.
type Judge struct {
	known   map[fingerprint]bool
	waiting map[string]scanner.Event // ephemeral TCP by listener id
}

// NewJudge makes a judge that knows nothing.
func NewJudge() *Judge {
	return &Judge{known: map[fingerprint]bool{}, waiting: map[string]scanner.Event{}}
}

// Learn takes everything in the snapshot for known. The first snapshot is
// learned, not judged.
func (j *Judge) Learn(s *scanner.Snapshot) {
	for i := range s.Listeners {
		j.learn(&s.Listeners[i])
	}
}

func (j *Judge) learn(l *scanner.Listener) {
	for _, program := range programs(l) {
		j.known[newFingerprint(l, program)] = true
	}
}

// Judge gives the verdict of one event and remembers the listener.
func (j *Judge) Judge(e scanner.Event) Judgement {
	l := &e.Listener
	out := Judgement{Event: e, Program: programs(l)[0]}
	switch {
	case e.Op == scanner.Closed:
		delete(j.waiting, l.ID())
		out.Verdict = Gone
		return out
	case e.Op == scanner.Changed && revealed(e):
		out.Verdict = Known
	default:
		out.Verdict, out.Program = j.verdict(l)
	}
	if _, waits := j.waiting[l.ID()]; waits || l.Ephemeral && out.Verdict.Alerts() {
		out.Verdict = Ephemeral
		if l.Proto == scanner.TCP {
			j.wait(e)
			return out
		}
	}
	j.learn(l)
	return out
}

// wait holds an ephemeral listener back: from when it opened, with the newest
// facts.
func (j *Judge) wait(e scanner.Event) {
	if first, waits := j.waiting[e.Listener.ID()]; waits {
		e.Time = first.Time
	}
	j.waiting[e.Listener.ID()] = e
}

// Due gives the judgements of ephemeral TCP listeners that have stood long
// enough by now, and when to ask again (zero: no need).
func (j *Judge) Due(now time.Time) (due []Judgement, next time.Time) {
	for id, e := range j.waiting {
		at := e.Time.Add(settleTime)
		if at.After(now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			continue
		}
		delete(j.waiting, id)
		v, program := j.verdict(&e.Listener)
		j.learn(&e.Listener)
		if v.Alerts() {
			due = append(due, Judgement{Event: e, Verdict: v, Program: program})
		}
	}
	slices.SortFunc(due, func(a, b Judgement) int {
		return cmp.Or(a.Event.Time.Compare(b.Event.Time), a.Event.Listener.Compare(b.Event.Listener.Key))
	})
	return due, next
}

// verdict looks at each program that holds the listener; the most urgent
// decides.
func (j *Judge) verdict(l *scanner.Listener) (Verdict, string) {
	all := programs(l)
	switch {
	case l.Namespace != "":
		return Contained, all[0]
	case !l.External():
		return Loopback, all[0]
	}
	verdict, program := Known, all[0]
	for _, p := range all {
		f := newFingerprint(l, p)
		switch {
		case j.knows(f):
		case j.knownOnLoopbackOnly(f):
			return Exposed, p
		case verdict == Known:
			verdict, program = New, p
		}
	}
	return verdict, program
}

// knows counts dual stack as wide enough for one family.
func (j *Judge) knows(f fingerprint) bool {
	if j.known[f] {
		return true
	}
	narrow := f.reach == reachExternal
	f.reach = reachDual
	return narrow && j.known[f]
}

func (j *Judge) knownOnLoopbackOnly(f fingerprint) bool {
	if f.port == 0 {
		return false
	}
	at := func(r reach) bool { f.reach = r; return j.known[f] }
	return at(reachLoopback) && !at(reachExternal) && !at(reachDual)
}

func newFingerprint(l *scanner.Listener, program string) fingerprint {
	f := fingerprint{program: program, proto: l.Proto, port: l.Port}
	switch {
	case l.Namespace != "":
		f.reach = reachContainer
	case !l.External():
		f.reach = reachLoopback
	case l.DualStack:
		f.reach = reachDual
	default:
		f.reach = reachExternal
	}
	if l.Ephemeral {
		f.port = 0
	}
	return f
}

// programs gives the identities of all holders, at least one.
func programs(l *scanner.Listener) []string {
	var all []string
	if len(l.Owners) == 0 || l.Unseen > 0 {
		all = append(all, Program(l, nil))
	}
	for i := range l.Owners {
		all = append(all, Program(l, &l.Owners[i]))
	}
	return all
}

// revealed reports a change by which an owner that was there all along became
// known, or can no longer be seen: that is no news about the listener.
func revealed(e scanner.Event) bool {
	was, is := e.Before, &e.Listener
	if was == nil || was.DualStack != is.DualStack || was.UID != is.UID {
		return false
	}
	return is.Unseen < was.Unseen || len(is.Owners) < len(was.Owners)
}
