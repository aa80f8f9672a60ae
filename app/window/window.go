package window

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/process"
)

// Options are what the window needs from outside. All have to be set.
type Options struct {
	App     fyne.App
	Names   view.Namer
	Version string
	DataDir string // where the user's data is kept

	// ReadDetails tells the details of a process. It may take long: it is called
	// on a goroutine of its own.
	ReadDetails func(context.Context, scanner.Process) (*process.Details, error)
	// Stop ends a process, after making sure that it is still the same one, and
	// gives the sentence that says what came of it. It is called on a goroutine of
	// its own.
	Stop func(context.Context, scanner.Process) (string, error)
	// CountClients counts the connections to a listener; the error says why that
	// cannot be had. It is called on a goroutine of its own.
	CountClients func(context.Context, *scanner.Listener) (int, error)
	// OpenURL shows a page in the user's browser.
	OpenURL func(string) error
	// LoginItem reports whether Portlight starts at login; the error says why that
	// cannot be had here.
	LoginItem    func() (bool, error)
	SetLoginItem func(bool) error
}

// The tabs, by their place.
const (
	tabListeners = iota
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

	model    model
	root     *fyne.Container
	nav      *segments
	pages    []fyne.CanvasObject
	list     *listPane
	settings *settingsPane
	failure  *banner
	notice   *banner
	popup    *widget.PopUp // the open question, or nil

	row   *view.Row // the chosen listener as it was last seen, nil for none
	gone  bool      // it has closed
	known map[process.ID]reading
	asked map[process.ID]bool
	count *int // clients of the chosen listener, nil while that is not known

	counting bool
	wish     wish
	drop     context.CancelFunc // ends the reading for the chosen listener
	ctx      context.Context    // of that reading
}

// wish is a listener to show as soon as it is seen: the one who asks may have
// scanned later than this window.
type wish struct {
	id    string
	stop  bool
	until time.Time // when it is given up; the zero time before it was tried
}

// patience is how long a wish stays: what the user does after that is not to be
// disturbed.
const patience = 5 * time.Second

// New makes the window and gives the app its theme. The window is not shown yet.
func New(o Options) *Window {
	return newWindow(o, fyne.Do, func(f func()) { go f() }, time.Now)
}

func newWindow(o Options, do, spawn func(func()), now func() time.Time) *Window {
	o.App.Settings().SetTheme(newTheme())
	w := &Window{opts: o, win: o.App.NewWindow(wordApp), do: do, spawn: spawn, now: now, drop: func() {}}
	w.list = newListPane(&w.model, w.choose, detailActions{
		copy: w.copy, open: w.open,
		stop: func(p scanner.Process) { w.askStop(w.row, p) },
	})
	w.settings = newSettingsPane(&w.opts)
	w.failure, w.notice = newBanner(w.place), newBanner(w.place)
	w.pages = []fyne.CanvasObject{w.list.root, w.settings.root}
	w.settings.root.Hide()
	w.nav = newSegments(w.turnTo, wordListeners, wordSettings)
	w.win.SetPadded(false)
	w.root = w.build()
	w.win.SetContent(w.root)
	w.win.Resize(fyne.NewSize(960, 640))
	w.keys()
	return w
}

func (w *Window) build() *fyne.Container {
	bar := container.NewStack(newPanel(theme.ColorNameHeaderBackground, 0), padded(7, 10, container.NewCenter(w.nav)))
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), bar, widget.NewSeparator(), w.failure.box, w.notice.box)
	return container.New(frame{}, top, container.NewStack(w.pages...), container.NewWithoutLayout())
}

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
	entries := newEntries(s, w.opts.Names)
	w.do(func() { w.take(s, entries) })
}

func (w *Window) take(s *scanner.Snapshot, entries []entry) {
	w.failure.clear()
	if w.model.set(s, entries) {
		w.list.arranged()
		w.settings.update(s.Visibility)
		w.follow()
	}
	w.tryWish()
}

// Fail says that a scan failed; the rows stay. A nil error takes the word back,
// as does the next Update.
func (w *Window) Fail(err error) {
	w.do(func() {
		if err == nil {
			w.failure.clear()
		} else {
			w.failure.say(scanFailed(err))
		}
	})
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
func (w *Window) ShowSettings() {
	w.do(func() {
		w.raise()
		w.nav.choose(tabSettings)
	})
}

func (w *Window) raise() {
	w.win.Show()
	w.win.RequestFocus()
}

func (w *Window) bringUp(id string, stop bool) {
	w.raise()
	if id == "" {
		return
	}
	w.closePopup()
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
	if stop {
		w.askStopOf(&e.Row)
	}
}

// turnTo shows a tab.
func (w *Window) turnTo(tab int) {
	for i, p := range w.pages {
		show(p, i == tab)
	}
	if tab == tabSettings {
		w.settings.load()
	}
}

// choose shows the details of a listener.
func (w *Window) choose(id string) {
	if w.row != nil && w.row.ID == id && !w.gone {
		return
	}
	e := w.model.find(id)
	if e == nil {
		return
	}
	w.drop()
	w.ctx, w.drop = context.WithCancel(context.Background())
	w.known, w.asked, w.count = map[process.ID]reading{}, map[process.ID]bool{}, nil
	w.wish = wish{}
	w.chosenIs(e)
	w.countClients()
}

// follow keeps the details of the chosen listener true after a snapshot.
func (w *Window) follow() {
	if w.row == nil {
		return
	}
	e := w.model.find(w.row.ID)
	if e == nil {
		w.gone = true
		w.describe()
		return
	}
	w.chosenIs(e)
}

func (w *Window) chosenIs(e *entry) {
	row := e.Row
	w.row, w.gone = &row, false
	w.win.SetTitle(windowTitle(row.Label()))
	w.describe()
	w.read()
}

// Refresh counts anew who is connected to the chosen listener.
func (w *Window) Refresh() { w.do(w.countClients) }

// countClients counts who is connected to the chosen listener, unless it does so
// already.
func (w *Window) countClients() {
	if w.row == nil || w.gone || w.counting {
		return
	}
	w.counting = true
	ctx, l := w.ctx, w.row.Listener
	w.spawn(func() {
		n, err := w.opts.CountClients(ctx, &l)
		w.do(func() {
			w.counting = false
			switch {
			case ctx.Err() != nil: // another one is chosen
				w.countClients()
			case err == nil && (w.count == nil || *w.count != n):
				w.count = &n
				w.describe()
			}
		})
	})
}

func (w *Window) describe() {
	w.row.Clients = w.count
	if w.gone {
		w.row.Clients = nil
	}
	w.list.details.show(newDetails(w.row, w.gone, w.model.snap, w.opts.Names, w.known))
}

// read reads the owners that have not been read yet.
func (w *Window) read() {
	var owners []scanner.Process
	for _, o := range w.row.Listener.Owners[:min(len(w.row.Listener.Owners), maxOwners)] {
		if !w.asked[o.ID] {
			w.asked[o.ID] = true
			owners = append(owners, o)
		}
	}
	if len(owners) == 0 {
		return
	}
	ctx, known := w.ctx, w.known
	w.spawn(func() {
		for _, o := range owners {
			d, err := w.opts.ReadDetails(ctx, o)
			w.do(func() {
				if ctx.Err() == nil {
					known[o.ID] = reading{details: d, err: err}
					w.describe()
				}
			})
		}
	})
}

func (w *Window) copy(text string) { w.opts.App.Clipboard().SetContent(text) }

func (w *Window) open(url string) {
	if err := w.opts.OpenURL(url); err != nil {
		w.notice.say(openFailed(err))
	}
}

// keys sets the keys of the window: Ctrl, or Cmd on a Mac, with F, W, comma, and
// the number of a tab.
func (w *Window) keys() {
	for _, key := range [...]fyne.KeyName{fyne.KeyF, fyne.KeyW, fyne.KeyComma, fyne.Key1, fyne.Key2} {
		w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault},
			func(s fyne.Shortcut) { w.shortcut(s) })
	}
	w.list.search.shortcut = w.shortcut
	w.list.search.leave = w.toTable
	w.win.Canvas().SetOnTypedKey(w.typed)
}

// shortcut does what a shortcut is for and reports whether it is one of ours.
func (w *Window) shortcut(s fyne.Shortcut) bool {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok || c.Modifier != fyne.KeyModifierShortcutDefault {
		return false
	}
	if c.KeyName == fyne.KeyW {
		w.win.Close()
		return true
	}
	do := map[fyne.KeyName]func(){
		fyne.KeyF:     w.toSearch,
		fyne.Key1:     func() { w.nav.choose(tabListeners) },
		fyne.Key2:     func() { w.nav.choose(tabSettings) },
		fyne.KeyComma: func() { w.nav.choose(tabSettings) },
	}[c.KeyName]
	if do != nil && w.popup == nil {
		do()
	}
	return do != nil
}

func (w *Window) toSearch() {
	w.nav.choose(tabListeners)
	w.win.Canvas().Focus(w.list.search)
}

// toTable moves the keyboard from the search to the first row.
func (w *Window) toTable() {
	w.win.Canvas().Focus(w.list.list)
	if w.list.list.selected < 0 && len(w.model.shown) > 0 {
		w.list.list.Select(0)
	}
}

// typed is for keys that no widget took.
func (w *Window) typed(ev *fyne.KeyEvent) {
	switch {
	case ev.Name == fyne.KeyEscape && w.popup != nil:
		w.closePopup()
	case w.popup != nil || w.nav.chosen != tabListeners:
	case ev.Name == fyne.KeyEscape:
		w.list.search.SetText("")
	default:
		w.list.list.TypedKey(ev)
	}
}
