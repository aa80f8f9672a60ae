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
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/keeper"
	"portlight/app/notify"
	"portlight/app/tray"
	"portlight/app/view"
	"portlight/assets"
	"portlight/assets/words"
	"portlight/scanner"
)

// trayPatience is how long a desktop gets to show the icon before the window
// opens instead.
const trayPatience = 5 * time.Second

// agent is the face in the tray.
type agent struct {
	*program
	names    *names
	notifier *notify.Notifier
	queue    *notify.Queue // to the notifier
	tray     *tray.Tray
	keeper   *keeper.Keeper
	instance *desktop.Instance // this one; nil if the data folder could not be locked
	jobs     chan func()       // for the goroutine of the keeper
	ended    <-chan struct{}   // nobody serves jobs any more
	tells    map[string]bool   // listeners whose end is to be told, by id; of that goroutine
	fault    error             // why the newest scan failed, nil if it did not; of that goroutine
	silent   bool              // it records only, as `watch --record` does
	language *string           // of the settings, as taken last; nil before

	shown    keeper.Shown
	watcher  atomic.Pointer[scanner.Watcher]  // nil before it is made
	last     atomic.Pointer[scanner.Snapshot] // the newest; nil before the first
	noTray   atomic.Bool                      // nothing shows tray icons
	terminal atomic.Bool                      // events are printed: nothing else of the agent can be seen
}

func newAgent(p *program) *agent {
	return &agent{program: p, queue: notify.NewQueue(p.log), jobs: make(chan func()), tells: map[string]bool{}}
}

// agent runs the tray, or what comes closest to it here, until ctx ends or the
// user quits. Without a desktop it watches in the terminal, for which it needs
// no folder.
func (p *program) agent(ctx context.Context) error {
	a := newAgent(p)
	err := a.acquire()
	if errors.Is(err, desktop.ErrRunning) {
		return p.showRunning()
	}
	defer a.release()
	if missing := p.checkSession(ctx); missing != nil {
		if err == nil {
			a.release() // a desktop that begins later may have its agent
		} else {
			fmt.Fprintf(p.err, wordsNoDataDir+"\n", err)
		}
		fmt.Fprintf(p.err, wordsNoSession+"\n", missing)
		return (&watcher{program: p}).run(ctx)
	}
	if err != nil && !errors.Is(err, errUnlocked) {
		return err
	}
	if err != nil {
		p.log.Warn("a second start will not be noticed", "error", err)
	}
	return a.run(ctx)
}

// errUnlocked is that the data folder is there and cannot be locked, such as one that
// is read-only.
var errUnlocked = errors.New("data folder not locked")

// acquire makes this process the agent of its data folder.
func (a *agent) acquire() error {
	dir, err := desktop.DataDir(a.dataDir)
	if err != nil {
		return err
	}
	a.dataDir = dir
	return a.lock()
}

// lock makes it the agent of a folder that is known, if it is not yet.
func (a *agent) lock() error {
	if a.instance != nil {
		return nil
	}
	instance, err := desktop.Acquire(roleAgent, a.dataDir, a.answer)
	switch {
	case err == nil:
		a.instance = instance
	case !errors.Is(err, desktop.ErrRunning):
		err = fmt.Errorf("%w: %w", errUnlocked, err)
	}
	return err
}

// release has another process be the agent from now on.
func (a *agent) release() {
	if a.instance != nil {
		a.instance.Close()
	}
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

// agentMemory is what the agent's heap tries to stay below, in bytes: it is there all
// day, and ten thousand listeners take less.
const agentMemory = 28 << 20

// run shows the tray until ctx ends, the user quits or the session bus is gone.
func (a *agent) run(ctx context.Context) error {
	debug.SetMemoryLimit(agentMemory)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.ended = ctx.Done()
	a.notifier = notify.New(a.onNotification, a.log, notify.WithIcon(trayIcon()))
	defer a.notifier.Close()
	closeMemory := a.remember()
	go a.queue.Run(ctx, a.notifier)
	a.hearDesktop()
	if !a.login {
		go a.windowWithoutTray(ctx)
	}
	stdlog.SetOutput(io.Discard) // the tray's library logs there what is said by wordsNoTray and errTrayLost
	followed := make(chan error, 1)
	finish := sync.OnceValue(func() error {
		err := <-followed
		a.withdrawAll()
		cancel(nil) // nobody serves a job any more: whoever wants one gives up
		closeMemory()
		return err
	})
	tray.Run(tray.Options{
		Icon:               assets.Tray,
		TemplateIcon:       assets.TrayTemplate,
		MarkedIcon:         assets.TrayMarked,
		MarkedTemplateIcon: assets.TrayTemplateMarked,
		Title:              "Portlight",
		Tooltip:            wordsTooltip,
		OnCommand:          func(cmd tray.Command, row view.MenuRow) { a.onCommand(cmd, row, cancel) },
		OnLost:             func(err error) { cancel(fmt.Errorf("%w: %w", errTrayLost, err)) },
		OnEnd:              func() { cancel(nil); finish() },
	}, func(t *tray.Tray) {
		a.tray = t
		go func() {
			followed <- a.follow(ctx, a.keeper, a.follower())
			t.Quit()
		}()
	})
	err := finish()
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
		return errNoWindow()
	}
	return desktop.CheckDisplay(ctx)
}

// watchHere prints the events from now on, as there is no window for this
// reason.
func (a *agent) watchHere(reason error) {
	fmt.Fprintf(a.err, wordsWatchHere+"\n", reason)
	a.terminal.Store(true)
}

// remember opens the memory, if it can be, or has it opened later.
func (a *agent) remember() (closeMemory func()) {
	store, err := history.Open(a.dataDir, history.Agent, history.Options{})
	a.names, a.keeper = a.newNames(store), keeper.New(a.log, store, err)
	a.keeper.OpenLater(func() (*history.Store, error) {
		if err := a.lock(); errors.Is(err, desktop.ErrRunning) {
			return nil, err
		}
		store, err = history.Open(a.dataDir, history.Agent, history.Options{})
		return store, err
	})
	a.speak()
	return func() {
		a.keeper.Close()
		if store != nil {
			store.Close()
		}
	}
}

func (a *agent) follower() keeper.Follower {
	return keeper.Follower{Began: a.watcher.Store, Seen: a.seen, Judged: a.judged, Done: a.show, Jobs: a.jobs}
}

// seen takes the newest snapshot.
func (a *agent) seen(u scanner.Update) {
	a.last.Store(u.Snapshot)
	a.fault = u.Err
	if u.Baseline {
		a.withdrawGone()
	}
}

// judged takes what has been judged.
func (a *agent) judged(js []alerts.Judgement) error {
	a.tellClosed(js)
	if a.terminal.Load() {
		return a.printEvents(js, a.facts(), false)
	}
	return nil
}

// facts gives what rows are made with now.
func (a *agent) facts() view.Facts {
	return view.FactsOf(a.last.Load(), a.names)
}

// speak takes the language of the settings, if it is not in use already.
func (a *agent) speak() {
	tag := a.keeper.Settings().Language
	if a.language != nil && *a.language == tag {
		return
	}
	a.language = &tag
	if err := words.Use(tag); err != nil {
		a.log.Error("language not taken", "error", err)
	}
}

// show draws the menu and has notifications sent.
func (a *agent) show() {
	a.speak()
	a.names.use(overlay(a.keeper.OwnNames()))
	for _, n := range a.keeper.TakeNotices() {
		a.sendNotice(n)
	}
	a.greet()
	a.withdrawSeen()
	state := a.menuState()
	a.tray.Update(view.NewMenu(view.EachRow(a.last.Load(), a.names), a.news(state.Row), state))
}

// do has a job run on the keeper's goroutine, and says on the screen if it fails.
func (a *agent) do(job func() error) {
	select {
	case a.jobs <- func() {
		if err := job(); err != nil {
			a.failed(err)
		}
	}:
	case <-a.ended:
	}
}

func (a *agent) onCommand(cmd tray.Command, row view.MenuRow, quit context.CancelCauseFunc) {
	var err error
	switch cmd {
	case tray.Details:
		if row.Alert != 0 {
			a.onAlertCommand(cmd, row)
		}
		err = a.openWindow(strings.TrimSpace(desktop.Show + " " + row.ID))
	case tray.Stop:
		err = a.openWindow(desktop.Stop + " " + row.ID)
	case tray.CopyAddress:
		err = desktop.Copy(row.Address)
	case tray.OpenBrowser:
		err = desktop.OpenURL(row.URL)
	case tray.OpenWindow:
		err = a.openWindow(desktop.Show)
	case tray.OpenAlerts:
		err = a.openWindow(desktop.Alerts)
	case tray.OpenSettings:
		err = a.openWindow(desktop.Settings)
	case tray.Quit:
		quit(nil)
	default:
		a.onAlertCommand(cmd, row)
	}
	if err != nil {
		a.failed(err)
	}
}

// failed says on the screen that a click could not do what it promised.
func (a *agent) failed(err error) {
	a.log.Error("command failed", "error", err)
	a.send(notify.Notification{Key: keyFailure, Title: "Portlight", Body: view.Clean(err.Error(), maxNote)})
}
