package window

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
	"portlight/services"
)

// Everything that a user reads in the details of a listener.
const (
	wordReading     = words.Text("Reading… | facts")
	wordNoArguments = words.Text("None | arguments")

	wordService     = words.Text("Service | heading")
	wordName        = words.Text("Name | label")
	wordPurpose     = words.Text("For | label: what a port is for")
	wordAlsoNamed   = words.Text("Also known as | label")
	wordMismatch    = words.Text("Unusual | label: a program on this port")
	wordGroupReach  = words.Text("Reach | heading: who can reach a listener")
	wordAddress     = words.Text("Address | label: IP")
	wordProtocol    = words.Text("Protocol | label")
	wordDevice      = words.Text("Interface | label: of the network")
	wordNamespace   = words.Text("Inside of | label: a network namespace")
	wordUsable      = words.Text("Others use | label: addresses that others use to come here")
	wordClients     = words.Text("Connected now | heading")
	wordConnections = words.Text("Clients | label")
	wordFrom        = words.Text("From | label: where clients come from")
	wordOwner       = words.Text("Process | label")
	wordPID         = words.Text("PID | label")
	wordUser        = words.Text("User | label")
	wordExecutable  = words.Text("Executable | label")
	wordArguments   = words.Text("Arguments | label: of a program")
	wordFolder      = words.Text("Working folder | label")
	wordStarted     = words.Text("Started | label: when a process was")
	wordCPU         = words.Text("Processor | label")
	wordMemory      = words.Text("Memory | label: of a process")
	wordThreads     = words.Text("Threads | label")
	wordOpenFiles   = words.Text("Open files | label: files that are open")
	wordTree        = words.Text("Processes | label")
	wordPorts       = words.Text("Listens on | label")
	wordMore        = words.Text("More | label: why there are no more facts")
	wordOthers      = words.Text("More | heading: further processes")

	wordGroupOwnership = words.Text("Ownership | heading")
	wordSocketOf       = words.Text("Opened by | label")
	wordUnit           = words.Text("Managed by | label")
	wordContainer      = words.Text("Container | label")
	wordInstalled      = words.Text("Installed by | label")
	wordSigned         = words.Text("Signature | label: of an executable")
	wordFile           = words.Text("File | label")
	wordInContainer    = words.Text("It came with its container's image.")
	wordGroupHistory   = words.Text("History | heading")
	wordRemembered     = words.Text("Remembered | label: what is remembered of a listener")
	wordSeen           = words.Text("Seen | label: when a listener was")
	wordStands         = words.Text("Stands | label: since when a listener does")
	wordTold           = words.Text("Alerts | label")
	wordLately         = words.Text("Lately | label: the last events")
	wordRule           = words.Text("Rule | label")
	wordNoRuleInside   = words.Text("None: what listens in another network namespace is never told of. | no rule")
	wordNoRule         = words.Text("None: you are told when it begins to listen where others can reach it, for the first time. | no rule")

	wordKernelOwner = words.Text("The kernel itself holds this port; no program does.")
	wordHiddenOwner = words.Text("It is hidden from you, or could not be found.")
)

var pluralListens = words.Plural{
	One:   "listens on {{.Protocol}} port {{.Port}} | below the program's name",
	Other: "listen on {{.Protocol}} port {{.Port}} | below the program's name",
}

const wordListened = words.Text("listened on {{.Protocol}} port {{.Port}} | below the program's name")

// headline says in one sentence what the listener is, below the program's name.
func headline(r *view.Row, gone bool) string {
	if gone {
		return wordListened.With("Protocol", protocol(r), "Port", portService(r))
	}
	return pluralListens.Of(max(len(r.Listener.Owners), 1), "Protocol", protocol(r), "Port", portService(r))
}

const wordNoService = words.Text("No name is known for this port")

var serviceOrigins = map[services.Source]words.Text{
	services.User:   "{{.Service}} (your own name)",
	services.Hint:   "{{.Service}} (usual for this program)",
	services.Common: "{{.Service}} (usual for this port)",
	services.System: "{{.Service}} (from /etc/services)",
	services.IANA:   "{{.Service}} (registered with IANA)",
	services.Apple:  "{{.Service}} (from Apple's list)",
}

func serviceWords(r *view.Row) string {
	if r.Service == "" {
		return wordNoService.String()
	}
	if t := serviceOrigins[services.Source(r.Source)]; t != "" {
		return t.With("Service", r.Service)
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

const (
	wordOverFamily = words.Text("{{.Protocol}} over {{.Family}}")
	wordOverBoth   = words.Text("{{.Protocol}} over IPv4 and IPv6")
)

func protocolWords(l *scanner.Listener) string {
	proto, family := strings.ToUpper(l.Proto.String()), "IPv6"
	switch {
	case l.DualStack:
		return wordOverBoth.With("Protocol", proto)
	case l.Addr.Is4():
		family = "IPv4"
	}
	return wordOverFamily.With("Protocol", proto, "Family", family)
}

const wordNobody = words.Text("Nobody | is connected")

func clientWords(n int) string {
	if n == 0 {
		return wordNobody.String()
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

const wordValueOf = words.Text("{{.Heading}}: {{.Label}} {{.Value}}")

// valueWords names a value in a menu: "nginx: PID 812".
func valueWords(group string, p *pair) string {
	value, _, _ := strings.Cut(p.value, "\n")
	return wordValueOf.With("Heading", view.Clean(group, 24), "Label", p.label, "Value", view.Clean(value, 40))
}

const wordGone = words.Text("Gone, at {{.Time}} | a listener")

// goneWords is said of a listener that has closed while it was shown.
func goneWords(at time.Time) string { return wordGone.With("Time", at.Format("15:04")) }

const wordOfUser = words.Text("A process of {{.User}}, which an ordinary user may not look into.")

// hiddenOwner says why a process is not shown.
func hiddenOwner(l *scanner.Listener) string {
	if l.User == "" || l.UID == os.Geteuid() {
		return wordHiddenOwner.String()
	}
	return wordOfUser.With("User", view.Clean(l.User, 64))
}

func packageWords(p installed.Package) string {
	name := view.Clean(p.Name, 128)
	if p.Version != "" {
		name += " " + view.Clean(p.Version, 64)
	}
	return words.Noted(name, view.Clean(p.Manager, 32))
}

const (
	wordCPUUsed = words.Text("{{.Time}} since its start | processor time of a process")
	wordCPUNow  = words.Text("{{.Percent}} % of a core now, {{.Time}} since its start")
)

// cpuWords is "0.3 % of a core now, 2 min 5 s since its start".
func cpuWords(u *process.Usage, share float64, known bool) string {
	if u.Missing[process.FieldCPU] != "" {
		return ""
	}
	used := durationWords(u.CPU)
	if !known {
		return wordCPUUsed.With("Time", used)
	}
	return wordCPUNow.With("Percent", words.Number(100*share, 1), "Time", used)
}

const (
	wordMilliseconds   = words.Text("{{.N}} ms")
	wordWholeSeconds   = words.Text("{{.N}} s")
	wordMinutesSeconds = words.Text("{{.Minutes}} min {{.Seconds}} s")
	wordHoursMinutes   = words.Text("{{.Hours}} h {{.Minutes}} min")
	wordDaysHours      = words.Text("{{.Days}} d {{.Hours}} h")
)

// durationWords is a time in its two largest units: "850 ms", "2.4 s", "5 min 3 s", "3 h 2 min", "4 d 3 h".
func durationWords(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return wordMilliseconds.With("N", d.Milliseconds())
	case d < 10*time.Second:
		return wordWholeSeconds.With("N", words.Number(d.Seconds(), 1))
	case d < time.Minute:
		return wordWholeSeconds.With("N", int(d.Seconds()))
	case d < time.Hour:
		return wordMinutesSeconds.With("Minutes", int(d/time.Minute), "Seconds", int(d%time.Minute/time.Second))
	case d < day:
		return wordHoursMinutes.With("Hours", int(d/time.Hour), "Minutes", int(d%time.Hour/time.Minute))
	}
	return wordDaysHours.With("Days", int(d/day), "Hours", int(d%day/time.Hour))
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

func userWords(name string, uid int) string {
	name = view.Clean(name, maxText)
	switch {
	case uid == scanner.UnknownUID:
		return name
	case name == "" || name == strconv.Itoa(uid):
		return strconv.Itoa(uid)
	}
	return words.Noted(name, strconv.Itoa(uid))
}

const layoutStarted = words.Text("2 January 2006, 15:04:05")

func startedWords(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return words.Time(t, layoutStarted)
}

const wordFileDeleted = words.Text("{{.Path}} (deleted or replaced since)")

func deletedWords(path string) string { return wordFileDeleted.With("Path", path) }

const wordReadFailed = words.Text("Cannot be read: {{.Error}}")

func readFailed(err error) string { return failed(wordReadFailed, err) }

var pluralPIDs = words.Plural{One: "{{.N}} more with pid {{.PIDs}}", Other: "{{.N}} more with pid {{.PIDs}}"}

func morePIDs(owners []scanner.Process) string {
	pids := make([]string, len(owners))
	for i, o := range owners {
		pids[i] = strconv.Itoa(o.PID)
	}
	return pluralPIDs.Of(len(owners), "PIDs", words.Enumerate(pids))
}

const wordThisOne = words.Text("{{.Process}} (this one) | in a tree of processes")

func relativeWords(a process.Relative) string {
	if name := view.Clean(a.Name, 64); name != "" {
		return words.Noted(name, strconv.Itoa(a.PID))
	}
	return pidWords(a.PID)
}

const wordNoPast = words.Text("Nothing yet: it is remembered while Portlight runs in the menu bar.")

// noPastWords says why nothing is remembered.
func noPastWords(why error) string {
	if why == nil {
		return wordNoPast.String()
	}
	for _, known := range memoryTexts {
		if errors.Is(why, known.err) {
			return known.text.String()
		}
	}
	return sentence(why.Error())
}

// memoryTexts say what is wrong with the memory, and what to do.
var memoryTexts = []struct {
	err  error
	text words.Text
}{
	{history.ErrReadOnly, "The memory cannot be written: check who owns the folder and its files, and whether the disk is read-only."},
	{history.ErrFull, "The memory cannot be written: the disk is full, or fails; free some space on it."},
	{history.ErrBusy, "The memory is locked by another process: try again."},
	{history.ErrDamaged, "The memory is damaged: the running Portlight puts it aside and begins a new one; start it, or restart it."},
	{history.ErrForeign, "The memory is not a database of Portlight: move it away, or name another data folder."},
	{history.ErrNewer, "The memory is written by a newer version of Portlight: update this one, or name another data folder."},
	{history.ErrOlder, "The memory is written by an older version of Portlight: start or restart Portlight to bring it up to date."},
}

// noRule says what holds for a listener without a rule.
func noRule(l *scanner.Listener) string {
	if l.Namespace != "" {
		return wordNoRuleInside.String()
	}
	return wordNoRule.String()
}

const (
	wordNotSaved    = words.Text("It was not saved: {{.Error}}")
	wordPartlySaved = words.Text("Only a part was saved: {{.Error}}")
)

func notSaved(err error) string { return failed(wordNotSaved, err) }

func partlySaved(err error) string { return failed(wordPartlySaved, err) }

const (
	wordRuleThere = words.Text("There is a rule for that already.")
	wordRuleMade  = words.Text("New rule: {{.Rule}}.")
)

var pluralRulesMade = words.Plural{One: "New rule: {{.Rule}}, and {{.N}} more.", Other: "New rule: {{.Rule}}, and {{.N}} more."}

// ruleMade says what the rules of one click cover.
func ruleMade(made []alerts.Rule) string {
	switch len(made) {
	case 0:
		return wordRuleThere.String()
	case 1:
		return wordRuleMade.With("Rule", view.RuleWords(made[0]))
	}
	return pluralRulesMade.Of(len(made)-1, "Rule", view.RuleWords(made[0]))
}
