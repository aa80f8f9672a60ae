package view

import (
	"strconv"
	"strings"
	"time"

	"portlight/app/alerts"
	"portlight/assets/words"
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
		text := RuleWords(r)
		if ended(r, now) {
			text += wordsEndedRule
		}
		lines[i] = []string{strconv.Itoa(i + 1), strconv.FormatInt(r.ID, 10), string(r.Action), text, Clean(r.Note, maxPath)}
	}
	return columns([]string{"POSITION", "ID", "ACTION", "RULE", "NOTE"}, lines, s, func(int) string { return "" })
}

// RuleWords says what a rule does, and all that it covers: "Allow nginx
// (/usr/sbin/nginx) on tcp 80-443 where others can reach it, until 2026-11-01
// 12:00". Times are in the local zone.
func RuleWords(r alerts.Rule) string {
	text := ruleText(r.Action, r.Where).With("Program", ProgramWords(r.Program), "Ports", portsWords(&r))
	if !r.Until.IsZero() {
		return wordsUntil.With("Rule", text, "Time", MinuteWords(r.Until))
	}
	return text
}

func ruleText(a alerts.Action, w alerts.Where) words.Text {
	if a != alerts.Allow && a != alerts.Mute {
		a = alerts.Always
	}
	if w != alerts.Network && w != alerts.Local {
		w = alerts.Anywhere
	}
	return ruleTexts[a][w]
}

// ProgramWords names a program by its identity, with all of it; "" is every one.
func ProgramWords(identity string) string {
	kind, rest, _ := strings.Cut(identity, ":")
	switch user, name, owned := strings.Cut(rest, "/"); {
	case identity == "":
		return wordsEveryProgram.String()
	case kind == "exe":
		return words.Noted(Clean(alerts.Name(identity), maxPath), Clean(rest, maxIdentity))
	case kind == "sign" && user == "apple":
		return wordsOfMacOS.With("Name", Clean(name, maxIdentity))
	case kind == "sign":
		return wordsOfTeam.With("Name", Clean(name, maxIdentity), "Team", Clean(user, maxName))
	case kind == "container":
		return wordsTheContainer.With("Name", Clean(rest, maxIdentity))
	case kind == "unit" && owned:
		return wordsUserService.With("Name", Clean(name, maxIdentity), "User", Clean(user, maxName))
	case kind == "unit":
		return wordsTheService.With("Name", Clean(rest, maxIdentity))
	case kind == "hidden" && name == "":
		return wordsHiddenPrograms.With("User", Clean(user, maxName))
	case kind == "hidden":
		return wordsWithoutFile.With("Name", Clean(name, maxIdentity), "User", Clean(user, maxName))
	}
	return Clean(identity, maxIdentity)
}

// maxIdentity bounds the identity of a program, in runes: one that is cut names no
// program.
const maxIdentity = 16 << 10

// portsWords says which ports of which protocol a rule covers.
func portsWords(r *alerts.Rule) string {
	proto, ports := r.Proto.String(), rangeWords(r)
	switch {
	case r.Ephemeral && r.FirstPort == 0 && r.Proto == 0:
		return wordsPortsHandedOut.String()
	case r.Ephemeral && r.FirstPort == 0:
		return wordsProtoHandedOut.With("Proto", proto)
	case r.Ephemeral && r.Proto == 0:
		return wordsSomeHandedOut.With("Ports", ports)
	case r.Ephemeral:
		return wordsSomeProtoHandedOut.With("Proto", proto, "Ports", ports)
	case r.FirstPort == 0 && r.Proto == 0:
		return wordsEveryPort.String()
	case r.FirstPort == 0:
		return wordsEveryProtoPort.With("Proto", proto)
	case r.Proto == 0:
		return wordsBothProtos.With("Ports", ports)
	}
	return proto + " " + ports
}

func rangeWords(r *alerts.Rule) string {
	fixed := alerts.Rule{FirstPort: r.FirstPort, LastPort: r.LastPort}
	return fixed.Ports()
}

// MinuteWords is a time in the local zone, to the minute: "2026-11-01 12:00".
func MinuteWords(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// wordsEndedRule stands behind a rule in the command line's list.
const wordsEndedRule = " (ended)"
