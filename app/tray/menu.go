package tray

import (
	"strings"

	"portlight/app/view"
)

// item is one line of the menu; *systray.MenuItem is one.
type item interface {
	SetTitle(string)
	Show()
	Hide()
	Enable()
	Disable()
}

// board is where the menu is drawn. It only appends; clicked is called for
// every click on the new item.
type board interface {
	add(title string, clicked func()) item
	under(parent item, title string, clicked func()) item
	separator()
}

// cell is an item and how it was last drawn. Every call of an item is a message
// to the panel, which answers by reading the menu anew: only what differs is
// drawn.
type cell struct {
	item     item
	title    string
	hidden   bool
	disabled bool
}

// draw changes what differs. Of a hidden item nothing else is drawn.
func (c *cell) draw(title string, shown, enabled bool) {
	if !shown {
		c.hide()
		return
	}
	if title = clean(title); title != c.title {
		c.title = title
		c.item.SetTitle(label(title))
	}
	switch {
	case enabled && c.disabled:
		c.item.Enable()
	case !enabled && !c.disabled:
		c.item.Disable()
	}
	c.disabled = !enabled
	if c.hidden {
		c.hidden = false
		c.item.Show()
	}
}

func (c *cell) hide() {
	if !c.hidden {
		c.hidden = true
		c.item.Hide()
	}
}

// clean guards the menu: one text that is not valid breaks all of it.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// menu is the tree of items. All slots are made at once and stay where they
// are; a slot's submenu is made when it is first needed, so that a panel which
// reads the whole menu after each change does not read 160 items for nothing.
type menu struct {
	board    board
	clicked  func(section, slot int, cmd Command)
	note     cell
	sections [2]sectionCells
}

type sectionCells struct {
	title, empty, more cell
	rows               [view.MenuRows]rowCells
}

type rowCells struct {
	cell
	details, copy, browser, stop cell
}

// newMenu appends the menu to the board, all slots hidden. Clicks on items that
// belong to no slot have section and slot -1.
func newMenu(b board, clicked func(section, slot int, cmd Command)) *menu {
	m := &menu{board: b, clicked: clicked}
	m.note = m.hidden()
	for i := range m.sections {
		m.addSection(&m.sections[i])
		b.separator()
	}
	m.command(wordOpen, OpenWindow)
	m.command(wordSettings, OpenSettings)
	m.command(wordQuit, Quit)
	return m
}

func (m *menu) addSection(s *sectionCells) {
	s.title = m.hidden()
	s.empty = m.hidden()
	for i := range s.rows {
		s.rows[i].cell = m.hidden()
	}
	s.more = cell{item: m.command("", OpenWindow)}
	s.more.hide()
}

// hidden appends an item that does nothing and is not seen.
func (m *menu) hidden() cell {
	c := cell{item: m.board.add("", nil)}
	c.hide()
	return c
}

func (m *menu) command(title string, cmd Command) item {
	return m.board.add(title, func() { m.clicked(-1, -1, cmd) })
}

// draw makes the menu look like the layout.
func (m *menu) draw(l *layout) {
	m.note.draw(l.note, l.note != "", false)
	for i := range m.sections {
		s, b := &m.sections[i], &l.sections[i]
		s.title.draw(b.title, true, false)
		s.empty.draw(b.empty, b.empty != "", false)
		for j := range s.rows {
			m.drawRow(i, j, &b.lines[j])
		}
		s.more.draw(view.MoreLabel(b.more), b.more > 0, true)
	}
}

// drawRow draws the submenu before its row is shown.
func (m *menu) drawRow(section, slot int, l *line) {
	r := &m.sections[section].rows[slot]
	if l.shown {
		m.addSubmenu(r, section, slot)
		r.details.draw(wordDetails, true, l.live)
		r.copy.draw(wordCopy, true, l.live)
		r.browser.draw(wordBrowser, l.browser, l.live)
		r.stop.draw(wordStop, l.stop, l.live)
	}
	r.draw(l.label, l.shown, l.live)
}

func (m *menu) addSubmenu(r *rowCells, section, slot int) {
	if r.details.item != nil {
		return
	}
	add := func(title string, cmd Command) cell {
		clicked := func() { m.clicked(section, slot, cmd) }
		return cell{item: m.board.under(r.item, title, clicked), title: title}
	}
	r.details = add(wordDetails, Details)
	r.copy = add(wordCopy, CopyAddress)
	r.browser = add(wordBrowser, OpenBrowser)
	r.stop = add(wordStop, Stop)
}
