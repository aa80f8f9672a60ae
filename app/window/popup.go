package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// sheet is what stands in a popup, with what its owner wants to have a say in.
type sheet struct {
	widget.BaseWidget
	content fyne.CanvasObject
	closed  func()      // runs after it was closed, by whomever; may be nil
	keeps   func() bool // reports whether closing it would lose something; nil for never
}

func newSheet(content fyne.CanvasObject, closed func()) *sheet {
	s := &sheet{content: content, closed: closed}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer draws the content alone.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.content) }

// keepPopup has the open popup stay, when something else is to be shown, as long as
// keeps reports that closing it would lose something.
func (w *Window) keepPopup(keeps func() bool) { w.popup.Content.(*sheet).keeps = keeps }

// makeWay closes the open popup for something that the user has not asked for there,
// and reports whether the way is free: one in which something was typed stays.
func (w *Window) makeWay() bool {
	if w.popup != nil {
		if s := w.popup.Content.(*sheet); s.keeps != nil && s.keeps() {
			return false
		}
	}
	w.closePopup()
	return true
}
