// Package alerts judges events: it decides which of them a person should be
// told of, and says why in a code. An alert is for a program that starts to
// listen where others can reach it, for the first time.
package alerts

import (
	"slices"

	"portlight/scanner"
)

// Verdict is the outcome of judging one event.
type Verdict string

// The verdicts. Only those with an Urgency alert.
const (
	New       Verdict = "new"       // this program was never seen to listen here where others can reach it
	Exposed   Verdict = "exposed"   // known here on loopback only, now open to others
	Wider     Verdict = "wider"     // known here over IPv6 only, now open to every IPv4 network too
	Known     Verdict = "known"     // seen here before, where others can reach it
	Revealed  Verdict = "revealed"  // taken for an owner that was there and could not be seen
	Hidden    Verdict = "hidden"    // an owner that was there can no longer be seen
	Loopback  Verdict = "loopback"  // only this computer can reach it
	Ephemeral Verdict = "ephemeral" // on a port of those that the system hands out: UDP, or it did not stand for SettleTime
	Waiting   Verdict = "waiting"   // not judged before it has stood for SettleTime
	Gone      Verdict = "closed"    // a listener that ended
	Contained Verdict = "container" // in another network namespace than the host's
	Watched   Verdict = "watched"   // a rule wants it told each time
	Allowed   Verdict = "allowed"   // a rule trusts it
	Muted     Verdict = "muted"     // a rule keeps it silent
	Paused    Verdict = "paused"    // it would have been told, but alerts are paused
)

// Alerts reports whether a person should be told.
func (v Verdict) Alerts() bool { return v.Urgency() > 0 }

// Urgency orders the verdicts that alert, the most urgent with the highest
// number. It is 0 for those that do not.
func (v Verdict) Urgency() int {
	switch v {
	case Exposed:
		return 4
	case New:
		return 3
	case Watched:
		return 2
	case Wider:
		return 1
	}
	return 0
}

// Judgement is an event with its verdict, which is the most urgent of the
// verdicts about the programs that hold the listener.
type Judgement struct {
	Event   scanner.Event
	Verdict Verdict
	Program string    // identity of the program that decided, see Program
	Others  []Finding // the listener's further programs that alert, the most urgent first
	Would   Verdict   // what Verdict would be without the rule or the pause that decides; "" if none does
	Rule    int64     // the rule that decided, or 0
	Away    bool      // it began while nobody watched
}

// Finding is the verdict about one program.
type Finding struct {
	Verdict Verdict
	Program string  // its identity, see Program
	Would   Verdict // as in Judgement
	Rule    int64   // as in Judgement
}

// news reports whether it alerts, or would without the rule.
func (f Finding) news() bool { return f.Verdict.Alerts() || f.Would.Alerts() }

// Findings gives the verdicts about all programs that decided, the most urgent
// first; at least one.
func (j Judgement) Findings() []Finding {
	return slices.Concat([]Finding{{j.Verdict, j.Program, j.Would, j.Rule}}, j.Others)
}
