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
	chosen  int // -1 is none
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

// rename gives a segment other words.
func (s *segments) rename(i int, words string) {
	if s.items[i] != words {
		s.items[i] = words
		s.Refresh()
	}
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

// mark shows a choice that was made elsewhere; -1 is none of these.
func (s *segments) mark(i int) {
	if i != s.chosen {
		s.chosen = i
		s.Refresh()
	}
}

// Tapped chooses what was tapped.
func (s *segments) Tapped(ev *fyne.PointEvent) {
	x := float32(0)
	for i, w := range s.widths(s.Size().Width) {
		if x += w; ev.Position.X < x {
			s.choose(i)
			return
		}
	}
}

// widths shares a width among the segments, each by what its words take. With 0 it
// is what they need.
func (s *segments) widths(total float32) []float32 {
	all, sum := make([]float32, len(s.items)), float32(0)
	for i, item := range s.items {
		all[i] = fyne.MeasureText(item, s.Theme().Size(theme.SizeNameText), fyne.TextStyle{}).Width + 2*segmentPad
		sum += all[i]
	}
	for i := range all {
		all[i] += max(total-sum, 0) / float32(len(all))
	}
	return all
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
	size := fyne.NewSize(0, texts[0].MinSize().Height+10)
	for _, w := range s.widths(0) {
		size.Width += w
	}
	return size
}

func (s *segments) place(size fyne.Size, track, pill *canvas.Rectangle, texts []*canvas.Text) {
	track.Resize(size)
	x := float32(0)
	pill.Hidden = s.chosen < 0
	for i, w := range s.widths(size.Width) {
		if i == s.chosen {
			pill.Resize(fyne.NewSize(w-2*segmentInset, size.Height-2*segmentInset))
			pill.Move(fyne.NewPos(x+segmentInset, segmentInset))
		}
		height := texts[i].MinSize().Height
		texts[i].Resize(fyne.NewSize(w, height))
		texts[i].Move(fyne.NewPos(x, (size.Height-height)/2))
		x += w
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
		t.Text = s.items[i]
		t.TextSize = s.Theme().Size(theme.SizeNameText)
		t.Color = themed(s, theme.ColorNameForeground)
		if i != s.chosen {
			t.Color = themed(s, theme.ColorNamePlaceHolder)
		}
	}
}
