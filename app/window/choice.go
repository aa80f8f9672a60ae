package window

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// choice is a list of values to choose one of, in whatever language they are shown.
type choice[T comparable] struct {
	*widget.Select
	offered []T            // always
	values  []T            // as they are listed
	words   func(T) string // of a value
}

// newChoice gives a list in which nothing is chosen yet. Changed is called whenever
// something is, by the user or by show.
func newChoice[T comparable](offered []T, words func(T) string, changed func()) *choice[T] {
	return &choice[T]{Select: widget.NewSelect(nil, func(string) { changed() }), offered: offered, words: words}
}

// show shows a value among those that are offered, which it joins if it is none of them.
func (c *choice[T]) show(v T) {
	if c.values = c.offered; !slices.Contains(c.offered, v) {
		c.values = append(slices.Clone(c.offered), v)
	}
	c.Options = make([]string, len(c.values))
	for i, o := range c.values {
		c.Options[i] = c.words(o)
	}
	c.SetSelectedIndex(slices.Index(c.values, v))
}

// value is what is chosen.
func (c *choice[T]) value() T { return c.values[c.SelectedIndex()] }

// choiceWidth is how wide a list is that has the width to be.
const choiceWidth = 250

// field is the list as it stands in fieldLines.
func (c *choice[T]) field() fyne.CanvasObject {
	return container.New(atLeast{choiceWidth, 0}, c.Select)
}

// fieldLines is a layout of labels and fields by turns. The labels have the width that the
// longest takes, labelWidth at least.
type fieldLines struct{}

const (
	labelledGap   = 4 // between a label and its field
	labelledSpace = 6 // between two lines
)

func (fieldLines) labels(objects []fyne.CanvasObject) (width float32) {
	for i := 0; i < len(objects); i += 2 {
		width = max(width, objects[i].MinSize().Width)
	}
	return max(width+labelledGap, labelWidth)
}

// MinSize is that of the lines that are shown.
func (l fieldLines) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(l.labels(objects), 0)
	for i := 1; i < len(objects); i += 2 {
		if objects[i].Visible() {
			size.Width = max(size.Width, l.labels(objects)+objects[i].MinSize().Width)
			size.Height += max(objects[i-1].MinSize().Height, objects[i].MinSize().Height) + labelledSpace
		}
	}
	return size
}

// Layout puts each field beside its label, both in the middle of their line.
func (l fieldLines) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, y := l.labels(objects), float32(0)
	for i := 1; i < len(objects); i += 2 {
		label, field := objects[i-1], objects[i]
		if !field.Visible() {
			continue
		}
		a, b := label.MinSize(), field.MinSize()
		height := max(a.Height, b.Height)
		label.Resize(a)
		label.Move(fyne.NewPos(0, y+(height-a.Height)/2))
		field.Resize(fyne.NewSize(min(b.Width, size.Width-x), b.Height))
		field.Move(fyne.NewPos(x, y+(height-b.Height)/2))
		y += height + labelledSpace
	}
}
