package alerts

import (
	"cmp"
	"maps"
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
	policy  Policy
	known   map[Fingerprint]span
	fresh   map[Fingerprint]bool // seen since TakeSeen
	waiting map[string]held      // what is Waiting, by listener id
	veiled  map[string]bool      // by listener id: its hidden owners are taken for those that were seen
	euid    int                  // whose rights it was seen with
}

// Policy is what a person has decided.
type Policy struct {
	Rules    []Rule // the first that covers something decides
	Settings Settings
}

// span is the times of the scans that saw something first and last.
type span struct{ first, last time.Time }

// held is an event that is Waiting.
type held struct {
	scanner.Event
	since time.Time
	away  bool
}

// maxKnown bounds what is remembered. Beyond it a tenth is forgotten, of what was
// not seen for longest.
const maxKnown = 50_000

// NewJudge makes a judge that knows nothing, of what is seen with the rights of
// this user.
func NewJudge(euid int) *Judge {
	return &Judge{
		policy: Policy{Settings: DefaultSettings()}, euid: euid,
		known: map[Fingerprint]span{}, fresh: map[Fingerprint]bool{}, waiting: map[string]held{}, veiled: map[string]bool{},
	}
}

// Use judges by another policy from now on.
func (j *Judge) Use(p Policy) { j.policy = p }

// Know takes what was seen before for all that is known.
func (j *Judge) Know(all []Sighting) {
	clear(j.known)
	for _, s := range all {
		j.known[s.Fingerprint] = span{s.First, s.Last}
	}
}

// Known gives all fingerprints that are known, in no order.
func (j *Judge) Known() []Fingerprint { return slices.Collect(maps.Keys(j.known)) }

// TakeSeen gives the fingerprints that were seen since it was called last, each
// once.
func (j *Judge) TakeSeen() []Fingerprint {
	seen := slices.Collect(maps.Keys(j.fresh))
	j.fresh = map[Fingerprint]bool{}
	return seen
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

// Resume judges what listens now by what was known when somebody watched last.
func (j *Judge) Resume(s *scanner.Snapshot) []Judgement {
	var js []Judgement
	for i := range s.Listeners {
		out := j.Judge(scanner.Event{Op: scanner.Opened, Time: s.Time, Listener: s.Listeners[i]})
		if out.Verdict == Waiting {
			id := s.Listeners[i].ID()
			h := j.waiting[id]
			h.away = true
			j.waiting[id] = h
			continue
		}
		out.Away = true
		js = append(js, out)
	}
	return js
}

func (j *Judge) learn(l *scanner.Listener, at time.Time) {
	for _, f := range Fingerprints(l) {
		s, known := j.known[f]
		if !known {
			s.first = at
		}
		s.last = at
		j.known[f], j.fresh[f] = s, true
	}
	if len(j.known) > maxKnown {
		j.forget(maxKnown / 10)
	}
}

// forget forgets some of what is known, what was not seen for longest first.
func (j *Judge) forget(n int) {
	all := slices.SortedFunc(maps.Keys(j.known), func(a, b Fingerprint) int { return j.known[a].last.Compare(j.known[b].last) })
	for _, f := range all[:n] {
		delete(j.known, f)
		delete(j.fresh, f)
	}
}

// Renew takes over what has become known of listeners without an event, before the
// events of a snapshot are judged: the name of a container is no change of it.
func (j *Judge) Renew(s *scanner.Snapshot, events []scanner.Event) {
	fresh := map[scanner.Key]bool{}
	for i := range events {
		fresh[events[i].Listener.Key] = true
	}
	for i := range s.Listeners {
		l := &s.Listeners[i]
		if l.Behind == nil || l.Namespace != "" || fresh[l.Key] || container(l) == "" {
			continue
		}
		if h, waits := j.waiting[l.ID()]; waits {
			h.Listener = *l
			j.waiting[l.ID()] = h
			continue
		}
		j.learn(l, s.Time)
	}
}

// Tick judges the events of one scan. What is Waiting is held back: Due gives it
// with its verdict, or Tick, when a change decides it or the listener ends.
// Changes meanwhile are part of what is held back: it is told once, as a scan
// that late would have seen it.
func (j *Judge) Tick(events []scanner.Event) []Judgement {
	var js []Judgement
	for _, e := range events {
		if h, waits := j.waiting[e.Listener.ID()]; waits && e.Op == scanner.Closed {
			js = append(js, unsettled(h))
		}
		if out := j.Judge(e); out.Verdict != Waiting {
			js = append(js, out)
		}
	}
	return js
}

// unsettled gives the verdict of what ended before it stood for SettleTime.
func unsettled(h held) Judgement {
	out := Judgement{Event: h.Event, Verdict: Hidden, Program: programs(&h.Listener)[0], Away: h.away}
	if h.Listener.Ephemeral {
		out.Verdict = Ephemeral
	}
	return out
}

// Judge gives the verdict of one event and remembers the listener. The event of
// a listener that is Waiting comes again: Tick is for those who want each once.
func (j *Judge) Judge(e scanner.Event) Judgement {
	id := e.Listener.ID()
	h, waits := j.waiting[id]
	delete(j.waiting, id)
	if e.Op == scanner.Closed {
		delete(j.veiled, id)
		return Judgement{Event: e, Verdict: Gone, Program: programs(&e.Listener)[0]}
	}
	if waits {
		h.Listener = e.Listener
		e = h.Event
	} else {
		h = held{Event: e, since: e.Time}
	}
	out := j.judge(e)
	out.Away = h.away
	if j.mustStand(out) {
		h.Event = e
		j.waiting[id] = h
		out.Verdict, out.Would, out.Rule, out.Others = Waiting, "", 0, nil
		return out
	}
	j.remember(out)
	if e.Listener.Ephemeral && out.Verdict.Alerts() && !out.ruled() {
		out.Verdict, out.Others = Ephemeral, nil
	}
	return j.pause(out, e.Time)
}

// ruled reports whether a rule decided.
func (j Judgement) ruled() bool { return j.Would != "" }

// pause keeps silent what would alert while alerts are paused.
func (j *Judge) pause(out Judgement, now time.Time) Judgement {
	if out.Verdict.Alerts() && now.Before(j.policy.Settings.Paused) {
		out.Would, out.Verdict = out.Verdict, Paused
	}
	return out
}

// mustStand reports whether a judgement is told only if it still holds after
// SettleTime: of an ephemeral TCP port; of nobody but a hidden owner, beside others
// or one that could be seen; of a container that may be known by its name soon. A
// socket that has just been closed, or whose owner is not found yet, looks hidden
// for a scan.
func (j *Judge) mustStand(out Judgement) bool {
	l := &out.Event.Listener
	switch {
	case !out.Verdict.Alerts():
		return false
	case l.Ephemeral:
		return l.Proto == scanner.TCP && (j.policy.Settings.Ephemeral || out.ruled())
	}
	return beside(l, out.Program) || unnamed(l) ||
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
	alerted := slices.ContainsFunc(out.Findings(), func(f Finding) bool { return f.news() && f.Program == Program(l, nil) })
	switch {
	case l.Unseen == 0:
		delete(j.veiled, l.ID())
	case was != nil && was.Unseen == 0 && len(was.Owners) > 0 && !alerted:
		j.veiled[l.ID()] = true
	}
}

// Due gives the judgements of what has been Waiting for SettleTime by now, and
// when to ask again (zero: no need). A clock that was set back begins the wait anew.
func (j *Judge) Due(now time.Time) (due []Judgement, next time.Time) {
	var ready []held
	for id, h := range j.waiting {
		if now.Before(h.since) {
			h.since = now
			j.waiting[id] = h
		}
		at := h.since.Add(SettleTime)
		if at.After(now) {
			if next.IsZero() || at.Before(next) {
				next = at
			}
			continue
		}
		delete(j.waiting, id)
		ready = append(ready, h)
	}
	slices.SortFunc(ready, func(a, b held) int {
		return cmp.Or(a.since.Compare(b.since), a.Listener.Compare(b.Listener.Key))
	})
	for _, h := range ready {
		out := j.judge(h.Event)
		out.Away = h.away
		j.remember(out)
		due = append(due, j.pause(out, now))
	}
	return due, next
}

// judge gives the verdict of an event other than Closed by what is known.
func (j *Judge) judge(e scanner.Event) Judgement {
	l := &e.Listener
	out := Judgement{Event: e, Program: programs(l)[0]}
	if l.Namespace != "" {
		out.Verdict = Contained
		return out
	}
	about := func(program string) Finding { return j.ruling(l, program, e.Time) }
	c := change{came: programs(l)}
	if e.Before != nil {
		c = newChange(e.Before, l, func(program string) bool { return !j.about(l, program, e.Time).Alerts() })
	}
	if j.veiled[l.ID()] {
		c.came, c.revealed = slices.Concat(c.came, c.revealed), nil
	}
	found := findings(c, about)
	decide := func(f Finding) bool { return f.Verdict.Alerts() && !beside(l, f.Program) }
	first := max(0, slices.IndexFunc(found, decide))
	out.decidedBy(found[first])
	out.Others = slices.DeleteFunc(found[first+1:], func(f Finding) bool { return !decide(f) })
	if !l.External() && !j.policy.Settings.Loopback && !out.Verdict.Alerts() {
		out.decidedBy(Finding{Verdict: Loopback, Program: programs(l)[0]})
	}
	return out
}

func (j *Judgement) decidedBy(f Finding) {
	j.Verdict, j.Program, j.Would, j.Rule = f.Verdict, f.Program, f.Would, f.Rule
}

// findings gives the verdict about each program, the most urgent first; among
// those that do not alert what says most.
func findings(c change, about func(program string) Finding) []Finding {
	var all []Finding
	add := func(programs []string, find func(string) Finding) {
		for _, p := range programs {
			all = append(all, find(p))
		}
	}
	always := func(v Verdict) func(string) Finding {
		return func(p string) Finding { return Finding{Verdict: v, Program: p} }
	}
	add(c.revealed, always(Revealed))
	add(c.hid, always(Hidden))
	add(c.came, about)
	add(c.stayed, always(Known))
	slices.SortStableFunc(all, func(a, b Finding) int { return b.Verdict.Urgency() - a.Verdict.Urgency() })
	return all
}

// ruling gives the verdict about a program that has come to a listener, by the first
// rule that covers it, else by what is known.
func (j *Judge) ruling(l *scanner.Listener, program string, at time.Time) Finding {
	f := Finding{Verdict: j.about(l, program, at), Program: program}
	i := slices.IndexFunc(j.policy.Rules, func(r Rule) bool { return r.Covers(l, program, at) })
	if i < 0 {
		return f
	}
	switch r := &j.policy.Rules[i]; {
	case r.Action == Always && f.Verdict.Alerts():
		f.Would, f.Rule = f.Verdict, r.ID
	case r.Action == Always:
		f.Would, f.Rule, f.Verdict = f.Verdict, r.ID, Watched
	case f.Verdict.Alerts() && r.Action == Allow:
		f.Would, f.Rule, f.Verdict = f.Verdict, r.ID, Allowed
	case f.Verdict.Alerts() && r.Action == Mute:
		f.Would, f.Rule, f.Verdict = f.Verdict, r.ID, Muted
	}
	return f
}

// about gives the verdict about one program that holds a listener, by what was known
// before the scan at a time.
func (j *Judge) about(l *scanner.Listener, program string, at time.Time) Verdict {
	f := newFingerprint(l, program)
	seen := func(r Reach) bool {
		f.Reach = r
		s, known := j.known[f]
		return known && !s.first.Equal(at)
	}
	v4, v6, local := seen(ReachIPv4), seen(ReachIPv6), seen(ReachLoopback)
	switch {
	case !l.External() && !j.policy.Settings.Loopback:
		return Loopback
	case !l.External() && (v4 || v6 || local):
		return Known
	case !l.External():
		return New
	case v4, v6 && (f.Port == 0 || !anyIPv4(l)):
		return Known
	case v6:
		return Wider
	case f.Port != 0 && local:
		return Exposed
	}
	return New
}
