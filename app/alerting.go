package main

import (
	"context"
	"slices"
	"time"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/notify"
	"portlight/app/tray"
	"portlight/app/view"
	"portlight/scanner"
)

// The keys of notifications that are about no alert.
const (
	keyFailure = "failed"
	keyWelcome = "welcome"
	keyClosed  = "closed-" // with a listener's id
)

// The buttons of a notification.
const (
	actionDetails = "details"
	actionAllow   = "allow"
	actionMute    = "mute"
)

// maxShown bounds the notices whose buttons still do something.
const maxShown = 100

// notification is one that is to be shown, or taken away.
type notification struct {
	notify.Notification
	notice   alerts.Notice // that it is about, if Key is one's
	withdraw bool
}

// enqueue has a notification sent: the desktop may be slow, and scans go on. A later
// one with the same key takes its place.
func (a *agent) enqueue(n notification) {
	a.mu.Lock()
	a.queue = slices.DeleteFunc(a.queue, func(o notification) bool { return o.Key == n.Key })
	a.queue = append(a.queue, n)
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// notifyQueued sends what is queued, until ctx ends.
func (a *agent) notifyQueued(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		a.mu.Lock()
		queue := a.queue
		a.queue = nil
		a.mu.Unlock()
		for _, n := range queue {
			a.send(n)
		}
	}
}

// send shows a notification. That it fails is said in the menu and in the log: what
// it tells stays among the alerts that are new.
func (a *agent) send(n notification) {
	if n.withdraw {
		if err := a.notifier.Withdraw(n.Key); err != nil {
			a.log.Warn("notification not withdrawn", "error", err)
		}
		return
	}
	a.log.Info("notification", "title", n.Title, "body", n.Body)
	err := a.notifier.Send(n.Notification)
	if err == nil {
		a.remind(n.notice)
	} else {
		a.log.Warn("notification not shown", "error", err)
	}
	a.do(func() error { a.keeper.notified(err); return nil })
}

// remind keeps a notice for its buttons.
func (a *agent) remind(n alerts.Notice) {
	if n.Key == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shown = slices.DeleteFunc(a.shown, func(o alerts.Notice) bool { return o.Key == n.Key })
	a.shown = append(a.shown, n)
	a.shown = a.shown[max(0, len(a.shown)-maxShown):]
}

// ofNotice words a notice. Buttons that write a rule are for one program on one port:
// more is chosen in the window.
func (a *agent) ofNotice(n alerts.Notice) notification {
	words := view.NewAlert(n, a.facts())
	actions := []notify.Action{{ID: actionDetails, Label: wordsDetails}}
	if words.Single {
		actions = append(actions, notify.Action{ID: actionAllow, Label: wordsAllow}, notify.Action{ID: actionMute, Label: wordsMute})
	}
	return notification{
		Notification: notify.Notification{Key: n.Key, Title: words.Title, Body: words.Body, Urgent: words.Urgent, Actions: actions},
		notice:       n,
	}
}

// greet tells once what there was when Portlight came to this computer.
func (a *agent) greet() {
	if !a.keeper.welcome || a.last == nil {
		return
	}
	a.keeper.welcome = false
	title, body := view.Welcome(a.last)
	a.enqueue(notification{Notification: notify.Notification{Key: keyWelcome, Title: title, Body: body}})
}

// tellClosed tells of the end of listeners that somebody asked for, and takes
// notifications away of which no listener is left.
func (a *agent) tellClosed(js []alerts.Judgement) {
	closed := false
	for _, j := range js {
		if j.Event.Op != scanner.Closed {
			continue
		}
		closed = true
		if id := j.Event.Listener.ID(); a.tells[id] {
			delete(a.tells, id)
			title, body := view.ClosedWords(j, a.facts())
			a.enqueue(notification{Notification: notify.Notification{Key: keyClosed + id, Title: title, Body: body}})
		}
	}
	if closed {
		a.withdrawGone()
	}
}

func (a *agent) withdrawGone() {
	a.mu.Lock()
	var gone []string
	a.shown = slices.DeleteFunc(a.shown, func(n alerts.Notice) bool {
		if n.More > 0 || slices.ContainsFunc(n.Judgements, a.stands) {
			return false
		}
		gone = append(gone, n.Key)
		return true
	})
	a.mu.Unlock()
	for _, key := range gone {
		a.keeper.folder.End(key)
		a.enqueue(notification{Notification: notify.Notification{Key: key}, withdraw: true})
	}
}

// withdrawSeen takes notifications away of which no alert is new any more: somebody has
// dealt with them, here or in another place.
func (a *agent) withdrawSeen() {
	k := a.keeper
	if k.store == nil || k.trouble != "" || k.lost != "" || k.unseen > len(k.news) {
		return
	}
	isNew := func(j alerts.Judgement) bool {
		return slices.ContainsFunc(k.news, func(alert history.Alert) bool { return alert.IsOf(j) })
	}
	a.mu.Lock()
	var seen []string
	a.shown = slices.DeleteFunc(a.shown, func(n alerts.Notice) bool {
		if slices.ContainsFunc(n.Judgements, isNew) {
			return false
		}
		seen = append(seen, n.Key)
		return true
	})
	a.mu.Unlock()
	for _, key := range seen {
		a.enqueue(notification{Notification: notify.Notification{Key: key}, withdraw: true})
	}
}

// withdrawAll takes all notifications away: nobody is left to serve their buttons.
func (a *agent) withdrawAll() {
	a.mu.Lock()
	shown := a.shown
	a.shown = nil
	a.mu.Unlock()
	for _, n := range shown {
		if err := a.notifier.Withdraw(n.Key); err != nil {
			return // what does not answer now need not be asked again
		}
	}
}

// stands reports whether the listener of a judgement is still there. The caller holds
// mu.
func (a *agent) stands(j alerts.Judgement) bool {
	if a.last == nil {
		return true
	}
	_, ok := a.last.Find(j.Event.Listener.Key)
	return ok
}

// onNotification serves a click on a notification or on one of its buttons.
func (a *agent) onNotification(key, action string) {
	a.mu.Lock()
	i := slices.IndexFunc(a.shown, func(n alerts.Notice) bool { return n.Key == key })
	var n alerts.Notice
	if i >= 0 {
		n = a.shown[i]
	}
	a.mu.Unlock()
	switch {
	case i < 0 && key == keyFailure:
	case i < 0:
		a.open(desktop.Show)
	case !view.NewAlert(n, a.facts()).Single:
		a.openNotice(n) // it has grown since its buttons were drawn
	case action == actionAllow:
		a.do(func() error { return a.decideAll(n, alerts.Allow, history.StateAllowed) })
	case action == actionMute:
		a.do(func() error { return a.decideAll(n, alerts.Mute, history.StateMuted) })
	default:
		a.openNotice(n)
	}
}

// openNotice shows what a notice is about, which has been seen then.
func (a *agent) openNotice(n alerts.Notice) {
	line := desktop.Show
	if words := view.NewAlert(n, a.facts()); words.Single {
		line += " " + words.ID
	}
	a.open(line)
	a.do(func() error {
		return a.keeper.mark(history.StateSeen, func(alert *history.Alert) bool { return slices.ContainsFunc(n.Judgements, alert.IsOf) })
	})
}

func (a *agent) open(line string) {
	if err := a.openWindow(line); err != nil {
		a.failed(err)
	}
}

// decideAll makes a rule of each program that a notice is about.
func (a *agent) decideAll(n alerts.Notice, action alerts.Action, state history.State) error {
	decided := map[alerts.Rule]bool{}
	for _, j := range n.Judgements {
		for _, f := range j.Findings() {
			l := &j.Event.Listener
			r := alerts.RuleFor(action, l, f.Program, n.Judgements[0].Event.Time)
			if decided[r] || !f.Verdict.Alerts() {
				continue
			}
			decided[r] = true
			r.Created = a.keeper.now()
			if err := a.keeper.addRule(r); err != nil {
				return err
			}
		}
	}
	return a.keeper.mark(state, func(alert *history.Alert) bool { return slices.ContainsFunc(n.Judgements, alert.IsOf) })
}

// onAlertCommand serves the menu's commands about alerts.
func (a *agent) onAlertCommand(cmd tray.Command, row view.MenuRow) {
	this := func(alert *history.Alert) bool { return alert.ID == row.Alert }
	a.do(func() error {
		now := a.keeper.now()
		switch cmd {
		case tray.Allow:
			return a.decide(row.Alert, alerts.Allow, history.StateAllowed)
		case tray.Mute:
			return a.decide(row.Alert, alerts.Mute, history.StateMuted)
		case tray.Details:
			return a.keeper.mark(history.StateSeen, this)
		case tray.MarkSeen:
			return a.keeper.markSeen(row.Alert)
		case tray.TellClosed:
			a.tells[row.ID] = !row.TellsClosed
		case tray.PauseHour:
			return a.keeper.pause(now.Add(time.Hour))
		case tray.PauseTomorrow:
			return a.keeper.pause(alerts.Tomorrow(now))
		case tray.Resume:
			return a.keeper.pause(time.Time{})
		}
		return nil
	})
}

// decide makes the rule of one click on an alert.
func (a *agent) decide(id int64, action alerts.Action, state history.State) error {
	i := slices.IndexFunc(a.keeper.news, func(alert history.Alert) bool { return alert.ID == id })
	if i < 0 {
		return nil // another face has decided meanwhile
	}
	alert := a.keeper.news[i]
	if err := a.keeper.addRule(alerts.RuleFor(action, &alert.Listener, alert.Program, a.keeper.now())); err != nil {
		return err
	}
	return a.keeper.mark(state, func(o *history.Alert) bool { return o.ID == id })
}

// news gives the menu's rows of alerts that are new.
func (a *agent) news() []view.MenuRow {
	var rows []view.MenuRow
	facts := a.facts()
	for i := range a.keeper.news {
		alert := &a.keeper.news[i]
		l, open := alert.Listener, false
		if a.last != nil {
			if now, ok := a.last.Find(l.Key); ok && alerts.Holds(now, alert.Program) {
				l, open = *now, true
			}
		}
		rows = append(rows, view.NewsRow(alert.ID, alert.Program, view.NewRow(l, facts), open))
	}
	return rows
}

func (a *agent) menuState() view.MenuState {
	k := a.keeper
	s := view.MenuState{Note: a.note, Unseen: k.unseen, TellsClosed: a.tells}
	if p := k.policy.Settings.Paused; k.now().Before(p) {
		s.PausedUntil = p
	}
	if s.Note == "" {
		s.Note = view.Clean(k.note(), maxNote)
	}
	return s
}
