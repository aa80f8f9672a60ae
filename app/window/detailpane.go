package window

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/assets/words"
	"portlight/scanner"
)

// detailActions are what the buttons of the details do.
type detailActions struct {
	copy  func(text string)
	open  func(url string)
	stop  func(scanner.Process)
	menus func(kind menuKind) *fyne.Menu
	leave func() // gives the keyboard back to the table
}

// menuKind is one of the menus below the headline.
type menuKind int

const (
	menuCopy menuKind = iota
	menuMore
)

// detailPane shows the details of one listener, or that none is chosen.
type detailPane struct {
	root    *fyne.Container
	content *fyne.Container
	scroll  *container.Scroll
	empty   fyne.CanvasObject
	filled  fyne.CanvasObject
	actions detailActions
	shown   *details
	first   fyne.Focusable // of the buttons
	keyed   map[buttonKey]*keyButton
	values  [][]*valueBox // of the groups' pairs
}

// buttonKey tells the buttons apart; the pid is that of a process to stop, 0 of the others.
type buttonKey struct {
	label words.Text
	pid   int
}

func newDetailPane(a detailActions) *detailPane {
	p := &detailPane{actions: a, content: container.NewVBox(), empty: blank(wordChoose.String(), wordChooseHint.String())}
	p.scroll = container.NewVScroll(container.New(edge{}, p.content))
	p.filled = container.New(wrapping{}, p.scroll)
	p.filled.Hide()
	p.root = container.NewStack(p.empty, p.filled)
	return p
}

// show draws the details, unless they are drawn already. Where only values differ
// they are exchanged: a selection of text and the keyboard's place outlive that.
func (p *detailPane) show(d details) {
	if p.shown != nil && reflect.DeepEqual(*p.shown, d) {
		return
	}
	offset := p.scroll.Offset
	if p.shown == nil || p.shown.id != d.id {
		offset = fyne.Position{}
	}
	before := p.shown
	p.shown = &d
	if before != nil && sameShape(before, &d) {
		p.exchange(before, &d)
	} else {
		p.rebuild(&d)
	}
	p.empty.Hide()
	p.filled.Show()
	p.filled.(*fyne.Container).Layout.Layout([]fyne.CanvasObject{p.scroll}, p.filled.Size())
	p.scroll.ScrollToOffset(offset)
}

// rebuild draws everything anew. A button that had the keyboard has it again.
func (p *detailPane) rebuild(d *details) {
	c := fyne.CurrentApp().Driver().CanvasForObject(p.root)
	var had buttonKey
	for key, b := range p.keyed {
		if c != nil && c.Focused() == b {
			had = key
		}
	}
	p.keyed = map[buttonKey]*keyButton{}
	p.content.Objects = p.build(d)
	p.content.Refresh()
	if again := p.keyed[had]; again != nil {
		c.Focus(again)
	} else if had != (buttonKey{}) {
		p.actions.leave()
	}
}

// sameShape reports whether two details differ in values of facts only.
func sameShape(a, b *details) bool {
	x, y := *a, *b
	x.groups, y.groups = nil, nil
	return reflect.DeepEqual(x, y) && slices.EqualFunc(a.groups, b.groups, func(g, h group) bool {
		return g.title == h.title && reflect.DeepEqual(g.stop, h.stop) && slices.EqualFunc(g.pairs, h.pairs, func(p, q pair) bool {
			p.value, q.value = "", ""
			return p == q
		})
	})
}

// exchange shows other values in the same places.
func (p *detailPane) exchange(before, now *details) {
	for i, g := range now.groups {
		for j, pr := range g.pairs {
			if pr.value != before.groups[i].pairs[j].value {
				p.values[i][j].set(pr.value)
			}
		}
	}
}

func (p *detailPane) build(d *details) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{p.head(d), p.buttons(d)}
	p.values = nil
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
	keys := map[fyne.KeyName]func(){fyne.KeyEscape: p.actions.leave}
	box := container.New(flow{})
	if d.url != "" {
		open := newKeyButton(wordOpen.String(), func() { p.actions.open(d.url) }, keys)
		box.Add(wide(open))
		p.first, p.keyed[buttonKey{label: wordOpen}] = open, open
	}
	for kind, label := range []words.Text{wordCopy, wordMoreActions} {
		b := newMenuButton(label.String(), func() *fyne.Menu { return p.actions.menus(menuKind(kind)) }, keys)
		if len(box.Objects) == 0 {
			p.first = b
		}
		box.Add(wide(b))
		p.keyed[buttonKey{label: label}] = b
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
		b := newKeyButton(wordStop.String(), func() { p.actions.stop(owner) }, map[fyne.KeyName]func(){fyne.KeyEscape: p.actions.leave})
		stop = padded(1, 4, wide(b))
		p.keyed[buttonKey{wordStop, owner.PID}] = b
	}
	pairs := container.New(pairing{})
	values := make([]*valueBox, len(g.pairs))
	for i := range g.pairs {
		values[i] = newValueBox(&g.pairs[i], p.actions.copy)
		pairs.Add(pairLabel(g.pairs[i].label))
		pairs.Add(values[i])
	}
	p.values = append(p.values, values)
	return container.New(stacked{}, container.NewBorder(nil, nil, nil, stop, title), pairs)
}
