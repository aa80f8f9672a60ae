package view

import (
	"strconv"
	"strings"
	"time"

	"portlight/app/alerts"
)

// RuleJSON is one rule in `rules --json`.
type RuleJSON struct {
	Position int        `json:"position"` // from 1 on: the first that covers a listener decides
	ID       int64      `json:"id"`
	Action   string     `json:"action"`
	Program  string     `json:"program"` // its identity, "" is any
	Proto    string     `json:"proto"`   // "" is both
	Ports    string     `json:"ports"`   // "80", "80-443", "ephemeral", "" is any
	Where    string     `json:"where"`   // "network", "loopback", "" is anywhere
	Until    *time.Time `json:"until"`   // null is for ever
	Ended    bool       `json:"ended"`
	Note     string     `json:"note"`
	Created  *time.Time `json:"created"`
	Words    string     `json:"words"`
}

// NewRulesJSON gives rules in their order.
func NewRulesJSON(rules []alerts.Rule, now time.Time) []RuleJSON {
	out := []RuleJSON{}
	for i, r := range rules {
		j := RuleJSON{
			Position: i + 1, ID: r.ID, Action: string(r.Action), Program: r.Program, Ports: r.Ports(), Where: string(r.Where),
			Until: timeOrNil(r.Until), Ended: ended(r, now), Note: r.Note, Created: timeOrNil(r.Created), Words: RuleWords(r),
		}
		if r.Proto != 0 {
			j.Proto = r.Proto.String()
		}
		out = append(out, j)
	}
	return out
}

// timeOrNil gives null in JSON for the zero time.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// ended reports whether a rule covers nothing any more.
func ended(r alerts.Rule, now time.Time) bool { return !r.Until.IsZero() && !now.Before(r.Until) }

// RulesText gives rules in their order, a line each.
func RulesText(rules []alerts.Rule, s Style, now time.Time) string {
	lines := make([][]string, len(rules))
	for i, r := range rules {
		words := RuleWords(r)
		if ended(r, now) {
			words += wordsEndedRule
		}
		lines[i] = []string{strconv.Itoa(i + 1), strconv.FormatInt(r.ID, 10), string(r.Action), words, Clean(r.Note, maxPath)}
	}
	return columns([]string{"POSITION", "ID", "ACTION", "RULE", "NOTE"}, lines, s, func(int) string { return "" })
}

// RuleWords says what a rule does, and all that it covers: "Allow nginx
// (/usr/sbin/nginx) on tcp 80-443 where others can reach it, until 2026-11-01
// 12:00". Times are in the local zone.
func RuleWords(r alerts.Rule) string {
	words := actionWords(r.Action) + " " + ProgramWords(r.Program) + " on " + portsWords(&r) + whereWords(r.Where)
	if !r.Until.IsZero() {
		words += ", until " + MinuteWords(r.Until)
	}
	return words
}

func actionWords(a alerts.Action) string {
	switch a {
	case alerts.Allow:
		return "Allow"
	case alerts.Mute:
		return "Mute"
	}
	return "Tell each time of"
}

// ProgramWords names a program by its identity, with all of it; "" is every one.
func ProgramWords(identity string) string {
	kind, rest, _ := strings.Cut(identity, ":")
	switch user, name, owned := strings.Cut(rest, "/"); {
	case identity == "":
		return "every program"
	case kind == "exe":
		return Clean(alerts.Name(identity), maxPath) + " (" + Clean(rest, maxIdentity) + ")"
	case kind == "sign" && user == "apple":
		return Clean(name, maxIdentity) + " (a part of macOS)"
	case kind == "sign":
		return Clean(name, maxIdentity) + " (of team " + Clean(user, maxName) + ")"
	case kind == "container":
		return "the container " + Clean(rest, maxIdentity)
	case kind == "unit" && owned:
		return "the service " + Clean(name, maxIdentity) + " of user " + Clean(user, maxName)
	case kind == "unit":
		return "the service " + Clean(rest, maxIdentity)
	case kind == "hidden" && name == "":
		return "the hidden programs of user " + Clean(user, maxName)
	case kind == "hidden":
		return Clean(name, maxIdentity) + " of user " + Clean(user, maxName) + " (its file cannot be seen)"
	}
	return Clean(identity, maxIdentity)
}

// maxIdentity bounds the identity of a program, in runes: one that is cut names no
// program.
const maxIdentity = 16 << 10

// portsWords says which ports of which protocol a rule covers.
func portsWords(r *alerts.Rule) string {
	proto := ""
	if r.Proto != 0 {
		proto = r.Proto.String() + " "
	}
	switch {
	case r.Ephemeral && r.FirstPort == 0:
		return "the " + proto + "ports that the system hands out"
	case r.Ephemeral:
		return "those " + proto + "ports of " + rangeWords(r) + " that the system hands out"
	case r.FirstPort == 0:
		return "every " + proto + "port"
	case proto == "":
		return "tcp and udp " + rangeWords(r)
	}
	return proto + rangeWords(r)
}

func rangeWords(r *alerts.Rule) string {
	fixed := alerts.Rule{FirstPort: r.FirstPort, LastPort: r.LastPort}
	return fixed.Ports()
}

func whereWords(w alerts.Where) string {
	switch w {
	case alerts.Network:
		return " where others can reach it"
	case alerts.Local:
		return " where only this computer can reach it"
	}
	return ""
}

// MinuteWords is a time in the local zone, to the minute: "2026-11-01 12:00".
func MinuteWords(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

const wordsEndedRule = " (ended)"
