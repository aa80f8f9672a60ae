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

// plan decides which listener each slot of the menu shows, and which one a
// click means. It knows no screen; times are given.
//
// Slots are in the order of the model, except while the menu is held open: then
// a slot keeps its listener, one that went is shown as closed, and new ones
// come last, as far as there are free slots.
type plan struct {
	hold     time.Duration
	held     time.Time // until then slots keep their listeners
	model    view.Menu
	sections [2]slots
}

// slots are the places of one section, from the top.
type slots [view.MenuRows]slot

type slotState uint8

const (
	free slotState = iota // hidden
	live                  // shows a listener
	gone                  // shows a listener that has closed
)

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
	sections [2]block
}

// block is a section as it is to be drawn.
type block struct {
	title string
	empty string // "" is hidden
	lines [view.MenuRows]line
	more  int // rows without a slot
}

// line is a slot as it is to be drawn.
type line struct {
	label   string
	shown   bool
	live    bool // can be clicked
	browser bool // has Open in browser
	stop    bool // has Stop…
}

// open holds the slots from now on, for a menu that was just opened.
func (p *plan) open(now time.Time) { p.held = now.Add(p.hold) }

// place gives each row of the model its slot, and the menu that comes of it.
func (p *plan) place(now time.Time) layout {
	l := layout{note: p.model.Note}
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

// keep leaves every listener in its slot; new ones go behind the last.
func (s *slots) keep(rows []view.MenuRow, now time.Time) {
	at := make(map[string]int, len(s))
	end := 0
	for i := range s {
		if s[i].state != free {
			at[s[i].row.ID] = i
			end = i + 1
			s[i].leave(gone, now)
		}
	}
	for _, r := range rows {
		i, known := at[r.ID]
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
	if r.ID != s.row.ID && s.row.ID != "" {
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
	for i := range s {
		b.lines[i] = s[i].line()
		if b.lines[i].shown {
			b.empty = ""
		}
		if b.lines[i].live {
			b.more--
		}
	}
	return b
}

func (s *slot) line() line {
	switch s.state {
	case live:
		return line{label: s.row.Label, shown: true, live: true, browser: s.row.URL != "", stop: s.row.CanStop}
	case gone:
		return line{label: closedLabel(s.row.Label), shown: true, browser: s.row.URL != "", stop: s.row.CanStop}
	}
	return line{}
}

// click says what a click on a slot's command means; false is nothing at all.
//
// A click names its slot only, and it may have been made on what the panel drew
// before the slot's last change. So:
//   - the slot has shown this listener alone for doubtFor: the click means it,
//     also for doubtFor after the listener closed or moved to another slot;
//   - else it may mean another listener: the click acts on none and opens the
//     window, where the person sees all of them;
//   - the listener closed, or the slot was hidden, longer ago: nothing;
//   - Stop… or Open in browser, where they no longer make sense, give Details.
//
// The program behind one listener may change too; whoever acts on Stop… names
// the program and asks.
func (p *plan) click(section, at int, cmd Command, now time.Time) (Command, view.MenuRow, bool) {
	s := &p.sections[section][at]
	switch {
	case s.row.ID == "", s.state != live && now.Sub(s.left) >= doubtFor:
		return 0, view.MenuRow{}, false
	case now.Before(s.sure):
		return OpenWindow, view.MenuRow{}, true
	case cmd == Stop && !s.row.CanStop, cmd == OpenBrowser && s.row.URL == "":
		return Details, s.row, true
	}
	return cmd, s.row, true
}
