package window

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/process"
)

// maxOwners is how many processes of a listener are shown in full.
const maxOwners = 8

// pair is a label with its value. A faint value is not a fact but why there is
// none.
type pair struct {
	label, value string
	faint        bool
	mono         bool
	warn         bool // it is odd, and worth a look
}

// group is pairs below a title; a group about a process names it, so that it
// can be stopped.
type group struct {
	title string
	pairs []pair
	stop  *scanner.Process
}

// details is what stands to the right of the table. It is compared before it is
// shown.
type details struct {
	title    string // the program
	headline string
	reach    string
	external bool
	address  string
	url      string // "" where a browser makes no sense
	groups   []group
}

// reading is what came of reading a process.
type reading struct {
	details *process.Details
	err     error
}

// newDetails describes a listener; known holds the processes that were read so
// far.
func newDetails(r *view.Row, gone bool, s *scanner.Snapshot, names view.Namer, known map[process.ID]reading) details {
	network := s.Network
	if gone {
		network = nil
	}
	d := details{
		title:    r.Program,
		headline: headline(r, gone),
		reach:    r.Reach,
		external: r.External,
		address:  r.Address,
		url:      r.URL,
		groups:   []group{listenerGroup(r, network)},
	}
	if gone {
		d.reach, d.external, d.url = wordGone, false, ""
	}
	owners := r.Listener.Owners
	for i := range owners[:min(len(owners), maxOwners)] {
		g := processGroup(&owners[i], known)
		if ports := portsOf(s, owners[i].ID, names); len(ports) > 0 {
			g.pairs = append(g.pairs, pair{label: wordPorts, value: strings.Join(ports, "\n")})
		}
		if r.CanStop && !gone {
			g.stop = &owners[i]
		}
		d.groups = append(d.groups, g)
	}
	if len(owners) > maxOwners {
		d.groups = append(d.groups, group{title: wordMore, pairs: []pair{{label: wordOwner, value: morePIDs(owners[maxOwners:])}}})
	}
	return d
}

func listenerGroup(r *view.Row, network *scanner.Network) group {
	l := &r.Listener
	g := group{title: wordGroupListener}
	g.add(wordAddress, r.Address, true)
	g.add(wordProtocol, protocolWords(l), false)
	g.pairs = append(g.pairs, pair{label: wordService, value: serviceWords(r), faint: r.Service == ""})
	g.add(wordAlsoNamed, otherNames(r), false)
	if r.Mismatch != "" {
		g.pairs = append(g.pairs, pair{label: wordMismatch, value: capital(r.Mismatch), warn: true})
	}
	g.add(wordUser, userWords(l.User, l.UID), false)
	g.add(wordUnit, r.Unit, false)
	g.add(wordContainer, view.ContainerWords(l.Manager()), false)
	g.add(wordDevice, view.Clean(l.Device, maxText), false)
	g.add(wordNamespace, view.Clean(l.Namespace, maxText), false)
	if r.External {
		g.add(wordUsable, strings.Join(view.Addresses(l, network, r.URL), "\n"), true)
		g.add(wordFirewall, capital(r.Firewall), false)
	}
	if r.Clients != nil {
		g.add(wordClients, clientWords(*r.Clients), false)
	}
	switch {
	case l.Kernel:
		g.pairs = append(g.pairs, pair{label: wordOwner, value: wordKernelOwner, faint: true})
	case l.Hidden():
		g.pairs = append(g.pairs, pair{label: wordOwner, value: wordHiddenOwner, faint: true})
	}
	return g
}

// add appends a pair unless it has no value.
func (g *group) add(label, value string, mono bool) {
	if value != "" {
		g.pairs = append(g.pairs, pair{label: label, value: value, mono: mono})
	}
}

// processGroup says what is known of a process: at once what the scan saw, and
// the rest when it has been read.
func processGroup(p *scanner.Process, known map[process.ID]reading) group {
	g := group{title: view.ProcessName(p)}
	g.add(wordPID, strconv.Itoa(p.PID), true)
	read, ok := known[p.ID]
	switch {
	case !ok:
		g.addScanned(p, wordReading)
	case read.err != nil:
		g.addScanned(p, readFailed(read.err))
	default:
		g.addRead(read.details)
	}
	return g
}

func (g *group) addScanned(p *scanner.Process, why string) {
	g.add(wordUser, userWords(p.User, p.UID), false)
	g.add(wordExecutable, view.Clean(p.Path, maxText), true)
	g.add(wordStarted, startedWords(p.Started), false)
	g.pairs = append(g.pairs, pair{label: wordMore, value: why, faint: true})
}

func (g *group) addRead(d *process.Details) {
	exe := view.Clean(d.Exe, maxText)
	if exe != "" && d.Deleted {
		exe = deletedWords(exe)
	}
	why := func(field string) string { return d.Missing[field] }
	g.addWhy(wordName, why(process.FieldName))
	g.addOrWhy(wordUser, userWords(d.User, d.UID), why(process.FieldUser), false)
	g.addOrWhy(wordExecutable, exe, why(process.FieldExe), true)
	g.addOrWhy(wordArguments, argumentWords(d), why(process.FieldArgs), true)
	g.addOrWhy(wordFolder, view.Clean(d.Cwd, maxText), why(process.FieldCwd), true)
	g.add(wordStarted, startedWords(d.Started), false)
	g.addParents(d)
}

// addParents appends the way down to the process, and why it is not whole.
func (g *group) addParents(d *process.Details) {
	label := wordParents
	if len(d.Parents) > 0 {
		g.add(label, chain(d), false)
		label = ""
	}
	g.addWhy(label, d.Missing[process.FieldParents])
}

// addOrWhy appends the value, or why there is none.
func (g *group) addOrWhy(label, value, why string, mono bool) {
	if value != "" {
		g.add(label, value, mono)
		return
	}
	if why == "" {
		why = wordUnknown
	}
	g.addWhy(label, why)
}

// addWhy appends why a fact is missing, unless there is no reason.
func (g *group) addWhy(label, why string) {
	if why != "" {
		g.pairs = append(g.pairs, pair{label: label, value: capital(why), faint: true})
	}
}

// maxArgument is from how many bytes on arguments surely have more than maxText
// runes.
const maxArgument = utf8.UTFMax*maxText + 1

// argumentWords gives the arguments without the program's own name. A single one
// that is not the name is a title, which daemons write over their arguments. "…"
// at the end says that there are more, here or in what was read of them.
func argumentWords(d *process.Details) string {
	cut := d.Missing[process.FieldArgs] != ""
	if len(d.Args) == 1 && !cut && (path.Base(d.Args[0]) == d.Name || d.Args[0] == d.Exe) {
		return wordNoArguments
	}
	text, more := joinArguments(d.Args)
	if text != "" && (cut || more) {
		text += " " + wordLeftOut
	}
	return view.Clean(text, maxText)
}

// joinArguments stops where nobody would see more.
func joinArguments(args []string) (text string, more bool) {
	if len(args) == 1 {
		return cutArgument(args[0])
	}
	var b strings.Builder
	for i := 1; i < len(args) && !more; i++ {
		arg, cut := cutArgument(args[i])
		if i > 1 {
			b.WriteByte(' ')
		}
		b.WriteString(quote(arg))
		more = cut || b.Len() > maxArgument && i < len(args)-1
	}
	return b.String(), more
}

func cutArgument(arg string) (text string, cut bool) {
	if len(arg) <= maxArgument {
		return arg, false
	}
	return arg[:maxArgument], true
}

// quote puts quotes around an argument that would read as several.
func quote(arg string) string {
	if arg == "" || strings.ContainsAny(arg, " \t\n'\"") {
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return arg
}

// nearParents is how many parents stand in a chain that leaves others out.
const nearParents = 3

// chain is the way down to a process: "systemd (1) › nginx (811) › nginx". Of a
// long one the outermost and the nearest are shown; "…" at the beginning says
// that the way up breaks off there.
func chain(d *process.Details) string {
	name := view.Clean(d.Name, 64)
	if name == "" {
		name = pidWords(d.PID)
	}
	words := []string{name}
	last := len(d.Parents) - 1
	for i, a := range d.Parents {
		switch {
		case last < nearParents+2 || i < nearParents || i == last:
			words = append(words, parentWords(a))
		case i == nearParents:
			words = append(words, wordLeftOut)
		}
	}
	if d.Missing[process.FieldParents] != "" {
		words = append(words, wordLeftOut)
	}
	slices.Reverse(words)
	return strings.Join(words, " › ")
}

// portsOf gives a line for each listener that a process holds.
func portsOf(s *scanner.Snapshot, id process.ID, names view.Namer) []string {
	var ports []string
	for i := range s.Listeners {
		if holds(&s.Listeners[i], id) {
			r := view.NewRow(s.Listeners[i], view.FactsOf(s, names))
			ports = append(ports, portLine(&r))
		}
	}
	return ports
}

func holds(l *scanner.Listener, id process.ID) bool {
	return slices.ContainsFunc(l.Owners, func(p scanner.Process) bool { return p.ID == id })
}
