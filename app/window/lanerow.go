package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/history"
)

const (
	laneHeight = 26
	laneLabel  = 190 // room for the name of a lane
	laneInset  = 12
	barHeight  = 8
	axisHeight = 22
	tickRoom   = 86 // between two words on the axis
)

// laneWidth is the room for the bars in a row.
func laneWidth(row float32) float32 { return max(row-laneLabel-2*laneInset, 1) }

// laneRow is a lane of the picture: a program on a port, with bars for when it listened
// and marks for alerts.
type laneRow struct {
	widget.BaseWidget
	pane   *historyPane
	place  int
	cursor bool
}

func newLaneRow(p *historyPane) *laneRow {
	r := &laneRow{pane: p, place: -1}
	r.ExtendBaseWidget(r)
	return r
}

func (r *laneRow) show(place int, cursor bool) {
	r.place, r.cursor = place, cursor
	r.Refresh()
}

// MouseIn tells what is below the pointer.
func (r *laneRow) MouseIn(ev *desktop.MouseEvent) { r.MouseMoved(ev) }

// MouseMoved tells what is below the pointer.
func (r *laneRow) MouseMoved(ev *desktop.MouseEvent) {
	r.pane.pointAt(r.place, ev.Position.X-laneInset-laneLabel, laneWidth(r.Size().Width))
}

// MouseOut tells of the lane where the keyboard is.
func (r *laneRow) MouseOut() { r.pane.tellCursor() }

// Tapped chooses the lane.
func (r *laneRow) Tapped(*fyne.PointEvent) { r.pane.tapLane(r.place) }

// Scrolled moves through time, sideways; with Shift the wheel does too, with Ctrl it zooms.
func (r *laneRow) Scrolled(ev *fyne.ScrollEvent) {
	r.pane.scrolled(ev, ev.Position.X-laneInset-laneLabel, laneWidth(r.Size().Width))
}

// Dragged moves through time.
func (r *laneRow) Dragged(ev *fyne.DragEvent) {
	r.pane.move(-float64(ev.Dragged.DX / laneWidth(r.Size().Width)))
}

// DragEnd does nothing.
func (r *laneRow) DragEnd() {}

// laneParts is what a lane draws. Bars and marks are made as they are needed.
type laneParts struct {
	row   *laneRow
	label *canvas.Text
	ring  *canvas.Rectangle
	rule  *canvas.Line
	bars  []*canvas.Rectangle
	marks []*canvas.Circle
	r     *renderer
}

// CreateRenderer draws the name, a thin line of time, the bars and the marks.
func (r *laneRow) CreateRenderer() fyne.WidgetRenderer {
	p := &laneParts{row: r, label: canvas.NewText("", nil), ring: canvas.NewRectangle(nil), rule: canvas.NewLine(nil)}
	p.ring.StrokeWidth, p.ring.CornerRadius = 1.5, theme.SelectionRadiusSize()
	p.r = &renderer{
		widget: r, objects: []fyne.CanvasObject{p.rule, p.ring, p.label}, place: p.place, paint: func() {},
		min: func() fyne.Size { return fyne.NewSize(laneLabel+100, laneHeight) },
	}
	return p.r
}

func (p *laneParts) place(size fyne.Size) {
	l := p.row.pane.lane(p.row.place)
	if l == nil {
		return
	}
	foreground, accent := themed(p.row, theme.ColorNameForeground), themed(p.row, theme.ColorNamePrimary)
	p.label.Color, p.label.TextSize = foreground, p.row.Theme().Size(theme.SizeNameText)
	p.placeLabel(l, size.Height)
	p.ring.Hidden, p.ring.StrokeColor = !p.row.cursor, accent
	p.ring.Move(fyne.NewPos(1, 1))
	p.ring.Resize(size.SubtractWidthHeight(2, 2))
	width, left := laneWidth(size.Width), float32(laneInset+laneLabel)
	p.rule.StrokeColor = themed(p.row, theme.ColorNameSeparator)
	p.rule.Position1, p.rule.Position2 = fyne.NewPos(left, size.Height/2), fyne.NewPos(left+width, size.Height/2)
	t, now := p.row.pane.time, p.row.pane.o.now()
	bars, marks := t.bars(l, width, now), t.marks(l, width)
	p.grow(len(bars), len(marks))
	for i, b := range p.bars {
		if b.Hidden = i >= len(bars); !b.Hidden {
			b.FillColor = accent
			b.Move(fyne.NewPos(left+bars[i].from, (size.Height-barHeight)/2))
			b.Resize(fyne.NewSize(bars[i].to-bars[i].from, barHeight))
		}
	}
	for i, m := range p.marks {
		if m.Hidden = i >= len(marks); !m.Hidden {
			m.FillColor, m.StrokeColor, m.StrokeWidth = themed(p.row, colorNetwork), themed(p.row, theme.ColorNameBackground), 1
			m.Resize(fyne.NewSquareSize(dotSize + 2))
			m.Move(fyne.NewPos(left+marks[i]-dotSize/2-1, (size.Height-dotSize-2)/2))
		}
	}
}

// placeLabel names the lane. A long name of the program is shortened, not the port.
func (p *laneParts) placeLabel(l *history.Lane, height float32) {
	name, port := laneParted(l)
	width := func(s string) float32 { return fyne.MeasureText(s, p.label.TextSize, p.label.TextStyle).Width }
	words := shorten(name, laneLabel-8-width(port), width) + port
	fitText(p.label, words, laneInset, (height-p.label.MinSize().Height)/2, laneLabel-8)
}

// grow makes bars and marks; the marks lie on top.
func (p *laneParts) grow(bars, marks int) {
	if bars <= len(p.bars) && marks <= len(p.marks) {
		return
	}
	for len(p.bars) < bars {
		b := canvas.NewRectangle(nil)
		b.CornerRadius = 2
		p.bars = append(p.bars, b)
	}
	for len(p.marks) < marks {
		p.marks = append(p.marks, canvas.NewCircle(nil))
	}
	p.r.objects = []fyne.CanvasObject{p.rule, p.ring, p.label}
	for _, b := range p.bars {
		p.r.objects = append(p.r.objects, b)
	}
	for _, m := range p.marks {
		p.r.objects = append(p.r.objects, m)
	}
}

// emptyLane stands where there are no lanes: the wheel does there what it does in one.
type emptyLane struct {
	widget.BaseWidget
	pane *historyPane
}

func newEmptyLane(p *historyPane) *emptyLane {
	e := &emptyLane{pane: p}
	e.ExtendBaseWidget(e)
	return e
}

// Scrolled moves through time, or zooms.
func (e *emptyLane) Scrolled(ev *fyne.ScrollEvent) {
	e.pane.scrolled(ev, ev.Position.X-laneInset-laneLabel, laneWidth(e.Size().Width))
}

// CreateRenderer draws nothing.
func (e *emptyLane) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{widget: e, place: func(fyne.Size) {}, paint: func() {}, min: func() fyne.Size { return fyne.Size{} }}
}

// timeAxis is the words of time above the lanes.
type timeAxis struct {
	widget.BaseWidget
	pane  *historyPane
	texts []*canvas.Text
	lines []*canvas.Line
}

func newTimeAxis(p *historyPane) *timeAxis {
	a := &timeAxis{pane: p}
	a.ExtendBaseWidget(a)
	return a
}

// Scrolled moves through time, or zooms.
func (a *timeAxis) Scrolled(ev *fyne.ScrollEvent) {
	a.pane.scrolled(ev, ev.Position.X-laneInset-laneLabel, laneWidth(a.Size().Width))
}

// CreateRenderer draws a short line and words for each tick.
func (a *timeAxis) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{widget: a, paint: func() {}, min: func() fyne.Size { return fyne.NewSize(laneLabel+100, axisHeight) }}
	r.place = func(size fyne.Size) { r.objects = a.place(size) }
	return r
}

func (a *timeAxis) place(size fyne.Size) []fyne.CanvasObject {
	width, left := laneWidth(size.Width), float32(laneInset+laneLabel)
	ticks := a.pane.time.ticks(int(width / tickRoom))
	for len(a.texts) < len(ticks) {
		a.texts, a.lines = append(a.texts, canvas.NewText("", nil)), append(a.lines, canvas.NewLine(nil))
	}
	var objects []fyne.CanvasObject
	for i := range ticks {
		x := left + a.pane.time.x(ticks[i].at, width)
		text, line := a.texts[i], a.lines[i]
		text.TextSize, text.Color = a.Theme().Size(theme.SizeNameCaptionText), themed(a, theme.ColorNamePlaceHolder)
		text.TextStyle = fyne.TextStyle{Bold: ticks[i].day}
		fitText(text, ticks[i].words, x+4, (size.Height-text.MinSize().Height)/2, left+width+laneInset-x-4)
		line.StrokeColor = themed(a, theme.ColorNameInputBorder)
		line.Position1, line.Position2 = fyne.NewPos(x, size.Height-10), fyne.NewPos(x, size.Height)
		objects = append(objects, text, line)
	}
	return objects
}
