package view

import (
	"slices"
	"strconv"

	"portlight/scanner"
)

// MenuRows is how many rows a section of the tray menu shows at most.
const MenuRows = 20

// Menu is the listeners' part of the tray menu.
type Menu struct {
	Sections [2]Section // what others can reach, what only this computer can
	Note     string     // a line about what cannot be seen or what failed, or ""
}

// Section is a heading with rows.
type Section struct {
	Title string
	Rows  []MenuRow // all of them, by port: the tray shows MenuRows
	Empty string    // what stands there when there are no rows
}

// MenuRow is one listener in the menu.
type MenuRow struct {
	ID      string // of the listener
	Label   string // "port  service — program"
	Address string // what Copy address copies
	URL     string // what Open in browser opens, "" where it makes no sense
	CanStop bool   // Stop… makes sense
}

// NewMenu sorts rows into the two sections. Note may be "".
func NewMenu(rows []Row, note string) Menu {
	m := Menu{Note: note}
	m.Sections[0] = Section{Title: "Others can reach", Empty: "Nothing"}
	m.Sections[1] = Section{Title: "Only this computer", Empty: "Nothing"}
	var before *Row
	for i := range rows {
		r := &rows[i]
		if before != nil && twins(before, r) {
			continue
		}
		before = r
		s := &m.Sections[1]
		if r.External {
			s = &m.Sections[0]
		}
		s.Rows = append(s.Rows, MenuRow{ID: r.ID, Label: r.Label(), Address: r.Address, URL: r.URL, CanStop: r.CanStop})
	}
	return m
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

// Holder is the program, marked if it is an unusual one.
func (r Row) Holder() string {
	if r.Mismatch != "" {
		return r.Program + " (unusual)"
	}
	return r.Program
}

// MoreLabel is the line below a section that is cut: "3 more…".
func MoreLabel(n int) string { return strconv.Itoa(n) + " more…" }
