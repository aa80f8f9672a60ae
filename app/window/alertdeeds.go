package window

import (
	"portlight/app/alerts"
	"portlight/app/history"
)

// decide makes the rule of one click of the chosen alert.
func (p *alertsPane) decide(action alerts.Action) {
	a := p.current()
	if a == nil || !p.list.canDecide(a) || p.writing[a.ID] {
		return
	}
	id, before, made := a.ID, p.list.deeds[a.ID], deed{former: a.State, state: history.StateAfter(action)}
	r := alerts.RuleFor(action, &a.Listener, a.Program, p.o.now())
	p.change(id, func(store alertStore) error {
		rule, added, err := store.PutFirst(r)
		if err != nil {
			return err
		}
		if added || rule == before.rule {
			made.rule = rule
		}
		return store.SetAlertState([]int64{id}, made.state)
	}, func(err error) {
		switch {
		case err == nil:
			p.list.deeds[id] = made
			p.list.mark(made.state, id)
		case made.rule != 0: // it stands alone
			made.state = made.former
			p.list.deeds[id] = made
		}
	})
}

// undo takes back what was decided about the chosen alert: the rule goes, if it is
// still there, and the alert is what it was.
func (p *alertsPane) undo() {
	a := p.current()
	if a == nil || !p.list.canUndo(a) || p.writing[a.ID] {
		return
	}
	id, made := a.ID, p.list.deeds[a.ID]
	p.change(id, func(store alertStore) error {
		if err := removeIfThere(store, made.rule); err != nil {
			return err
		}
		return store.SetAlertState([]int64{id}, made.former)
	}, func(err error) {
		if err == nil {
			delete(p.list.deeds, id)
			p.list.mark(made.former, id)
		}
	})
}

// change writes a rule and the state of an alert, which takes no other change until
// that is done.
func (p *alertsPane) change(id int64, f func(alertStore) error, then func(error)) {
	p.writing[id] = true
	p.write(f, func(err error) {
		delete(p.writing, id)
		then(err)
		p.redraw()
		p.rules.refresh()
	})
}

// showDetails shows the chosen alert's listener. It has been seen then.
func (p *alertsPane) showDetails() {
	a := p.current()
	if a == nil {
		return
	}
	if a.State == history.StateNew && !p.writing[a.ID] {
		p.see(a.ID)
	}
	p.o.details(a.Listener.ID())
}

func (p *alertsPane) markAllSeen() {
	if p.whole {
		p.see(p.list.news()...) // no other: of those that came meanwhile nobody knows
		return
	}
	p.write(alertStore.MarkAllSeen, func(error) { p.refresh() })
}

func (p *alertsPane) see(ids ...int64) {
	p.write(func(store alertStore) error { return store.SetAlertState(ids, history.StateSeen) }, func(err error) {
		if err == nil {
			p.list.mark(history.StateSeen, ids...)
			p.redraw()
		}
	})
}
