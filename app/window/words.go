package window

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
	"portlight/services"
)

// What a user reads in the window stands in this file, and in those of the tabs:
// words_alerts.go and words_history.go.

const (
	wordApp       = "Portlight"
	wordListeners = "Listeners"
	wordHealth    = "Health"
	wordSettings  = "Settings"

	wordSearch  = "Search port, program…"
	wordAll     = "All"
	wordNetwork = "Network"
	wordLocal   = "This computer"
	wordUDP     = "UDP"
	wordNew     = "New"
	wordGrouped = "Group"
	wordNewTag  = "new"
	wordClosed  = "Closed"

	wordWhyHidden = "Why?"

	wordLoading     = "Looking at what is listening…"
	wordNothing     = "Nothing is listening"
	wordNothingHint = "As soon as a program opens a port it appears here."
	wordNoMatch     = "No listener matches"
	wordNoMatchHint = "Esc clears the search."
	wordNoneNew     = "Nothing new"
	wordNoneNewHint = "What has just opened, and what has an alert that you have not looked at, appears here."
	wordChoose      = "No listener chosen"
	wordChooseHint  = "Choose one to see its program, who can reach it and what else it listens on."
	wordShowAll     = "Show all"

	wordOpen        = "Open in browser"
	wordCopy        = "Copy"
	wordMoreActions = "More"
	wordStop        = "Stop…"
	wordCopyAddress = "Copy address"
	wordCopyURL     = "Copy URL"
	wordCopyPID     = "Copy PID"
	wordCopyCommand = "Copy command"
	wordCopyRow     = "Copy row"
	wordCopyAll     = "Copy all details"
	wordCopyValue   = "Copy one value"
	wordReveal      = "Reveal executable"
	wordOpenFolder  = "Open working folder"
	wordNameIt      = "Name this service…"
	wordAllowIt     = "Allow"
	wordMuteIt      = "Mute"
	wordNameHint    = "Your own name stands in place of the usual one, everywhere. Leave it empty to have the usual one back."
	wordNamePlace   = "Name, such as Staging shop"
	wordForce       = "Force it to end"
	wordCancel      = "Cancel"
	wordClose       = "Close"
	wordReading     = "Reading…"
	wordKernelStop  = "The kernel itself holds this port: there is no process to stop."
	wordOutsideStop = "It runs inside a container and has to be stopped there."
	wordWhich       = "Which process should stop?"
	wordAlsoDown    = "These ports close too:"
	wordNoArguments = "None"
	wordLeftOut     = "…"

	wordService     = "Service"
	wordName        = "Name"
	wordPurpose     = "For"
	wordAlsoNamed   = "Also known as"
	wordMismatch    = "Unusual"
	wordGroupReach  = "Reach"
	wordAddress     = "Address"
	wordProtocol    = "Protocol"
	wordDevice      = "Interface"
	wordNamespace   = "Inside of"
	wordUsable      = "Others use"
	wordClients     = "Connected now"
	wordConnections = "Clients"
	wordFrom        = "From"
	wordOwner       = "Process"
	wordPID         = "PID"
	wordUser        = "User"
	wordExecutable  = "Executable"
	wordArguments   = "Arguments"
	wordFolder      = "Working folder"
	wordStarted     = "Started"
	wordCPU         = "Processor"
	wordMemory      = "Memory"
	wordThreads     = "Threads"
	wordOpenFiles   = "Open files"
	wordTree        = "Processes"
	wordThisOne     = "(this one)"
	wordPorts       = "Listens on"
	wordMore        = "More"

	wordGroupOwnership = "Ownership"
	wordSocketOf       = "Opened by"
	wordUnit           = "Managed by"
	wordContainer      = "Container"
	wordInstalled      = "Installed by"
	wordSigned         = "Signature"
	wordFile           = "File"
	wordInContainer    = "It came with its container's image."
	wordGroupHistory   = "History"
	wordRemembered     = "Remembered"
	wordSeen           = "Seen"
	wordStands         = "Stands"
	wordTold           = "Alerts"
	wordLately         = "Lately"
	wordRule           = "Rule"
	wordNoRuleInside   = "None: what listens in another network namespace is never told of."
	wordNoRule         = "None: you are told when it begins to listen where others can reach it, for the first time."

	wordKernelOwner = "The kernel itself holds this port; no program does."
	wordHiddenOwner = "It is hidden from you, or could not be found."
	wordUnknown     = "Not known"

	wordGeneral       = "General"
	wordAppearance    = "Appearance"
	wordAsSystem      = "As the system"
	wordLight         = "Light"
	wordDark          = "Dark"
	wordAtLogin       = "Start Portlight at login"
	wordTellLoopback  = "Tell me of what only this computer can reach, too"
	wordTellEphemeral = "Tell me of TCP ports that the system hands out, once they have stood for 3 s"
	wordKeepFor       = "Keep events for"
	wordAtMost        = "At most"
	wordNoSettings    = "There is no memory, so these cannot be changed: start Portlight, or see Health."
	wordAbout         = "About"
	wordVersion       = "Version"
	wordDataFolder    = "Data folder"
	wordSource        = "Source"
	wordVisible       = "Visible"
	wordLookAgain     = "Look again"
	wordCopyReport    = "Copy report"
	wordLooking       = "Looking at everything…"
	wordOwnCost       = "This window"
	wordLimits        = "What cannot be seen"
	wordNoLimits      = "Everything that listens here has a known owner."
)

var columnTitles = [columnCount]string{"Port", "Service", "Program", "Reachable by", "User", "PID", "Since"}

var sourceWords = map[services.Source]string{
	services.User:   "your own name",
	services.Hint:   "usual for this program",
	services.Common: "usual for this port",
	services.System: "from /etc/services",
	services.IANA:   "registered with IANA",
	services.Apple:  "from Apple's list",
}

// alertsTab is the title of the tab, with how many alerts nobody has looked at.
func alertsTab(unseen int) string {
	if unseen == 0 {
		return wordAlerts.String()
	}
	return wordAlertsCount.With("New", unseen)
}

// windowTitle is the window's title for a row's label, "" for none.
func windowTitle(label string) string {
	if label == "" {
		return wordApp
	}
	return label + " – " + wordApp
}

// reachWord is the reach of a row, or that it has closed.
func reachWord(l *line) string {
	if l.gone {
		return wordClosed
	}
	return reachShort(&l.Listener)
}

// reachShort is the reach of a listener in as few words as a column takes.
func reachShort(l *scanner.Listener) string {
	switch m := l.Manager(); {
	case l.Namespace != "" && m.Kind == supervisor.Contained:
		return "Its container"
	case l.Namespace != "":
		return "Its namespace"
	}
	switch l.Scope() {
	case scanner.ScopeLoopback:
		return "This computer"
	case scanner.ScopeLinkLocal:
		return "Same link"
	case scanner.ScopeInterface:
		return "Via " + view.Clean(l.Addr.String(), 64)
	case scanner.ScopeMulticast:
		return "Multicast group"
	}
	return "Any network"
}

// protoTag stands beside a port: TCP over IPv4 needs no word.
func protoTag(l *scanner.Listener) string {
	six := l.Addr.Is6() && !l.DualStack
	switch {
	case l.Proto == scanner.UDP && six:
		return "udp6"
	case l.Proto == scanner.UDP:
		return "udp"
	case six:
		return "tcp6"
	}
	return ""
}

// footer is the line below the table: how many listeners there are, those of
// containers too, how many are shown, and the notes of the ledger on those of the
// host: what is hidden and why.
func footer(v scanner.Visibility, shown, all int) string {
	parts := []string{view.Plural(all, "listener")}
	if shown != all {
		parts[0] = fmt.Sprintf("%d of %s", shown, parts[0])
	}
	if elsewhere := all - v.Listeners; elsewhere > 0 {
		parts[0] += fmt.Sprintf(", %d of them in other namespaces", elsewhere)
	}
	if v.Hidden > 0 && len(v.Notes) == 0 {
		parts = append(parts, view.Plural(v.Hidden, "owner")+" hidden")
	}
	for _, n := range v.Notes {
		parts = append(parts, view.Clean(n, maxText))
	}
	return strings.Join(parts, " · ")
}

func scanFailed(err error) string {
	return "The last look failed, so this may be out of date: " + view.Clean(err.Error(), maxText)
}

func notListening(id string) string {
	return view.Clean(id, maxText) + " is not listening any more."
}

func noID(id string) string {
	return view.Clean(id, maxText) + " is not the ID of a listener. IDs are as portlight list --json shows them, such as tcp:0.0.0.0:22."
}

// portWords is "TCP port 8080 (http-alt)", or without the service.
func portWords(r *view.Row) string {
	s := strings.ToUpper(r.Proto) + " port " + r.Port
	if r.Service != "" {
		s += " (" + r.Service + ")"
	}
	return s
}

// placeWords is portWords with the address, and the interface where there is one:
// a program may listen on a port more than once.
func placeWords(r *view.Row) string {
	s := portWords(r) + ", address " + view.Clean(r.Listener.Addr.String(), 64)
	if r.Listener.Device != "" {
		s += ", interface " + view.Clean(r.Listener.Device, 64)
	}
	return s
}

// headline says in one sentence what the listener is, below the program's name.
func headline(r *view.Row, gone bool) string {
	verb := "listens on "
	if len(r.Listener.Owners) > 1 {
		verb = "listen on "
	}
	if gone {
		verb = "listened on "
	}
	return verb + portWords(r)
}

func serviceWords(r *view.Row) string {
	if r.Service == "" {
		return "No name is known for this port"
	}
	if w := sourceWords[services.Source(r.Source)]; w != "" {
		return r.Service + " (" + w + ")"
	}
	return r.Service
}

// otherNames gives the names of a port that are not the best, a line each.
func otherNames(r *view.Row) string {
	var lines []string
	for _, n := range r.Answer.All[min(1, len(r.Answer.All)):] {
		lines = append(lines, view.NameWords(n))
	}
	return strings.Join(lines, "\n")
}

func clientWords(n int) string {
	if n == 0 {
		return "Nobody"
	}
	return strconv.Itoa(n)
}

// connectionLines gives who is connected, a line each, with the state where it is
// not the usual one.
func connectionLines(c *clients) string {
	var lines []string
	for _, conn := range c.list[:min(len(c.list), maxClients)] {
		line := view.Clean(conn.Remote.String(), 64)
		if conn.State != "ESTABLISHED" {
			line += "  " + strings.ToLower(conn.State)
		}
		lines = append(lines, line)
	}
	if more := max(c.total, len(c.list)) - len(lines); more > 0 {
		lines = append(lines, moreWords(more))
	}
	return strings.Join(lines, "\n")
}

// valueWords names a value in a menu: "nginx: PID 812".
func valueWords(group string, p *pair) string {
	value, _, _ := strings.Cut(p.value, "\n")
	return view.Clean(group, 24) + ": " + p.label + " " + view.Clean(value, 40)
}

func moreWords(n int) string { return "and " + strconv.Itoa(n) + " more" }

// goneWords is said of a listener that has closed while it was shown.
func goneWords(at time.Time) string { return "Gone, at " + at.Format("15:04") }

// hiddenOwner says why a process is not shown.
func hiddenOwner(l *scanner.Listener) string {
	if l.User == "" || l.UID == os.Geteuid() {
		return wordHiddenOwner
	}
	return "A process of " + view.Clean(l.User, 64) + ", which an ordinary user may not look into."
}

func packageWords(p installed.Package) string {
	words := view.Clean(p.Name, 128)
	if p.Version != "" {
		words += " " + view.Clean(p.Version, 64)
	}
	return words + " (" + view.Clean(p.Manager, 32) + ")"
}

// cpuWords is "0.3 % of a core now, 2 min 5 s since its start".
func cpuWords(u *process.Usage, share float64, known bool) string {
	if u.Missing[process.FieldCPU] != "" {
		return ""
	}
	used := durationWords(u.CPU) + " since its start"
	if !known {
		return used
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + " % of a core now, " + used
}

// durationWords is a time in its two largest units: "850 ms", "2.4 s", "5 min 3 s", "3 h 2 min", "4 d 3 h".
func durationWords(d time.Duration) string {
	const day = 24 * time.Hour
	two := func(a time.Duration, nameA string, b time.Duration, nameB string) string {
		return fmt.Sprintf("%d %s %d %s", d/a, nameA, d%a/b, nameB)
	}
	switch {
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return two(time.Minute, "min", time.Second, "s")
	case d < day:
		return two(time.Hour, "h", time.Minute, "min")
	}
	return two(day, "d", time.Hour, "h")
}

func memoryWords(u *process.Usage) string {
	if u.Missing[process.FieldMemory] != "" {
		return ""
	}
	return view.BytesWords(int64(min(u.Memory, 1<<62)))
}

func countWords(u *process.Usage, n int, field string) string {
	if u.Missing[field] != "" {
		return ""
	}
	return strconv.Itoa(n)
}

// sinceWords is how long a listener stands, in one unit: "4 min", "≥ 2 h" where it
// was there already, "≤ 3 d" where only its process is known to have begun then.
func sinceWords(s since, now time.Time) string {
	if s.how == unknown {
		return ""
	}
	d := max(now.Sub(s.at), 0)
	var words string
	switch {
	case d < time.Minute:
		words = strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		words = strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		words = strconv.Itoa(int(d.Hours())) + " h"
	default:
		words = strconv.Itoa(int(d.Hours())/24) + " d"
	}
	return map[certainty]string{exactly: "", earlier: "≥ ", atBest: "≤ "}[s.how] + words
}

// sortedWords is "Sorted by port, rising".
func sortedWords(o order) string {
	words := "Sorted by " + strings.ToLower(columnTitles[o.column])
	if o.falling {
		return words + ", falling"
	}
	return words + ", rising"
}

// chosenWords is "Network, 2 of 5".
func chosenWords(item string, place, of int) string {
	return fmt.Sprintf("%s, %d of %d", item, place, of)
}

// groupTitle is "nginx", and how many listeners its group has.
func groupTitle(g *programGroup) string {
	words := g.name + "  ·  " + view.Plural(g.members, "listener")
	if g.outside > 0 && g.outside < g.members {
		words += ", " + strconv.Itoa(g.outside) + " open to others"
	} else if g.outside > 0 {
		words += ", open to others"
	}
	return words
}

func protocolWords(l *scanner.Listener) string {
	family := "IPv6"
	switch {
	case l.DualStack:
		family = "IPv4 and IPv6"
	case l.Addr.Is4():
		family = "IPv4"
	}
	return strings.ToUpper(l.Proto.String()) + " over " + family
}

func userWords(name string, uid int) string {
	name = view.Clean(name, maxText)
	switch {
	case uid == scanner.UnknownUID:
		return name
	case name == "" || name == strconv.Itoa(uid):
		return strconv.Itoa(uid)
	}
	return name + " (" + strconv.Itoa(uid) + ")"
}

func startedWords(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2 January 2006, 15:04:05")
}

func deletedWords(path string) string { return path + " (deleted or replaced since)" }

func readFailed(err error) string { return "Cannot be read: " + view.Clean(err.Error(), maxText) }

func morePIDs(owners []scanner.Process) string {
	pids := make([]string, len(owners))
	for i, o := range owners {
		pids[i] = strconv.Itoa(o.PID)
	}
	return strconv.Itoa(len(owners)) + " more with pid " + strings.Join(pids, ", ")
}

func relativeWords(a process.Relative) string {
	if name := view.Clean(a.Name, 64); name != "" {
		return name + " (" + strconv.Itoa(a.PID) + ")"
	}
	return pidWords(a.PID)
}

func pidWords(pid int) string { return "pid " + strconv.Itoa(pid) }

func stopTitle(name string) string { return "Stop " + name + "?" }

func stopButton(name string) string { return "Stop " + view.Clean(name, 24) }

func whichText(r *view.Row) string {
	return view.Plural(len(r.Listener.Owners), "process") + " hold " + placeWords(r) + "."
}

func stopText(p *scanner.Process, r *view.Row) string {
	return fmt.Sprintf("%s (pid %d) listens on %s. It is asked to end and may finish what it is doing first.", view.ProcessName(p), p.PID, placeWords(r))
}

func stopStays(others []scanner.Process) string {
	names := make([]string, len(others))
	for i := range others {
		names[i] = fmt.Sprintf("%s (pid %d)", view.ProcessName(&others[i]), others[i].PID)
	}
	verb := " holds"
	if len(names) > 1 {
		verb = " hold"
	}
	return "The port stays open: " + strings.Join(names, ", ") + verb + " it too."
}

// stopSupervised says who may start a listener's program again, "" if nobody is
// known to.
func stopSupervised(m *supervisor.Manager) string {
	switch {
	case m.Kind == supervisor.Service && m.User:
		return view.Clean(m.Unit, 64) + " runs it and may start it again. To end it for now: systemctl --user stop " + view.Clean(m.Unit, 64)
	case m.Kind == supervisor.Service:
		return view.Clean(m.Unit, 64) + " runs it and may start it again. To end it for now: systemctl stop " + view.Clean(m.Unit, 64)
	case m.Kind == supervisor.Activated:
		return view.Clean(m.Unit, 64) + " listens in its place and starts it again on the next connection."
	case m.Kind == supervisor.Contained:
		return "It serves the container " + view.Clean(m.Container.Label(), 64) + ", which may need it."
	}
	return ""
}

// hiddenStop says what to run instead for a process that cannot be seen.
func hiddenStop(r *view.Row) string {
	const cannot = "Its process cannot be seen, so it cannot be stopped from here. In a terminal: "
	switch m := r.Listener.Manager(); {
	case m.Kind == supervisor.Service && m.User:
		return cannot + "systemctl --user stop " + view.Clean(m.Unit, 64)
	case m.Kind == supervisor.Service, m.Kind == supervisor.Activated:
		return cannot + "sudo systemctl stop " + view.Clean(m.Unit, 64)
	case runtime.GOOS == "linux" && r.Proto == "tcp":
		return cannot + "sudo ss -ltnp 'sport = :" + r.Port + "' shows it, sudo kill ends it."
	case runtime.GOOS == "linux":
		return cannot + "sudo ss -lunp 'sport = :" + r.Port + "' shows it, sudo kill ends it."
	}
	return cannot + "sudo lsof -nP -i" + strings.ToUpper(r.Proto) + ":" + r.Port + " shows it, sudo kill ends it."
}

func stopping(name string, force bool) string {
	if force {
		return "Ending " + name + "…"
	}
	return "Asking " + name + " to stop…"
}

// stoppedWords says what came of a signal.
func stoppedWords(name string, pid int, o process.Outcome) string {
	who := fmt.Sprintf("%s (pid %d)", name, pid)
	if o == process.StillRunning {
		return who + " still runs: it may be finishing something, or ignore the request. Forcing it ends it at once, and what it has not saved is lost."
	}
	return who + " has ended."
}

// stopClients says what those lose who are connected.
func stopClients(n int) string {
	if n == 1 {
		return "1 client is connected now, and loses its connection."
	}
	return strconv.Itoa(n) + " clients are connected now, and lose their connections."
}

func notStopped(name string) string { return name + " was not stopped" }

// capital makes a text from another package begin with a capital.
func capital(s string) string {
	s = view.Clean(s, maxText)
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// sentence is capital with a full stop.
func sentence(s string) string {
	if s = capital(s); s != "" && !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

func loginFailed(err error) string {
	return "Cannot be set here: " + view.Clean(err.Error(), maxText)
}

func openFailed(err error) string {
	return "The browser did not open: " + view.Clean(err.Error(), maxText)
}

func daysWords(n int) string { return view.Plural(n, "day") }

// eventsWords is "200,000 events".
func eventsWords(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " events"
}

func showFailed(err error) string {
	return "It did not open: " + view.Clean(err.Error(), maxText)
}

// noPastWords says why nothing is remembered.
func noPastWords(why error) string {
	if why == nil {
		return "Nothing yet: it is remembered while Portlight runs in the menu bar."
	}
	return sentence(plainly(why).Error())
}

// plainly gives the word of the memory itself, without the way that it took.
func plainly(err error) error {
	for _, known := range []error{history.ErrNewer, history.ErrOlder, history.ErrDamaged, history.ErrForeign, history.ErrFull, history.ErrReadOnly, history.ErrBusy} {
		if errors.Is(err, known) {
			return fmt.Errorf("the memory is %w", known)
		}
	}
	return err
}

// noRule says what holds for a listener without a rule.
func noRule(l *scanner.Listener) string {
	if l.Namespace != "" {
		return wordNoRuleInside
	}
	return wordNoRule
}

func notSaved(err error) string { return "It was not saved: " + view.Clean(err.Error(), maxText) }

func partlySaved(err error) string {
	return "Only a part was saved: " + view.Clean(err.Error(), maxText)
}

// ruleMade says what the rules of one click cover.
func ruleMade(made []alerts.Rule) string {
	switch len(made) {
	case 0:
		return "There is a rule for that already."
	case 1:
		return "New rule: " + view.RuleWords(made[0]) + "."
	}
	return "New rule: " + view.RuleWords(made[0]) + ", " + moreWords(len(made)-1) + "."
}

func nameTitle(r *view.Row) string { return "Name for " + portWords(r) }

func everyProgram(r *view.Row) string {
	return "For " + strings.ToUpper(r.Proto) + " port " + r.Port + ", whichever program listens there"
}

func onlyProgram(name string) string { return "Only where " + view.Clean(name, 64) + " listens there" }

func visibleWords(v scanner.Visibility) string {
	return fmt.Sprintf("%s, %d with a known owner, %d hidden", view.Plural(v.Listeners, "listener"), v.WithOwner, v.Hidden)
}

// portLine is a listener in a list of a process's ports.
func portLine(r *view.Row) string {
	s := view.PortProto(r.Listener.Port, r.Proto)
	if r.Service != "" {
		s += "  " + r.Service
	}
	return s + "  on " + view.Clean(r.Listener.Addr.String(), 64)
}

// alsoWords lists the other ports that close.
func alsoWords(pl *plan) string {
	lines := append([]string{wordAlsoDown}, pl.also...)
	if pl.more > 0 {
		lines = append(lines, "and "+strconv.Itoa(pl.more)+" more")
	}
	return strings.Join(lines, "\n  •  ")
}

func ownerWords(p *scanner.Process) string {
	return view.ProcessName(p) + "  ·  pid " + strconv.Itoa(p.PID)
}
