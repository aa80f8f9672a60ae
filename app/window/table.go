package window

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The table is Fyne's List with a row widget of our own and a header above:
// widget.Table selects cells, and its columns do not follow the width.

const (
	rowHeight    = 26
	headerHeight = 24
	rowInset     = 6 // from the edge to the first column
	warnSize     = 14
)

// cell is a text in a column, drawn as far as it has room.
type cell struct {
	text *canvas.Text
	full string
}

func newCell(style fyne.TextStyle) *cell {
	t := canvas.NewText("", nil)
	t.TextStyle = style
	return &cell{text: t}
}

// fit shortens the text to a width and puts it there.
func (c *cell) fit(x, width, height float32, right bool) {
	t := c.text
	t.Text = ""
	if width > 0 {
		t.Text = shorten(c.full, width, func(s string) float32 {
			return fyne.MeasureText(s, t.TextSize, t.TextStyle).Width
		})
	}
	size := t.MinSize()
	if right {
		x += width - size.Width
	}
	t.Move(fyne.NewPos(x, (height-size.Height)/2))
	t.Resize(size)
	t.Refresh()
}

// tableRow is a row of the table.
type tableRow struct {
	widget.BaseWidget
	place  int
	line   line
	since  since
	cursor bool // the keyboard is here
	widths func(float32) widths
	now    func() time.Time
	tapped func(place int, menu *fyne.Position)
}

func newTableRow(w func(float32) widths, now func() time.Time, tapped func(int, *fyne.Position)) *tableRow {
	r := &tableRow{widths: w, now: now, tapped: tapped}
	r.ExtendBaseWidget(r)
	return r
}

// Tapped selects the row.
func (r *tableRow) Tapped(*fyne.PointEvent) { r.tapped(r.place, nil) }

// TappedSecondary opens its menu.
func (r *tableRow) TappedSecondary(ev *fyne.PointEvent) { r.tapped(r.place, &ev.AbsolutePosition) }

func (r *tableRow) show(place int, l line, since since, cursor bool) {
	r.place, r.line, r.since, r.cursor = place, l, since, cursor
	r.Refresh()
}

// rowParts is what a row draws.
type rowParts struct {
	row   *tableRow
	wash  *canvas.Rectangle // behind what is new
	ring  *canvas.Rectangle // around what the keyboard is at
	cells [columnCount]*cell
	tag   *cell
	title *cell
	mark  *canvas.Circle
	warn  *widget.Icon // at a program that is unusual for its port
	arrow *widget.Icon // at the title of a group
}

// CreateRenderer draws the cells, a mark for the reach and a tag for UDP and IPv6,
// or the title of a group.
func (r *tableRow) CreateRenderer() fyne.WidgetRenderer {
	p := &rowParts{
		row: r, wash: canvas.NewRectangle(nil), ring: canvas.NewRectangle(color.Transparent), tag: newCell(fyne.TextStyle{}), title: newCell(fyne.TextStyle{Bold: true}), mark: canvas.NewCircle(nil),
		warn: widget.NewIcon(theme.NewWarningThemedResource(theme.WarningIcon())), arrow: widget.NewIcon(nil),
	}
	p.wash.CornerRadius, p.ring.CornerRadius, p.ring.StrokeWidth = theme.SelectionRadiusSize(), theme.SelectionRadiusSize(), 1.5
	objects := []fyne.CanvasObject{p.wash, p.ring, p.mark, p.tag.text, p.title.text, p.warn, p.arrow}
	for i := range p.cells {
		p.cells[i] = newCell(fyne.TextStyle{Monospace: columns[i].mono})
		objects = append(objects, p.cells[i].text)
	}
	p.paint()
	return &renderer{
		widget:  r,
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(columns[columnPort].min, rowHeight) },
		place:   p.place,
		paint:   p.paint,
	}
}

func (p *rowParts) paint() {
	l := &p.row.line
	size := p.row.Theme().Size(theme.SizeNameText)
	for i, c := range p.cells {
		c.full, c.text.TextSize = "", size
		c.text.Color = themed(p.row, p.cellColor(i))
	}
	p.title.full, p.title.text.TextSize = "", size
	p.title.text.Color = themed(p.row, theme.ColorNameForeground)
	p.tag.full, p.tag.text.TextSize = "", p.row.Theme().Size(theme.SizeNameCaptionText)
	show(p.wash, l.fresh)
	show(p.ring, p.row.cursor)
	p.ring.StrokeColor = themed(p.row, theme.ColorNamePrimary)
	show(p.mark, l.entry != nil)
	show(p.warn, l.entry != nil && l.Mismatch != "" && !l.gone)
	show(p.arrow, l.entry == nil && l.group != nil)
	switch {
	case l.entry != nil:
		p.paintListener(l)
	case l.group != nil:
		p.title.full = groupTitle(l.group)
		p.arrow.SetResource(theme.MenuDropDownIcon())
		if l.group.closed {
			p.arrow.SetResource(theme.MenuExpandIcon())
		}
	}
}

func (p *rowParts) paintListener(l *line) {
	texts := [columnCount]string{l.Port, l.Service, l.Program, reachWord(l), l.User, l.PID, sinceWords(p.row.since, p.row.now())}
	for i, c := range p.cells {
		c.full = texts[i]
	}
	p.tag.full, p.tag.text.Color = protoTag(&l.Listener), themed(p.row, theme.ColorNamePlaceHolder)
	if l.fresh {
		p.tag.full, p.tag.text.Color = wordNewTag.String(), themed(p.row, theme.ColorNamePrimary)
	}
	p.wash.FillColor = themed(p.row, colorFresh)
	p.mark.FillColor = themed(p.row, markColor(l))
}

// cellColor lets what is less important step back, and all of what has closed.
func (p *rowParts) cellColor(column int) fyne.ThemeColorName {
	l := &p.row.line
	aside := column == columnUser || column == columnPID || column == columnSince
	if aside || l.gone || column == columnProgram && l.entry != nil && len(l.Listener.Owners) == 0 {
		return theme.ColorNamePlaceHolder
	}
	return theme.ColorNameForeground
}

// markColor is the colour of a row's reach: what others can reach stands out.
func markColor(l *line) fyne.ThemeColorName {
	if l.External && !l.gone {
		return colorNetwork
	}
	return theme.ColorNamePlaceHolder
}

func (p *rowParts) place(size fyne.Size) {
	p.wash.Resize(size)
	p.ring.Resize(size)
	p.arrow.Resize(fyne.NewSquareSize(arrowSize))
	p.arrow.Move(fyne.NewPos(rowInset, (size.Height-arrowSize)/2))
	p.title.fit(rowInset+groupIndent, size.Width-2*rowInset-groupIndent, size.Height, false)
	digits := fyne.MeasureText("00000", p.cells[columnPort].text.TextSize, fyne.TextStyle{Monospace: true}).Width
	x := float32(rowInset)
	for i, w := range p.row.widths(size.Width - 2*rowInset) {
		switch {
		case i == columnPort:
			p.cells[i].fit(x, digits, size.Height, true)
			p.tag.fit(x+digits+6, w-digits-6, size.Height, false)
		case i == columnReach:
			p.mark.Resize(fyne.NewSquareSize(dotSize))
			p.mark.Move(fyne.NewPos(x, (size.Height-dotSize)/2))
			p.cells[i].fit(x+dotSize+6, w-dotSize-6, size.Height, false)
		case i == columnProgram && p.warn.Visible():
			p.warn.Resize(fyne.NewSquareSize(warnSize))
			p.warn.Move(fyne.NewPos(x, (size.Height-warnSize)/2))
			p.cells[i].fit(x+warnSize+4, w-warnSize-4, size.Height, false)
		default:
			p.cells[i].fit(x, w, size.Height, columns[i].right)
		}
		if w > 0 {
			x += w + columnGap
		}
	}
}

// groupIndent is the room for the arrow before the title of a group.
const groupIndent = 16
