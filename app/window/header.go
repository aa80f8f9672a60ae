package window

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tableHeader is the titles of the columns. A tap sorts by one; an edge between two
// can be dragged.
type tableHeader struct {
	widget.BaseWidget
	order   order
	set     widths // by a person
	sortBy  func(column int)
	resized func(done bool) // done says that the pointer has let go

	over int // column whose right edge is below the pointer, -1 is none
	drag int // column whose right edge is dragged, -1 is none

	focused bool
	at      int // column where the keyboard is
}

func newTableHeader(sortBy func(int), resized func(bool)) *tableHeader {
	h := &tableHeader{sortBy: sortBy, resized: resized, over: -1, drag: -1}
	h.ExtendBaseWidget(h)
	return h
}

// widths shares a width among the columns.
func (h *tableHeader) widths(total float32) widths { return columnWidths(total, h.set) }

// grip is how near to an edge the pointer takes it.
const grip = 4

// edgeAt gives the column whose right edge is at a place, -1 for none. The last one
// has none.
func (h *tableHeader) edgeAt(at float32) int {
	x, last := float32(rowInset), -1
	for i, w := range h.widths(h.Size().Width - 2*rowInset) {
		if w == 0 {
			continue
		}
		if edge := x - columnGap/2; last >= 0 && at > edge-grip && at < edge+grip {
			return last
		}
		x += w + columnGap
		last = i
	}
	return -1
}

// Tapped sorts by the column below the pointer.
func (h *tableHeader) Tapped(ev *fyne.PointEvent) {
	x := float32(rowInset)
	for i, w := range h.widths(h.Size().Width - 2*rowInset) {
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

// MouseIn notices what is below the pointer.
func (h *tableHeader) MouseIn(ev *desktop.MouseEvent) { h.MouseMoved(ev) }

// MouseMoved notices what is below the pointer.
func (h *tableHeader) MouseMoved(ev *desktop.MouseEvent) { h.over = h.edgeAt(ev.Position.X) }

// MouseOut lets go of the edge.
func (h *tableHeader) MouseOut() { h.over = -1 }

// Cursor shows that an edge can be dragged.
func (h *tableHeader) Cursor() desktop.Cursor {
	if h.over >= 0 || h.drag >= 0 {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// Dragged makes a column wider or narrower.
func (h *tableHeader) Dragged(ev *fyne.DragEvent) {
	if h.drag < 0 {
		if h.drag = h.edgeAt(ev.Position.X - ev.Dragged.DX); h.drag < 0 {
			h.drag = columnCount // elsewhere: until the pointer lets go it is not taken up
		}
	}
	if h.drag == columnCount {
		return
	}
	if h.widen(h.drag, ev.Dragged.DX) {
		h.resized(false)
	}
}

// widen makes a column wider or narrower, as long as all others keep their room.
func (h *tableHeader) widen(column int, by float32) bool {
	total, was := h.Size().Width-2*rowInset, h.set
	now := h.widths(total)
	h.set[column] = min(max(now[column]+by, narrowest), widest)
	for i, w := range h.widths(total) {
		if (w == 0) != (now[i] == 0) {
			h.set = was
			return false
		}
	}
	h.Refresh()
	return true
}

// FocusGained shows where the keyboard is.
func (h *tableHeader) FocusGained() { h.setFocused(true) }

// FocusLost hides it again.
func (h *tableHeader) FocusLost() { h.setFocused(false) }

func (h *tableHeader) setFocused(on bool) {
	h.focused, h.at = on, h.order.column
	h.Refresh()
}

// TypedKey goes from column to column and sorts by one.
func (h *tableHeader) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		step := 1
		if ev.Name == fyne.KeyLeft {
			step = -1
		}
		now := h.widths(h.Size().Width - 2*rowInset)
		for to := h.at + step; to >= 0 && to < columnCount; to += step {
			if now[to] > 0 {
				h.at = to
				break
			}
		}
		h.Refresh()
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		h.sortBy(h.at)
	}
}

// TypedRune makes the column wider by "+" and narrower by "-".
func (h *tableHeader) TypedRune(r rune) {
	by := map[rune]float32{'+': widthStep, '=': widthStep, '-': -widthStep}[r]
	if by != 0 && h.widen(h.at, by) {
		h.resized(true)
	}
}

// widthStep is by how much a key changes a column's width.
const widthStep = 10

// DragEnd ends that.
func (h *tableHeader) DragEnd() {
	moved := h.drag >= 0 && h.drag < columnCount
	h.drag = -1
	if moved {
		h.resized(true)
	}
}

func (h *tableHeader) show(o order) {
	h.order = o
	h.Refresh()
}

// headerParts is what the header draws.
type headerParts struct {
	header *tableHeader
	ring   *canvas.Rectangle // around the title where the keyboard is
	cells  [columnCount]*cell
	arrow  *widget.Icon
}

// CreateRenderer draws the titles and an arrow at the sorted one.
func (h *tableHeader) CreateRenderer() fyne.WidgetRenderer {
	p := &headerParts{header: h, arrow: widget.NewIcon(nil), ring: canvas.NewRectangle(color.Transparent)}
	p.ring.StrokeWidth, p.ring.CornerRadius = 1.5, theme.SelectionRadiusSize()
	objects := []fyne.CanvasObject{p.ring, p.arrow}
	for i := range p.cells {
		p.cells[i] = newCell(fyne.TextStyle{})
		p.cells[i].full = columnTitles[i].String()
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
	p.ring.Hidden, p.ring.StrokeColor = !p.header.focused, themed(p.header, theme.ColorNamePrimary)
	x := float32(rowInset)
	for i, w := range p.header.widths(size.Width - 2*rowInset) {
		if w == 0 {
			p.cells[i].fit(x, 0, size.Height, false)
			continue
		}
		right, room := columns[i].right, w
		if i == columnPort {
			right, room = true, digits
		}
		p.cells[i].fit(x, room, size.Height, right)
		if i == p.header.at {
			p.ring.Move(fyne.NewPos(x-3, 2))
			p.ring.Resize(fyne.NewSize(w+6, size.Height-4))
		}
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
