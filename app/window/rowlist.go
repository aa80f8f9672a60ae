package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// rowActions are what happens at a row.
type rowActions struct {
	chosen func(id, group string) // a listener, or the title of a group
	toggle func(group string)     // opens or closes it
	open   func()                 // goes on to the details
	menu   func(fyne.Position)
	escape func() // takes the search away
}

// rowList is a List in which the arrow keys move the selection, and open and close
// groups.
type rowList struct {
	widget.List
	model    *model
	actions  rowActions
	selected int // -1 for none
	focused  bool
	marking  bool // the selection follows its row: nobody has chosen
}

func newRowList(m *model, w func(float32) widths, now func() time.Time, a rowActions) *rowList {
	l := &rowList{model: m, actions: a, selected: -1}
	l.HideSeparators = true
	l.Length = func() int { return len(m.lines) }
	l.CreateItem = func() fyne.CanvasObject { return newTableRow(w, now, l.tapped) }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(m.lines) {
			var s since
			if m.lines[i].entry != nil {
				s = m.since(m.lines[i].entry)
			}
			o.(*tableRow).show(i, m.lines[i], s, l.focused && i == l.selected)
		}
	}
	l.OnSelected = l.take
	l.ExtendBaseWidget(l)
	return l
}

// take is told that a row is selected, by pointer, keyboard or from here.
func (l *rowList) take(i widget.ListItemID) {
	l.selected = i
	if l.focused {
		l.RefreshItem(i)
	}
	if l.marking || i >= len(l.model.lines) {
		return
	}
	if at := l.model.lines[i]; at.entry != nil {
		l.actions.chosen(at.ID, "")
	} else {
		l.actions.chosen("", at.group.name)
	}
}

// tapped selects a row; a tap at the title of a group opens or closes it, one with
// the other button opens the menu of a listener.
func (l *rowList) tapped(place int, menu *fyne.Position) {
	if place >= len(l.model.lines) {
		return
	}
	at := l.model.lines[place]
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	l.Select(place)
	switch {
	case at.entry == nil:
		l.actions.toggle(at.group.name)
	case menu != nil:
		l.actions.menu(*menu)
	}
}

// FocusGained shows where the keyboard is.
func (l *rowList) FocusGained() { l.setFocused(true) }

// FocusLost hides it again.
func (l *rowList) FocusLost() { l.setFocused(false) }

func (l *rowList) setFocused(on bool) {
	l.focused = on
	if on && l.selected < 0 && len(l.model.lines) > 0 {
		l.Select(0)
	}
	if l.selected >= 0 {
		l.RefreshItem(l.selected)
	}
}

// TypedKey moves the selection, and opens and closes groups.
func (l *rowList) TypedKey(ev *fyne.KeyEvent) {
	page := max(int(l.Size().Height/rowHeight)-2, 1)
	last := l.Length() - 1
	to := l.selected
	switch ev.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	case fyne.KeyEscape:
		l.actions.escape()
		return
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		l.act(ev.Name)
		return
	default:
		return
	}
	if last >= 0 {
		l.Select(min(max(to, 0), last))
	}
}

// act does what a key does at the selected row.
func (l *rowList) act(key fyne.KeyName) {
	if l.selected < 0 || l.selected >= len(l.model.lines) {
		return
	}
	at := l.model.lines[l.selected]
	switch {
	case at.entry == nil && (key != fyne.KeyLeft || !at.group.closed) && (key != fyne.KeyRight || at.group.closed):
		l.actions.toggle(at.group.name)
	case at.entry == nil:
	case key == fyne.KeyLeft && at.group != nil:
		l.Select(l.model.titlePlace(at.group.name))
	case key == fyne.KeyReturn || key == fyne.KeyEnter:
		l.actions.open()
	}
}

// mark selects a place, -1 for none, after the rows have changed: the scrolling
// stays as it is.
func (l *rowList) mark(place int) {
	offset := l.GetScrollOffset()
	l.marking = true
	l.UnselectAll()
	l.selected = -1
	l.Refresh()
	if place >= 0 {
		l.Select(place)
	}
	l.marking = false
	l.ScrollToOffset(offset)
}
