package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/app/view"
)

func (p *alertsPane) newRows() *keyList {
	l := &keyList{height: actionRowHeight, shortcut: p.o.shortcut, focus: p.o.focus, chosen: p.choose}
	l.skips = func(line int) bool { return p.list.at(line) == nil }
	l.Length = func() int { return len(p.list.lines) }
	l.CreateItem = func() fyne.CanvasObject { return newAlertRow(p).actionRow }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*actionRow).update(i) }
	l.keys = map[fyne.KeyName]func(){fyne.KeyReturn: p.showDetails, fyne.KeyEnter: p.showDetails}
	l.letters = map[rune]func(){
		'a': func() { p.decide(alerts.Allow) }, 'A': func() { p.decide(alerts.Allow) },
		'm': func() { p.decide(alerts.Mute) }, 'M': func() { p.decide(alerts.Mute) },
		'u': p.undo, 'U': p.undo,
	}
	l.start()
	return l
}

// alertRow is a row of the list, used for one line after another.
type alertRow struct {
	*actionRow
	pane                        *alertsPane
	alert                       int64
	allow, mute, undo, inDetail *quietButton
}

// alertIndent is where the sentence begins, behind the dot.
const alertIndent = 18

func newAlertRow(p *alertsPane) *alertRow {
	r := &alertRow{pane: p}
	on := func(do func()) func() {
		return func() {
			p.rows.Select(p.list.place(r.alert))
			p.rows.take()
			do()
		}
	}
	r.allow = newQuietButton(wordAllow.String(), on(func() { p.decide(alerts.Allow) }))
	r.mute = newQuietButton(wordMute.String(), on(func() { p.decide(alerts.Mute) }))
	r.undo = newQuietButton(wordUndo.String(), on(p.undo))
	r.inDetail = newQuietButton(wordDetails.String(), on(p.showDetails))
	r.actionRow = newActionRow(alertIndent, r.allow, r.mute, r.undo, r.inDetail)
	r.actionRow.update = r.show
	return r
}

func (r *alertRow) show(i int) {
	if i >= len(r.pane.list.lines) {
		return
	}
	p, line := r.pane, r.pane.list.lines[i]
	a, now := line.alert, r.pane.o.now()
	show(r.allow, a != nil && p.list.canDecide(a))
	show(r.mute, a != nil && p.list.canDecide(a))
	show(r.undo, a != nil && p.list.canUndo(a))
	show(r.inDetail, a != nil)
	if a == nil {
		title, place := programTitle(line.group)
		r.actionRow.show(rowText{heading: true, top: i == 0, title: title, place: place, facts: groupWords(line.group, now)})
		return
	}
	r.alert = a.ID
	row := view.NewRow(a.Listener, p.o.facts())
	r.actionRow.show(rowText{
		title: alertSentence(a, &row), state: stateWords[a.State].String(), facts: alertFacts(a, now),
		news: a.State == history.StateNew, cursor: p.rows.focused && i == p.rows.selected,
	})
}
