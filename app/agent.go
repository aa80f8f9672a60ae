package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	stdlog "log"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/notify"
	"portlight/app/tray"
	"portlight/app/view"
	"portlight/assets"
	"portlight/scanner"
	"portlight/services"
)

// trayPatience is how long a desktop gets to show the icon before the window
// opens instead.
const trayPatience = 5 * time.Second

// agent is the face in the tray.
type agent struct {
	*program
	names    *services.Table
	notifier *notify.Notifier
	tray     *tray.Tray

	noTray   atomic.Bool // nothing shows tray icons
	terminal atomic.Bool // events are printed: nothing else of the agent can be seen

	wake    chan struct{} // something is pending
	mu      sync.Mutex
	pending []alerts.Judgement // to be notified of
	last    *scanner.Snapshot  // the newest
}

// agent runs the tray, or what comes closest to it here, until ctx ends or the
// user quits. Without a desktop it watches in the terminal, for which it needs
// no folder.
func (p *program) agent(ctx context.Context) error {
	a := &agent{program: p, names: p.names(), wake: make(chan struct{}, 1)}
	instance, err := a.acquire()
	if errors.Is(err, desktop.ErrRunning) {
		return p.showRunning()
	}
	if err == nil {
		defer instance.Close()
	}
	if missing := p.checkSession(ctx); missing != nil {
		if err == nil {
			instance.Close() // a desktop that begins later may have its agent
		} else {
			fmt.Fprintf(p.err, wordsNoDataDir+"\n", err)
		}
		fmt.Fprintf(p.err, wordsNoSession+"\n", missing)
		return p.watch(ctx, false)
	}
	if err != nil {
		return err
	}
	return a.run(ctx)
}

// acquire makes this process the agent of its data folder.
func (a *agent) acquire() (*desktop.Instance, error) {
	dir, err := desktop.DataDir(a.dataDir)
	if err != nil {
		return nil, err
	}
	a.dataDir = dir
	return desktop.Acquire(roleAgent, dir, a.answer)
}

// checkSession says why there is no desktop for the agent here, or nil.
func (p *program) checkSession(ctx context.Context) error {
	noWindow, err := desktop.CheckSession(ctx)
	if err != nil {
		return err
	}
	if hasWindow && noWindow != nil {
		p.log.Warn("the window cannot be shown here", "error", noWindow)
	}
	desktop.UseBus()
	return nil
}

// run shows the tray until ctx ends, the user quits or the session bus is gone.
func (a *agent) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.notifier = notify.New(a.onNotification, a.log, notify.WithIcon(trayIcon()))
	defer a.notifier.Close()
	go a.sendAlerts(ctx)
	if !a.login {
		go a.windowWithoutTray(ctx)
	}
	stdlog.SetOutput(io.Discard) // the tray's library logs there what is said by wordsNoTray and errTrayLost
	followed := make(chan error, 1)
	tray.Run(tray.Options{
		Icon:         assets.Tray,
		TemplateIcon: assets.TrayTemplate,
		Title:        "Portlight",
		Tooltip:      wordsTooltip,
		OnCommand:    func(cmd tray.Command, row view.MenuRow) { a.onCommand(cmd, row, cancel) },
		OnLost:       func(err error) { cancel(fmt.Errorf("%w: %w", errTrayLost, err)) },
	}, func(t *tray.Tray) {
		a.tray = t
		go func() {
			followed <- a.follow(ctx, a.showMenu, a.judged)
			t.Quit()
		}()
	})
	err := <-followed
	if cause := context.Cause(ctx); errors.Is(cause, errTrayLost) {
		return cause
	}
	return err
}

// errTrayLost says that the tray cannot be shown any more.
var errTrayLost = errors.New("the tray is lost")

// trayIcon is the icon as a picture, for notifications.
func trayIcon() image.Image {
	icon, _ := png.Decode(bytes.NewReader(assets.Tray)) // a test of assets decodes it
	return icon
}

// windowWithoutTray opens the window when no tray icon can be seen, and where
// there can be no window either it watches in the terminal.
func (a *agent) windowWithoutTray(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(trayPatience):
	}
	ask, cancel := context.WithTimeout(ctx, trayPatience)
	defer cancel()
	if shown, err := desktop.HasTrayHost(ask); shown || ctx.Err() != nil {
		return
	} else if err != nil {
		a.log.Warn("tray cannot be looked for", "error", err)
	}
	a.noTray.Store(true)
	if err := checkWindow(ctx); err != nil {
		fmt.Fprintln(a.err, wordsNoTray)
		a.watchHere(err)
		return
	}
	fmt.Fprintln(a.err, wordsNoTray+" "+wordsWindowInstead)
	if err := a.openWindow(desktop.Show); err != nil {
		a.watchHere(err)
	}
}

// checkWindow says why no window can be opened, or nil.
func checkWindow(ctx context.Context) error {
	if !hasWindow {
		return errors.New(wordsNoWindow)
	}
	return desktop.CheckDisplay(ctx)
}

// watchHere prints the events from now on, as there is no window for this
// reason.
func (a *agent) watchHere(reason error) {
	fmt.Fprintf(a.err, wordsWatchHere+"\n", reason)
	a.terminal.Store(true)
}

// judged shows what has been judged.
func (a *agent) judged(js []alerts.Judgement) error {
	a.tell(js)
	if a.terminal.Load() {
		return a.printEvents(js, a.facts(), false)
	}
	return nil
}

// facts gives what rows are made with now.
func (a *agent) facts() view.Facts {
	a.mu.Lock()
	defer a.mu.Unlock()
	return view.FactsOf(a.last, a.names)
}

// showMenu draws the newest snapshot.
func (a *agent) showMenu(u scanner.Update) {
	a.mu.Lock()
	a.last = u.Snapshot
	a.mu.Unlock()
	note := ""
	if u.Err != nil {
		note = view.Clean(wordsCannotScan+u.Err.Error(), maxNote)
	}
	if u.Snapshot == nil {
		a.tray.Update(view.NewMenu(nil, note))
		return
	}
	a.tray.Update(view.NewMenu(view.Rows(u.Snapshot, a.names), note))
}

// tell hands the judgements that alert to sendAlerts: the desktop may be slow,
// and scans go on.
func (a *agent) tell(js []alerts.Judgement) {
	js = slices.DeleteFunc(slices.Clone(js), func(j alerts.Judgement) bool { return !j.Verdict.Alerts() })
	if len(js) == 0 {
		return
	}
	a.mu.Lock()
	a.pending = append(a.pending, js...)
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// sendAlerts notifies of what is pending, all of it in one notification.
func (a *agent) sendAlerts(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		}
		a.mu.Lock()
		js := a.pending
		a.pending = nil
		a.mu.Unlock()
		if len(js) > 0 {
			a.notify(js)
		}
	}
}

func (a *agent) notify(js []alerts.Judgement) {
	words := view.NewAlert(js, a.facts())
	a.log.Info("alert", "title", words.Title, "body", words.Body)
	err := a.notifier.Send(notify.Notification{
		Key:     words.ID,
		Title:   words.Title,
		Body:    words.Body,
		Urgent:  words.Urgent,
		Actions: []notify.Action{{ID: "details", Label: wordsDetails}},
	})
	if err != nil {
		a.log.Warn("notification not shown", "error", err)
	}
}

// failureKey is the key of the notification of an error.
const failureKey = "failed"

// onNotification serves a click on a notification or on its button: both show
// the listener. An error has none.
func (a *agent) onNotification(key, _ string) {
	if key == failureKey {
		return
	}
	if err := a.openWindow(desktop.Show + " " + key); err != nil {
		a.failed(err)
	}
}

func (a *agent) onCommand(cmd tray.Command, row view.MenuRow, quit context.CancelCauseFunc) {
	var err error
	switch cmd {
	case tray.Details:
		err = a.openWindow(desktop.Show + " " + row.ID)
	case tray.Stop:
		err = a.openWindow(desktop.Stop + " " + row.ID)
	case tray.CopyAddress:
		err = desktop.Copy(row.Address)
	case tray.OpenBrowser:
		err = desktop.OpenURL(row.URL)
	case tray.OpenWindow:
		err = a.openWindow(desktop.Show)
	case tray.OpenSettings:
		err = a.openWindow(desktop.Settings)
	case tray.Quit:
		quit(nil)
	}
	if err != nil {
		a.failed(err)
	}
}

// failed says on the screen that a click could not do what it promised.
func (a *agent) failed(err error) {
	a.log.Error("command failed", "error", err)
	e := a.notifier.Send(notify.Notification{Key: failureKey, Title: "Portlight", Body: view.Clean(err.Error(), maxNote)})
	if e != nil {
		a.log.Warn("notification not shown", "error", e)
	}
}
