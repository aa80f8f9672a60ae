//go:build !nowindow

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"portlight/app/alerts"
	"portlight/app/desktop"
	"portlight/app/notify"
	"portlight/app/tray"
	"portlight/app/window"
	"portlight/assets"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/installed"
	"portlight/scanner/process"
)

// hasWindow tells whether this build can open a window.
const hasWindow = true

// stopPatience is how long a process gets to end after SIGTERM.
const stopPatience = 5 * time.Second

// window runs the window until it is closed or ctx ends. A second start shows
// the first.
func (p *program) window(ctx context.Context, f windowFlags) error {
	dir, err := desktop.DataDir(p.dataDir)
	if err != nil {
		return err
	}
	lines := make(chan string, 16)
	instance, err := desktop.Acquire(roleWindow, dir, func(line string) string {
		if !understood(line) {
			return answerError + wordsNotUnderstood.String()
		}
		select {
		case lines <- line:
			return answerFine
		default:
			return answerError + wordsWindowBusy.String()
		}
	})
	if errors.Is(err, desktop.ErrRunning) {
		return tell(roleWindow, dir, f.line())
	}
	if err != nil {
		return err
	}
	defer instance.Close()
	if err := desktop.CheckDisplay(ctx); err != nil {
		return words.Wrap(wordsOpenWindow, err)
	}
	lines <- f.line()
	notifier := p.hearApp(dir, lines)
	defer notifier.Close()
	return p.runWindow(ctx, dir, lines, notifier, func() { instance.Close() })
}

// hearApp has this process hand over to the agent what the desktop tells it as part of
// the app. It is called before the toolkit's loop begins.
func (p *program) hearApp(dir string, lines chan<- string) *notify.Notifier {
	forward := func(line string) {
		left, err := handOver(dir, line, func() error { return p.startAgent(dir) })
		if err != nil {
			p.log.Warn("the agent does not take over", "error", err)
		}
		if left != "" {
			select {
			case lines <- left:
			default:
			}
		}
	}
	p.missed(desktop.OnReopen(desktop.WindowLoop, func() { forward(desktop.Show) }))
	return notify.New(func(key, action string) { forward(clickLine(key, action)) }, p.log)
}

// startAgent starts the agent of a data folder. It lives on without this process.
func (p *program) startAgent(dir string) error {
	cmd, err := p.command(dir)
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("start the agent: %w", err)
	}
	go cmd.Wait()
	return nil
}

// runWindow shows the window until it is closed. Closing is called first then:
// who asks from then on starts another window.
func (p *program) runWindow(ctx context.Context, dir string, lines <-chan string, notifier *notify.Notifier, closing func()) (err error) {
	watcher, err := scanner.NewWatcher(scanner.Options{Interval: p.interval, Containers: true, Network: true, Log: p.log})
	if err != nil {
		return err
	}
	prepareToolkit()
	p.missed(desktop.AllowLogout())
	said := newToolkitLog(p.log)
	defer said.close()
	defer said.catch(&err)
	a := newApp()
	memory := newWindowMemory(p, dir)
	p.useLanguage(memory.settings())
	w := p.newWindow(a, memory, watcher, notifier)
	w.Window().Show()
	if !w.IsUp() {
		return needsGL(said.failure(wordsNoReason.String()))
	}
	said.pass()
	p.missed(desktop.Present(desktop.InDock))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a.Lifecycle().SetOnStarted(func() {
		go watcher.Run(ctx, func(u scanner.Update) { showUpdate(w, u) })
		go serveLines(ctx, w, lines)
		go refresh(ctx, w)
		go memory.follow(ctx, w)
		context.AfterFunc(ctx, func() { fyne.Do(a.Driver().Quit) }) // as Fyne does at a signal, maybe before: App.Quit would panic then
	})
	a.Lifecycle().SetOnStopped(closing)
	a.Run()
	p.missed(desktop.Present(desktop.InMenuBar)) // what is left to do needs no icon in the Dock
	return nil
}

// prepareToolkit gives Fyne what it takes for granted, and has this process live
// on when the agent, which reads its standard error, ends first.
func prepareToolkit() {
	desktop.UseBus()
	if dir, err := os.UserCacheDir(); err == nil {
		os.MkdirAll(dir, 0o700) // where it cannot be made Fyne does without
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}

func newApp() fyne.App {
	fyneapp.SetMetadata(fyne.AppMetadata{ID: desktop.AppID, Name: "Portlight", Version: version})
	a := fyneapp.NewWithID(desktop.AppID)
	a.SetIcon(fyne.NewStaticResource("portlight.png", assets.WindowIcon))
	return a
}

func (p *program) newWindow(a fyne.App, memory *windowMemory, watcher *scanner.Watcher, notifier *notify.Notifier) *window.Window {
	return window.New(window.Options{
		App: a, Names: memory.names, Version: version, DataDir: memory.dir, Renamed: memory.renamed, Settings: memory.stored,
		Interval: p.interval, SetInterval: p.pace(watcher), TrayTitle: tray.ShowsTitle, Tray: trayOfWindow(),
		Health: func() window.Health {
			return window.Health{Diagnosis: p.diagnose(context.Background()), Own: p.cost(watcher)}
		},
		ReadDetails: func(_ context.Context, o scanner.Process) (*process.Details, error) { return process.Read(o.ID) },
		Measure:     process.Measure,
		Installed:   installed.Find,
		Connections: scanner.ConnectionsOf,
		Stop:        stopProcess,
		OpenURL:     desktop.OpenURL, Reveal: desktop.Reveal, OpenFolder: desktop.OpenFolder,
		LoginItem: desktop.LoginItem, SetLoginItem: desktop.SetLoginItem,
		AsksToNotify: func() bool { return notifier.Status().Asks }, AskToNotify: notifier.Ask,
	})
}

// useLanguage takes the language of stored settings.
func (p *program) useLanguage(stored map[string]string) {
	set, _ := alerts.ParseSettings(stored) // the Settings tab says what is wrong with them
	if err := words.Use(set.Language); err != nil {
		p.log.Error("language not taken", "error", err)
	}
}

// trayOfWindow is the icon as the window shows it.
func trayOfWindow() window.Tray {
	t := window.Tray{Icon: assets.Tray, Marked: assets.TrayMarked, Template: tray.Template, Shown: func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), trayPatience)
		defer cancel()
		shown, err := desktop.HasTrayHost(ctx)
		return shown || err != nil
	}}
	if t.Template {
		t.Icon, t.Marked = assets.TrayTemplate, assets.TrayTemplateMarked
	}
	return t
}

// pace has a watcher take the interval of the settings, unless one was given.
func (p *program) pace(watcher *scanner.Watcher) func(time.Duration) {
	return func(d time.Duration) {
		if p.interval == 0 {
			watcher.SetInterval(d) // the settings hold none out of bounds
		}
	}
}

func showUpdate(w *window.Window, u scanner.Update) {
	if u.Err != nil {
		w.Fail(u.Err)
		return
	}
	w.Update(u.Snapshot)
}

// refreshPeriod is how often clients are counted while a listener is chosen.
const refreshPeriod = 5 * time.Second

func refresh(ctx context.Context, w *window.Window) {
	tick := time.NewTicker(refreshPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.Refresh()
		}
	}
}

// serveLines does what other starts of Portlight ask for.
func serveLines(ctx context.Context, w *window.Window, lines <-chan string) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-lines:
			switch verb, id := desktop.Split(line); verb {
			case desktop.Show:
				w.Show(id)
			case desktop.Stop:
				w.AskStop(id)
			case desktop.Settings:
				w.ShowSettings()
			case desktop.Alerts:
				w.ShowAlerts()
			}
		}
	}
}

// stopProcess sends a signal to exactly this process and waits for its end.
func stopProcess(ctx context.Context, o scanner.Process, force bool) (process.Outcome, error) {
	if force {
		return process.Kill(ctx, o.ID, o.Path, stopPatience)
	}
	return process.Stop(ctx, o.ID, o.Path, stopPatience)
}
