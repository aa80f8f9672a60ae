package window

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/view"
)

// alertStore is the memory of alerts and rules. *history.Store is one.
type alertStore interface {
	Alerts(state history.State, before int64, limit int) ([]history.Alert, error)
	SetAlertState(ids []int64, state history.State) error
	MarkAllSeen() error
	Rules() ([]alerts.Rule, error)
	AddRule(r alerts.Rule, position int) (int64, error)
	PutFirst(r alerts.Rule) (id int64, added bool, err error)
	SetRule(was, r alerts.Rule) error
	MoveRule(id, before int64) error
	RemoveRule(id int64) error
	Settings() (map[string]string, error)
}

// alertsOptions are what the Alerts tab needs from outside.
type alertsOptions struct {
	store alertStore // nil where there is no memory
	why   error      // why there is none; may be nil

	facts    func() view.Facts // names of ports, and the network as it is now
	programs func() []string   // identities of programs that listen now, for the dialog; may be nil
	now      func() time.Time
	do       func(func()) // runs a function on Fyne's goroutine
	spawn    func(func()) // runs a function beside it: the store may wait for seconds

	details  func(listenerID string)  // shows a listener
	unseen   func(int)                // takes how many alerts are new
	shortcut func(fyne.Shortcut) bool // the window's; may be nil
	focus    func(fyne.Focusable)     // gives something the keyboard
	close    func()                   // closes what open opened, unless closed was told

	// open shows a dialog. It tells when that is closed, by whomever, and lets it stay
	// while keeps reports that something would be lost.
	open func(focus fyne.Focusable, content fyne.CanvasObject, closed func(), keeps func() bool)
}

// alertsPane is the Alerts tab: the alerts by their programs, and the rules. Its
// methods are for Fyne's goroutine.
type alertsPane struct {
	root fyne.CanvasObject
	o    alertsOptions

	list    *alertList
	rows    *keyList
	rules   *rulesPane
	notice  *banner
	silent  *banner   // why notifications are not shown
	silence string    // what it said last
	part    *segments // alerts or rules
	filter  *segments
	seenAll *widget.Button
	reason  *widget.Label // of the chosen alert
	times   *widget.Label
	reach   *widget.Label
	summary *fyne.Container
	foot    *widget.Label
	hints   *widget.Label

	tools, body, page, reading, noNews, noAlerts fyne.CanvasObject
	noMemory                                     *fyne.Container
	above                                        *fyne.Container

	chosen  int64 // the alert whose row is marked, 0 for none
	read    bool  // the alerts were read
	whole   bool  // all of them
	busy    bool  // they are being read
	again   bool  // and have to be read anew then
	pending int   // writes that are under way: what is read meanwhile may be old

	writing  map[int64]bool // the alerts that they are about
	memories int            // how many there were: what one before the last answers is dropped
}

const (
	// alertPage is how many alerts are read at once.
	alertPage = 500
	// maxAlerts bounds how many are listed.
	maxAlerts = 20_000
)

// newAlertsPane makes the tab and reads what there is.
func newAlertsPane(o alertsOptions) *alertsPane {
	p := &alertsPane{o: o, list: newAlertList(), writing: map[int64]bool{}, foot: caption(), hints: caption(), reason: caption(), times: caption(), reach: caption()}
	p.reason.SizeName = theme.SizeNameText
	p.reason.Importance = widget.MediumImportance
	p.hints.Alignment = fyne.TextAlignTrailing
	p.hints.Truncation = fyne.TextTruncateOff
	p.notice, p.silent = newBanner(func() { p.place() }), newBanner(func() { p.place() })
	p.rows = p.newRows()
	p.rules = newRulesPane(p)
	p.part = newSegments(func(int) { p.arranged() }, wordAlerts.String(), wordRules.String())
	p.filter = newSegments(func(i int) {
		p.list.choose(i == 1)
		p.arranged()
	}, wordAllAlerts.String(), wordNewOnly.String())
	p.seenAll = widget.NewButton(wordMarkAllSeen.String(), p.markAllSeen)
	p.build()
	p.arranged()
	p.refresh()
	return p
}

// use takes another memory, or nil and why there is none. Nothing of the one before
// stays: in a database that was begun anew the same ids are those of other alerts and
// rules.
func (p *alertsPane) use(m alertStore, why error) {
	p.o.store, p.o.why = m, why
	p.memories++
	p.list = p.list.anew()
	p.rules.forget()
	p.chosen, p.read, p.whole, p.busy, p.again, p.pending = 0, false, false, false, false, 0
	p.writing = map[int64]bool{}
	p.tellSilent("")
	p.noMemory.Objects = []fyne.CanvasObject{blank(wordNoMemory.String(), noMemoryWords(why))}
	p.arranged()
	p.refresh()
}

// caption is a small faint line that is cut where it has no room.
func caption() *widget.Label {
	l := faint("")
	l.SizeName = theme.SizeNameCaptionText
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

func (p *alertsPane) build() {
	p.tools = container.NewHBox(layout.NewSpacer(), container.NewCenter(p.filter), container.NewCenter(wide(p.seenAll)))
	ends := container.NewStack(p.tools, p.rules.tools)
	bar := padded(8, 10, container.NewBorder(nil, nil, container.NewCenter(p.part), ends))
	p.above = container.New(layout.NewCustomPaddedVBoxLayout(0), bar, widget.NewSeparator(), p.silent.box, p.notice.box)
	p.summary = container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(2, 10, container.New(stacked{}, p.reason, p.reach, p.times)))
	p.page = container.New(frame{}, container.NewWithoutLayout(), padded(2, tableEdge, p.rows), p.summary)
	p.reading = blank(wordReadingAlerts.String(), "")
	p.noAlerts = blank(wordNoNews.String(), wordNoNewsHint.String())
	p.noNews = blank(wordNoNews.String(), wordNoNewsHint.String(), wide(widget.NewButton(wordShowSeen.String(), func() { p.filter.choose(0) })))
	p.noMemory = container.NewStack(blank(wordNoMemory.String(), noMemoryWords(p.o.why)))
	p.body = container.NewStack(p.page, p.reading, p.noAlerts, p.noNews, p.noMemory, p.rules.root)
	below := container.New(layout.NewCustomPaddedVBoxLayout(0), widget.NewSeparator(), padded(0, 10, container.NewBorder(nil, nil, nil, p.hints, p.foot)))
	p.root = container.New(frame{}, p.above, p.body, below)
}

// place lays the tab out anew, after the banner has come or gone.
func (p *alertsPane) place() {
	c := p.root.(*fyne.Container)
	c.Layout.Layout(c.Objects, c.Size())
}

// shown is for when the tab is turned to: what was decided before stands where it
// belongs, and the list has the keyboard.
func (p *alertsPane) shown() {
	p.list.settle()
	p.arranged()
	if p.part.chosen == 0 {
		p.rows.take()
	} else {
		p.rules.rows.take()
	}
}

// aged draws the times anew: they tell how long ago something was.
func (p *alertsPane) aged() {
	p.rows.Refresh()
	p.rules.rows.Refresh()
}

// refresh reads alerts and rules again: the memory has changed.
func (p *alertsPane) refresh() {
	if p.o.store == nil {
		return
	}
	p.rules.refresh()
	if p.again = p.busy; p.busy {
		return
	}
	p.busy = true
	store, answer := p.o.store, p.answers()
	p.o.spawn(func() { p.readAll(store, answer) })
}

// answers gives what takes the answers of the memory as it is now: it does them on
// Fyne's goroutine, unless there is another memory by then.
func (p *alertsPane) answers() func(func()) {
	mine := p.memories
	return func(f func()) {
		p.o.do(func() {
			if mine == p.memories {
				f()
			}
		})
	}
}

// readAll reads the alerts page by page; the first one is shown at once where there
// were none. It runs beside Fyne's goroutine.
func (p *alertsPane) readAll(store alertStore, answer func(func())) {
	var all []history.Alert
	for before := int64(0); ; {
		page, err := store.Alerts("", before, alertPage)
		if err != nil {
			answer(func() { p.readDone(nil, false, err) })
			return
		}
		all = append(all, page...)
		if len(page) == 0 || len(all) >= maxAlerts {
			answer(func() { p.readDone(all, len(page) == 0, nil) })
			break
		}
		if before == 0 {
			first := slices.Clone(all)
			answer(func() { p.readFirst(first) })
		}
		before = page[len(page)-1].ID
	}
	if stored, err := store.Settings(); err == nil {
		answer(func() { p.tellSilent(stored[keeper.SettingSilent]) })
	}
}

// tellSilent says why the agent's notifications are not shown, "" if they are: the alerts
// are seen here only. What the user has closed stays closed until the reason is another.
func (p *alertsPane) tellSilent(why string) {
	switch {
	case why == p.silence:
	case why == "":
		p.silent.clear()
	default:
		p.silent.say(notNotified(why))
	}
	p.silence = why
}

func (p *alertsPane) readFirst(first []history.Alert) {
	if !p.read {
		p.take(first, true)
	}
}

// readDone takes what was read, unless it may be old by now: then it is read again.
func (p *alertsPane) readDone(all []history.Alert, whole bool, err error) {
	p.busy = false
	switch {
	case err != nil:
		p.notice.say(alertsFailed(failedRead, err))
	case p.pending > 0:
		p.again = true // done reads it
	case !p.again:
		p.take(all, whole)
	}
	if p.again && p.pending == 0 {
		p.refresh()
	}
}

func (p *alertsPane) take(all []history.Alert, whole bool) {
	p.read, p.whole = true, whole
	p.list.set(all)
	p.arranged()
}

// write has the store written beside Fyne's goroutine. Why it failed is shown, also
// where there is another memory by then; then is told what came of it.
func (p *alertsPane) write(f func(alertStore) error, then func(error)) {
	store, answer := p.o.store, p.answers()
	if store == nil {
		p.notice.say(notKept(p.o.why))
		return
	}
	p.pending++
	p.again = p.again || p.busy
	p.o.spawn(func() {
		err := f(store)
		if err != nil {
			p.o.do(func() { p.notice.say(alertsFailed(failedWrite, err)) })
		}
		answer(func() { p.written(err, then) })
	})
}

func (p *alertsPane) written(err error, then func(error)) {
	p.pending--
	if err == nil {
		p.notice.clear()
	} else {
		p.again = true
	}
	then(err)
	if p.again && !p.busy && p.pending == 0 {
		p.refresh()
	}
}

// choose follows the cursor.
func (p *alertsPane) choose(line int) {
	p.chosen = 0
	if a := p.list.at(line); a != nil {
		p.chosen = a.ID
	}
	p.describe()
}

// current is the alert of the marked row, or nil.
func (p *alertsPane) current() *history.Alert { return p.list.at(p.rows.selected) }

// redraw shows new states of alerts where they stand.
func (p *alertsPane) redraw() {
	p.rows.Refresh()
	p.told()
}

// arranged draws the rows anew and marks the chosen alert where it stands now.
func (p *alertsPane) arranged() {
	m, memory, onRules := p.list, p.o.store != nil, p.part.chosen == 1
	some := len(m.lines) > 0
	show(p.noMemory, !memory)
	show(p.reading, memory && !onRules && !p.read)
	show(p.noAlerts, memory && !onRules && p.read && !some && len(m.all) == 0)
	show(p.noNews, memory && !onRules && p.read && !some && len(m.all) > 0)
	show(p.page, memory && !onRules && some)
	show(p.tools, memory && !onRules)
	show(p.rules.root, memory && onRules)
	show(p.rules.tools, memory && onRules)
	p.rows.mark(m.place(p.chosen))
	p.told()
}

// told brings what counts the alerts up to date.
func (p *alertsPane) told() {
	if p.list.unseen > 0 {
		p.seenAll.Enable()
	} else {
		p.seenAll.Disable()
	}
	foot, hints := alertsFooter(p.list, p.whole || !p.read), wordAlertKeys.String()
	some := len(p.list.lines) > 0
	if p.part.chosen == 1 {
		foot, hints = rulesFooter(len(p.rules.list.rules)), wordRuleKeys.String()
		some = len(p.rules.list.lines) > 0
	}
	if p.o.store == nil {
		foot = ""
	}
	if !some {
		hints = ""
	}
	p.foot.SetText(foot)
	p.hints.SetText(hints)
	p.describe()
	p.o.unseen(p.list.unseen)
}

// describe says more of the chosen alert below the list.
func (p *alertsPane) describe() {
	a := p.current()
	if visible := a != nil; visible != p.summary.Visible() {
		show(p.summary, visible)
		p.page.Refresh()
	}
	if a == nil {
		return
	}
	facts := p.o.facts()
	row := view.NewRow(a.Listener, facts)
	p.reason.SetText(fullStop(view.Reason(a.Judgement())))
	p.reach.SetText(reachFacts(a, &row))
	p.times.SetText(timesWords(a))
}
