package window

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/history"
	"portlight/app/view"
)

// pastStore is the memory of what happened. *history.Store is one.
type pastStore interface {
	Lanes(since, until time.Time) ([]history.Lane, bool, error)
	Events(history.Query) ([]history.Event, error)
	LatestEvent() (time.Time, error)
}

// historyOptions are what the History tab needs from outside.
type historyOptions struct {
	facts    func() view.Facts
	now      func() time.Time
	do       func(func())
	spawn    func(func())
	after    func(time.Duration, func()) // runs a function on Fyne's goroutine, later
	shortcut func(fyne.Shortcut) bool
	focus    func(fyne.Focusable)    // gives something the keyboard
	held     func() fyne.KeyModifier // the modifiers that are held now
	save     saver
	forget   func(program, name string) // asks, and deletes what is remembered; of all for ""
}

// historyPane is the History tab: a picture with a lane for each program and port, and
// the events below. Its methods are for Fyne's goroutine.
type historyPane struct {
	root  fyne.CanvasObject
	o     historyOptions
	store pastStore // nil for none
	why   error

	time   timeline
	all    []history.Lane
	shown  []int     // places in all of those that match the search
	chosen string    // the lane whose events are shown, "" is all
	cursor string    // the lane where the keyboard is
	latest time.Time // of all events
	live   bool      // it goes on with time
	going  bool      // that is planned
	ranged string    // what was said last of what the picture shows
	read   bool
	whole  bool // nothing is left out of the picture
	waits  bool // for the first reading, to give the lanes the keyboard
	asking bool
	again  bool

	spans  *segments
	search *searchEntry
	axis   *timeAxis
	lanes  *keyList
	events *eventList
	said   *widget.Label
	foot   *widget.Label
	notice *banner
	partly *banner // says that something is left out
	empty  *fyne.Container
	body   *container.Split
}

// spanChoices are how much of time the segments show.
var spanChoices = [...]time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 31 * 24 * time.Hour}

func newHistoryPane(o historyOptions) *historyPane {
	p := &historyPane{o: o, said: caption(), foot: caption(), live: true, whole: true}
	p.notice, p.partly = newBanner(func() { p.place() }), newBanner(func() { p.place() })
	p.time = lately(spanChoices[1], o.now())
	p.spans = newSegments(func(i int) { p.showLast(spanChoices[i]) }, wordHour.String(), wordDay.String(), wordWeek.String(), wordMonth.String())
	p.spans.chosen = 1
	p.search = newSearchEntry()
	p.search.PlaceHolder = wordSearchHistory.String()
	p.search.shortcut, p.search.leave = o.shortcut, func() { p.lanes.take() }
	p.search.OnChanged = func(string) { p.searched() }
	p.axis = newTimeAxis(p)
	p.lanes = p.newLanes()
	p.events = newEventList(p)
	p.build()
	p.arranged()
	return p
}

func (p *historyPane) newLanes() *keyList {
	l := &keyList{height: laneHeight, skips: func(int) bool { return false }, shortcut: p.o.shortcut, focus: p.o.focus}
	l.Length = func() int { return len(p.shown) }
	l.CreateItem = func() fyne.CanvasObject { return newLaneRow(p) }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		o.(*laneRow).show(i, l.focused && i == l.selected)
	}
	l.chosen = func(int) {
		l.Refresh()
		p.tellCursor()
	}
	choose := func() { p.choose(l.selected) }
	l.keys = map[fyne.KeyName]func(){
		fyne.KeyLeft: func() { p.move(-0.25) }, fyne.KeyRight: func() { p.move(0.25) },
		fyne.KeyReturn: choose, fyne.KeyEnter: choose, fyne.KeyEscape: p.clear,
	}
	l.letters = map[rune]func(){
		'+': func() { p.zoom(0.5) }, '=': func() { p.zoom(0.5) }, '-': func() { p.zoom(2) }, '0': p.toNow,
	}
	l.start()
	return l
}

func (p *historyPane) build() {
	small := func(label string, do func()) fyne.CanvasObject { return newKeyButton(label, do, nil) }
	steps := container.NewHBox(small("–", func() { p.zoom(2) }), small("+", func() { p.zoom(0.5) }),
		small("←", func() { p.move(-0.5) }), small("→", func() { p.move(0.5) }), wide(newKeyButton(wordNow.String(), p.toNow, nil)))
	export := wide(newMenuButton(wordExport.String(), p.exportMenu, nil))
	forget := wide(newMenuButton(wordForget.String(), p.forgetMenu, nil))
	search := container.New(atLeast{200, 0}, p.search)
	tools := container.New(apart{}, container.NewHBox(container.NewCenter(p.spans), container.NewCenter(steps)),
		container.NewHBox(container.NewCenter(search), container.NewCenter(export), container.NewCenter(forget)))
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), padded(8, 10, tools), widget.NewSeparator(), p.partly.box, p.notice.box)
	picture := container.New(frame{}, container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), p.axis), closely(p.lanes),
		container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(0, 6, p.said)))
	p.body = container.NewVSplit(picture, p.events.root)
	p.body.SetOffset(0.6)
	p.empty = container.NewStack()
	hints := caption()
	hints.Alignment, hints.Truncation = fyne.TextAlignTrailing, fyne.TextTruncateOff
	hints.SetText(wordHistoryKeys.String())
	below := container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(0, 8, container.NewBorder(nil, nil, nil, hints, p.foot)))
	p.root = container.New(frame{}, top, container.NewStack(p.body, p.empty), below)
}

func (p *historyPane) place() {
	c := p.root.(*fyne.Container)
	c.Layout.Layout(c.Objects, c.Size())
}

// use takes another memory, or nil and why there is none.
func (p *historyPane) use(s pastStore, why error) {
	p.store, p.why, p.read, p.all, p.latest = s, why, false, nil, time.Time{}
	p.tellWhole(true)
	p.arranged()
}

// turned is for when the tab is turned to.
func (p *historyPane) turned() {
	p.waits = !p.read
	p.refresh()
	p.lanes.take()
	p.goOn()
}

// refresh reads the picture anew: the memory has changed, or another time is shown.
func (p *historyPane) refresh() {
	if p.store == nil {
		return
	}
	if p.live {
		p.time = lately(p.time.past(), p.o.now())
	}
	if p.again = p.asking; p.asking {
		return
	}
	p.asking = true
	s, t := p.store, p.time
	p.o.spawn(func() {
		lanes, whole, err := s.Lanes(t.from, t.to)
		var latest time.Time
		if err == nil {
			latest, err = s.LatestEvent()
		}
		p.o.do(func() { p.taken(s, lanes, whole, latest, err) })
	})
	p.events.reload()
}

func (p *historyPane) taken(s pastStore, lanes []history.Lane, whole bool, latest time.Time, err error) {
	p.asking = false
	switch {
	case s != p.store:
	case err != nil:
		p.notice.say(historyFailed(err))
	default:
		p.all, p.latest, p.read = lanes, latest, true
		p.tellWhole(whole)
		p.arranged()
		p.goOn()
		if p.waits { // there was nothing to take it
			p.waits = false
			p.lanes.take()
		}
	}
	if p.again {
		p.refresh()
	}
}

// tellWhole says that something is left out of the picture, until that is over. Who takes
// it away is not told again.
func (p *historyPane) tellWhole(whole bool) {
	switch {
	case whole:
		p.partly.clear()
	case p.whole:
		p.partly.say(wordTooMuch.String())
	}
	p.whole = whole
}

func (p *historyPane) redraw() {
	p.axis.Refresh()
	p.lanes.Refresh()
	p.tellCursor()
}

// sought is what lanes and events have to match, "" for all.
func (p *historyPane) sought() string { return strings.TrimSpace(p.search.Text) }

// searched shows the lanes that match the search at once, the events when it stands still.
// A lane that was chosen goes where it does not match.
func (p *historyPane) searched() {
	if l := p.events.lane; l != nil && !l.Matches(p.sought()) {
		p.chosen, p.events.lane = "", nil
	}
	p.arranged()
	p.events.reloadSoon()
}

// arranged shows the lanes that match the search.
func (p *historyPane) arranged() {
	text := p.sought()
	p.shown = p.shown[:0]
	for i := range p.all {
		if p.all[i].Matches(text) {
			p.shown = append(p.shown, i)
		}
	}
	p.empty.Objects = nil
	switch {
	case p.store == nil:
		p.empty.Objects = []fyne.CanvasObject{blank(wordNoMemory.String(), noMemoryWords(p.why))}
	case !p.read:
		p.empty.Objects = []fyne.CanvasObject{blank(wordReadingHistory.String(), "")}
	case len(p.all) == 0:
		p.empty.Objects = []fyne.CanvasObject{blank(wordNoHistory.String(), wordNoHistoryHint.String()), newEmptyLane(p)}
	case len(p.shown) == 0:
		p.empty.Objects = []fyne.CanvasObject{blank(wordNoLane.String(), wordNoMatchHint.String())}
	}
	show(p.body, len(p.shown) > 0)
	p.empty.Refresh()
	p.axis.Refresh()
	p.lanes.mark(slices.IndexFunc(p.shown, func(i int) bool { return laneName(&p.all[i]) == p.cursor }))
	p.counted()
}

// lane is that in a row, nil for none.
func (p *historyPane) lane(place int) *history.Lane {
	if place < 0 || place >= len(p.shown) {
		return nil
	}
	return &p.all[p.shown[place]]
}

// laneName tells a lane from others.
func laneName(l *history.Lane) string {
	return l.Program + " " + view.PortProto(l.Port, l.Proto.String())
}

// choose shows the events of a lane alone, and gives them the keyboard.
func (p *historyPane) choose(place int) {
	l := p.lane(place)
	if l == nil {
		return
	}
	p.chosen = laneName(l)
	p.events.of(l)
	p.events.rows.take()
}

func (p *historyPane) tapLane(place int) {
	p.lanes.Select(place)
	p.choose(place)
}

// clear takes search and choice away.
func (p *historyPane) clear() {
	p.chosen = ""
	p.search.SetText("")
	p.events.of(nil)
}

// pointAt tells what is at a place of a lane.
func (p *historyPane) pointAt(place int, x, width float32) {
	l := p.lane(place)
	if l == nil || x < 0 || x > width {
		p.tellCursor()
		return
	}
	now := p.o.now()
	if i := spanAt(l, p.time.at(x, width), time.Duration(float64(p.time.span())*3/float64(width)), now); i >= 0 {
		p.said.SetText(spanWords(l, &l.Spans[i], now))
		return
	}
	p.said.SetText(laneFacts(l))
}

// tellCursor tells of the lane where the keyboard is, or what the picture shows.
func (p *historyPane) tellCursor() {
	if l := p.lane(p.lanes.selected); l != nil {
		p.cursor = laneName(l)
		p.said.SetText(laneFacts(l))
		return
	}
	p.tellRange()
}

func (p *historyPane) tellRange() {
	p.ranged = rangeWords(p.time, p.o.now())
	p.said.SetText(p.ranged)
}

func (p *historyPane) counted() {
	p.foot.SetText(historyFoot(len(p.shown), len(p.events.shown), p.events.more, p.events.lane))
}
