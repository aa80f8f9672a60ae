package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// listPane is the Listeners tab: search and filter, table and details, and the
// line below.
type listPane struct {
	root    fyne.CanvasObject
	model   *model
	search  *searchEntry
	reach   *segments
	header  *tableHeader
	list    *rowList
	details *detailPane
	split   *container.Split
	foot    *widget.Label
	chosen  string // the listener whose row is marked, shown or not

	table, loading, nothing, noMatch fyne.CanvasObject
}

func newListPane(m *model, chosen func(id string), a detailActions) *listPane {
	p := &listPane{model: m, search: newSearchEntry(), foot: faint(""), details: newDetailPane(a)}
	p.reach = newSegments(func(int) { p.filterChanged() }, wordAll, wordNetwork, wordLocal)
	p.search.OnChanged = func(string) { p.filterChanged() }
	p.header = newTableHeader(p.sortBy)
	p.list = newRowList(m, func(id string) {
		p.chosen = id
		chosen(id)
	})
	p.foot.Truncation = fyne.TextTruncateEllipsis
	p.foot.SizeName = theme.SizeNameCaptionText
	p.loading = blank(wordLoading, "")
	p.nothing = blank(wordNothing, wordNothingHint)
	p.noMatch = blank(wordNoMatch, wordNoMatchHint, wide(widget.NewButton(wordShowAll, p.showAll)))
	p.root = p.build()
	p.arranged()
	return p
}

func (p *listPane) build() fyne.CanvasObject {
	head := container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), padded(0, tableEdge, p.header))
	p.table = container.New(frame{}, head, padded(tableEdge, tableEdge, p.list), container.NewWithoutLayout())
	left := container.NewStack(p.table, p.loading, p.nothing, p.noMatch)
	p.split = container.NewHSplit(container.New(atLeast{300, 200}, left), p.details.root)
	p.split.SetOffset(0.61)
	search := container.New(atLeast{260, 0}, p.search)
	tools := container.NewBorder(nil, nil, container.NewCenter(p.reach), container.NewCenter(search))
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), padded(8, 10, tools), widget.NewSeparator())
	bottom := container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(0, 8, p.foot))
	return container.New(frame{}, top, p.split, bottom)
}

// tableEdge is the air between the table and its surroundings.
const tableEdge = 4

// atLeast is a layout: one object that never gets smaller than a size; 0 is its
// own.
type atLeast struct{ width, height float32 }

// MinSize is that size.
func (a atLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(a.width, a.height)
	if a.height == 0 {
		size.Height = objects[0].MinSize().Height
	}
	return size
}

// Layout fills the space.
func (a atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

func (p *listPane) filterChanged() {
	p.model.setFilter(newFilter(reach(p.reach.chosen), p.search.Text))
	p.arranged()
}

func (p *listPane) sortBy(column int) {
	p.model.setOrder(p.model.order.by(column))
	p.header.show(p.model.order)
	p.arranged()
}

// showAll takes filter and search away.
func (p *listPane) showAll() {
	p.reach.choose(int(reachAll))
	p.search.SetText("")
}

// arranged draws the rows anew and marks the chosen listener where it stands
// now.
func (p *listPane) arranged() {
	m := p.model
	show(p.loading, m.snap == nil)
	show(p.nothing, m.snap != nil && len(m.all) == 0)
	show(p.noMatch, len(m.all) > 0 && len(m.shown) == 0)
	show(p.table, len(m.shown) > 0)
	if m.snap != nil {
		p.foot.SetText(footer(m.snap.Visibility, len(m.shown), len(m.all)))
	}
	if side := len(m.all) > 0 || p.details.shown != nil; side != p.details.root.Visible() {
		show(p.details.root, side)
		p.split.Refresh()
	}
	p.list.mark(m.place(p.chosen))
}

// reveal marks a listener and scrolls to it; what hides it is taken away.
func (p *listPane) reveal(id string) {
	if p.model.place(id) < 0 {
		p.showAll()
	}
	p.chosen = id
	place := p.model.place(id)
	p.list.mark(place)
	p.list.ScrollTo(place)
}

func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}
