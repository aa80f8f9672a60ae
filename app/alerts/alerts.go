// Package alerts judges events: it decides which of them a person should be
// told of, and says why in a code. An alert is for a program that starts to
// listen where others can reach it, for the first time.
package alerts

import (
	"slices"
	"strconv"

	"portlight/scanner"
	"portlight/scanner/supervisor"
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
	Would   Verdict   // what Verdict would be without the rule or the pause that decided; "" if none did
	Rule    int64     // the rule that decided, or 0
	Away    bool      // it began while nobody watched
}

// Finding is the verdict about one program.
type Finding struct {
	Verdict Verdict
	Program string // its identity, see Program
}

// Findings gives the verdicts about all programs that decided, the most urgent
// first; at least one.
func (j Judgement) Findings() []Finding {
	return slices.Concat([]Finding{{j.Verdict, j.Program}}, j.Others)
}

// Program is the identity of a process across restarts and updates of its pid:
// "exe:" with the path, else "unit:" with the service that hides it, of a user's own
// manager with the user's id, else "hidden:" with the user and the name. A nil process
// stands for the owners that cannot be seen, and for the kernel.
func Program(l *scanner.Listener, p *scanner.Process) string {
	switch {
	case p != nil && p.Path != "":
		return "exe:" + p.Path
	case p != nil:
		return hidden(p.UID, p.Name)
	case l.Kernel:
		return hidden(l.UID, "kernel")
	case isService(l) && l.Manager().User:
		return "unit:" + strconv.Itoa(l.UID) + "/" + l.Manager().Unit
	case isService(l):
		return "unit:" + l.Manager().Unit
	}
	return hidden(l.UID, "")
}

// isService reports whether a unit tells a program: a session or a scope may run
// any. Only what the cgroup tells counts: what others answer comes later, and would
// make another program of it.
func isService(l *scanner.Listener) bool { return l.Manager().Place == supervisor.Service }

func hidden(uid int, name string) string { return "hidden:" + strconv.Itoa(uid) + "/" + name }

// programs gives the identities of all holders, each once, at least one.
func programs(l *scanner.Listener) []string {
	var all []string
	if len(l.Owners) == 0 || l.Unseen > 0 {
		all = append(all, Program(l, nil))
	}
	for i := range l.Owners {
		if p := Program(l, &l.Owners[i]); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
