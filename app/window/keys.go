package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// keys sets the keys of the window: Ctrl, or Cmd on a Mac, with F, W, C, comma, and
// the number of a tab.
func (w *Window) keys() {
	for _, key := range [...]fyne.KeyName{fyne.KeyF, fyne.KeyW, fyne.KeyComma, fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5} {
		w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(s fyne.Shortcut) { w.shortcut(s) })
	}
	w.win.Canvas().AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) { w.copyRow() })
	w.win.Canvas().SetOnTypedKey(w.typed)
}

// shortcut does what a shortcut is for and reports whether it is one of ours.
func (w *Window) shortcut(s fyne.Shortcut) bool {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || c.Modifier != fyne.KeyModifierShortcutDefault {
		return false
	}
	if c.KeyName == fyne.KeyW {
		w.win.Close()
		return true
	}
	do := map[fyne.KeyName]func(){
		fyne.KeyF:     w.toSearch,
		fyne.Key1:     func() { w.toTab(0) },
		fyne.Key2:     func() { w.toTab(1) },
		fyne.Key3:     func() { w.toTab(2) },
		fyne.Key4:     func() { w.toTab(3) },
		fyne.Key5:     func() { w.toTab(4) },
		fyne.KeyComma: func() { w.toTab(tabSettings) },
	}[c.KeyName]
	if do != nil && w.popup == nil {
		do()
	}
	return do != nil
}

// toTab turns to a tab and gives it the keyboard.
func (w *Window) toTab(tab int) {
	w.nav.choose(tab)
	switch tab {
	case tabListeners:
		w.toTable()
	case tabAlerts:
		w.alerts.shown()
	case tabHistory:
		w.past.lanes.take()
	case tabHealth:
		w.win.Canvas().Focus(w.health.report)
	case tabSettings:
		w.win.Canvas().Focus(w.settings.atLogin)
	}
}

func (w *Window) toSearch() {
	w.nav.choose(tabListeners)
	w.win.Canvas().Focus(w.list.search)
}

// toTable moves the keyboard to the chosen row, or the first.
func (w *Window) toTable() { w.win.Canvas().Focus(w.list.list) }

// toDetails moves the keyboard to the buttons of the details.
func (w *Window) toDetails() {
	if first := w.list.details.first; first != nil {
		w.win.Canvas().Focus(first)
	}
}

// copyRow copies the chosen listener as a line of text.
func (w *Window) copyRow() {
	if w.popup == nil && w.nav.chosen == tabListeners && w.chosen.row != nil {
		w.copy(rowLine(w.chosen.row))
	}
}

// typed is for keys that no widget took.
func (w *Window) typed(ev *fyne.KeyEvent) {
	switch {
	case ev.Name == fyne.KeyEscape && w.popup != nil:
		w.closePopup()
	case w.popup != nil || w.nav.chosen != tabListeners:
	case ev.Name == fyne.KeyEscape:
		w.list.search.SetText("")
	default:
		w.list.list.TypedKey(ev)
	}
}
