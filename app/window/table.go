package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// The table is Fyne's List with a row widget of our own and a header above:
// widget.Table selects cells, and its columns do not follow the width.

const (
	rowHeight    = 22
	headerHeight = 24
	rowInset     = 6 // from the edge to the first column
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
	entry *entry
}

func newTableRow() *tableRow {
	r := &tableRow{}
	r.ExtendBaseWidget(r)
	return r
}

func (r *tableRow) show(e *entry) {
	r.entry = e
	r.Refresh()
}

// rowParts is what a row draws.
type rowParts struct {
	row   *tableRow
	cells [columnCount]*cell
	tag   *cell
	mark  *canvas.Circle
}

// CreateRenderer draws the cells, a mark for the reach and a tag for UDP and IPv6.
func (r *tableRow) CreateRenderer() fyne.WidgetRenderer {
	p := &rowParts{row: r, tag: newCell(fyne.TextStyle{}), mark: canvas.NewCircle(nil)}
	objects := []fyne.CanvasObject{p.mark, p.tag.text}
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
	e := p.row.entry
	if e == nil {
		return
	}
	size := p.row.Theme().Size(theme.SizeNameText)
	texts := [columnCount]string{e.Port, e.Service, e.Program, reachShort(&e.Listener), e.User, e.PID}
	for i, c := range p.cells {
		c.full = texts[i]
		c.text.TextSize = size
		c.text.Color = themed(p.row, theme.ColorNameForeground)
	}
	for _, i := range [...]int{columnUser, columnPID} {
		p.cells[i].text.Color = themed(p.row, theme.ColorNamePlaceHolder)
	}
	if len(e.Listener.Owners) == 0 {
		p.cells[columnProgram].text.Color = themed(p.row, theme.ColorNamePlaceHolder)
	}
	p.tag.full, p.tag.text.TextSize = protoTag(&e.Listener), p.row.Theme().Size(theme.SizeNameCaptionText)
	p.tag.text.Color = themed(p.row, theme.ColorNamePlaceHolder)
	p.mark.FillColor = themed(p.row, markColor(e))
}

// markColor is the colour of a row's reach: what others can reach stands out.
func markColor(e *entry) fyne.ThemeColorName {
	if e.External {
		return colorNetwork
	}
	return theme.ColorNameInputBorder
}

func (p *rowParts) place(size fyne.Size) {
	digits := fyne.MeasureText("00000", p.cells[columnPort].text.TextSize, fyne.TextStyle{Monospace: true}).Width
	x := float32(rowInset)
	for i, w := range columnWidths(size.Width - 2*rowInset) {
		switch {
		case i == columnPort:
			p.cells[i].fit(x, digits, size.Height, true)
			p.tag.fit(x+digits+6, w-digits-6, size.Height, false)
		case i == columnReach:
			p.mark.Resize(fyne.NewSquareSize(dotSize))
			p.mark.Move(fyne.NewPos(x, (size.Height-dotSize)/2))
			p.cells[i].fit(x+dotSize+6, w-dotSize-6, size.Height, false)
		default:
			p.cells[i].fit(x, w, size.Height, columns[i].right)
		}
		if w > 0 {
			x += w + columnGap
		}
	}
}

// tableHeader is the titles of the columns; a tap sorts by one.
type tableHeader struct {
	widget.BaseWidget
	order  order
	sortBy func(column int)
}

func newTableHeader(sortBy func(int)) *tableHeader {
	h := &tableHeader{sortBy: sortBy}
	h.ExtendBaseWidget(h)
	return h
}

// Tapped sorts by the column below the pointer.
func (h *tableHeader) Tapped(ev *fyne.PointEvent) {
	x := float32(rowInset)
	for i, w := range columnWidths(h.Size().Width - 2*rowInset) {
		if w == 0 {
			continue
		}
		if ev.Position.X < x+w+columnGap/2 {
			h.sortBy(i)
			return
		}
		x += w + columnGap
	}
}

func (h *tableHeader) show(o order) {
	h.order = o
	h.Refresh()
}

// headerParts is what the header draws.
type headerParts struct {
	header *tableHeader
	cells  [columnCount]*cell
	arrow  *widget.Icon
}

// CreateRenderer draws the titles and an arrow at the sorted one.
func (h *tableHeader) CreateRenderer() fyne.WidgetRenderer {
	p := &headerParts{header: h, arrow: widget.NewIcon(nil)}
	objects := []fyne.CanvasObject{p.arrow}
	for i := range p.cells {
		p.cells[i] = newCell(fyne.TextStyle{})
		p.cells[i].full = columnTitles[i]
		objects = append(objects, p.cells[i].text)
	}
	p.paint()
	return &renderer{
		widget:  h,
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(columns[columnPort].min, headerHeight) },
		place:   p.place,
		paint:   p.paint,
	}
}

func (p *headerParts) paint() {
	for i, c := range p.cells {
		c.text.TextSize = p.header.Theme().Size(theme.SizeNameCaptionText)
		c.text.Color = themed(p.header, theme.ColorNamePlaceHolder)
		if i == p.header.order.column {
			c.text.Color = themed(p.header, theme.ColorNameForeground)
		}
	}
	p.arrow.SetResource(theme.MenuDropUpIcon())
	if p.header.order.falling {
		p.arrow.SetResource(theme.MenuDropDownIcon())
	}
}

const arrowSize = 14

func (p *headerParts) place(size fyne.Size) {
	digits := fyne.MeasureText("00000", p.header.Theme().Size(theme.SizeNameText), fyne.TextStyle{Monospace: true}).Width
	p.arrow.Hide()
	x := float32(rowInset)
	for i, w := range columnWidths(size.Width - 2*rowInset) {
		if w == 0 {
			p.cells[i].fit(x, 0, size.Height, false)
			continue
		}
		right, room := columns[i].right, w
		if i == columnPort {
			right, room = true, digits
		}
		p.cells[i].fit(x, room, size.Height, right)
		if i == p.header.order.column {
			p.pointAt(p.cells[i].text, right && i != columnPort, size.Height)
		}
		x += w + columnGap
	}
}

// pointAt puts the arrow after a title, before one that stands to the right.
func (p *headerParts) pointAt(t *canvas.Text, before bool, height float32) {
	x := t.Position().X + t.Size().Width + 1
	if before {
		x = t.Position().X - arrowSize - 1
	}
	p.arrow.Resize(fyne.NewSquareSize(arrowSize))
	p.arrow.Move(fyne.NewPos(x, (height-arrowSize)/2))
	p.arrow.Show()
}

// rowList is a List in which the arrow keys move the selection.
type rowList struct {
	widget.List
	selected int // -1 for none
}

func newRowList(m *model, chosen func(id string)) *rowList {
	l := &rowList{selected: -1}
	l.HideSeparators = true
	l.Length = func() int { return len(m.shown) }
	l.CreateItem = func() fyne.CanvasObject { return newTableRow() }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(m.shown) {
			o.(*tableRow).show(m.at(i))
		}
	}
	l.OnSelected = func(i widget.ListItemID) {
		l.selected = i
		chosen(m.at(i).ID)
	}
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained leaves the look as it is: the selected row is the cursor.
func (l *rowList) FocusGained() {}

// FocusLost leaves the look as it is.
func (l *rowList) FocusLost() {}

// TypedKey moves the selection.
func (l *rowList) TypedKey(ev *fyne.KeyEvent) {
	page := max(int(l.Size().Height/rowHeight)-2, 1)
	last := l.Length() - 1
	to := l.selected
	switch ev.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyPageUp:
		to -= page
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = last
	default:
		return
	}
	l.Select(min(max(to, 0), last))
}

// mark selects a place, -1 for none, after the rows have changed: the scrolling
// stays as it is.
func (l *rowList) mark(place int) {
	offset := l.GetScrollOffset()
	l.UnselectAll()
	l.selected = -1
	l.Refresh()
	if place >= 0 {
		l.Select(place)
	}
	l.ScrollToOffset(offset)
}
