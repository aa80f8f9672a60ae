package window

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
)

// Options are what the window needs from outside. All have to be set.
type Options struct {
	App     fyne.App
	Names   view.Namer
	Version string
	DataDir string // where the user's data is kept

	Interval    time.Duration       // between two scans, where it was given on the command line; else 0
	SetInterval func(time.Duration) // takes that of the settings, whenever they are read or changed
	TrayTitle   bool                // this system shows a text beside an icon in the tray
	Tray        Tray

	// Settings are those that are stored as the window opens; others follow with its memory.
	Settings map[string]string

	// ReadDetails tells the details of a process. It may take long: it is called
	// on a goroutine of its own.
	ReadDetails func(context.Context, scanner.Process) (*process.Details, error)
	// Measure tells what a process takes of the computer. It is called on a goroutine of
	// its own.
	Measure func(process.ID) (*process.Usage, error)
	// Installed tells which package installed an executable; the error says why
	// none did. It is called on a goroutine of its own.
	Installed func(ctx context.Context, exe string) (installed.Package, error)
	// Connections lists the first connections to a listener and counts all; the
	// error says why that cannot be had. It is called on a goroutine of its own.
	Connections func(ctx context.Context, l *scanner.Listener, limit int) ([]scanner.Connection, int, error)
	// Stop ends a process, after making sure that it is still the same one: it asks
	// it to, or, with force, gives it no choice. It is called on a goroutine of its
	// own and may take seconds.
	Stop func(ctx context.Context, p scanner.Process, force bool) (process.Outcome, error)
	// Health looks at everything that doctor does, and at what this window costs. It
	// is called on a goroutine of its own and may take seconds.
	Health func() Health
	// Renamed has the names read anew: the user has given one. NamesChanged follows.
	Renamed func()
	// OpenURL shows a page in the user's browser, Reveal a file in the file manager,
	// OpenFolder a folder there.
	OpenURL, Reveal, OpenFolder func(string) error
	// LoginItem reports whether Portlight starts at login; the error says why that
	// cannot be had here.
	LoginItem    func() (bool, error)
	SetLoginItem func(bool) error
	// AsksToNotify reports whether the system still has to ask the user whether
	// Portlight may notify. AskToNotify has it ask, and waits for the answer; the error
	// says why Portlight may not. Both are called on a goroutine of their own.
	AsksToNotify func() bool
	AskToNotify  func() error
}

// The tabs, by their place.
const (
	tabListeners = iota
	tabAlerts
	tabHistory
	tabHealth
	tabSettings
)

// Window is the window. Its methods may be called from any goroutine, but
// Update from one only: snapshots are shown in the order of the calls.
type Window struct {
	opts  Options
	win   fyne.Window
	do    func(func()) // runs a function on Fyne's goroutine
	spawn func(func()) // runs a function beside it
	now   func() time.Time
	after func(time.Duration, func())

	building sync.Mutex // of entries
	entries  entries

	model    model
	root     *fyne.Container
	nav      *segments
	navBox   *fyne.Container // of nav, to be laid out anew when its words change
	pages    []fyne.CanvasObject
	list     *listPane
	alerts   *alertsPane
	past     *historyPane
	health   *healthPane
	settings *settingsPane
	failure  *banner
	notice   *banner
	popup    *widget.PopUp // the open question, or nil

	spoken *string // the language of the settings, as taken last; nil before
	fault  error   // why scans fail, nil if they do not

	memory   Memory // nil for none
	noMemory error  // why; may be nil
	stale    bool   // the alerts are to be read anew when they are shown
	keeping  bool   // the look of the table is being stored
	wanted   map[string]string

	due    *welcome  // that is to be said; nil for none
	plain  time.Time // the window was opened with nothing to show: until then the welcome may come
	chosen chosen
	wish   wish
	fading bool // a look at what has been new for long enough is planned
}

// wish is a listener to show as soon as it is seen: the one who asks may have
// scanned later than this window.
type wish struct {
	id    string
	stop  bool
	until time.Time // when it is given up; the zero time before it was tried
}

// doneFor is how long the window tells what was done, with its Undo.
const doneFor = 12 * time.Second

// patience is how long a wish stays: what the user does after that is not to be
// disturbed.
const patience = 5 * time.Second

// New makes the window and gives the app its theme. The window is not shown yet.
func New(o Options) *Window {
	return newWindow(o, fyne.Do, func(f func()) { go f() }, time.Now, func(d time.Duration, f func()) { time.AfterFunc(d, f) })
}

func newWindow(o Options, do, spawn func(func()), now func() time.Time, after func(time.Duration, func())) *Window {
	o.App.Settings().SetTheme(themeNamed(o.Settings[settingTheme]))
	speakToolkit() // it is in the system's language else
	w := &Window{opts: o, win: o.App.NewWindow(wordApp), do: do, spawn: spawn, now: now, after: after}
	w.entries.names = o.Names
	w.win.SetPadded(false)
	w.furnish()
	w.win.Resize(fyne.NewSize(960, 640))
	w.keys()
	return w
}

// furnish makes all that is in the window, in the language in use.
func (w *Window) furnish() {
	w.list = newListPane(&w.model, listActions{
		chosen: w.choose, open: w.toDetails, menu: w.openMenu, health: func() { w.nav.choose(tabHealth) },
		keep: w.keepLook, now: w.now,
	}, detailActions{
		copy: w.copy, open: w.open, menus: w.menuOf, leave: w.toTable,
		stop: func(p scanner.Process) { w.askStop(w.chosen.row, p) },
	})
	w.list.search.shortcut, w.list.search.leave = w.shortcut, w.toTable
	w.failure, w.notice = newBanner(w.place), newBanner(w.place)
	w.notice.later = func(f func()) { w.after(doneFor, func() { w.do(f) }) }
	w.health, w.settings = newHealthPane(&w.opts, w.do, w.spawn, w.copy), newSettingsPane(&w.opts, w.do, w.spawn, w.useTheme, w.useLanguage, w.askLess, w.sample, w.notice)
	w.nav = newSegments(w.turnTo, wordListeners.String(), wordAlerts.String(), wordHistory.String(), wordHealth.String(), wordSettings.String())
	w.alerts = newAlertsPane(w.alertsOptions())
	w.past = newHistoryPane(historyOptions{
		facts: w.facts, now: w.now, do: w.do, spawn: w.spawn, shortcut: w.shortcut, focus: w.focus, held: heldKeys, save: saveBy(w.win), forget: w.askForget,
		after: func(d time.Duration, f func()) { w.after(d, func() { w.do(f) }) },
	})
	w.pages = []fyne.CanvasObject{w.list.root, w.alerts.root, w.past.root, w.health.root, w.settings.root}
	w.turnTo(tabListeners)
	w.root = w.build()
	w.win.SetContent(w.root)
}

func (w *Window) build() *fyne.Container {
	w.navBox = container.NewCenter(w.nav)
	bar := container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), padded(7, 10, w.navBox))
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), bar, widget.NewSeparator(), w.failure.box, w.notice.box)
	return container.New(frame{}, top, container.NewStack(w.pages...), container.NewWithoutLayout())
}

// useTheme shows the window in light, in dark, or as the system is.
func (w *Window) useTheme(name string) { w.opts.App.Settings().SetTheme(themeNamed(name)) }

// place lays the window out anew, after a banner has come or gone.
func (w *Window) place() { w.root.Layout.Layout(w.root.Objects, w.root.Size()) }

// Window is Fyne's window, for showing and closing it.
func (w *Window) Window() fyne.Window { return w.win }

// IsUp reports whether there is a window on the screen after Show: Fyne only
// logs that none could be made, for want of OpenGL above all. It is to be called
// on Fyne's goroutine.
func (w *Window) IsUp() bool {
	native, ok := w.win.(driver.NativeWindow)
	if !ok {
		return true
	}
	up := true
	native.RunNative(func(context any) {
		switch c := context.(type) {
		case driver.X11WindowContext:
			up = c.WindowHandle != 0
		case driver.WaylandWindowContext:
			up = c.WaylandSurface != 0
		case driver.MacWindowContext:
			up = c.NSWindow != 0
		}
	})
	return up
}

// Update shows a snapshot. Nothing is drawn when nothing has changed.
func (w *Window) Update(s *scanner.Snapshot) {
	w.building.Lock()
	defer w.building.Unlock() // also while it is handed over: updates come in their order
	u := w.entries.next(s)
	w.do(func() {
		w.tellFault(nil)
		w.take(u)
	})
}

// NamesChanged has all rows named anew.
func (w *Window) NamesChanged() {
	w.building.Lock()
	defer w.building.Unlock()
	w.entries.stale = true
	if s := w.entries.last; s != nil {
		u := w.entries.next(s)
		w.do(func() { w.take(u) })
	}
}

func (w *Window) take(u update) {
	if w.model.set(u, w.now()) {
		w.list.arranged()
		w.health.update(u.snap.Visibility)
		w.follow()
		w.fade()
	}
	w.tryWish()
	w.tryWelcome()
}

// fade takes the marks of what is new or gone away when it is time.
func (w *Window) fade() {
	changed, next := w.model.fade(w.now())
	if changed {
		w.list.arranged()
	}
	if !next.IsZero() && !w.fading {
		w.fading = true
		w.after(next.Sub(w.now()), func() {
			w.do(func() {
				w.fading = false
				w.fade()
			})
		})
	}
}

// Fail says that a scan failed; the rows stay. A nil error takes the word back,
// as does the next Update.
func (w *Window) Fail(err error) {
	w.do(func() { w.tellFault(err) })
}

func (w *Window) tellFault(err error) {
	if w.fault = err; err == nil {
		w.failure.clear()
	} else {
		w.failure.say(scanFailed(err))
	}
}

// Show brings the window to the front, at a listener if the ID is not empty.
func (w *Window) Show(listenerID string) {
	w.do(func() { w.bringUp(listenerID, false) })
}

// AskStop shows a listener and asks whether its process should stop.
func (w *Window) AskStop(listenerID string) {
	w.do(func() { w.bringUp(listenerID, true) })
}

// ShowSettings brings the window to the front at the settings.
func (w *Window) ShowSettings() { w.showTab(tabSettings) }

// ShowAlerts brings the window to the front at the alerts.
func (w *Window) ShowAlerts() { w.showTab(tabAlerts) }

func (w *Window) showTab(tab int) {
	w.do(func() {
		w.raise()
		w.plain = time.Time{}
		w.makeWay()
		w.nav.choose(tab)
	})
}

func (w *Window) raise() {
	w.win.Show()
	w.win.RequestFocus()
}

func (w *Window) bringUp(id string, stop bool) {
	w.raise()
	if id == "" {
		w.plain = w.now().Add(welcomeFor)
		w.tryWelcome()
		return
	}
	w.plain = time.Time{}
	stop = w.makeWay() && stop // a dialog in which something was typed stays in front
	w.nav.choose(tabListeners)
	w.notice.clear()
	w.wish = wish{}
	if !isID(id) {
		w.notice.say(noID(id))
		return
	}
	w.wish = wish{id: id, stop: stop}
	if w.model.snap != nil {
		w.tryWish()
	}
}

// tryWish shows the listener that is waited for, or says that it is gone.
func (w *Window) tryWish() {
	if w.wish.id == "" {
		return
	}
	if now := w.now(); w.wish.until.IsZero() {
		w.wish.until = now.Add(patience)
	} else if now.After(w.wish.until) {
		w.wish = wish{}
		return
	}
	e := w.model.find(w.wish.id)
	if e == nil {
		w.notice.say(notListening(w.wish.id))
		w.wish.stop = false // a question that comes later would surprise
		return
	}
	stop := w.wish.stop
	w.wish = wish{}
	w.notice.clear()
	w.list.reveal(e.ID)
	w.choose(e.ID)
	if stop && w.makeWay() {
		w.askStopOf(&e.Row)
	}
}

// entitle gives the window its title: that of the tab, or of the chosen listener.
func (w *Window) entitle() {
	switch {
	case w.nav.chosen != tabListeners:
		w.win.SetTitle(windowTitle(w.nav.items[w.nav.chosen]))
	case w.chosen.row != nil:
		w.win.SetTitle(windowTitle(w.chosen.row.Label()))
	default:
		w.win.SetTitle(windowTitle(""))
	}
}

// focus gives something in the window the keyboard.
func (w *Window) focus(on fyne.Focusable) { w.win.Canvas().Focus(on) }

// turnTo shows a tab. The keyboard leaves the one before: keys would change what is not
// seen any more.
func (w *Window) turnTo(tab int) {
	if c := w.win.Canvas(); w.popup == nil && c.Focused() != nil && c.Focused() != w.nav {
		c.Unfocus()
	}
	for i, p := range w.pages {
		show(p, i == tab)
	}
	w.entitle()
	switch tab {
	case tabAlerts:
		if w.stale {
			w.stale = false
			w.alerts.refresh()
		}
		w.alerts.shown()
	case tabHistory:
		w.past.turned()
	case tabHealth:
		w.health.look()
	case tabSettings:
		w.settings.load()
	}
}

func (w *Window) copy(text string) { w.opts.App.Clipboard().SetContent(text) }

func (w *Window) open(url string) {
	if err := w.opts.OpenURL(url); err != nil {
		w.notice.say(openFailed(err))
	}
}
