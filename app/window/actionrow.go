package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// quietButton is a button in a row: words without a frame until the pointer is there.
// The keyboard has the list's keys instead.
type quietButton struct {
	widget.BaseWidget
	text    string
	tapped  func()
	hovered bool
	off     bool // it does nothing now, but keeps its place
}

const (
	quietPad    = 8
	quietHeight = 24
)

func newQuietButton(text string, tapped func()) *quietButton {
	b := &quietButton{text: text, tapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped does what the button is for.
func (b *quietButton) Tapped(*fyne.PointEvent) {
	if !b.off {
		b.tapped()
	}
}

func (b *quietButton) enable(on bool) {
	b.off = !on
	b.Refresh()
}

// Cursor shows that it can be pressed.
func (b *quietButton) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn raises the button.
func (b *quietButton) MouseIn(*desktop.MouseEvent) { b.setHovered(true) }

// MouseMoved does nothing.
func (b *quietButton) MouseMoved(*desktop.MouseEvent) {}

// MouseOut lowers it again.
func (b *quietButton) MouseOut() { b.setHovered(false) }

func (b *quietButton) setHovered(on bool) {
	b.hovered = on
	b.Refresh()
}

// CreateRenderer draws the words on a surface.
func (b *quietButton) CreateRenderer() fyne.WidgetRenderer {
	surface, text := canvas.NewRectangle(nil), canvas.NewText(b.text, nil)
	surface.CornerRadius = 5
	r := &renderer{widget: b, objects: []fyne.CanvasObject{surface, text}}
	r.min = func() fyne.Size { return fyne.NewSize(text.MinSize().Width+2*quietPad, quietHeight) }
	r.place = func(size fyne.Size) {
		surface.Resize(size)
		need := text.MinSize()
		text.Resize(need)
		text.Move(fyne.NewPos((size.Width-need.Width)/2, (size.Height-need.Height)/2))
	}
	r.paint = func() {
		text.Text, text.TextSize = b.text, b.Theme().Size(theme.SizeNameText)
		text.Color = themed(b, theme.ColorNamePrimary)
		if b.off {
			text.Color = faded(themed(b, theme.ColorNamePlaceHolder))
		}
		surface.FillColor = themed(b, theme.ColorNameButton)
		surface.Hidden = !b.hovered || b.off
	}
	r.paint()
	return r
}

// faded is a colour that lets what is behind it through.
func faded(c color.Color) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = 0x70
	return n
}

// rowText is what an action row shows.
type rowText struct {
	heading bool   // a bold title, with a place beside it and the facts at the end
	top     bool   // of a heading: nothing stands above it
	lead    string // before the title: the position of a rule
	title   string
	place   string // of a heading, faint
	state   string // before the facts, so that a dot alone carries no meaning
	facts   string
	news    bool // it has a dot, and its state stands out
	past    bool // it holds no more
	cursor  bool // the keyboard is here
}

// actionRow is a row of two lines with buttons at its end.
type actionRow struct {
	widget.BaseWidget
	shown   rowText
	lead    float32 // room for what stands before the title
	buttons []*quietButton
	update  func(line int) // shows a line of the list
}

const (
	actionRowHeight = 44
	actionInset     = 12
)

func newActionRow(lead float32, buttons ...*quietButton) *actionRow {
	r := &actionRow{lead: lead, buttons: buttons}
	r.ExtendBaseWidget(r)
	return r
}

func (r *actionRow) show(t rowText) {
	r.shown = t
	r.Refresh()
}

// actionParts is what a row draws.
type actionParts struct {
	row                             *actionRow
	lead, title, place, state, note *canvas.Text
	mark                            *canvas.Circle
	bar, rule                       *canvas.Rectangle
}

// CreateRenderer draws the texts, a dot for what is new, a bar where the keyboard is,
// and a line above a heading.
func (r *actionRow) CreateRenderer() fyne.WidgetRenderer {
	text := func() *canvas.Text { return canvas.NewText("", nil) }
	p := &actionParts{
		row: r, lead: text(), title: text(), place: text(), state: text(), note: text(),
		mark: canvas.NewCircle(nil), bar: canvas.NewRectangle(nil), rule: canvas.NewRectangle(nil),
	}
	p.bar.CornerRadius = 1.5
	objects := []fyne.CanvasObject{p.rule, p.bar, p.mark, p.lead, p.title, p.place, p.state, p.note}
	for _, b := range r.buttons {
		objects = append(objects, b)
	}
	p.paint()
	return &renderer{
		widget: r, objects: objects, place: p.layout, paint: p.paint,
		min: func() fyne.Size { return fyne.NewSize(240, actionRowHeight) },
	}
}

func (p *actionParts) paint() {
	t, th := p.row.shown, p.row.Theme()
	faint, plain := themed(p.row, theme.ColorNamePlaceHolder), themed(p.row, theme.ColorNameForeground)
	for _, c := range []*canvas.Text{p.lead, p.place, p.state, p.note} {
		c.TextSize, c.Color = th.Size(theme.SizeNameCaptionText), faint
	}
	p.lead.TextSize, p.title.TextSize = th.Size(theme.SizeNameText), th.Size(theme.SizeNameText)
	p.title.Color = plain
	p.title.TextStyle = fyne.TextStyle{Bold: t.heading}
	p.state.TextStyle = fyne.TextStyle{Bold: t.news}
	if t.past {
		p.title.Color = faint
	}
	if t.news {
		p.state.Color = themed(p.row, theme.ColorNamePrimary)
	}
	p.mark.FillColor, p.bar.FillColor = themed(p.row, theme.ColorNamePrimary), themed(p.row, theme.ColorNamePrimary)
	p.rule.FillColor = themed(p.row, theme.ColorNameSeparator)
	p.mark.Hidden, p.bar.Hidden, p.rule.Hidden = !t.news, !t.cursor, !t.heading || t.top
}

func (p *actionParts) layout(size fyne.Size) {
	t := p.row.shown
	p.bar.Move(fyne.NewPos(2, 6))
	p.bar.Resize(fyne.NewSize(3, size.Height-12))
	right := p.placeButtons(size)
	if t.heading {
		p.layoutHeading(size)
		return
	}
	x := float32(actionInset + p.row.lead)
	fitText(p.lead, t.lead, actionInset, 5, p.row.lead)
	fitText(p.title, t.title, x, 5, right-x)
	y := 5 + p.title.MinSize().Height + 1
	facts := t.facts
	if t.state != "" {
		facts = " · " + facts
	}
	used := fitText(p.state, t.state, x, y, right-x)
	fitText(p.note, facts, x+used, y, right-x-used)
	fitText(p.place, "", 0, 0, 0)
	p.mark.Resize(fyne.NewSquareSize(dotSize))
	p.mark.Move(fyne.NewPos(actionInset, 5+(p.title.MinSize().Height-dotSize)/2))
}

// layoutHeading puts the title at the lower edge: what is below belongs to it.
func (p *actionParts) layoutHeading(size fyne.Size) {
	t := p.row.shown
	p.rule.Move(fyne.NewPos(actionInset, 8))
	p.rule.Resize(fyne.NewSize(size.Width-2*actionInset, 1))
	end := size.Width - actionInset
	width := fyne.MeasureText(t.facts, p.note.TextSize, p.note.TextStyle).Width
	y := size.Height - 5 - p.title.MinSize().Height
	below := p.title.MinSize().Height - p.note.MinSize().Height - 1
	fitText(p.note, t.facts, end-width, y+below, width+1)
	used := fitText(p.title, t.title, actionInset, y, (end-width-actionInset)*0.6)
	x := actionInset + used + 8
	fitText(p.place, t.place, x, y+below, end-width-16-x)
	fitText(p.state, "", 0, 0, 0)
	fitText(p.lead, "", 0, 0, 0)
}

// placeButtons puts the buttons that are shown at the end and tells where they begin.
func (p *actionParts) placeButtons(size fyne.Size) float32 {
	x := size.Width - actionInset + quietPad
	for i := len(p.row.buttons) - 1; i >= 0; i-- {
		b := p.row.buttons[i]
		if !b.Visible() {
			continue
		}
		x -= b.MinSize().Width
		b.Resize(b.MinSize())
		b.Move(fyne.NewPos(x, (size.Height-quietHeight)/2))
	}
	return x - 8
}

// fitText shortens a text to a width, puts it there and tells how wide it is.
func fitText(t *canvas.Text, full string, x, y, width float32) float32 {
	t.Text = ""
	if width > 0 {
		t.Text = shorten(full, width, func(s string) float32 { return fyne.MeasureText(s, t.TextSize, t.TextStyle).Width })
	}
	size := t.MinSize()
	t.Move(fyne.NewPos(x, y))
	t.Resize(size)
	t.Refresh()
	if t.Text == "" {
		return 0
	}
	return size.Width
}
