package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// renderer draws objects that a function places; paint sets their colours and
// texts before each drawing.
type renderer struct {
	widget  fyne.Widget
	objects []fyne.CanvasObject
	min     func() fyne.Size
	place   func(fyne.Size)
	paint   func()
}

func (r *renderer) Layout(size fyne.Size)        { r.place(size) }
func (r *renderer) MinSize() fyne.Size           { return r.min() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *renderer) Destroy()                     {}

func (r *renderer) Refresh() {
	r.paint()
	r.place(r.widget.Size())
	canvas.Refresh(r.widget)
}

// panel is a surface in a colour of the theme.
type panel struct {
	widget.BaseWidget
	color  fyne.ThemeColorName
	radius float32
}

func newPanel(c fyne.ThemeColorName, radius float32) *panel {
	p := &panel{color: c, radius: radius}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer draws the surface.
func (p *panel) CreateRenderer() fyne.WidgetRenderer {
	rect := canvas.NewRectangle(themed(p, p.color))
	rect.CornerRadius = p.radius
	return &renderer{
		widget:  p,
		objects: []fyne.CanvasObject{rect},
		min:     func() fyne.Size { return fyne.Size{} },
		place:   rect.Resize,
		paint:   func() { rect.FillColor = themed(p, p.color) },
	}
}

// dot is a small round mark.
type dot struct {
	widget.BaseWidget
	color fyne.ThemeColorName
}

const dotSize = 8

func newDot() *dot {
	d := &dot{color: theme.ColorNameInputBorder}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer draws the mark in the middle.
func (d *dot) CreateRenderer() fyne.WidgetRenderer {
	circle := canvas.NewCircle(themed(d, d.color))
	circle.Resize(fyne.NewSquareSize(dotSize))
	return &renderer{
		widget:  d,
		objects: []fyne.CanvasObject{circle},
		min:     func() fyne.Size { return fyne.NewSquareSize(dotSize) },
		place: func(s fyne.Size) {
			circle.Move(fyne.NewPos((s.Width-dotSize)/2, (s.Height-dotSize)/2))
		},
		paint: func() { circle.FillColor = themed(d, d.color) },
	}
}

// faint is a label that steps back.
func faint(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

// pairLabel is a label in a pairing. A long one takes more lines.
func pairLabel(text string) *widget.Label {
	l := faint(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// blank is what stands where there is nothing to show: what, and what to do.
func blank(title, hint string, more ...fyne.CanvasObject) fyne.CanvasObject {
	head := widget.NewLabelWithStyle(title, fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	text := faint(hint)
	text.Alignment = fyne.TextAlignCenter
	text.Wrapping = fyne.TextWrapWord
	objects := append([]fyne.CanvasObject{head, text}, more...)
	return container.New(middle{width: 260}, objects...)
}

// middle is a layout: a column of a width in the middle of what there is.
type middle struct{ width float32 }

// MinSize asks for nothing: a blank page never makes the window larger.
func (m middle) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 60) }

// Layout puts the objects below each other.
func (m middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(m.width, size.Width)
	height := float32(0)
	for _, o := range objects {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		height += o.MinSize().Height
	}
	y := max((size.Height-height)*0.45, 0)
	for _, o := range objects {
		need := o.MinSize()
		if _, text := o.(*widget.Label); !text {
			o.Resize(need)
			o.Move(fyne.NewPos((size.Width-need.Width)/2, y+8))
		} else {
			o.Resize(fyne.NewSize(width, need.Height))
			o.Move(fyne.NewPos((size.Width-width)/2, y))
		}
		y += need.Height
	}
}

// frame is a layout: the first object above, the last below, the one between
// takes the rest; no gaps.
type frame struct{}

// MinSize is the widest and the sum of the heights.
func (frame) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size.Width = max(size.Width, o.MinSize().Width)
			size.Height += o.MinSize().Height
		}
	}
	return size
}

// Layout gives the outer ones the height that they need, where they are shown.
func (frame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	above, rest, below := objects[0], objects[1], objects[2]
	for _, o := range []fyne.CanvasObject{above, below} {
		if o.Visible() {
			wrap(o, size.Width)
		} else {
			o.Resize(fyne.NewSize(size.Width, 0))
		}
	}
	rest.Move(fyne.NewPos(0, above.Size().Height))
	rest.Resize(fyne.NewSize(size.Width, size.Height-above.Size().Height-below.Size().Height))
	below.Move(fyne.NewPos(0, size.Height-below.Size().Height))
}

// padded puts air around an object.
func padded(high, wide float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(high, high, wide, wide), o)
}

// roomy is a layout: a button with air beside its words.
type roomy struct{}

const buttonAir = 10

// MinSize is the button's and the air.
func (roomy) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(buttonAir, 0)
}

// Layout fills the space.
func (roomy) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func wide(button fyne.CanvasObject) fyne.CanvasObject { return container.New(roomy{}, button) }

// banner is a line across the window that says what went wrong, or what was done and
// how to take it back. Its neighbours have to be placed anew when it comes or goes.
type banner struct {
	box   *fyne.Container
	icon  *widget.Icon
	text  *widget.Label
	act   *widget.Button
	moved func()
	round int          // of what is said
	later func(func()) // after a while, for what was done; may be nil
}

func newBanner(moved func()) *banner {
	b := &banner{icon: widget.NewIcon(nil), text: widget.NewLabel(""), act: widget.NewButton("", nil), moved: moved}
	b.text.Truncation = fyne.TextTruncateEllipsis
	b.act.Importance = widget.LowImportance
	dismiss := widget.NewButtonWithIcon("", theme.CancelIcon(), b.clear)
	dismiss.Importance = widget.LowImportance
	line := container.NewBorder(nil, nil, container.NewPadded(b.icon), container.NewHBox(b.act, dismiss), b.text)
	b.box = container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), padded(2, 8, line))
	b.box.Hide()
	return b
}

// say says what went wrong.
func (b *banner) say(text string) {
	b.icon.SetResource(theme.NewWarningThemedResource(theme.InfoIcon()))
	b.open(text)
}

// done says what was done.
func (b *banner) done(text string) {
	b.icon.SetResource(theme.NewPrimaryThemedResource(theme.ConfirmIcon()))
	b.open(text)
	if b.later == nil {
		return
	}
	round := b.round
	b.later(func() {
		if b.round == round {
			b.clear()
		}
	})
}

// offer says what was done, with a button.
func (b *banner) offer(text, label string, do func()) {
	b.act.Text, b.act.OnTapped = label, func() {
		b.clear()
		do()
	}
	b.done(text)
	b.act.Show()
	b.act.Refresh()
}

func (b *banner) open(text string) {
	b.round++
	b.act.Hide()
	b.text.SetText(text)
	b.box.Show()
	b.moved()
}

func (b *banner) clear() {
	if b.box.Visible() {
		b.box.Hide()
		b.moved()
	}
}

// searchEntry is an entry that Esc clears and Down leaves; shortcuts that are
// not for editing go to the window.
type searchEntry struct {
	widget.Entry
	leave    func()
	shortcut func(fyne.Shortcut) bool
}

func newSearchEntry() *searchEntry {
	s := &searchEntry{}
	s.ExtendBaseWidget(s)
	s.PlaceHolder = wordSearch.String()
	s.Icon = theme.SearchIcon()
	return s
}

// TypedKey handles Esc and the way to the table; the rest is editing.
func (s *searchEntry) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		s.SetText("")
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		s.leave()
	default:
		s.Entry.TypedKey(ev)
	}
}

// TypedShortcut lets the window go first.
func (s *searchEntry) TypedShortcut(sc fyne.Shortcut) {
	if c, ok := sc.(*desktop.CustomShortcut); ok && s.shortcut(c) {
		return
	}
	s.Entry.TypedShortcut(sc)
}

// keyButton is a button that Space presses and Enter does not; a key of its own
// may do more.
type keyButton struct {
	widget.Button
	keys map[fyne.KeyName]func()
}

func newKeyButton(label string, tapped func(), keys map[fyne.KeyName]func()) *keyButton {
	b := &keyButton{keys: keys}
	b.Text, b.OnTapped = label, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey does what the key is for.
func (b *keyButton) TypedKey(ev *fyne.KeyEvent) {
	if do := b.keys[ev.Name]; do != nil {
		do()
		return
	}
	b.Button.TypedKey(ev)
}

// footBar is the line below the table: a text, and a link to more where there is
// more.
type footBar struct {
	root *fyne.Container
	text *widget.Label
	more *widget.Hyperlink
}

func newFootBar(more func()) *footBar {
	b := &footBar{text: faint(""), more: widget.NewHyperlink(wordWhyHidden.String(), nil)}
	b.text.Truncation = fyne.TextTruncateEllipsis
	b.text.SizeName, b.more.SizeName = theme.SizeNameCaptionText, theme.SizeNameCaptionText
	b.more.OnTapped = more
	b.more.Hide()
	b.root = container.NewBorder(nil, nil, nil, b.more, b.text)
	return b
}

func (b *footBar) show(text string, more bool) {
	b.text.SetText(text)
	if more != b.more.Visible() {
		show(b.more, more)
		b.root.Refresh()
	}
}

// newMenuButton is a key button that opens a menu below it.
func newMenuButton(label string, menu func() *fyne.Menu, keys map[fyne.KeyName]func()) *keyButton {
	b := newKeyButton(label, nil, keys)
	b.Icon, b.IconPlacement = theme.MenuDropDownIcon(), widget.ButtonIconTrailingText
	b.OnTapped = func() {
		c := fyne.CurrentApp().Driver().CanvasForObject(b)
		widget.NewPopUpMenu(menu(), c).ShowAtRelativePosition(fyne.NewPos(0, b.Size().Height+2), b)
	}
	return b
}
