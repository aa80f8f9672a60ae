package window

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
)

// Everything that a user reads in the Alerts tab stands in this file: of the alerts, of
// the rules and of their dialog, and why there is no memory.

const (
	wordAlerts = "Alerts"
	wordRules  = "Rules"

	wordNewOnly     = "New"
	wordMarkAllSeen = "Mark all as seen"
	wordAllow       = "Allow"
	wordMute        = "Mute"
	wordDetails     = "Details…"
	wordUndo        = "Undo"
	wordAlertKeys   = "A  Allow     M  Mute     U  Undo     Enter  Details"

	wordReadingAlerts = "Reading the alerts…"
	wordNoNews        = "Nothing new"
	wordNoNewsHint    = "You will be told when a program begins to listen where others can reach it."
	wordShowSeen      = "Show all alerts"
	wordNoMemory      = "There is no memory"
	wordNoMemoryHint  = "Alerts and rules are kept in the data folder. Its path is in Health; portlight doctor tells more."
	wordLeftOutAlerts = "older ones: portlight alerts --all"

	wordAddRule     = "Add rule…"
	wordEditRule    = "Edit…"
	wordDeleteRule  = "Delete"
	wordUp          = "↑"
	wordDown        = "↓"
	wordNoRules     = "There are no rules"
	wordNoRulesHint = "Allow or Mute on an alert makes one. The first rule that covers a listener decides."
	wordRuleKeys    = "Alt+Up, Alt+Down  Move     Enter  Edit     Del  Delete     U  Undo"
	wordEnded       = "Ended"
	wordDeleted     = "Deleted"

	wordNewRule     = "New rule"
	wordChangeRule  = "Edit rule"
	wordAction      = "Action"
	wordProgram     = "Program"
	wordPortsField  = "Ports"
	wordWhere       = "Where"
	wordUntil       = "Until"
	wordNote        = "Note"
	wordSave        = "Save"
	wordAnyProgram  = "Every program"
	wordAnyPort     = "All, or 80, 8000-8100, ephemeral"
	wordDateExample = "2026-11-01 or 2026-11-01 15:04"
	wordNotePlace   = "For yourself"

	wordRuleGone    = "The rule has been removed meanwhile. Save adds it as a new one."
	wordRuleChanged = "The rule has been changed meanwhile. Save puts this in its place. It is now: "
)

// The choices of the dialog, in the order in which they stand.
var (
	actionChoices = []string{"Allow", "Mute", "Always tell"}
	protoChoices  = []string{"Any", "TCP", "UDP"}
	whereChoices  = []string{"Anywhere", "Others can reach it", "This computer"}
	untilChoices  = []string{"For ever", "1 hour", "Tomorrow", "Date"}
)

var stateWords = map[history.State]string{
	history.StateNew:     "New",
	history.StateSeen:    "Seen",
	history.StateAllowed: "Allowed",
	history.StateMuted:   "Muted",
}

// What is wrong in the dialog, and what to do.
var (
	errNoProgram    = errors.New("no program of this name is known. Choose one from the list, or write the path of its file, such as /usr/sbin/nginx")
	errManyPrograms = errors.New("several programs have this name. Choose one from the list")
	errManyPorts    = errors.New("one rule covers one port or one range. Write 80 or 8000-8100, and add another rule for the rest")
	errPorts        = errors.New("ports are numbers from 1 to 65535. Write 80, 8000-8100 or ephemeral, or nothing for all")
	errDate         = errors.New("this is no date. Write one such as " + wordDateExample)
	errPast         = errors.New("this is past. Choose a time to come")
	errNoMemory     = errors.New("there is no memory")
	errRuleGone     = errors.New("the rule has been removed meanwhile")
	errSilence      = errors.New("you would never be told of anything again. Name a program, a protocol, ports, or this computer only. The menu has a pause for a while")
	errLongNote     = errors.New("the note is too long. Shorten it")
)

// alertsTitle is the title of the tab.
func alertsTitle(unseen int) string {
	if unseen == 0 {
		return wordAlerts
	}
	return wordAlerts + " (" + strconv.Itoa(unseen) + ")"
}

// alertSentence says what an alert is about, without its program, which stands above.
func alertSentence(a *history.Alert, r *view.Row) string {
	port := r.PortService()
	if a.Ephemeral {
		port = "a port that the system hands out, last " + port
	}
	verdict := a.Verdict
	if a.Would != "" && !verdict.Alerts() {
		verdict = a.Would
	}
	switch {
	case verdict == alerts.Exposed:
		return "Is now open to others on " + port
	case verdict == alerts.Wider:
		return "Is now open to IPv4 too on " + port
	case r.External:
		return "Listens on " + port + ", others can reach it"
	}
	return "Listens on " + port + ", only this computer can reach it"
}

// alertFacts is the line below the sentence, behind the state.
func alertFacts(a *history.Alert, now time.Time) string {
	words := agoWords(a.Last, now)
	if a.Count > 1 {
		words += " · " + view.Plural(a.Count, "time")
	}
	if a.Away {
		words += " · while you were away"
	}
	return words
}

// agoWords is how long ago something was; what is older than a week has its date.
func agoWords(t, now time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min ago"
	case d < 24*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h ago"
	case d < 7*24*time.Hour:
		return view.Plural(int(d/(24*time.Hour)), "day") + " ago"
	}
	return t.Local().Format("2 January 2006")
}

// timesWords says when an alert came first and last.
func timesWords(a *history.Alert) string {
	if a.Count < 2 {
		return "Once, " + startedWords(a.Last.Local())
	}
	return view.Plural(a.Count, "time") + ", from " + startedWords(a.First.Local()) + " to " + startedWords(a.Last.Local())
}

// groupWords is what stands at the end of a program's heading.
func groupWords(g *alertGroup, now time.Time) string {
	if g.news == 0 {
		return agoWords(g.last, now)
	}
	return strconv.Itoa(g.news) + " new · " + agoWords(g.last, now)
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
	words := view.Plural(len(m.all), "alert")
	if m.unseen > 0 {
		words += ", " + strconv.Itoa(m.unseen) + " new"
	}
	if !whole {
		words += " · " + wordLeftOutAlerts
	}
	return words
}

// reachFacts is who can reach an alert's listener, and where it listens.
func reachFacts(a *history.Alert, r *view.Row) string {
	return capital(r.Reach) + " · " + r.Address + " · " + identityShort(a.Program)
}

func ruleFacts(l ruleLine, now time.Time) string {
	var parts []string
	switch {
	case l.deleted:
		parts = append(parts, wordDeleted)
	case l.ended(now):
		parts = append(parts, wordEnded)
	}
	if note := view.Clean(l.rule.Note, maxText); note != "" {
		parts = append(parts, note)
	}
	if len(parts) == 0 && !l.rule.Created.IsZero() {
		parts = append(parts, "Made "+agoWords(l.rule.Created, now))
	}
	return strings.Join(parts, " · ")
}

func rulesFooter(n int) string {
	if n == 0 {
		return ""
	}
	return view.Plural(n, "rule") + ". The first that covers a listener decides."
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
	if why == nil {
		return wordNoMemoryHint
	}
	return sentence(why.Error()) + "\n\n" + wordNoMemoryHint
}

// notNotified says that alerts are seen in the window only, and why.
func notNotified(why string) string {
	return "Notifications are not shown: " + view.Clean(why, maxText)
}

func alertsFailed(what string, err error) string {
	return what + ": " + view.Clean(err.Error(), maxText)
}

// What was tried when the store failed.
const (
	failedRead  = "The alerts and rules cannot be read"
	failedWrite = "This could not be kept"
)

// coverWords is the preview of a rule that can be saved.
func coverWords(r alerts.Rule) string {
	words := view.Clean(view.RuleWords(r), maxText) + "."
	if r.Program == "" && r.Proto == 0 && r.FirstPort == 0 && !r.Ephemeral && r.Where == alerts.Anywhere {
		words += " This covers everything that listens."
	}
	return words
}
