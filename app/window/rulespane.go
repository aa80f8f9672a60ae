package window

import (
	"errors"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
)

// rulesPane is the rules in their order, part of the Alerts tab.
type rulesPane struct {
	root, tools fyne.CanvasObject
	alerts      *alertsPane
	list        *ruleList
	rows        *keyList
	page, none  fyne.CanvasObject
	chosen      int64
	asked       int  // of the readings only the last counts
	read        bool // the rules were read
}

func newRulesPane(p *alertsPane) *rulesPane {
	r := &rulesPane{alerts: p, list: &ruleList{}}
	r.rows = r.newRows()
	add := func() { r.edit(alerts.Rule{Action: alerts.Allow}) }
	r.tools = container.NewHBox(layout.NewSpacer(), container.NewCenter(wide(widget.NewButton(wordAddRule.String(), add))))
	r.page = padded(2, tableEdge, r.rows)
	r.none = blank(wordNoRules.String(), wordNoRulesHint.String(), wide(widget.NewButton(wordAddRule.String(), add)))
	r.root = container.NewStack(r.page, r.none)
	return r
}

func (r *rulesPane) newRows() *keyList {
	l := &keyList{height: actionRowHeight, shortcut: r.alerts.o.shortcut, focus: r.alerts.o.focus, skips: func(int) bool { return false }}
	l.chosen = func(i int) {
		r.chosen = 0
		if line := r.list.at(i); line != nil {
			r.chosen = line.rule.ID
		}
	}
	l.Length = func() int { return len(r.list.lines) }
	l.CreateItem = func() fyne.CanvasObject { return newRuleRow(r).actionRow }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*actionRow).update(i) }
	l.keys = map[fyne.KeyName]func(){
		fyne.KeyReturn: r.editChosen, fyne.KeyEnter: r.editChosen,
		fyne.KeyDelete: r.remove, fyne.KeyBackspace: r.remove,
	}
	l.letters = map[rune]func(){'u': r.undo, 'U': r.undo}
	l.alt = map[fyne.KeyName]func(){fyne.KeyUp: func() { r.move(false) }, fyne.KeyDown: func() { r.move(true) }}
	l.start()
	return l
}

// ruleRow is a row of the list, used for one line after another.
type ruleRow struct {
	*actionRow
	pane                         *rulesPane
	rule                         int64
	up, down, change, drop, back *quietButton
}

// ruleIndent is where the words begin, behind the position.
const ruleIndent = 30

func newRuleRow(p *rulesPane) *ruleRow {
	r := &ruleRow{pane: p}
	on := func(do func()) func() {
		return func() {
			p.rows.Select(p.list.place(r.rule))
			p.rows.take()
			do()
		}
	}
	r.up = newQuietButton(wordUp, on(func() { p.move(false) }))
	r.down = newQuietButton(wordDown, on(func() { p.move(true) }))
	r.change = newQuietButton(wordEditRule.String(), on(p.editChosen))
	r.drop = newQuietButton(wordDeleteRule.String(), on(p.remove))
	r.back = newQuietButton(wordUndo.String(), on(p.undo))
	r.actionRow = newActionRow(ruleIndent, r.up, r.down, r.change, r.drop, r.back)
	r.actionRow.update = r.show
	return r
}

func (r *ruleRow) show(i int) {
	l := r.pane.list.at(i)
	if l == nil {
		return
	}
	r.rule = l.rule.ID
	_, up := r.pane.list.before(r.rule, false)
	_, down := r.pane.list.before(r.rule, true)
	show(r.up, !l.deleted)
	show(r.down, !l.deleted)
	r.up.enable(up)
	r.down.enable(down)
	show(r.change, !l.deleted)
	show(r.drop, !l.deleted)
	show(r.back, l.deleted)
	now := r.pane.alerts.o.now()
	t := rowText{
		title: ruleWords(l.rule), facts: ruleFacts(*l, now),
		past: l.deleted || l.ended(now), cursor: r.pane.rows.focused && i == r.pane.rows.selected,
	}
	if !l.deleted {
		t.lead = strconv.Itoa(l.position)
	}
	r.actionRow.show(t)
}

// forget lets everything go that is of the memory that there was.
func (r *rulesPane) forget() {
	r.list, r.chosen, r.read = &ruleList{}, 0, false
	r.arranged()
}

// refresh reads the rules again. Where there is no memory, the tab says so.
func (r *rulesPane) refresh() {
	store, answer := r.alerts.o.store, r.alerts.answers()
	if store == nil {
		return
	}
	r.asked++
	mine := r.asked
	r.alerts.o.spawn(func() {
		rules, err := store.Rules()
		answer(func() {
			switch {
			case mine != r.asked: // a later reading shows what there is
			case err != nil:
				r.alerts.notice.say(alertsFailed(failedRead, err))
			default:
				r.read = true
				r.list.set(rules)
				r.arranged()
			}
		})
	})
}

func (r *rulesPane) arranged() {
	show(r.page, len(r.list.lines) > 0)
	show(r.none, r.read && len(r.list.lines) == 0)
	r.rows.mark(r.list.place(r.chosen))
	r.alerts.told()
}

// current is the marked line, or nil.
func (r *rulesPane) current() *ruleLine { return r.list.at(r.rows.selected) }

// move moves the chosen rule by one place.
func (r *rulesPane) move(down bool) {
	l := r.current()
	if l == nil || l.deleted || r.alerts.pending > 0 {
		return
	}
	id := l.rule.ID
	before, ok := r.list.before(id, down)
	if !ok {
		return
	}
	r.alerts.write(func(store alertStore) error { return missing(store.MoveRule(id, before)) }, func(error) { r.refresh() })
}

// remove deletes the chosen rule; its row stays, to undo that.
func (r *rulesPane) remove() {
	l := r.current()
	if l == nil || l.deleted || r.alerts.pending > 0 {
		return
	}
	line := *l
	r.alerts.write(func(store alertStore) error { return removeIfThere(store, line.rule.ID) }, func(err error) {
		if err == nil {
			r.list.remember(line)
		}
		r.refresh()
	})
}

// undo puts the chosen rule back where it stood.
func (r *rulesPane) undo() {
	l := r.current()
	if l == nil || !l.deleted || r.alerts.pending > 0 {
		return
	}
	line := *l
	var id int64
	r.alerts.write(func(store alertStore) (err error) {
		id, err = store.AddRule(line.rule, line.position-1)
		return err
	}, func(err error) {
		if err == nil {
			r.list.forget(line.rule.ID)
			r.chosen = id
		}
		r.refresh()
	})
}

func (r *rulesPane) editChosen() {
	if l := r.current(); l != nil && !l.deleted {
		r.edit(l.rule)
	}
}

// edit opens the dialog for a rule; one without an id is a new one.
func (r *rulesPane) edit(rule alerts.Rule) {
	var identities []string
	if r.alerts.o.programs != nil {
		identities = slices.Clone(r.alerts.o.programs())
	}
	display := map[string]string{}
	for i := range r.alerts.list.all {
		a := &r.alerts.list.all[i]
		identities = append(identities, a.Program)
		display[a.Program] = a.Name
	}
	newRuleDialog(r, rule, newPrograms(identities, display))
}

// missing words that a rule is not there any more.
func missing(err error) error {
	if errors.Is(err, history.ErrNoRule) {
		return errRuleGone
	}
	return err
}

// removeIfThere removes a rule that another process may have removed meanwhile; 0 is
// none.
func removeIfThere(s alertStore, id int64) error {
	if id == 0 {
		return nil
	}
	if err := s.RemoveRule(id); !errors.Is(err, history.ErrNoRule) {
		return err
	}
	return nil
}
