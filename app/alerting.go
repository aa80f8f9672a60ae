package main

import (
	"context"
	"time"

	"portlight/app/alerts"
	"portlight/app/desktop"
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

// send has a notification sent. That it fails is said in the menu and in the log: what
// it tells stays among the alerts that are new.
func (a *agent) send(n notify.Notification) { a.queue.Send(n, a.sent) }

func (a *agent) sent(err error) {
	a.do(func() error { a.keeper.Notified(err); return nil })
}

// sendNotice has a notice sent, and kept for its buttons.
func (a *agent) sendNotice(n alerts.Notice) {
	a.queue.Send(a.ofNotice(n), func(err error) {
		if err == nil {
			a.shown.Add(n)
		}
		a.sent(err)
	})
}

// ofNotice words a notice. Buttons that write a rule are for one program on one port:
// more is chosen in the window.
func (a *agent) ofNotice(n alerts.Notice) notify.Notification {
	words := view.NewAlert(n, a.facts())
	actions := []notify.Action{{ID: actionDetails, Label: wordsDetails.String(), Shows: true}}
	if words.Single {
		actions = append(actions, notify.Action{ID: actionAllow, Label: wordsAllow.String()}, notify.Action{ID: actionMute, Label: wordsMute.String()})
	}
	return notify.Notification{Key: n.Key, Title: words.Title, Body: words.Body, Urgent: words.Urgent, Actions: actions}
}

// greet tells once what there was when Portlight came to this computer. Whoever has
// started it sees the window too, which says what the icon is.
func (a *agent) greet() {
	s := a.keeper.TakeWelcome()
	if s == nil {
		return
	}
	title, body := view.Welcome(s)
	summary := notify.Notification{Key: keyWelcome, Title: title, Body: body}
	if a.login || a.keeper.Welcomed() {
		a.send(summary)
		return
	}
	go a.welcome(summary)
}

// welcome opens the window, where there can be one, for its welcome. That tells what the
// summary does: it is not sent where the system would ask for permission to, which the
// window explains before.
func (a *agent) welcome(summary notify.Notification) {
	ctx, cancel := context.WithTimeout(context.Background(), trayPatience)
	defer cancel()
	err := checkWindow(ctx)
	if err == nil {
		err = a.openWindow(desktop.Show)
	}
	if err != nil {
		a.log.Info("no welcome in the window", "error", err)
	}
	if err != nil || !a.notifier.Status().Asks {
		a.send(summary)
	}
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
			a.send(notify.Notification{Key: keyClosed + id, Title: title, Body: body})
		}
	}
	if closed {
		a.withdrawGone()
	}
}

func (a *agent) withdrawGone() {
	last := a.last.Load()
	for _, key := range a.shown.Take(func(n alerts.Notice) bool { return n.Gone(last) }) {
		a.keeper.EndNotice(key)
		a.queue.Withdraw(key)
	}
}

// withdrawSeen takes notifications away of which no alert is new any more: somebody has
// dealt with them, here or in another place.
func (a *agent) withdrawSeen() {
	for _, key := range a.shown.Take(func(n alerts.Notice) bool { return !a.keeper.IsNew(n) }) {
		a.queue.Withdraw(key)
	}
}

// withdrawAll takes all notifications away: nobody is left to serve their buttons.
func (a *agent) withdrawAll() {
	for _, key := range a.shown.Take(func(alerts.Notice) bool { return true }) {
		if err := a.notifier.Withdraw(key); err != nil {
			return // what does not answer now need not be asked again
		}
	}
}

// onNotification serves a click on a notification or on one of its buttons.
func (a *agent) onNotification(key, action string) {
	n, known := a.shown.Find(key)
	switch {
	case !known && key == keyFailure:
	case !known:
		a.open(desktop.Alerts)
	case !view.NewAlert(n, a.facts()).Single:
		a.openNotice(n) // it has grown since its buttons were drawn
	case action == actionAllow:
		a.do(func() error { return a.keeper.DecideNotice(n, alerts.Allow) })
	case action == actionMute:
		a.do(func() error { return a.keeper.DecideNotice(n, alerts.Mute) })
	default:
		a.openNotice(n)
	}
}

// openNotice shows what a notice is about, which has been seen then.
func (a *agent) openNotice(n alerts.Notice) {
	line := desktop.Alerts
	if words := view.NewAlert(n, a.facts()); words.Single {
		line = desktop.Show + " " + words.ID
	}
	a.open(line)
	a.do(func() error { return a.keeper.MarkNoticeSeen(n) })
}

func (a *agent) open(line string) {
	if err := a.openWindow(line); err != nil {
		a.failed(err)
	}
}

// onAlertCommand serves the menu's commands about alerts.
func (a *agent) onAlertCommand(cmd tray.Command, row view.MenuRow) {
	a.do(func() error {
		k, now := a.keeper, time.Now()
		switch cmd {
		case tray.Allow:
			return k.Decide(row.Alert, alerts.Allow)
		case tray.Mute:
			return k.Decide(row.Alert, alerts.Mute)
		case tray.Details:
			return k.MarkSeen(row.Alert)
		case tray.MarkSeen:
			return k.MarkSeenTo(row.Alert)
		case tray.TellClosed:
			a.tells[row.ID] = !row.TellsClosed
		case tray.PauseHour:
			return k.Pause(now.Add(time.Hour))
		case tray.PauseTomorrow:
			return k.Pause(alerts.Tomorrow(now))
		case tray.Resume:
			return k.Pause(time.Time{})
		}
		return nil
	})
}

// news gives the menu's rows of alerts that are new.
func (a *agent) news(text alerts.RowText) []view.MenuRow {
	var rows []view.MenuRow
	facts, news := a.facts(), a.keeper.News()
	for i := range news {
		l, open := a.keeper.Find(&news[i])
		rows = append(rows, view.NewsRow(news[i].ID, news[i].Program, view.NewRow(l, facts), open, text))
	}
	return rows
}

func (a *agent) menuState() view.MenuState {
	k := a.keeper
	set := k.Settings()
	note := k.Note()
	if a.fault != nil {
		note = wordsCannotScan.With("Reason", a.fault)
	}
	return view.MenuState{Note: view.Clean(note, maxNote), Unseen: k.Unseen(), TellsClosed: a.tells, PausedUntil: k.PausedUntil(), Row: set.Row, Title: set.Title}
}
