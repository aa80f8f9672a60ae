package view

import (
	"iter"
	"slices"
	"strconv"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

// MenuRows is how many rows a section of the tray menu shows at most.
const MenuRows = 20

// The sections of the menu, from the top.
const (
	SectionNew      = iota // alerts that have not been seen
	SectionExternal        // what others can reach
	SectionLocal           // what only this computer can
	MenuSections           // how many there are
)

// Menu is what the tray shows of listeners and alerts.
type Menu struct {
	Sections    [MenuSections]Section
	Note        string    // a line about what cannot be seen or what failed, or ""
	Unseen      int       // how many alerts have not been seen; the icon is marked while there are any
	PausedUntil time.Time // alerts are paused until then; zero: they are not
	Title       string    // what stands beside the icon where the system shows a text there, or ""
}

// Section is a heading with rows.
type Section struct {
	Title string
	Rows  []MenuRow // all of them; the tray shows MenuRows
	Empty string    // what stands there when there are no rows; "" hides the section with its title
}

// MenuRow is one listener in the menu, or in the section of what is new one
// alert.
type MenuRow struct {
	Alert       int64  // the alert's id in the store, 0 for a listener
	ID          string // of the listener; "" for an alert that is not about a single one
	Label       string // "port  service — program", or what alerts.RowText says
	Address     string // what Copy address copies, "" where there is none
	URL         string // what Open in browser opens, "" where it makes no sense
	CanStop     bool   // Stop… makes sense
	Closed      bool   // the alert's listener is not open any more
	TellsClosed bool   // a notification is asked for when the listener closes
}

// MenuState is what a menu says beside its rows.
type MenuState struct {
	Note        string          // or ""
	Unseen      int             // how many alerts have not been seen
	PausedUntil time.Time       // zero: alerts are not paused
	TellsClosed map[string]bool // ids of the listeners whose closing is asked for; may be nil
	Row         alerts.RowText
	Title       alerts.TrayTitle
}

// NewMenu makes the menu of all rows, by port, and of the alerts that have not
// been seen, in the order to be shown. It keeps no row.
func NewMenu(rows iter.Seq[Row], news []MenuRow, state MenuState) Menu {
	m := Menu{Note: state.Note, Unseen: state.Unseen, PausedUntil: state.PausedUntil}
	m.Sections[SectionNew] = Section{Title: wordNew.String(), Rows: slices.Clone(news)}
	m.Sections[SectionExternal] = Section{Title: wordExternal.String(), Empty: wordNothing.String()}
	m.Sections[SectionLocal] = Section{Title: wordLocal.String(), Empty: wordNothing.String()}
	var before Row
	for r := range rows {
		if twins(&before, &r) {
			continue
		}
		before = r
		s := &m.Sections[SectionLocal]
		if r.External {
			s = &m.Sections[SectionExternal]
		}
		s.Rows = append(s.Rows, r.menuRow(state.Row))
	}
	m.Title = m.title(state.Title)
	for i := range m.Sections {
		for j := range m.Sections[i].Rows {
			r := &m.Sections[i].Rows[j]
			r.TellsClosed = state.TellsClosed[r.ID]
		}
	}
	return m
}

// title is what stands beside the icon.
func (m *Menu) title(t alerts.TrayTitle) string {
	switch {
	case t == alerts.TitleReachable:
		return strconv.Itoa(len(m.Sections[SectionExternal].Rows))
	case t != alerts.TitleNew || m.Unseen <= 0:
		return ""
	case m.Unseen > 99:
		return "99+"
	}
	return strconv.Itoa(m.Unseen)
}

// NewsRow is the row of an alert about a program, by its identity, and a listener. Open
// says whether it still holds that: if not, nothing can be opened or stopped.
func NewsRow(alert int64, program string, r Row, open bool, text alerts.RowText) MenuRow {
	r.Program = programName(&r.Listener, program)
	m := r.menuRow(text)
	m.Alert = alert
	if !open {
		m.Label, m.URL, m.CanStop, m.Closed = ClosedLabel(m.Label), "", false, true
	}
	return m
}

func (r *Row) menuRow(text alerts.RowText) MenuRow {
	return MenuRow{ID: r.ID, Label: r.MenuLabel(text), Address: r.Address, URL: r.URL, CanStop: r.CanStop}
}

// twins reports whether two rows are what a program makes that binds all
// addresses, or loopback, of IPv4 and IPv6 by a socket each: one line for a
// person.
func twins(a, b *Row) bool {
	x, y := &a.Listener, &b.Listener
	wide := x.Scope() == scanner.ScopeAll || x.Scope() == scanner.ScopeLoopback
	return wide && x.Scope() == y.Scope() && x.Addr.Is4() != y.Addr.Is4() &&
		x.Port == y.Port && x.Proto == y.Proto && x.Device == y.Device && x.Namespace == y.Namespace &&
		a.Label() == b.Label() && slices.EqualFunc(x.Owners, y.Owners, func(p, q scanner.Process) bool { return p.ID == q.ID })
}

// Label is the row in one line: "22  ssh — sshd". UDP is said, TCP is not, and
// that the program is an unusual one is.
func (r Row) Label() string {
	label := PortProto(r.Listener.Port, r.Proto) + "  "
	if r.Service != "" {
		label += r.Service + " — "
	}
	return label + r.Holder()
}

// MenuLabel is the row in one line, as a person wants it in the tray menu: "22  ssh —
// sshd", "22  sshd" or "sshd  22".
func (r Row) MenuLabel(text alerts.RowText) string {
	port := PortProto(r.Listener.Port, r.Proto)
	switch text {
	case alerts.PortProgram:
		return port + "  " + r.Holder()
	case alerts.ProgramPort:
		return r.Holder() + "  " + port
	}
	return r.Label()
}

// Holder is the program, marked if it is an unusual one.
func (r Row) Holder() string {
	if r.Mismatch != "" {
		return wordsUnusual.With("Program", r.Program)
	}
	return r.Program
}

// MoreLabel is the line below a section that is cut: "3 more…".
func MoreLabel(n int) string { return wordsMore.Of(n) }

// ClosedLabel is the label of a row whose listener has gone.
func ClosedLabel(label string) string { return wordsClosed.With("Listener", label) }
