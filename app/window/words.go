package window

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/supervisor"
)

// What a user reads in the window stands in this file and the others named words_*.go:
// here that of the tab Listeners and of the window as a whole.

const (
	wordApp     = "Portlight"
	wordUDP     = "UDP"
	wordLeftOut = "…"
)

const (
	wordListeners = words.Text("Listeners | tab")
	wordHealth    = words.Text("Health | tab")
	wordSettings  = words.Text("Settings | tab")

	wordSearch    = words.Text("Search port, program…")
	wordAll       = words.Text("All | of listeners")
	wordAllAlerts = words.Text("All | of alerts")
	wordNetwork   = words.Text("Network | listeners that others can reach")
	wordLocal     = words.Text("This computer | listeners that only it can reach")
	wordNew       = words.Text("New | of listeners")
	wordGrouped   = words.Text("Group | verb: listeners by program")
	wordNewTag    = words.Text("new | tag of a listener, in a narrow column")
	wordNewSaid   = words.Text("new | of a listener, read out")
	wordClosed    = words.Text("Closed | of a listener")

	wordWhyHidden = words.Text("Why? | link: why owners are hidden")

	wordLoading     = words.Text("Looking at what is listening…")
	wordNothing     = words.Text("Nothing is listening")
	wordNothingHint = words.Text("As soon as a program opens a port it appears here.")
	wordNoMatch     = words.Text("No listener matches")
	wordNoMatchHint = words.Text("Esc clears the search.")
	wordNoneNew     = words.Text("Nothing new | of listeners")
	wordNoneNewHint = words.Text("What has just opened, and what has an alert that you have not looked at, appears here.")
	wordChoose      = words.Text("No listener chosen")
	wordChooseHint  = words.Text("Choose one to see its program, who can reach it and what else it listens on.")
	wordShowAll     = words.Text("Show all | button: listeners")

	wordOpen        = words.Text("Open in browser")
	wordCopy        = words.Text("Copy | button")
	wordMoreActions = words.Text("More | button: what else can be done")
	wordCopyAddress = words.Text("Copy address")
	wordCopyURL     = words.Text("Copy URL")
	wordCopyPID     = words.Text("Copy PID")
	wordCopyCommand = words.Text("Copy command")
	wordCopyRow     = words.Text("Copy row")
	wordCopyAll     = words.Text("Copy all details")
	wordCopyValue   = words.Text("Copy one value")
	wordReveal      = words.Text("Reveal executable")
	wordOpenFolder  = words.Text("Open working folder")
	wordNameIt      = words.Text("Name this service…")
	wordAllowIt     = words.Text("Allow | verb: a listener")
	wordMuteIt      = words.Text("Mute | verb: a listener")
	wordNameHint    = words.Text("Your own name stands in place of the usual one, everywhere. Leave it empty to have the usual one back.")
	wordNamePlace   = words.Text("Name, such as Staging shop")

	wordCancel = words.Text("Cancel | button")
	wordClose  = words.Text("Close | button: a dialog")
)

var columnTitles = [columnCount]words.Text{
	columnPort:    "Port | column",
	columnService: "Service | column",
	columnProgram: "Program | column",
	columnReach:   "Reachable by | column",
	columnUser:    "User | column",
	columnPID:     "PID | column",
	columnSince:   "Since | column",
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
		return wordClosed.String()
	}
	return reachShort(&l.Listener)
}

// Who can reach a listener, in as few words as a column takes.
const (
	wordReachContainer = words.Text("Its container | who can reach a listener")
	wordReachNamespace = words.Text("Its namespace | who can reach a listener")
	wordReachLoopback  = words.Text("This computer | who can reach a listener")
	wordReachLink      = words.Text("Same link | who can reach a listener")
	wordReachInterface = words.Text("Via {{.Address}} | who can reach a listener")
	wordReachMulticast = words.Text("Multicast group | who can reach a listener")
	wordReachAny       = words.Text("Any network | who can reach a listener")
)

func reachShort(l *scanner.Listener) string {
	switch m := l.Manager(); {
	case l.Namespace != "" && m.Kind == supervisor.Contained:
		return wordReachContainer.String()
	case l.Namespace != "":
		return wordReachNamespace.String()
	}
	switch l.Scope() {
	case scanner.ScopeLoopback:
		return wordReachLoopback.String()
	case scanner.ScopeLinkLocal:
		return wordReachLink.String()
	case scanner.ScopeInterface:
		return wordReachInterface.With("Address", view.Clean(l.Addr.String(), 64))
	case scanner.ScopeMulticast:
		return wordReachMulticast.String()
	}
	return wordReachAny.String()
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

var (
	pluralListeners = words.Plural{One: "{{.N}} listener", Other: "{{.N}} listeners"}
	pluralShown     = words.Plural{One: "{{.Shown}} of {{.N}} listener", Other: "{{.Shown}} of {{.N}} listeners"}
	pluralElsewhere = words.Plural{One: "{{.N}} of them in other namespaces", Other: "{{.N}} of them in other namespaces"}
	pluralHidden    = words.Plural{One: "{{.N}} owner hidden", Other: "{{.N}} owners hidden"}
)

// footer is the line below the table: how many listeners there are, those of
// containers too, how many are shown, and the notes of the ledger on those of the
// host: what is hidden and why.
func footer(v scanner.Visibility, shown, all int) string {
	counts := []string{pluralListeners.Of(all)}
	if shown != all {
		counts[0] = pluralShown.Of(all, "Shown", shown)
	}
	if elsewhere := all - v.Listeners; elsewhere > 0 {
		counts = append(counts, pluralElsewhere.Of(elsewhere))
	}
	parts := []string{words.Facts(counts...)}
	if v.Hidden > 0 && len(v.Notes) == 0 {
		parts = append(parts, pluralHidden.Of(v.Hidden))
	}
	for _, n := range v.Notes {
		parts = append(parts, view.Clean(n, maxText))
	}
	return strings.Join(parts, " · ")
}

const wordScanFailed = words.Text("The last look failed, so this may be out of date: {{.Error}}")

func scanFailed(err error) string { return failed(wordScanFailed, err) }

// failed fills in why something has failed.
func failed(t words.Text, err error) string {
	return t.With("Error", view.Clean(err.Error(), maxText))
}

const wordNotListening = words.Text("{{.ID}} is not listening any more.")

func notListening(id string) string { return wordNotListening.With("ID", view.Clean(id, maxText)) }

const wordNoID = words.Text("{{.ID}} is not the ID of a listener. IDs are as {{.Command}} shows them, such as {{.Example}}.")

func noID(id string) string {
	return wordNoID.With("ID", view.Clean(id, maxText), "Command", "portlight list --json", "Example", "tcp:0.0.0.0:22")
}

const wordOpenFailed = words.Text("The browser did not open: {{.Error}}")

func openFailed(err error) string { return failed(wordOpenFailed, err) }

const wordShowFailed = words.Text("It did not open: {{.Error}} | a file or folder")

func showFailed(err error) string { return failed(wordShowFailed, err) }

const wordProtoPort = words.Text("{{.Protocol}} port {{.Port}}")

// portWords is "TCP port 8080 (http-alt)", or without the service.
func portWords(r *view.Row) string {
	return wordProtoPort.With("Protocol", protocol(r), "Port", portService(r))
}

// protocol is "TCP" or "UDP".
func protocol(r *view.Row) string { return strings.ToUpper(r.Proto) }

// portService is "8080 (http-alt)" or "8080".
func portService(r *view.Row) string {
	if r.Service == "" {
		return r.Port
	}
	return words.Noted(r.Port, r.Service)
}

const (
	wordSeconds = words.Text("{{.N}} s | in a narrow column")
	wordMinutes = words.Text("{{.N}} min | in a narrow column")
	wordHours   = words.Text("{{.N}} h | in a narrow column")
	wordDays    = words.Text("{{.N}} d | in a narrow column")
)

// sinceWords is how long a listener stands, in one unit: "4 min", "≥ 2 h" where it
// was there already, "≤ 3 d" where only its process is known to have begun then.
func sinceWords(s since, now time.Time) string {
	if s.how == unknown {
		return ""
	}
	d := max(now.Sub(s.at), 0)
	unit, n := wordDays, int(d.Hours())/24
	switch {
	case d < time.Minute:
		unit, n = wordSeconds, int(d.Seconds())
	case d < time.Hour:
		unit, n = wordMinutes, int(d.Minutes())
	case d < 48*time.Hour:
		unit, n = wordHours, int(d.Hours())
	}
	return map[certainty]string{exactly: "", earlier: "≥ ", atBest: "≤ "}[s.how] + unit.With("N", strconv.Itoa(n))
}

const (
	wordRising  = words.Text("Sorted by {{.Column}}, rising")
	wordFalling = words.Text("Sorted by {{.Column}}, falling")
)

// columnNames are those of the columns within the words that follow Sorted by.
var columnNames = [columnCount]words.Text{
	columnPort:    "port | sorted by",
	columnService: "service | sorted by",
	columnProgram: "program | sorted by",
	columnReach:   "reach | sorted by",
	columnUser:    "user | sorted by",
	columnPID:     "PID | sorted by",
	columnSince:   "age | sorted by",
}

// sortedWords is "Sorted by port, rising".
func sortedWords(o order) string {
	column := columnNames[o.column].String()
	if o.falling {
		return wordFalling.With("Column", column)
	}
	return wordRising.With("Column", column)
}

const wordChosen = words.Text("{{.Choice}}, {{.Place}} of {{.Count}}")

// chosenWords is "Network, 2 of 5".
func chosenWords(item string, place, of int) string {
	return wordChosen.With("Choice", item, "Place", place, "Count", of)
}

var (
	pluralOpen    = words.Plural{One: "{{.N}} open to others", Other: "{{.N}} open to others"}
	pluralAllOpen = words.Plural{One: "{{.N}} listener, open to others", Other: "{{.N}} listeners, open to others"}
)

// groupTitle is "nginx", and how many listeners its group has.
func groupTitle(g *programGroup) string {
	counts := pluralListeners.Of(g.members)
	switch {
	case g.outside == g.members:
		counts = pluralAllOpen.Of(g.members)
	case g.outside > 0:
		counts = words.Facts(counts, pluralOpen.Of(g.outside))
	}
	return g.name + "  ·  " + counts
}

var pluralMore = words.Plural{One: "and {{.N}} more | at the end of a list", Other: "and {{.N}} more | at the end of a list"}

func moreWords(n int) string { return pluralMore.Of(n) }

const wordNameFor = words.Text("Name for {{.Protocol}} port {{.Port}}")

func nameTitle(r *view.Row) string {
	return wordNameFor.With("Protocol", protocol(r), "Port", portService(r))
}

const wordEveryProgram = words.Text("For {{.Protocol}} port {{.Port}}, whichever program listens there")

func everyProgram(r *view.Row) string {
	return wordEveryProgram.With("Protocol", protocol(r), "Port", r.Port)
}

const wordOnlyProgram = words.Text("Only where {{.Program}} listens there | at a port")

func onlyProgram(name string) string { return wordOnlyProgram.With("Program", view.Clean(name, 64)) }

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
	if s = capital(s); s != "" && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "。") {
		s = wordFullStop.With("Sentence", s)
	}
	return s
}
