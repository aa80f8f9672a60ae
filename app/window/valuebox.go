package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// valueBox is the value of a fact. While the pointer is over it, an icon behind it
// copies it. It takes no keyboard, which would have to pass by all of them: the menu
// Copy has each value.
type valueBox struct {
	widget.BaseWidget
	label *widget.Label
	icon  *widget.Icon
	copy  func(string) // nil for what is no value
}

const copySize = 14

func newValueBox(p *pair, copy func(string)) *valueBox {
	v := &valueBox{copy: copy, icon: widget.NewIcon(theme.ContentCopyIcon())}
	v.label = widget.NewLabelWithStyle(p.value, fyne.TextAlignLeading, fyne.TextStyle{Monospace: p.mono, Italic: p.faint})
	v.label.Wrapping = fyne.TextWrapWord
	switch {
	case p.faint:
		v.label.Importance = widget.LowImportance
		v.copy = nil
	case p.warn:
		v.label.Importance = widget.WarningImportance
	}
	v.icon.Hide()
	v.ExtendBaseWidget(v)
	return v
}

func (v *valueBox) set(text string) { v.label.SetText(text) }

// CreateRenderer puts the icon beside the first line.
func (v *valueBox) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  v,
		objects: []fyne.CanvasObject{v.label, v.icon},
		min:     func() fyne.Size { return v.label.MinSize().AddWidthHeight(copySize, 0) },
		place: func(size fyne.Size) {
			v.label.Resize(fyne.NewSize(size.Width-copySize, size.Height))
			v.icon.Resize(fyne.NewSquareSize(copySize))
			v.icon.Move(fyne.NewPos(size.Width-copySize, theme.InnerPadding()+(theme.TextSize()*1.36-copySize)/2))
		},
		paint: func() {},
	}
}

// MouseIn shows the icon.
func (v *valueBox) MouseIn(*desktop.MouseEvent) {
	if v.copy != nil {
		v.icon.SetResource(theme.ContentCopyIcon())
		v.icon.Show()
	}
}

// MouseMoved does nothing.
func (v *valueBox) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes it away.
func (v *valueBox) MouseOut() { v.icon.Hide() }

// Tapped copies the value, at the icon.
func (v *valueBox) Tapped(ev *fyne.PointEvent) {
	if v.copy != nil && ev.Position.X >= v.Size().Width-copySize-4 {
		v.copy(v.label.Text)
		v.icon.SetResource(theme.ConfirmIcon())
	}
}
