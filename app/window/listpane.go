package window

import (
	"time"

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
	kinds   *segments
	grouped *widget.Check
	header  *tableHeader
	list    *rowList
	details *detailPane
	split   *container.Split
	foot    *footBar
	chosen  string // the listener whose row is marked, shown or not
	keep    func() // the look of the table
	title   string // the group whose title is marked instead, "" for none

	table, loading, nothing, noMatch, noNews fyne.CanvasObject
}

// listActions are what the pane leaves to the window.
type listActions struct {
	chosen func(id string)
	open   func()              // goes on to the details
	menu   func(fyne.Position) // of the chosen listener
	health func()              // shows what cannot be seen, and why
	keep   func()              // the look of the table
	now    func() time.Time
}

func newListPane(m *model, l listActions, a detailActions) *listPane {
	p := &listPane{model: m, search: newSearchEntry(), details: newDetailPane(a)}
	p.kinds = newSegments(func(int) { p.filterChanged() }, wordAll.String(), wordNetwork.String(), wordLocal.String(), wordUDP, wordNew.String())
	p.grouped = widget.NewCheck(wordGrouped.String(), func(on bool) {
		m.setGrouped(on)
		p.arranged()
	})
	p.search.OnChanged = func(string) { p.filterChanged() }
	p.keep = l.keep
	p.header = newTableHeader(p.sortBy, func(done bool) {
		p.list.Refresh()
		if done {
			l.keep()
		}
	})
	p.list = newRowList(m, p.header.widths, l.now, rowActions{chosen: func(id, group string) {
		if p.title = group; group == "" {
			p.chosen = id
			l.chosen(id)
		}
	}, toggle: p.toggle, open: l.open, menu: l.menu, escape: func() { p.search.SetText("") }})
	p.foot = newFootBar(l.health)
	p.loading = blank(wordLoading.String(), "")
	p.nothing = blank(wordNothing.String(), wordNothingHint.String())
	p.noMatch = blank(wordNoMatch.String(), wordNoMatchHint.String(), wide(widget.NewButton(wordShowAll.String(), p.showAll)))
	p.noNews = blank(wordNoneNew.String(), wordNoneNewHint.String(), wide(widget.NewButton(wordShowAll.String(), p.showAll)))
	p.root = p.build()
	p.arranged()
	return p
}

func (p *listPane) build() fyne.CanvasObject {
	head := container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), padded(0, tableEdge, p.header))
	p.table = container.New(frame{}, head, padded(tableEdge, tableEdge, closely(p.list)), container.NewWithoutLayout())
	left := container.NewStack(p.table, p.loading, p.nothing, p.noMatch, p.noNews)
	p.split = container.NewHSplit(container.New(atLeast{300, 200}, left), p.details.root)
	p.split.SetOffset(0.6)
	search := container.New(atLeast{190, 0}, p.search)
	tools := container.NewBorder(nil, nil, container.NewCenter(p.kinds), container.NewCenter(search), container.NewCenter(p.grouped))
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), padded(8, 10, tools), widget.NewSeparator())
	bottom := container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(0, 8, p.foot.root))
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
	p.model.setFilter(newFilter(kind(p.kinds.chosen), p.search.Text))
	p.arranged()
}

func (p *listPane) sortBy(column int) {
	p.setOrder(p.model.order.by(column))
	p.keep()
}

func (p *listPane) setOrder(o order) {
	p.model.setOrder(o)
	p.header.show(o)
	p.arranged()
}

// toggle opens or closes a group; its title keeps the mark.
func (p *listPane) toggle(group string) {
	p.model.toggle(group)
	p.title = group
	p.arranged()
}

// showAll takes filter and search away.
func (p *listPane) showAll() {
	p.kinds.choose(int(kindAll))
	p.search.SetText("")
}

// arranged draws the rows anew and marks the chosen listener where it stands
// now.
func (p *listPane) arranged() {
	m := p.model
	none := m.snap != nil && len(m.all) > 0 && len(m.lines) == 0
	news := none && m.filter.kind == kindNew && len(m.filter.terms) == 0
	show(p.loading, m.snap == nil)
	show(p.nothing, m.snap != nil && len(m.all) == 0 && len(m.lines) == 0)
	show(p.noMatch, none && !news)
	show(p.noNews, news)
	show(p.table, len(m.lines) > 0)
	if m.snap != nil {
		p.foot.show(footer(m.snap.Visibility, m.shown, len(m.all)), len(m.snap.Visibility.Notes) > 0 || m.snap.Visibility.Hidden > 0)
	}
	if side := len(m.all) > 0 || p.details.shown != nil; side != p.details.root.Visible() {
		show(p.details.root, side)
		p.split.Refresh()
	}
	place := m.place(p.chosen)
	if p.title != "" {
		place = m.titlePlace(p.title)
	}
	p.list.mark(place)
}

// reveal marks a listener and scrolls to it; what hides it is taken away.
func (p *listPane) reveal(id string) {
	if p.model.place(id) < 0 {
		p.showAll()
	}
	if e := p.model.find(id); e != nil && p.model.place(id) < 0 {
		p.model.toggle(e.groupName())
		p.arranged()
	}
	p.chosen, p.title = id, ""
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
