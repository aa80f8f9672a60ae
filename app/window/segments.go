package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// segments is a choice of one among a few, side by side.
type segments struct {
	widget.BaseWidget
	items   []string
	chosen  int
	focused bool
	changed func(int)
	keys    map[fyne.KeyName]func() // what other keys do; may be nil
}

const (
	segmentPad   = 12
	segmentInset = 2
)

func newSegments(changed func(int), items ...string) *segments {
	s := &segments{items: items, changed: changed}
	s.ExtendBaseWidget(s)
	return s
}

// choose takes the choice and says so where it is another.
func (s *segments) choose(i int) {
	if i < 0 || i >= len(s.items) || i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	s.changed(i)
}

// Tapped chooses what was tapped.
func (s *segments) Tapped(ev *fyne.PointEvent) {
	s.choose(int(ev.Position.X / (s.Size().Width / float32(len(s.items)))))
}

// FocusGained shows where the keyboard is.
func (s *segments) FocusGained() { s.setFocused(true) }

// FocusLost hides it again.
func (s *segments) FocusLost() { s.setFocused(false) }

func (s *segments) setFocused(on bool) {
	s.focused = on
	s.Refresh()
}

// TypedRune does nothing.
func (s *segments) TypedRune(rune) {}

// TypedKey moves the choice.
func (s *segments) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		s.choose(s.chosen - 1)
	case fyne.KeyRight:
		s.choose(s.chosen + 1)
	default:
		if do := s.keys[ev.Name]; do != nil {
			do()
		}
	}
}

// CreateRenderer draws a track with the chosen part raised.
func (s *segments) CreateRenderer() fyne.WidgetRenderer {
	track, pill := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	track.CornerRadius, pill.CornerRadius = 7, 5
	objects := []fyne.CanvasObject{track, pill}
	texts := make([]*canvas.Text, len(s.items))
	for i, item := range s.items {
		texts[i] = canvas.NewText(item, nil)
		texts[i].Alignment = fyne.TextAlignCenter
		objects = append(objects, texts[i])
	}
	r := &renderer{widget: s, objects: objects}
	r.min = func() fyne.Size { return s.minSize(texts) }
	r.place = func(size fyne.Size) { s.place(size, track, pill, texts) }
	r.paint = func() { s.paint(track, pill, texts) }
	r.paint()
	return r
}

func (s *segments) minSize(texts []*canvas.Text) fyne.Size {
	var widest fyne.Size
	for _, t := range texts {
		widest = widest.Max(t.MinSize())
	}
	return fyne.NewSize((widest.Width+2*segmentPad)*float32(len(texts)), widest.Height+10)
}

func (s *segments) place(size fyne.Size, track, pill *canvas.Rectangle, texts []*canvas.Text) {
	track.Resize(size)
	each := fyne.NewSize(size.Width/float32(len(texts)), size.Height)
	pill.Resize(each.SubtractWidthHeight(2*segmentInset, 2*segmentInset))
	pill.Move(fyne.NewPos(each.Width*float32(s.chosen)+segmentInset, segmentInset))
	for i, t := range texts {
		height := t.MinSize().Height
		t.Resize(fyne.NewSize(each.Width, height))
		t.Move(fyne.NewPos(each.Width*float32(i), (size.Height-height)/2))
	}
}

func (s *segments) paint(track, pill *canvas.Rectangle, texts []*canvas.Text) {
	track.FillColor = themed(s, theme.ColorNameButton)
	pill.FillColor = themed(s, theme.ColorNameOverlayBackground)
	pill.StrokeColor, pill.StrokeWidth = themed(s, theme.ColorNameInputBorder), 1
	if s.focused {
		pill.StrokeColor = themed(s, theme.ColorNamePrimary)
	}
	for i, t := range texts {
		t.TextSize = s.Theme().Size(theme.SizeNameText)
		t.Color = themed(s, theme.ColorNameForeground)
		if i != s.chosen {
			t.Color = themed(s, theme.ColorNamePlaceHolder)
		}
	}
}
