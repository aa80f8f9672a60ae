package main

import (
	"errors"
	"strconv"

	"portlight/assets/words"
)

// The words of the tray and of notifications, some of which come from the window.
const (
	wordsTooltip       = words.Text("What listens on this computer")
	wordsCannotScan    = words.Text("Cannot scan: {{.Reason}}")
	wordsDetails       = words.Text("Details | button of a notification")
	wordsAllow         = words.Text("Allow | button of a notification")
	wordsMute          = words.Text("Mute | button of a notification")
	wordsNotUnderstood = words.Text("this request is not understood")
	wordsNoWindow      = words.Text("this build has no window: use `{{.Command}}`, or build it with {{.Build}}")
	wordsOpenWindow    = words.Text("open the window: {{.Reason}}")
	wordsWindowBusy    = words.Text("the window is busy")
	wordsWindowEnded   = words.Text("the window ended by an error: {{.Reason}}")
	wordsNoReason      = words.Text("no reason was given")
	wordsGL            = words.Text("{{.Reason}} (the window needs OpenGL ES 2: look after the graphics driver, or install Mesa, on Debian {{.Package}}; `{{.List}}` and `{{.Watch}}` do without)")
	wordsOpenMemory    = words.Text("open the memory: {{.Reason}}")
)

func errNoWindow() error {
	return errors.New(wordsNoWindow.With("Command", commandList, "Build", "packaging/run"))
}

// needsGL says what to do about a window that does not open for lack of OpenGL, maybe.
func needsGL(reason error) error {
	return words.Wrap(wordsGL, reason, "Package", "libgl1-mesa-dri", "List", commandList, "Watch", "portlight watch")
}

const commandList = "portlight list"

// The words of the command line, which are in English.
const (
	wordsRoot = `Portlight shows what listens on this computer: which port, which service, which
program, and who can reach it. Without a command it sits in the tray and tells
when a program starts to listen where others can reach it, for the first time.`

	wordsWatch = `Prints what begins and ends to listen, with a verdict and its reason: what would
notify is an ALERT. With Portlight in the tray it prints what that records. Else
it judges by what is remembered; nothing is recorded but with --record.`

	wordsRecords       = "a Portlight that is running records already"
	wordsAgentEnded    = "the Portlight whose records are printed has ended: start `portlight watch` again"
	wordsTail          = "Printing what the Portlight that is running records, every %v. Ctrl-C ends it.\n"
	wordsNoSession     = "No desktop to show a tray icon in (%v). Watching here instead; Ctrl-C ends it."
	wordsNoDataDir     = "No folder for Portlight's own files: %v."
	wordsNoTray        = "This desktop shows no tray icons (on GNOME the extension AppIndicator adds them)."
	wordsWindowInstead = "Opening the window instead."
	wordsWatchHere     = "No window can be opened: %v. Watching here instead; Ctrl-C ends it."
	wordsRunning       = "Portlight is running already; its window opens."
	wordsWatching      = "Watching %s by %s, every %v. Ctrl-C ends it.\n"
	wordsNoMatch       = "Nothing that listens matches."
	wordsNoClients     = "it has no connections"
	wordsNoService     = "no service is known as %q"
	wordsNoName        = "port %s has no name"
	wordsDynamicPort   = "port %s has no name: ports from 49152 on are registered for nothing, any program may use them"
	wordsEnded         = "Process %d has ended."
	wordsStillRunning  = "Process %d was asked to end and still runs after %v."
	wordsNoSource      = "nothing here tells what listens"
	wordsBlind         = "what this program listens on itself is not seen: what is said to listen cannot be relied on"
)

// The words of rules, history and alerts.
const (
	wordsRules = `Lists the rules that decide which alerts there are. The first rule that covers a
program's listener decides: allow trusts it, mute records it in silence, alert
tells it each time. What no rule covers is told when it is new.`

	wordsRulesAdd = `Adds a rule: "allow" trusts what it covers, "mute" records it in silence, "alert"
tells it each time. What is not said covers everything.`

	wordsHistory = `Prints what began and ended to listen, with the verdict on each, the newest last.
Times are local. A date is its first moment; a length such as 24h counts back
from now.`

	wordsHistoryDelete = `Deletes the recorded events, alerts, and which programs are known, of all
programs or of one. Rules, settings and own names of ports stay. What listens when
all is deleted is taken for known; one program that is deleted is new again.`

	wordsAlerts = `Lists the alerts that nobody has looked at, by program. The identity behind a
program's name is what "rules add --program" takes, in quotes if it has blanks.`

	wordsDecide = "The rule stands before all others; \"portlight rules\" lists and removes it."

	wordsTimes          = "write 2026-11-01, \"2026-11-01 15:04\", 15:04, today, or a length such as 90m, 24h, 7d"
	wordsPast           = "%s is not in the future"
	wordsSkipped        = "note: %s of the memory could not be read"
	wordsNoRules        = "There are no rules. See `portlight rules add --help`."
	wordsEverything     = "this rule covers every program on every port: name a --program or a --port, or say --all"
	wordsNotEverything  = "--all is for a rule that covers everything"
	wordsNotSeen        = "note: nothing is remembered of %s; the rule waits for it"
	wordsRuleAdded      = "Rule %d added, at position %d of %d: %s"
	wordsDecidedBefore  = "note: rule %d stands before it and decides instead: %s"
	wordsDecidesNothing = "note: rule %d behind it decides nothing now: %s. It goes with: portlight rules remove %d"
	wordsImportEnded    = "note: %s of the file with an end in the past: without effect"
	wordUsage           = "Usage:"
	wordsMoreHelp       = "More: %s --help"
	wordsRuleRemoved    = "Rule %d removed: %s"
	wordsExported       = "%s written to %s"
	wordsFileThere      = "is there already: say --force to write over it"
	wordsImported       = "%s imported, %d left out that there were already. Rules now: %d"
	wordsManyPrograms   = "%s is several programs, name one by its identity:%s"
	wordsLikePrograms   = "no program is remembered by the name %q. These have it in their identity:%s"
	wordsNoProgram      = "no program %q is remembered: name it by the path of its executable, such as /usr/sbin/nginx, or by an identity as `portlight alerts` shows it"
	wordsMoreEvents     = "note: these are the latest %d; --limit or --since gives more"
	wordsNoEvents       = "Nothing is recorded that matches."
	wordsNoAnswer       = "nobody can be asked here: say --yes to delete"
	wordsNotDeleted     = "nothing was deleted"
	wordsOfAll          = "everything"
	wordsDelete         = "Delete what was recorded of %s? Rules, settings and own names of ports stay. [y/N] "
	wordsDeleted        = "Deleted what was recorded of %s. Rules, settings and own names of ports are still there."
	wordsKept           = "Events are kept for %s, %d at most."
	wordsNoAlerts       = "There are no alerts."
	wordsNoNews         = "There are no new alerts. The others: portlight alerts --all"
	wordsNoAlert        = "no such alert: %d"
	wordsWhichAlerts    = "name the alerts by their ids, or say --all"
	wordsMarkedSeen     = "%s marked as seen"
	wordsDecided        = "Alert %d is %s. Rule %d: %s"
	wordsPaused         = "Alerts are paused until %s."
	wordsPausedNote     = "note: alerts are paused until %s"
	wordsSilentNote     = "note: notifications are not shown: %s"
	wordsResumed        = "Alerts are not paused."
)

// plural gives "1 listener", "2 listeners".
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
