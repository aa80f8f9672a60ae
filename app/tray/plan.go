package tray

import (
	"time"

	"portlight/app/view"
)

const (
	// holdFor is how long an opened menu keeps its slots. Desktops tell when a
	// menu opens; few tell when it closes, and systray passes that on from none.
	holdFor = 10 * time.Second

	// doubtFor is how long after a slot changed a click may still be meant for
	// what the slot showed before: the signal has to reach the panel, the panel
	// to draw, and the eye to see.
	doubtFor = time.Second
)

// plan decides which listener or alert each slot of the menu shows, and which
// one a click means. It knows no screen; times are given.
//
// Slots are in the order of the model, except while the menu is held open: then
// a slot keeps its row, one that went is shown as closed or seen, and new ones
// come last, as far as there are free slots.
type plan struct {
	hold     time.Duration
	held     time.Time // until then slots keep their listeners
	model    view.Menu
	sections [view.MenuSections]slots
	newest   int64     // the newest alert that the menu has shown
	newestAt time.Time // since then
	older    int64     // the newest one that it had shown for doubtFor by then
}

// slots are the places of one section, from the top.
type slots [view.MenuRows]slot

type slotState uint8

const (
	free slotState = iota // hidden
	live                  // shows a row
	gone                  // shows a row that has left the model
)

// key tells rows apart: a listener may have several alerts.
type key struct {
	alert int64
	id    string
}

func keyOf(r *view.MenuRow) key { return key{r.Alert, r.ID} }

// slot is one place in the menu.
type slot struct {
	state slotState
	row   view.MenuRow // what it shows, or showed last
	left  time.Time    // when it last ceased to be live
	sure  time.Time    // from then on a click can only mean row
}

// layout is the whole menu as it is to be drawn. It is comparable.
type layout struct {
	note     string // "" is hidden
	sections [view.MenuSections]block
	unseen   int
	title    string
	paused   string // "" is not paused
	language string // of all words
}

// block is a section as it is to be drawn.
type block struct {
	title string // "" is hidden
	empty string // "" is hidden
	lines [view.MenuRows]line
	more  int // rows without a slot
}

// line is a slot as it is to be drawn.
type line struct {
	label string
	shown bool
	live  bool                   // can be clicked
	has   [len(rowCommands)]bool // which lines its submenu has
	tells bool                   // TellClosed is checked
}

// open holds the slots from now on, for a menu that was just opened.
func (p *plan) open(now time.Time) { p.held = now.Add(p.hold) }

// place gives each row of the model its slot, and the menu that comes of it.
func (p *plan) place(now time.Time) layout {
	p.rememberNewest(now)
	l := layout{note: p.model.Note, unseen: p.model.Unseen, title: p.model.Title, paused: pausedWords(p.model.PausedUntil, now)}
	for i := range p.sections {
		m, s := &p.model.Sections[i], &p.sections[i]
		if now.Before(p.held) {
			s.keep(m.Rows, now)
		} else {
			s.sort(m.Rows, now)
		}
		l.sections[i] = s.block(m)
	}
	return l
}

// sort puts the rows into the slots in their order.
func (s *slots) sort(rows []view.MenuRow, now time.Time) {
	for i := range s {
		if i < len(rows) {
			s[i].show(rows[i], now)
		} else {
			s[i].leave(free, now)
		}
	}
}

// keep leaves every row in its slot; new ones go behind the last.
func (s *slots) keep(rows []view.MenuRow, now time.Time) {
	at := make(map[key]int, len(s))
	end := 0
	for i := range s {
		if s[i].state != free {
			at[keyOf(&s[i].row)] = i
			end = i + 1
			s[i].leave(gone, now)
		}
	}
	for _, r := range rows {
		i, known := at[keyOf(&r)]
		if !known {
			i = end
			end++
		}
		if i < len(s) {
			s[i].show(r, now)
		}
	}
}

// show makes the slot show a row.
func (s *slot) show(r view.MenuRow, now time.Time) {
	if shown := keyOf(&s.row); shown != keyOf(&r) && shown != (key{}) {
		last := s.left
		if s.state == live {
			last = now
		}
		s.sure = last.Add(doubtFor)
	}
	s.state, s.row = live, r
}

// leave ends a slot's being live. The row stays: a late click may mean it.
func (s *slot) leave(to slotState, now time.Time) {
	if s.state == live {
		s.left = now
	}
	s.state = to
}

// block is the section as its slots stand.
func (s *slots) block(m *view.Section) block {
	b := block{title: m.Title, empty: m.Empty, more: len(m.Rows)}
	used := false
	for i := range s {
		b.lines[i] = s[i].line()
		used = used || b.lines[i].shown
		if b.lines[i].live {
			b.more--
		}
	}
	switch {
	case used:
		b.empty = ""
	case m.Empty == "":
		b.title = ""
	}
	return b
}

func (s *slot) line() line {
	if s.state == free {
		return line{}
	}
	l := line{label: s.row.Label, shown: true, live: s.state == live, tells: s.row.TellsClosed}
	if s.state == gone {
		l.label = goneLabel(&s.row)
	}
	for i, c := range rowCommands {
		l.has[i] = can(&s.row, c.cmd)
	}
	return l
}

// goneLabel is a row that has left the model: a listener closed, an alert was
// seen.
func goneLabel(r *view.MenuRow) string {
	if r.Alert != 0 {
		return seenLabel(r.Label)
	}
	return view.ClosedLabel(r.Label)
}

// can reports whether a command makes sense for a row.
func can(r *view.MenuRow, cmd Command) bool {
	switch cmd {
	case Allow, Mute:
		return r.Alert != 0 && r.ID != ""
	case CopyAddress:
		return r.Address != ""
	case OpenBrowser:
		return r.URL != ""
	case TellClosed:
		return r.ID != "" && !r.Closed
	case Stop:
		return r.CanStop
	}
	return true
}

// click says what a click on a slot's command means; false is nothing at all.
//
// A click names its slot only, and it may have been made on what the panel drew
// before the slot's last change. So:
//   - the slot has shown this row alone for doubtFor: the click means it, also
//     for doubtFor after the row left or moved to another slot;
//   - else it may mean another row: the click acts on none and opens the
//     window, where the person sees all of them;
//   - the row left, or the slot was hidden, longer ago: nothing;
//   - a command that no longer makes sense gives Details.
//
// The program behind one listener may change too; whoever acts on Stop… names
// the program and asks.
func (p *plan) click(section, at int, cmd Command, now time.Time) (Command, view.MenuRow, bool) {
	s := &p.sections[section][at]
	switch {
	case keyOf(&s.row) == key{}, s.state != live && now.Sub(s.left) >= doubtFor:
		return 0, view.MenuRow{}, false
	case now.Before(s.sure):
		return overview(section), view.MenuRow{}, true
	case !can(&s.row, cmd):
		return Details, s.row, true
	}
	return cmd, s.row, true
}

// overview is the command that shows all that a section is about.
func overview(section int) Command {
	if section == view.SectionNew {
		return OpenAlerts
	}
	return OpenWindow
}

// rememberNewest takes note of alerts that the menu shows from now on.
func (p *plan) rememberNewest(now time.Time) {
	newest := p.newest
	for i := range p.model.Sections[view.SectionNew].Rows {
		newest = max(newest, p.model.Sections[view.SectionNew].Rows[i].Alert)
	}
	if newest > p.newest {
		p.older = p.sureNewest(now)
		p.newest, p.newestAt = newest, now
	}
}

// sureNewest is the newest alert that the menu has shown for doubtFor, 0 if
// there is none.
func (p *plan) sureNewest(now time.Time) int64 {
	if now.Sub(p.newestAt) < doubtFor {
		return p.older
	}
	return p.newest
}

// markSeen says what a click on MarkSeen means: only what the menu has shown
// for doubtFor can have been seen in it.
func (p *plan) markSeen(now time.Time) (Command, view.MenuRow) {
	newest := p.sureNewest(now)
	if newest == 0 {
		return OpenAlerts, view.MenuRow{}
	}
	return MarkSeen, view.MenuRow{Alert: newest}
}
