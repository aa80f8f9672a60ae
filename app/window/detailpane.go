package window

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/scanner"
)

// detailActions are what the buttons of the details do.
type detailActions struct {
	copy func(text string)
	open func(url string)
	stop func(scanner.Process)
}

// detailPane shows the details of one listener, or that none is chosen.
type detailPane struct {
	root    *fyne.Container
	content *fyne.Container
	scroll  *container.Scroll
	empty   fyne.CanvasObject
	filled  fyne.CanvasObject
	actions detailActions
	shown   *details
}

func newDetailPane(a detailActions) *detailPane {
	p := &detailPane{actions: a, content: container.NewVBox(), empty: blank(wordChoose, wordChooseHint)}
	p.scroll = container.NewVScroll(container.New(edge{}, p.content))
	p.filled = container.New(wrapping{}, p.scroll)
	p.filled.Hide()
	p.root = container.NewStack(p.empty, p.filled)
	return p
}

// show draws the details, unless they are drawn already: a selection of text
// and the scrolling outlive an update that changes nothing.
func (p *detailPane) show(d details) {
	if p.shown != nil && reflect.DeepEqual(*p.shown, d) {
		return
	}
	offset := p.scroll.Offset
	if p.shown == nil || p.shown.address != d.address || p.shown.headline != d.headline {
		offset = fyne.Position{}
	}
	p.shown = &d
	p.content.Objects = p.build(&d)
	p.empty.Hide()
	p.filled.Show()
	p.root.Refresh()
	p.filled.(*fyne.Container).Layout.Layout([]fyne.CanvasObject{p.scroll}, p.filled.Size())
	p.scroll.ScrollToOffset(offset)
}

func (p *detailPane) build(d *details) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{p.head(d), p.buttons(d)}
	for i := range d.groups {
		objects = append(objects, widget.NewSeparator(), p.group(&d.groups[i]))
	}
	return objects
}

// head is the program, the sentence and the reach.
func (p *detailPane) head(d *details) fyne.CanvasObject {
	title := widget.NewLabelWithStyle(d.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	title.Wrapping = fyne.TextWrapWord
	sentence := widget.NewLabel(d.headline)
	sentence.Wrapping = fyne.TextWrapWord
	reach := widget.NewLabel(d.reach)
	reach.Wrapping = fyne.TextWrapWord
	mark := newDot()
	if d.external {
		mark.color = colorNetwork
	}
	return container.New(stacked{}, title, sentence, container.New(marked{}, mark, reach))
}

func (p *detailPane) buttons(d *details) fyne.CanvasObject {
	copyButton := widget.NewButtonWithIcon(wordCopy, theme.ContentCopyIcon(), nil)
	copyButton.OnTapped = func() {
		p.actions.copy(d.address)
		copyButton.Icon = theme.ConfirmIcon()
		copyButton.SetText(wordCopied)
	}
	box := container.NewHBox(wide(copyButton))
	if d.url != "" {
		box.Add(wide(widget.NewButtonWithIcon(wordOpen, theme.ComputerIcon(), func() { p.actions.open(d.url) })))
	}
	return padded(3, 6, box)
}

// group is a title, a Stop button where there is a process, and the pairs.
func (p *detailPane) group(g *group) fyne.CanvasObject {
	title := widget.NewLabelWithStyle(g.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.Truncation = fyne.TextTruncateEllipsis
	var stop fyne.CanvasObject
	if g.stop != nil {
		owner := *g.stop
		stop = padded(1, 4, wide(newKeyButton(wordStop, func() { p.actions.stop(owner) }, nil)))
	}
	pairs := container.New(pairing{})
	for _, pr := range g.pairs {
		label := faint(pr.label)
		value := widget.NewLabelWithStyle(pr.value, fyne.TextAlignLeading, fyne.TextStyle{Monospace: pr.mono, Italic: pr.faint})
		value.Selectable = true
		value.Wrapping = fyne.TextWrapWord
		switch {
		case pr.faint:
			value.Importance = widget.LowImportance
		case pr.warn:
			value.Importance = widget.WarningImportance
		}
		pairs.Add(label)
		pairs.Add(value)
	}
	return container.New(stacked{}, container.NewBorder(nil, nil, nil, stop, title), pairs)
}

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
