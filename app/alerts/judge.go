package alerts

import (
	"cmp"
	"slices"
	"time"

	"portlight/scanner"
)

// SettleTime is how long an ephemeral TCP port must stand to be told of, and an
// owner be hidden that may be seen yet.
const SettleTime = 3 * time.Second

// Judge remembers what it has seen and judges what comes. It is not safe for
// concurrent use.
//
// Events of one scan carry one time and are judged alike, in whatever order: a
// program that binds both families by a socket each is new twice, and one that
// binds loopback and the network at once was not on loopback only.
type Judge struct {
	known   map[Fingerprint]time.Time // of the scan that saw it first
	waiting map[string]scanner.Event  // what is Waiting, by listener id
	veiled  map[string]bool           // by listener id: its hidden owners are taken for those that were seen
	euid    int                       // whose rights it was seen with
}

// NewJudge makes a judge that knows nothing, of what is seen with the rights of
// this user.
func NewJudge(euid int) *Judge {
	return &Judge{euid: euid, known: map[Fingerprint]time.Time{}, waiting: map[string]scanner.Event{}, veiled: map[string]bool{}}
}

// Learn takes everything in the snapshot for known. The first snapshot is
// learned, not judged. What waits is learned too: a snapshot of another source
// brings no event of its end.
func (j *Judge) Learn(s *scanner.Snapshot) {
	for i := range s.Listeners {
		j.learn(&s.Listeners[i], s.Time)
	}
	for _, e := range j.waiting {
		j.learn(&e.Listener, s.Time)
	}
	clear(j.veiled)
}

func (j *Judge) learn(l *scanner.Listener, at time.Time) {
	for _, program := range programs(l) {
		f := newFingerprint(l, program)
		if _, known := j.known[f]; !known {
			j.known[f] = at
		}
	}
}

// Tick judges the events of one scan. What is Waiting is held back: Due gives it
// with its verdict, or Tick, when a change decides it or the listener ends.
// Changes meanwhile are part of what is held back: it is told once, as a scan
// that late would have seen it.
func (j *Judge) Tick(events []scanner.Event) []Judgement {
	var js []Judgement
	for _, e := range events {
		if held, waits := j.waiting[e.Listener.ID()]; waits && e.Op == scanner.Closed {
			js = append(js, unsettled(held))
		}
		if out := j.Judge(e); out.Verdict != Waiting {
			js = append(js, out)
		}
	}
	return js
}

// unsettled gives the verdict of what ended before it stood for SettleTime.
func unsettled(e scanner.Event) Judgement {
	out := Judgement{Event: e, Verdict: Hidden, Program: programs(&e.Listener)[0]}
	if e.Listener.Ephemeral {
		out.Verdict = Ephemeral
	}
	return out
}

// Judge gives the verdict of one event and remembers the listener. The event of
// a listener that is Waiting comes again: Tick is for those who want each once.
func (j *Judge) Judge(e scanner.Event) Judgement {
	id := e.Listener.ID()
	held, waits := j.waiting[id]
	delete(j.waiting, id)
	if e.Op == scanner.Closed {
		delete(j.veiled, id)
		return Judgement{Event: e, Verdict: Gone, Program: programs(&e.Listener)[0]}
	}
	if waits {
		held.Listener = e.Listener
		e = held
	}
	out := j.judge(e)
	if j.mustStand(out) {
		j.waiting[id] = e
		out.Verdict, out.Others = Waiting, nil
		return out
	}
	j.remember(out)
	if e.Listener.Ephemeral && out.Verdict.Alerts() {
		out.Verdict, out.Others = Ephemeral, nil
	}
	return out
}

// mustStand reports whether a judgement is told only if it still holds after
// SettleTime: of an ephemeral TCP port, and of nobody but a hidden owner, beside
// others or one that could be seen. A socket that has just been closed, or whose
// owner is not found yet, looks so for a scan.
func (j *Judge) mustStand(out Judgement) bool {
	l := &out.Event.Listener
	switch {
	case !out.Verdict.Alerts():
		return false
	case l.Ephemeral:
		return l.Proto == scanner.TCP
	}
	return beside(l, out.Program) ||
		len(l.Owners) == 0 && !l.Kernel && !isService(l) && scanner.WhyHidden(l.UID, j.euid) != scanner.OtherUser
}

// beside reports whether a program stands for the hidden owners of a listener
// that has others.
func beside(l *scanner.Listener, program string) bool {
	return len(l.Owners) > 0 && l.Unseen > 0 && program == Program(l, nil)
}

// remember takes over what a judgement tells. Where all owners were seen, a
// hidden one that did not alert is taken for one of them: when it is seen again
// as another program, that is news.
func (j *Judge) remember(out Judgement) {
	l, was := &out.Event.Listener, out.Event.Before
	j.learn(l, out.Event.Time)
	alerted := slices.ContainsFunc(out.Findings(), func(f Finding) bool { return f.Verdict.Alerts() && f.Program == Program(l, nil) })
	switch {
	case l.Unseen == 0:
		delete(j.veiled, l.ID())
	case was != nil && was.Unseen == 0 && len(was.Owners) > 0 && !alerted:
		j.veiled[l.ID()] = true
	}
}

// Due gives the judgements of what has been Waiting for SettleTime by now, and
// when to ask again (zero: no need).
func (j *Judge) Due(now time.Time) (due []Judgement, next time.Time) {
	var events []scanner.Event
	for id, e := range j.waiting {
		at := e.Time.Add(SettleTime)
		if at.After(now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			continue
		}
		delete(j.waiting, id)
		events = append(events, e)
	}
	slices.SortFunc(events, func(a, b scanner.Event) int {
		return cmp.Or(a.Time.Compare(b.Time), a.Listener.Compare(b.Listener.Key))
	})
	for _, e := range events {
		out := j.judge(e)
		j.remember(out)
		due = append(due, out)
	}
	return due, next
}

// judge gives the verdict of an event other than Closed by what is known.
func (j *Judge) judge(e scanner.Event) Judgement {
	l := &e.Listener
	out := Judgement{Event: e, Program: programs(l)[0]}
	switch {
	case l.Namespace != "":
		out.Verdict = Contained
		return out
	case !l.External():
		out.Verdict = Loopback
		return out
	}
	about := func(program string) Verdict { return j.about(l, program, e.Time) }
	c := change{came: programs(l)}
	if e.Before != nil {
		c = newChange(e.Before, l, func(program string) bool { return !about(program).Alerts() })
	}
	if j.veiled[l.ID()] {
		c.came, c.revealed = slices.Concat(c.came, c.revealed), nil
	}
	found := findings(c, about)
	decide := func(f Finding) bool { return f.Verdict.Alerts() && !beside(l, f.Program) }
	first := max(0, slices.IndexFunc(found, decide))
	out.Verdict, out.Program = found[first].Verdict, found[first].Program
	out.Others = slices.DeleteFunc(found[first+1:], func(f Finding) bool { return !decide(f) })
	return out
}

// findings gives the verdict about each program, the most urgent first; among
// those that do not alert what says most.
func findings(c change, about func(program string) Verdict) []Finding {
	var all []Finding
	add := func(programs []string, verdict func(string) Verdict) {
		for _, p := range programs {
			all = append(all, Finding{verdict(p), p})
		}
	}
	always := func(v Verdict) func(string) Verdict { return func(string) Verdict { return v } }
	add(c.revealed, always(Revealed))
	add(c.hid, always(Hidden))
	add(c.came, about)
	add(c.stayed, always(Known))
	slices.SortStableFunc(all, func(a, b Finding) int { return b.Verdict.Urgency() - a.Verdict.Urgency() })
	return all
}

// about gives the verdict about one program that holds an external listener, by
// what was known before the scan at a time.
func (j *Judge) about(l *scanner.Listener, program string, at time.Time) Verdict {
	f := newFingerprint(l, program)
	seen := func(r Reach) bool {
		f.Reach = r
		first, known := j.known[f]
		return known && !first.Equal(at)
	}
	switch v4, v6 := seen(ReachIPv4), seen(ReachIPv6); {
	case v4, v6 && (f.Port == 0 || !anyIPv4(l)):
		return Known
	case v6:
		return Wider
	case f.Port != 0 && seen(ReachLoopback):
		return Exposed
	}
	return New
}
