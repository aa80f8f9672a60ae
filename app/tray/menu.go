package tray

import (
	"strings"

	"portlight/app/view"
	"portlight/assets/words"
)

// item is one line of the menu; *systray.MenuItem is one.
type item interface {
	SetTitle(string)
	Show()
	Hide()
	Enable()
	Disable()
	Check()
	Uncheck()
}

// board is where the menu is drawn. It only appends; clicked is called for
// every click on the new item.
type board interface {
	add(title string, clicked func()) item
	under(parent item, title string, clicked func()) item
	checkUnder(parent item, title string, clicked func()) item // unchecked
	separator()
	mark(on bool)      // the icon
	title(text string) // beside the icon
	count(unseen int)  // in the icon's tooltip
}

// cell is an item and how it was last drawn. Every call of an item is a message
// to the panel, which answers by reading the menu anew: only what differs is
// drawn.
type cell struct {
	item     item
	title    string
	hidden   bool
	disabled bool
	checked  bool
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

func (c *cell) check(on bool) {
	switch {
	case on && !c.checked:
		c.item.Check()
	case !on && c.checked:
		c.item.Uncheck()
	}
	c.checked = on
}

// clean guards the menu: one text that is not valid breaks all of it.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// rowCommands are the lines of a row's submenu, from the top.
var rowCommands = [...]struct {
	cmd  Command
	word words.Text
}{
	{Details, wordDetails},
	{Allow, wordAllow},
	{Mute, wordMute},
	{CopyAddress, wordCopy},
	{OpenBrowser, wordBrowser},
	{TellClosed, wordTell},
	{Stop, wordStop},
}

// menu is the tree of items. All slots are made at once and stay where they
// are; a slot's submenu is made when it is first needed, so that a panel which
// reads the whole menu after each change does not read 300 items for nothing.
type menu struct {
	board    board
	clicked  func(section, slot int, cmd Command)
	note     cell
	sections [view.MenuSections]sectionCells
	markSeen cell
	pause    cell // with a submenu
	paused   cell
	resume   cell
	fixed    []fixedCell
	unseen   int    // as drawn
	title    string // as drawn
	language string // as drawn
}

// fixedCell is an item that is always there and says the same.
type fixedCell struct {
	cell
	word words.Text
}

type sectionCells struct {
	title, empty, more cell
	rows               [view.MenuRows]rowCells
}

type rowCells struct {
	cell
	made    bool // the submenu
	submenu [len(rowCommands)]cell
}

// newMenu appends the menu to the board, all slots hidden. Clicks on items that
// belong to no slot have section and slot -1.
func newMenu(b board, clicked func(section, slot int, cmd Command)) *menu {
	m := &menu{board: b, clicked: clicked, language: words.InUse()}
	m.note = m.hidden()
	for i := range m.sections {
		m.addSection(i)
	}
	m.addAlerts()
	b.separator()
	m.addFixed(b.add, wordOpen, OpenWindow)
	m.addFixed(b.add, wordSettings, OpenSettings)
	m.addFixed(b.add, wordQuit, Quit)
	return m
}

// addSection appends a section. None ends with a separator that might be the
// first line of the menu: a separator cannot be hidden.
func (m *menu) addSection(section int) {
	s := &m.sections[section]
	s.title = m.hidden()
	s.empty = m.hidden()
	for i := range s.rows {
		s.rows[i].cell = m.hidden()
	}
	s.more = m.hiddenCommand("", overview(section))
	if section != view.SectionNew {
		m.board.separator()
	}
}

// addAlerts appends what is about all alerts.
func (m *menu) addAlerts() {
	m.markSeen = m.hiddenCommand(wordMarkSeen.String(), MarkSeen)
	m.pause = cell{item: m.board.add(wordPause.String(), nil), title: wordPause.String()}
	under := func(title string, clicked func()) item { return m.board.under(m.pause.item, title, clicked) }
	m.addFixed(under, wordHour, PauseHour)
	m.addFixed(under, wordTomorrow, PauseTomorrow)
	m.paused = m.hidden()
	m.resume = m.hiddenCommand(wordResume.String(), Resume)
}

// addFixed appends an item that is always there.
func (m *menu) addFixed(add func(string, func()) item, word words.Text, cmd Command) {
	title := word.String()
	m.fixed = append(m.fixed, fixedCell{cell{item: add(title, func() { m.clicked(-1, -1, cmd) }), title: title}, word})
}

// hidden appends an item that does nothing and is not seen.
func (m *menu) hidden() cell {
	c := cell{item: m.board.add("", nil)}
	c.hide()
	return c
}

func (m *menu) hiddenCommand(title string, cmd Command) cell {
	c := cell{item: m.board.add(title, func() { m.clicked(-1, -1, cmd) }), title: title}
	c.hide()
	return c
}

// draw makes menu and icon look like the layout.
func (m *menu) draw(l *layout) {
	m.drawUnseen(l)
	m.drawTitle(l.title)
	m.note.draw(l.note, l.note != "", false)
	for i := range m.sections {
		s, b := &m.sections[i], &l.sections[i]
		s.title.draw(b.title, b.title != "", false)
		s.empty.draw(b.empty, b.empty != "", false)
		for j := range s.rows {
			m.drawRow(i, j, &b.lines[j])
		}
		s.more.draw(view.MoreLabel(b.more), b.more > 0, true)
	}
	m.markSeen.draw(wordMarkSeen.String(), l.unseen > 0, true)
	m.pause.draw(wordPause.String(), l.paused == "", true)
	m.paused.draw(l.paused, l.paused != "", false)
	m.resume.draw(wordResume.String(), l.paused != "", true)
	for i := range m.fixed {
		m.fixed[i].draw(m.fixed[i].word.String(), true, true)
	}
}

// drawTitle puts a text beside the icon.
func (m *menu) drawTitle(text string) {
	if text != m.title {
		m.board.title(text)
		m.title = text
	}
}

// drawUnseen gives the icon its mark and its count, whose words are of a language.
func (m *menu) drawUnseen(l *layout) {
	n := l.unseen
	if n == m.unseen && l.language == m.language {
		return
	}
	if (n > 0) != (m.unseen > 0) {
		m.board.mark(n > 0)
	}
	m.board.count(n)
	m.unseen, m.language = n, l.language
}

// drawRow draws the submenu before its row is shown.
func (m *menu) drawRow(section, slot int, l *line) {
	r := &m.sections[section].rows[slot]
	if l.shown {
		m.addSubmenu(r, section, slot)
		r.drawSubmenu(l)
	}
	r.draw(l.label, l.shown, l.live)
}

func (r *rowCells) drawSubmenu(l *line) {
	for i, c := range rowCommands {
		if s := &r.submenu[i]; s.item != nil {
			s.draw(c.word.String(), l.has[i], l.live)
			if c.cmd == TellClosed && l.has[i] {
				s.check(l.tells)
			}
		}
	}
}

// addSubmenu appends the lines that a row of the section may have.
func (m *menu) addSubmenu(r *rowCells, section, slot int) {
	if r.made {
		return
	}
	r.made = true
	for i, c := range rowCommands {
		add := m.board.under
		switch {
		case section != view.SectionNew && (c.cmd == Allow || c.cmd == Mute):
			continue
		case c.cmd == TellClosed:
			add = m.board.checkUnder
		}
		title := c.word.String()
		r.submenu[i] = cell{item: add(r.item, title, func() { m.clicked(section, slot, c.cmd) }), title: title}
	}
}
