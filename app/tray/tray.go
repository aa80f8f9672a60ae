// Package tray shows the menu on the desktop's tray: the menu bar on macOS, the
// StatusNotifierItem of freedesktop desktops elsewhere. It draws a view.Menu
// and says what was clicked; it does nothing itself.
//
// Slots are made once and changed in place, so that an open menu stays open and
// no click is lost. Which listener a slot shows, and which one a click means,
// is decided in plan.
//
// systray, which draws, is one for the whole process: Run can be called once.
package tray

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"fyne.io/systray"

	"portlight/app/view"
	"portlight/assets/words"
)

// Command is what was chosen in the menu.
type Command int

// The commands. The first seven come with the row that they are for.
const (
	Details     Command = iota + 1 // show the listener, or the alert if the row has one, in the window
	Allow                          // trust what the row's Alert is about
	Mute                           // be silent about what the row's Alert is about
	CopyAddress                    // copy the row's Address
	OpenBrowser                    // open the row's URL
	TellClosed                     // notify when the listener closes; do not, if the row's TellsClosed says that this was asked for
	Stop                           // ask whether to stop the program, and do so

	MarkSeen      // the alerts up to the row's Alert have been seen; the row has nothing else
	PauseHour     // no alerts for an hour
	PauseTomorrow // no alerts until tomorrow
	Resume        // alerts again

	OpenWindow   // show the list: Open Portlight, "3 more…", or a click that may have been for another row
	OpenAlerts   // show the alerts: the same in the section of what is new
	OpenSettings // show the settings
	Quit         // end Portlight
)

var commandNames = [...]string{
	Details: "details", Allow: "allow", Mute: "mute", CopyAddress: "copy address", OpenBrowser: "open browser",
	TellClosed: "tell closed", Stop: "stop",
	MarkSeen: "mark seen", PauseHour: "pause for an hour", PauseTomorrow: "pause until tomorrow", Resume: "resume",
	OpenWindow: "open window", OpenAlerts: "open alerts", OpenSettings: "open settings", Quit: "quit",
}

// String is the command in words, for logs.
func (c Command) String() string {
	if c > 0 && int(c) < len(commandNames) {
		return commandNames[c]
	}
	return "command " + strconv.Itoa(int(c))
}

// ErrBusGone is what OnLost gets when the session bus went away.
var ErrBusGone = errors.New("session bus is gone")

// Options say how the tray looks and who hears of it.
type Options struct {
	Icon         []byte // PNG; drawn everywhere but on macOS
	TemplateIcon []byte // PNG, black and transparent; drawn on macOS

	// The same two with a mark, of the same sizes, shown while the menu has
	// unseen alerts.
	MarkedIcon, MarkedTemplateIcon []byte

	Title   string     // the app's name, by which a panel knows the icon; macOS shows none
	Tooltip words.Text // followed by the number of unseen alerts, if there are any

	// OnCommand is called for every click, one after the other, on a goroutine
	// of the tray. Row is the listener that was clicked, the zero value for
	// commands that have none. The listener may be gone by then. Must be set.
	OnCommand func(cmd Command, row view.MenuRow)

	// OnLost is called at most once, when there is no tray to be had in this
	// process any more: no session bus, or it ended (ErrBusGone). systray does
	// not connect again. May be nil. That no panel shows the tray is no loss: it
	// appears when a panel does.
	OnLost func(error)

	// OnEnd is called at last: as soon as it returns, and after two seconds anyway, macOS
	// ends the process when the user logs out or the computer is shut down. After Quit it
	// is called too, but not on macOS. May be nil.
	OnEnd func()
}

// Tray is the tray of this process.
type Tray struct {
	opts     Options
	commands chan command
	done     chan struct{}
	endOnce  sync.Once
	lostOnce sync.Once

	mu    sync.Mutex
	ended bool // nothing can be drawn any more
	plan  plan
	drawn layout
	menu  *menu
}

type command struct {
	cmd Command
	row view.MenuRow
}

// Run puts the icon on the tray and blocks until Quit. It must be called on the
// main goroutine, as macOS demands. Ready is called on another goroutine with
// the empty menu; the menu is served when it returns, so a first Update there
// is what a panel sees first.
//
// Except on macOS, DBUS_SESSION_BUS_ADDRESS must be set before Run: without it
// the library may start a bus of its own, on which nobody listens. Without a
// bus Run blocks all the same.
func Run(o Options, ready func(*Tray)) { run(o, holdFor, ready) }

func run(o Options, hold time.Duration, ready func(*Tray)) {
	t := newTray(o, hold)
	prepare(&o)
	watchBus(t.lost)
	systray.Run(func() {
		t.start(systrayBoard{&o, t.done})
		dress(&o)
		go t.watchOpened(systray.TrayOpenedCh)
		ready(t)
	}, func() { t.ending(endPatience) })
	t.end()
}

// endPatience is how long OnEnd may take.
const endPatience = 2 * time.Second

// ending calls OnEnd, and waits for it so long. It runs on the goroutine of Run, on which nothing is drawn
// meanwhile; whoever draws holds mu, so it is not taken here.
func (t *Tray) ending(patience time.Duration) {
	if t.opts.OnEnd == nil {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t.opts.OnEnd()
	}()
	select {
	case <-ended:
	case <-time.After(patience):
	}
}

func newTray(o Options, hold time.Duration) *Tray {
	return &Tray{
		opts:     o,
		commands: make(chan command, 64),
		done:     make(chan struct{}),
		plan:     plan{hold: hold},
		drawn:    layout{language: words.InUse()},
	}
}

func (t *Tray) start(b board) {
	t.mu.Lock()
	t.menu = newMenu(b, t.clicked)
	t.mu.Unlock()
	go t.deliver()
}

// Update shows a menu. It may be called from any goroutine, often, and with the
// same menu: only what differs is drawn. The slices of m must not be changed
// afterwards.
func (t *Tray) Update(m view.Menu) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if equal(&m, &t.plan.model) {
		return
	}
	t.plan.model = m
	t.redraw()
}

func equal(a, b *view.Menu) bool {
	same := a.Note == b.Note && a.Unseen == b.Unseen && a.Title == b.Title && a.PausedUntil.Equal(b.PausedUntil)
	for i := range a.Sections {
		x, y := &a.Sections[i], &b.Sections[i]
		same = same && x.Title == y.Title && x.Empty == y.Empty && slices.Equal(x.Rows, y.Rows)
	}
	return same
}

// redraw draws what the plan says now. The caller holds mu.
func (t *Tray) redraw() {
	l := t.plan.place(time.Now())
	l.language = words.InUse()
	if t.ended || l == t.drawn {
		return
	}
	t.drawn = l
	t.menu.draw(&l)
}

// Quit takes the icon off the tray and lets Run return. It may be called more
// than once.
func (t *Tray) Quit() {
	t.end()
	systray.Quit()
}

func (t *Tray) end() {
	t.endOnce.Do(func() {
		t.stopDrawing()
		close(t.done)
	})
}

func (t *Tray) stopDrawing() {
	t.mu.Lock()
	t.ended = true
	t.mu.Unlock()
}

func (t *Tray) lost(err error) {
	select {
	case <-t.done:
		return
	default:
	}
	t.stopDrawing()
	if t.opts.OnLost != nil {
		t.lostOnce.Do(func() { t.opts.OnLost(err) })
	}
}

// watchOpened holds the slots whenever the menu opens, and puts them in order
// when the hold has passed.
//
// KDE, GNOME's AppIndicator extension and macOS tell of it. Panels on
// libdbusmenu-gtk (Xfce, MATE) send AboutToShowGroup and EventGroup instead,
// which systray does not pass on: there plan.click alone guards the rows.
func (t *Tray) watchOpened(opened <-chan struct{}) {
	for {
		select {
		case <-opened:
			t.opened()
		case <-t.done:
			return
		}
	}
}

func (t *Tray) opened() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.plan.open(time.Now())
	time.AfterFunc(t.plan.hold, t.settle)
}

func (t *Tray) settle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.redraw()
}

// clicked decides at once what a click means: a moment later the slot may show
// another row.
func (t *Tray) clicked(section, slot int, cmd Command) {
	c, ok := t.meant(section, slot, cmd)
	if !ok {
		return
	}
	select {
	case t.commands <- c:
	case <-t.done:
	}
}

func (t *Tray) meant(section, slot int, cmd Command) (c command, ok bool) {
	c, ok = command{cmd: cmd}, true
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case slot >= 0:
		c.cmd, c.row, ok = t.plan.click(section, slot, cmd, time.Now())
	case cmd == MarkSeen:
		c.cmd, c.row = t.plan.markSeen(time.Now())
	}
	return c, ok
}

func (t *Tray) deliver() {
	for {
		select {
		case c := <-t.commands:
			t.opts.OnCommand(c.cmd, c.row)
		case <-t.done:
			return
		}
	}
}
