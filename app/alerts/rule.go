package alerts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portlight/scanner"
)

// Action is what a rule does with what it covers.
type Action string

// The actions. None of them keeps an event out of the history.
const (
	Allow  Action = "allow" // trusted: no alert, no mark
	Mute   Action = "mute"  // recorded, silent
	Always Action = "alert" // told each time
)

// Where is a class of who can reach a listener, for rules.
type Where string

// The classes.
const (
	Anywhere Where = ""
	Network  Where = "network"  // others can reach it
	Local    Where = "loopback" // only this computer can
)

// Rule decides about the listeners that it covers, before what is known does. The
// first that covers a program's listener wins. A zero field covers everything.
type Rule struct {
	ID                  int64 // in the store; 0 for a rule that is not stored
	Action              Action
	Program             string // its identity, see Program
	Proto               scanner.Proto
	FirstPort, LastPort uint16 // a range of ports, both ends in it
	Ephemeral           bool   // of ports only those that the system hands out, whatever their numbers
	Where               Where
	Until               time.Time // it covers nothing from then on
	Note                string    // of the person who made it
	Created             time.Time
}

// Check says what is wrong with a rule.
func (r *Rule) Check() error {
	switch {
	case r.Action != Allow && r.Action != Mute && r.Action != Always:
		return fmt.Errorf("action %q is none of %s, %s and %s", r.Action, Allow, Mute, Always)
	case r.Program != "" && !IsIdentity(r.Program):
		return fmt.Errorf("program %q is no identity, such as exe:/usr/sbin/nginx; `portlight alerts --all` and `portlight rules` show them", r.Program)
	case r.Proto != 0 && r.Proto != scanner.TCP && r.Proto != scanner.UDP:
		return errors.New("the protocol is neither tcp nor udp")
	case r.FirstPort == 0 && r.LastPort != 0, r.FirstPort > r.LastPort:
		return fmt.Errorf("ports %d-%d are no range", r.FirstPort, r.LastPort)
	case r.Where != Anywhere && r.Where != Network && r.Where != Local:
		return fmt.Errorf("%q is neither %s nor %s", r.Where, Network, Local)
	case len(r.Program) > maxRuleText || len(r.Note) > maxRuleText:
		return fmt.Errorf("a text is longer than %d bytes", maxRuleText)
	}
	return nil
}

// IsIdentity reports whether a text has the form that Program gives.
func IsIdentity(s string) bool {
	kind, rest, _ := strings.Cut(s, ":")
	return rest != "" && slices.Contains([]string{"container", "exe", "unit", "hidden", "sign"}, kind)
}

// maxRuleText bounds the texts of a rule, in bytes.
const maxRuleText = 4096

// Covers reports whether a rule decides about a program's listener at a time.
func (r *Rule) Covers(l *scanner.Listener, program string, now time.Time) bool {
	switch {
	case !r.Until.IsZero() && !now.Before(r.Until),
		r.Program != "" && r.Program != program,
		r.Proto != 0 && r.Proto != l.Proto,
		r.FirstPort != 0 && (l.Port < r.FirstPort || l.Port > r.LastPort),
		r.Ephemeral && !l.Ephemeral,
		r.Where == Network && !l.External(),
		r.Where == Local && (l.External() || l.Namespace != ""):
		return false
	}
	return true
}

// Includes reports whether a rule covers everything that another one does.
func (r *Rule) Includes(o *Rule) bool {
	switch {
	case !r.Until.IsZero() && (o.Until.IsZero() || o.Until.After(r.Until)),
		r.Program != "" && r.Program != o.Program,
		r.Proto != 0 && r.Proto != o.Proto,
		r.FirstPort != 0 && (o.FirstPort < r.FirstPort || o.LastPort > r.LastPort),
		r.Ephemeral && !o.Ephemeral,
		r.Where != Anywhere && r.Where != o.Where:
		return false
	}
	return true
}

// RuleFor is the rule of one click: it covers this program on this port, or on all
// ports that the system hands out if this is one. Of a listener that only this computer
// can reach it says nothing about others.
func RuleFor(action Action, l *scanner.Listener, program string, now time.Time) Rule {
	r := Rule{Action: action, Program: program, Proto: l.Proto, Created: now}
	if !l.External() {
		r.Where = Local
	}
	if l.Ephemeral {
		r.Ephemeral = true
		return r
	}
	r.FirstPort, r.LastPort = l.Port, l.Port
	return r
}

// Tomorrow is when people begin their next day, for what ends then.
func Tomorrow(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 6, 0, 0, 0, now.Location())
}
