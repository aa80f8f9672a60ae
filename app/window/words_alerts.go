package window

import (
	"strings"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/assets/words"
)

// Everything that a user reads in the Alerts tab stands in this file: of the alerts, of
// the rules and of their dialog, and why there is no memory.

const (
	wordAlerts      = words.Text("Alerts | what was told, a heading")
	wordAlertsCount = words.Text("Alerts ({{.New}}) | a heading, with how many are new")
	wordRules       = words.Text("Rules | of alerts, a heading")

	wordNewOnly     = words.Text("New | of alerts")
	wordMarkAllSeen = words.Text("Mark all as seen")
	wordAllow       = words.Text("Allow | a program to listen, a button")
	wordMute        = words.Text("Mute | a program, a button")
	wordDetails     = words.Text("Details… | a button")
	wordUndo        = words.Text("Undo | a button")
	wordAlertKeys   = words.Text("A  Allow     M  Mute     U  Undo     Enter  Details | keys and what they do with an alert")

	wordReadingAlerts = words.Text("Reading the alerts…")
	wordNoNews        = words.Text("Nothing new | among the alerts")
	wordNoNewsHint    = words.Text("You will be told when a program begins to listen where others can reach it.")
	wordShowSeen      = words.Text("Show all alerts")
	wordNoMemory      = words.Text("There is no memory")
	wordNoMemoryHint  = words.Text("Alerts and rules are kept in the data folder. Its path is in Health; {{.Command}} tells more.")
	wordLeftOutAlerts = words.Text("older ones: {{.Command}} | alerts")

	wordAddRule     = words.Text("Add rule…")
	wordEditRule    = words.Text("Edit… | a rule, a button")
	wordDeleteRule  = words.Text("Delete | a rule, a button")
	wordUp          = "↑"
	wordDown        = "↓"
	wordNoRules     = words.Text("There are no rules")
	wordNoRulesHint = words.Text("Allow or Mute on an alert makes one. The first rule that covers a listener decides.")
	wordRuleKeys    = words.Text("Alt+Up, Alt+Down  Move     Enter  Edit     Del  Delete     U  Undo | keys and what they do with a rule")
	wordEnded       = words.Text("Ended | of a rule")
	wordDeleted     = words.Text("Deleted | of a rule")
	wordMadeAgo     = words.Text("Made {{.Ago}} | of a rule: 3 days ago")
	wordMadeOn      = words.Text("Made {{.Date}} | of a rule")

	wordNewRule     = words.Text("New rule")
	wordChangeRule  = words.Text("Edit rule")
	wordAction      = words.Text("Action | of a rule")
	wordProgram     = words.Text("Program | of a rule")
	wordPortsField  = words.Text("Ports | of a rule")
	wordWhere       = words.Text("Where | of a rule")
	wordUntil       = words.Text("Until | of a rule")
	wordNote        = words.Text("Note | of a rule")
	wordSave        = words.Text("Save | a button")
	wordAnyProgram  = words.Text("Every program | of a rule")
	wordAnyProtocol = words.Text("Any | protocol")
	wordAllPorts    = words.Text("All | ports, one word that may be typed")
	wordAnyPort     = words.Text("{{.All}}, or 80, 8000-8100, {{.Ephemeral}} | ports that may be typed")
	wordDateExample = words.Text("2026-11-01 or 2026-11-01 15:04")
	wordNotePlace   = words.Text("For yourself | a note")

	wordRuleGone    = words.Text("The rule has been removed meanwhile. Save adds it as a new one.")
	wordRuleChanged = words.Text("The rule has been changed meanwhile. Save puts this in its place. It is now: {{.Rule}}.")
	wordCoversAll   = words.Text("{{.Rule}}. This covers everything that listens.")
	wordFullStop    = words.Text("{{.Sentence}}. | a full stop")
)

// Commands that tell more.
const (
	commandDoctor    = "portlight doctor"
	commandAllAlerts = "portlight alerts --all"
)

// The choices of the dialog, in the order in which they stand.
var (
	actionChoices = []words.Text{"Allow | what a rule does", "Mute | what a rule does", "Always tell | what a rule does"}
	whereChoices  = []words.Text{"Anywhere | where a program listens", "Others can reach it", "This computer | where a program listens"}
	untilChoices  = []words.Text{"For ever | how long a rule holds", "1 hour | how long a rule holds", "Tomorrow | until when a rule holds", "Date | until when a rule holds"}
)

var stateWords = map[history.State]words.Text{
	history.StateNew:     "New | an alert",
	history.StateSeen:    "Seen | an alert",
	history.StateAllowed: "Allowed | what an alert was about",
	history.StateMuted:   "Muted | what an alert was about",
}

// What is wrong in the dialog, and what to do: shown as it stands.
const (
	errNoProgram    = words.Error("No program of this name is known. Choose one from the list, or write the path of its file, such as /usr/sbin/nginx.")
	errManyPrograms = words.Error("Several programs have this name. Choose one from the list.")
	errManyPorts    = words.Error("One rule covers one port or one range. Write 80 or 8000-8100, and add another rule for the rest.")
	errPorts        = words.Error("Ports are numbers from 1 to 65535. Write 80, 8000-8100 or ephemeral, or nothing for all. | “ephemeral” is typed so in every language")
	errDate         = words.Error("This is no date. Write one such as 2026-11-01 or 2026-11-01 15:04.")
	errPast         = words.Error("This is past. Choose a time to come.")
	errSilence      = words.Error("You would never be told of anything again. Name a program, a protocol, ports, or this computer only. The menu has a pause for a while.")
	errLongNote     = words.Error("The note is too long. Shorten it.")
)

// Why something could not be kept, behind a colon.
const (
	errNoMemory = words.Error("there is no memory")
	errRuleGone = words.Error("the rule has been removed meanwhile")
)

// What counts alerts and rules.
var (
	pluralAlerts    = words.Plural{One: "{{.N}} alert", Other: "{{.N}} alerts"}
	pluralNewAlerts = words.Plural{One: "{{.N}} new | of alerts", Other: "{{.N}} new | of alerts"}
	pluralTimes     = words.Plural{One: "{{.N}} time | it happened", Other: "{{.N}} times | it happened"}
	pluralSpan      = words.Plural{One: "{{.N}} time, from {{.First}} to {{.Last}}", Other: "{{.N}} times, from {{.First}} to {{.Last}}"}
	pluralDaysAgo   = words.Plural{One: "{{.N}} day ago", Other: "{{.N}} days ago"}
	pluralRules     = words.Plural{One: "{{.N}} rule. The first that covers a listener decides.", Other: "{{.N}} rules. The first that covers a listener decides."}
)

// When something was.
const (
	wordOnce       = words.Text("Once, {{.Time}}")
	wordAway       = words.Text("while you were away")
	wordJustNow    = words.Text("just now")
	wordMinutesAgo = words.Text("{{.Minutes}} min ago")
	wordHoursAgo   = words.Text("{{.Hours}} h ago")
	layoutDate     = words.Text("2 January 2006")
)

// portWording is a sentence about a port, and that about one that the system hands out.
type portWording struct{ fixed, ephemeral words.Text }

var (
	wordingExposed = portWording{"Is now open to others on {{.Port}}", "Is now open to others on a port that the system hands out, last {{.Port}}"}
	wordingWider   = portWording{"Is now open to IPv4 too on {{.Port}}", "Is now open to IPv4 too on a port that the system hands out, last {{.Port}}"}
	wordingOthers  = portWording{"Listens on {{.Port}}, others can reach it", "Listens on a port that the system hands out, last {{.Port}}, others can reach it"}
	wordingLocal   = portWording{"Listens on {{.Port}}, only this computer can reach it", "Listens on a port that the system hands out, last {{.Port}}, only this computer can reach it"}
)

// textsOf gives texts as they are read now.
func textsOf(all []words.Text) []string {
	shown := make([]string, len(all))
	for i, t := range all {
		shown[i] = t.String()
	}
	return shown
}

// protoChoices are those of a rule's protocol.
func protoChoices() []string { return []string{wordAnyProtocol.String(), "TCP", "UDP"} }

// portsPlace says what may be typed for ports.
func portsPlace() string {
	ephemeral := alerts.Rule{Ephemeral: true}
	return wordAnyPort.With("All", wordAllPorts, "Ephemeral", ephemeral.Ports())
}

// alertSentence says what an alert is about, without its program, which stands above.
func alertSentence(a *history.Alert, r *view.Row) string {
	w := alertWording(a, r)
	if a.Ephemeral {
		return w.ephemeral.With("Port", r.PortService())
	}
	return w.fixed.With("Port", r.PortService())
}

func alertWording(a *history.Alert, r *view.Row) portWording {
	verdict := a.Verdict
	if a.Would != "" && !verdict.Alerts() {
		verdict = a.Would
	}
	switch {
	case verdict == alerts.Exposed:
		return wordingExposed
	case verdict == alerts.Wider:
		return wordingWider
	case r.External:
		return wordingOthers
	}
	return wordingLocal
}

// alertFacts is the line below the sentence, behind the state.
func alertFacts(a *history.Alert, now time.Time) string {
	facts := agoWords(a.Last, now)
	if a.Count > 1 {
		facts += " · " + pluralTimes.Of(a.Count)
	}
	if a.Away {
		facts += " · " + wordAway.String()
	}
	return facts
}

// datedAfter is how old something is when it has its date.
const datedAfter = 7 * 24 * time.Hour

// agoWords is how long ago something was; what is older than a week, or to come,
// has its date.
func agoWords(t, now time.Time) string {
	switch d := now.Sub(t); {
	case d < -time.Minute: // a clock was ahead
	case d < time.Minute:
		return wordJustNow.String()
	case d < time.Hour:
		return wordMinutesAgo.With("Minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return wordHoursAgo.With("Hours", int(d/time.Hour))
	case d < datedAfter:
		return pluralDaysAgo.Of(int(d / (24 * time.Hour)))
	}
	return words.Time(t.Local(), layoutDate)
}

// timesWords says when an alert came first and last.
func timesWords(a *history.Alert) string {
	last := startedWords(a.Last.Local())
	if a.Count < 2 {
		return wordOnce.With("Time", last)
	}
	return pluralSpan.Of(a.Count, "First", startedWords(a.First.Local()), "Last", last)
}

// groupWords is what stands at the end of a program's heading.
func groupWords(g *alertGroup, now time.Time) string {
	if g.news == 0 {
		return agoWords(g.last, now)
	}
	return pluralNewAlerts.Of(g.news) + " · " + agoWords(g.last, now)
}

// identityShort is an identity as one types it: of an executable its path alone.
func identityShort(identity string) string {
	return view.Clean(strings.TrimPrefix(identity, "exe:"), maxText)
}

// programTitle is the name of a program, and place what tells it from others of that
// name. One that is hidden has no name of its own.
func programTitle(g *alertGroup) (title, place string) {
	name := view.Clean(g.name, 64)
	if name == "" || strings.HasPrefix(g.program, "hidden:") {
		return capital(view.ProgramWords(g.program)), ""
	}
	return name, identityShort(g.program)
}

func alertsFooter(m *alertList, whole bool) string {
	if len(m.all) == 0 {
		return ""
	}
	counts := []string{pluralAlerts.Of(len(m.all))}
	if m.unseen > 0 {
		counts = append(counts, pluralNewAlerts.Of(m.unseen))
	}
	if whole {
		return words.Facts(counts...)
	}
	return words.Facts(counts...) + " · " + wordLeftOutAlerts.With("Command", commandAllAlerts)
}

// reachFacts is who can reach an alert's listener, and where it listens.
func reachFacts(a *history.Alert, r *view.Row) string {
	return capital(r.Reach) + " · " + r.Address + " · " + identityShort(a.Program)
}

func ruleFacts(l ruleLine, now time.Time) string {
	var parts []string
	switch {
	case l.deleted:
		parts = append(parts, wordDeleted.String())
	case l.ended(now):
		parts = append(parts, wordEnded.String())
	}
	if note := view.Clean(l.rule.Note, maxText); note != "" {
		parts = append(parts, note)
	}
	if len(parts) == 0 && !l.rule.Created.IsZero() {
		parts = append(parts, madeWords(l.rule.Created, now))
	}
	return strings.Join(parts, " · ")
}

// madeWords says when a rule was made.
func madeWords(at, now time.Time) string {
	if now.Sub(at) < datedAfter {
		return wordMadeAgo.With("Ago", agoWords(at, now))
	}
	return wordMadeOn.With("Date", agoWords(at, now))
}

func rulesFooter(n int) string {
	if n == 0 {
		return ""
	}
	return pluralRules.Of(n)
}

// notKept says that there is no memory that could keep something.
func notKept(why error) string {
	if why == nil {
		why = errNoMemory
	}
	return alertsFailed(failedWrite, why)
}

// noMemoryWords says why there is no memory, in a sentence.
func noMemoryWords(why error) string {
	hint := wordNoMemoryHint.With("Command", commandDoctor)
	if why == nil {
		return hint
	}
	return sentence(why.Error()) + "\n\n" + hint
}

// notNotified says that alerts are seen in the window only, and why.
func notNotified(why string) string {
	return wordNotNotified.With("Why", view.Clean(why, maxText))
}

// What was tried when the store failed.
const (
	failedRead  = words.Text("The alerts and rules cannot be read: {{.Why}}")
	failedWrite = words.Text("This could not be kept: {{.Why}}")

	wordNotNotified = words.Text("Notifications are not shown: {{.Why}}")
)

func alertsFailed(what words.Text, err error) string {
	return what.With("Why", view.Clean(err.Error(), maxText))
}

// fullStop ends a sentence.
func fullStop(s string) string {
	return wordFullStop.With("Sentence", strings.TrimSuffix(strings.TrimSuffix(s, "."), "。"))
}

// wrongWords says what is wrong in the dialog, in whole sentences.
func wrongWords(err error) string {
	if ours, ok := err.(words.Error); ok {
		return ours.Error()
	}
	return sentence(err.Error())
}

// ruleWords is a rule as a sentence has it, bounded.
func ruleWords(r alerts.Rule) string { return view.Clean(view.RuleWords(r), maxText) }

// coverWords is the preview of a rule that can be saved.
func coverWords(r alerts.Rule) string {
	if r.Program == "" && r.Proto == 0 && r.FirstPort == 0 && !r.Ephemeral && r.Where == alerts.Anywhere {
		return wordCoversAll.With("Rule", ruleWords(r))
	}
	return fullStop(ruleWords(r))
}
