package window

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// Bounds of what is listed in full.
const (
	maxOwners   = 8  // processes of a listener
	maxClients  = 12 // connections to it
	maxPorts    = 16 // of a process
	maxChildren = 8  // of a process
)

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
	id       string
	title    string // the program
	headline string
	reach    string
	external bool
	gone     bool
	address  string
	url      string // "" where a browser makes no sense
	groups   []group
}

// reading is what came of reading a process.
type reading struct {
	details       *process.Details
	err           error
	usage, before *process.Usage // the last two, nil while there are none
	pack          *pack          // nil while it is not known
}

// pack is the package that installed a program, or why there is none.
type pack struct {
	installed.Package
	err error
}

// clients are who is connected to a listener, or why that is not known.
type clients struct {
	list  []scanner.Connection // the first ones
	total int
	err   error
}

// subject is a listener with all that has been found out about it.
type subject struct {
	row     *view.Row
	gone    bool
	goneAt  time.Time
	network *scanner.Network       // nil while it is not known
	all     []*entry               // whatever listens
	known   map[process.ID]reading // processes that were read so far
	clients *clients               // nil while it is not known
	past    []pair                 // what the memory tells
	now     time.Time
}

// describe gives the details of a listener.
func (s *subject) describe() details {
	r := s.row
	d := details{
		id: r.ID, title: r.Program, headline: headline(r, s.gone), reach: r.ReachSentence(), external: r.External,
		gone: s.gone, address: r.Address, url: r.URL,
	}
	if s.gone {
		d.reach, d.external, d.url = goneWords(s.goneAt), false, ""
	}
	d.add(s.service())
	d.add(s.reach())
	d.add(s.connected())
	owners := r.Listener.Owners
	for i := range owners[:min(len(owners), maxOwners)] {
		d.add(s.process(&owners[i]))
	}
	if len(owners) > maxOwners {
		d.add(group{title: wordOthers.String(), pairs: []pair{{label: wordOwner.String(), value: morePIDs(owners[maxOwners:])}}})
	}
	d.add(s.ownership())
	d.add(group{title: wordGroupHistory.String(), pairs: s.past})
	return d
}

// add appends a group unless there is nothing in it.
func (d *details) add(g group) {
	if len(g.pairs) > 0 {
		d.groups = append(d.groups, g)
	}
}

// service is what the port is known for.
func (s *subject) service() group {
	r := s.row
	g := group{title: wordService.String()}
	g.pairs = append(g.pairs, pair{label: wordName.String(), value: serviceWords(r), faint: r.Service == ""})
	g.add(wordPurpose, capital(r.Answer.Best.Description), false)
	g.add(wordAlsoNamed, otherNames(r), false)
	if r.Mismatch != "" {
		g.pairs = append(g.pairs, pair{label: wordMismatch.String(), value: capital(r.Mismatch), warn: true})
	}
	return g
}

// reach is where it listens, and how others come to it.
func (s *subject) reach() group {
	r, l, network := s.row, &s.row.Listener, s.network
	if s.gone {
		network = nil
	}
	g := group{title: wordGroupReach.String()}
	g.add(wordAddress, r.Address, true)
	g.add(wordProtocol, protocolWords(l), false)
	g.add(wordDevice, view.Clean(l.Device, maxText), false)
	g.add(wordNamespace, view.Clean(l.Namespace, maxText), false)
	if r.External {
		g.add(wordUsable, strings.Join(view.Addresses(l, network, r.URL), "\n"), true)
	}
	return g
}

// connected is who uses it at the moment.
func (s *subject) connected() group {
	g := group{title: wordClients.String()}
	switch c := s.clients; {
	case s.gone || s.row.Proto == "udp":
	case c == nil:
		g.addWhy(wordConnections, wordReading.String())
	case c.err != nil:
		g.addWhy(wordConnections, capital(c.err.Error()))
	default:
		g.add(wordConnections, clientWords(c.total), false)
		g.add(wordFrom, connectionLines(c), true)
	}
	return g
}

// process says what is known of a process: at once what the scan saw, and the rest
// when it has been read.
func (s *subject) process(p *scanner.Process) group {
	g := group{title: view.ProcessName(p)}
	if s.row.CanStop && !s.gone {
		g.stop = p
	}
	g.add(wordPID, strconv.Itoa(p.PID), true)
	read := s.known[p.ID]
	switch {
	case read.err != nil:
		g.addScanned(p, readFailed(read.err))
	case read.details == nil:
		g.addScanned(p, wordReading.String())
	default:
		g.addRead(read.details)
	}
	g.addUsage(&read)
	if read.details != nil {
		g.add(wordTree, strings.Join(tree(read.details), "\n"), false)
		g.addWhy("", read.details.Missing[process.FieldParents])
	}
	g.add(wordPorts, strings.Join(portsOf(s.all, p.ID), "\n"), false)
	return g
}

// contained reports whether the program's files are those of a container: their paths
// say nothing here.
func contained(l *scanner.Listener) bool {
	return l.Namespace != "" || l.Manager().Kind == supervisor.Contained || l.Manager().Kind == supervisor.Machine
}

// ownership is who stands behind it: who started the program, and who put it on this
// computer.
func (s *subject) ownership() group {
	r, l := s.row, &s.row.Listener
	g := group{title: wordGroupOwnership.String()}
	g.add(wordSocketOf, userWords(l.User, l.UID), false)
	g.add(wordUnit, r.Unit, false)
	g.add(wordContainer, view.ContainerWords(l.Manager()), false)
	switch {
	case l.Kernel:
		g.addWhy(wordOwner, wordKernelOwner.String())
	case l.Hidden():
		g.addWhy(wordOwner, hiddenOwner(l))
	}
	if contained(l) && len(l.Owners) > 0 {
		g.addWhy(wordInstalled, wordInContainer.String())
	}
	seen := map[string]bool{}
	for i := range l.Owners[:min(len(l.Owners), maxOwners)] {
		read := s.known[l.Owners[i].ID]
		if d := read.details; d != nil && d.Deleted && !seen[d.Exe] {
			g.pairs = append(g.pairs, pair{label: wordFile.String(), value: deletedWords(view.Clean(d.Exe, maxText)), warn: true})
		}
		if d := read.details; d != nil && !seen[d.Exe] {
			g.add(wordSigned, view.Clean(d.Signature.Words(), maxText), false)
		}
		if d := read.details; d != nil && read.pack != nil && !seen[d.Exe] {
			g.addPackage(read.pack)
		}
		if read.details != nil {
			seen[read.details.Exe] = true
		}
	}
	return g
}

func (g *group) addPackage(p *pack) {
	if p.err != nil {
		g.addWhy(wordInstalled, capital(p.err.Error()))
		return
	}
	g.add(wordInstalled, packageWords(p.Package), false)
}

// add appends a pair unless it has no value.
func (g *group) add(label words.Text, value string, mono bool) {
	if value != "" {
		g.pairs = append(g.pairs, pair{label: label.String(), value: value, mono: mono})
	}
}

func (g *group) addScanned(p *scanner.Process, why string) {
	g.add(wordUser, userWords(p.User, p.UID), false)
	g.add(wordExecutable, view.Clean(p.Path, maxText), true)
	g.add(wordStarted, startedWords(p.Started), false)
	g.pairs = append(g.pairs, pair{label: wordMore.String(), value: why, faint: true})
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
}

// addUsage appends what a process takes of the computer.
func (g *group) addUsage(r *reading) {
	u := r.usage
	if u == nil {
		return
	}
	share, known := u.Share(r.before)
	g.addOrWhy(wordCPU, cpuWords(u, share, known), u.Missing[process.FieldCPU], false)
	g.addOrWhy(wordMemory, memoryWords(u), u.Missing[process.FieldMemory], false)
	g.addOrWhy(wordThreads, countWords(u, u.Threads, process.FieldThreads), u.Missing[process.FieldThreads], false)
	g.addOrWhy(wordOpenFiles, countWords(u, u.OpenFiles, process.FieldOpenFiles), u.Missing[process.FieldOpenFiles], false)
}

// addOrWhy appends the value, or why there is none.
func (g *group) addOrWhy(label words.Text, value, why string, mono bool) {
	if value != "" {
		g.add(label, value, mono)
		return
	}
	if why == "" {
		why = wordUnknown.String()
	}
	g.addWhy(label, why)
}

// addWhy appends why a fact is missing, unless there is no reason.
func (g *group) addWhy(label words.Text, why string) {
	if why != "" {
		g.pairs = append(g.pairs, pair{label: label.String(), value: capital(why), faint: true})
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
		return wordNoArguments.String()
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

// nearParents is how many parents stand in a tree that leaves others out.
const nearParents = 3

// tree is the process between those above it and those that it started, a line each,
// the children moved in. Of many parents the outermost and the nearest are shown;
// "…" on top says that the way up breaks off there.
func tree(d *process.Details) []string {
	var above []string
	last := len(d.Parents) - 1
	for i, a := range d.Parents {
		switch {
		case last < nearParents+2 || i < nearParents || i == last:
			above = append(above, relativeWords(a))
		case i == nearParents:
			above = append(above, wordLeftOut)
		}
	}
	if d.Missing[process.FieldParents] != "" {
		above = append(above, wordLeftOut)
	}
	slices.Reverse(above)
	name := view.Clean(d.Name, 64)
	if name == "" {
		name = pidWords(d.PID)
	}
	below := make([]string, 0, maxChildren+1)
	for _, c := range d.Children[:min(len(d.Children), maxChildren)] {
		below = append(below, relativeWords(c))
	}
	if more := len(d.Children) + d.MoreChildren - maxChildren; more > 0 {
		below = append(below, moreWords(more))
	}
	lines := append(above, wordThisOne.With("Process", name))
	for i := range lines {
		lines[i] = branch(i) + lines[i]
	}
	for _, c := range below {
		lines = append(lines, branch(len(above)+1)+c)
	}
	return lines
}

// branch is what stands before a process so many steps below the first.
func branch(depth int) string {
	if depth == 0 {
		return ""
	}
	return strings.Repeat("\u2003", depth-1) + "└ "
}

// portsOf gives a line for each listener that a process holds, and says how many more
// there are.
func portsOf(all []*entry, id process.ID) []string {
	var ports []string
	more := 0
	for _, e := range all {
		switch {
		case !holds(&e.Listener, id):
		case len(ports) < maxPorts:
			ports = append(ports, portLine(&e.Row))
		default:
			more++
		}
	}
	if more > 0 {
		ports = append(ports, moreWords(more))
	}
	return ports
}

func holds(l *scanner.Listener, id process.ID) bool {
	return slices.ContainsFunc(l.Owners, func(p scanner.Process) bool { return p.ID == id })
}
