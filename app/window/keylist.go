package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// keyList is a List whose selected line is the cursor: the arrow keys move it, letters
// and other keys do something with it.
type keyList struct {
	widget.List
	selected int // -1 for none
	focused  bool
	height   float32             // of a line
	skips    func(line int) bool // a heading, which the cursor passes over
	chosen   func(line int)      // the cursor has moved there; -1 for nowhere
	keys     map[fyne.KeyName]func()
	letters  map[rune]func()
	alt      map[fyne.KeyName]func()  // together with Alt
	shortcut func(fyne.Shortcut) bool // the window's, may be nil
	focus    func(fyne.Focusable)     // gives something the keyboard, where it is on the screen
}

// start is for when all functions are set.
func (l *keyList) start() {
	l.selected = -1
	l.HideSeparators = true
	l.OnSelected = l.arrive
	l.ExtendBaseWidget(l)
}

// arrive takes a line that was chosen; of a heading it is the first below it.
func (l *keyList) arrive(line int) {
	if l.skips(line) {
		l.Select(line + 1)
		return
	}
	l.selected = line
	l.Refresh() // the bar moves along
	l.chosen(line)
}

// FocusGained shows where the keyboard is.
func (l *keyList) FocusGained() { l.setFocused(true) }

// FocusLost hides it again.
func (l *keyList) FocusLost() { l.setFocused(false) }

func (l *keyList) setFocused(on bool) {
	l.focused = on
	if on && l.selected < 0 {
		l.move(0, 1)
	}
	l.Refresh()
}

// TypedKey moves the cursor, or does what the key is for.
func (l *keyList) TypedKey(ev *fyne.KeyEvent) {
	page := max(int(l.Size().Height/l.height)-2, 1)
	switch ev.Name {
	case fyne.KeyDown:
		l.move(l.selected+1, 1)
	case fyne.KeyUp:
		l.move(l.selected-1, -1)
	case fyne.KeyPageDown:
		l.move(min(l.selected+page, l.Length()-1), -1)
	case fyne.KeyPageUp:
		l.move(max(l.selected-page, 0), 1)
	case fyne.KeyHome:
		l.move(0, 1)
	case fyne.KeyEnd:
		l.move(l.Length()-1, -1)
	default:
		if do := l.keys[ev.Name]; do != nil {
			do()
		}
	}
}

// move sets the cursor to a line, or to the next one that is no heading.
func (l *keyList) move(line, step int) {
	for line >= 0 && line < l.Length() && l.skips(line) {
		line += step
	}
	switch {
	case line < 0:
		l.ScrollToTop() // the heading above is seen then
	case line < l.Length():
		l.Select(line)
	}
}

// TypedRune does what a letter is for.
func (l *keyList) TypedRune(r rune) {
	if do := l.letters[r]; do != nil {
		do()
	}
}

// TypedShortcut does what a key is for together with Alt; other shortcuts are the
// window's.
func (l *keyList) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierAlt && l.alt[c.KeyName] != nil {
		l.alt[c.KeyName]()
		return
	}
	if l.shortcut != nil {
		l.shortcut(s)
	}
}

// mark selects a line, -1 for none, after the lines have changed: the scrolling stays
// as it is.
func (l *keyList) mark(line int) {
	offset := l.GetScrollOffset()
	l.UnselectAll()
	l.selected = -1
	l.Refresh()
	if line >= 0 {
		l.Select(line)
	} else {
		l.chosen(-1)
	}
	l.ScrollToOffset(offset)
}

// take gives the list the keyboard, where it is on the screen. The driver knows the canvas
// only of what has been drawn within the last minute: it is not asked.
func (l *keyList) take() { l.focus(l) }
