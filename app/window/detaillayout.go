package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// edge is a layout: one object with a little air around it.
type edge struct{}

const edgeWidth = 8

// MinSize is the object's with the air.
func (edge) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*edgeWidth, 2*edgeWidth)
}

// Layout puts the object inside.
func (edge) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(edgeWidth, edgeWidth))
	objects[0].Resize(size.SubtractWidthHeight(2*edgeWidth, 2*edgeWidth))
}

// tighten is how far one text line moves into the padding of the one above.
const tighten = 7

// stacked is a layout: objects below each other, closer than in a VBox.
type stacked struct{}

// MinSize is the widest and the sum of the heights.
func (stacked) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, tighten)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		size.Width = max(size.Width, o.MinSize().Width)
		size.Height += o.MinSize().Height - tighten
	}
	return size
}

// Layout gives each the whole width, and the height that it needs there.
func (stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Move(fyne.NewPos(0, y))
		y += wrap(o, size.Width) - tighten
	}
}

// wrap gives an object a width and the height that it then needs, and returns
// that height.
func wrap(o fyne.CanvasObject, width float32) float32 {
	o.Resize(fyne.NewSize(width, o.MinSize().Height))
	height := o.MinSize().Height
	o.Resize(fyne.NewSize(width, height))
	return height
}

// marked is a layout: a dot before a text.
type marked struct{}

const markIndent = dotSize + 4

// MinSize is the text's with room for the dot.
func (marked) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[1].MinSize().AddWidthHeight(markIndent, 0)
}

// Layout puts the dot beside the first line.
func (marked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[1].Move(fyne.NewPos(markIndent, 0))
	wrap(objects[1], size.Width-markIndent)
	objects[0].Resize(fyne.NewSquareSize(dotSize))
	objects[0].Move(fyne.NewPos(theme.InnerPadding(), theme.InnerPadding()+(theme.TextSize()*1.36-dotSize)/2))
}

// pairing is a layout of labels and values, by turns.
type pairing struct{}

const labelWidth = 110

// MinSize is as high as the values are at their width.
func (pairing) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(labelWidth+120, tighten)
	for i := 0; i+1 < len(objects); i += 2 {
		size.Height += max(objects[i].MinSize().Height, objects[i+1].MinSize().Height) - tighten
	}
	return size
}

// Layout puts each value beside its label.
func (pairing) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for i := 0; i+1 < len(objects); i += 2 {
		objects[i].Move(fyne.NewPos(0, y))
		objects[i+1].Move(fyne.NewPos(labelWidth, y))
		y += max(wrap(objects[i], labelWidth), wrap(objects[i+1], size.Width-labelWidth)) - tighten
	}
}

// wrapping is a layout for a vertical scroll: its content gets the width first,
// so that the height of wrapped texts is known when the scroll asks for it.
type wrapping struct{}

// MinSize leaves the size to the scroll's surroundings.
func (wrapping) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(labelWidth+160, 80)
}

// Layout wraps the content and fills the space.
func (wrapping) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	scroll := objects[0].(*container.Scroll)
	wrap(scroll.Content, size.Width)
	scroll.Resize(size)
	scroll.Refresh()
}

// flow is a layout: objects beside each other, as many as have room in a line.
type flow struct{}

const flowGap = 4

// MinSize is the widest, and the height that was needed last.
func (f flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size.Width = max(size.Width, o.MinSize().Width)
		size.Height = max(size.Height, o.Position().Y+o.MinSize().Height)
	}
	return size
}

// Layout begins a new line where the width is used up.
func (flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var at fyne.Position
	for _, o := range objects {
		need := o.MinSize()
		if at.X > 0 && at.X+need.Width > size.Width {
			at = fyne.NewPos(0, at.Y+need.Height+flowGap)
		}
		o.Resize(need)
		o.Move(at)
		at.X += need.Width + flowGap
	}
}

// apart is a layout: two objects at the left and the right, below each other where they
// have no room beside each other.
type apart struct{}

// MinSize is the wider one's width, and the height that was needed last.
func (apart) MinSize(objects []fyne.CanvasObject) fyne.Size {
	left, right := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(left.Width, right.Width), max(left.Height, objects[1].Position().Y+right.Height))
}

// Layout puts the right one below where the width is used up.
func (apart) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, right := objects[0].MinSize(), objects[1].MinSize()
	at, height := fyne.NewPos(size.Width-right.Width, 0), max(left.Height, right.Height)
	if left.Width+flowGap+right.Width > size.Width {
		at = fyne.NewPos(0, height+flowGap)
	}
	objects[0].Resize(fyne.NewSize(left.Width, height))
	objects[1].Resize(fyne.NewSize(right.Width, height))
	objects[1].Move(at)
}
