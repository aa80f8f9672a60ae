package main

import (
	"errors"
	"slices"
	"strings"

	"portlight/app/desktop"
	"portlight/app/notify"
)

// On macOS agent and window are one app: a second start of it and a click on one of its
// notifications may come to either. The agent opens the window, and knows what the
// notifications are about; the window hands over what comes to it.

// hearDesktop has the agent do what the desktop asks of it. It is called on the main
// goroutine, before the tray's loop begins.
func (a *agent) hearDesktop() {
	a.missed(desktop.Present(desktop.InMenuBar))
	a.missed(desktop.OnReopen(desktop.TrayLoop, func() { a.open(desktop.Show) }))
	a.missed(desktop.OnWake(a.refresh))
}

// missed logs what a desktop lacks that Portlight can do without.
func (p *program) missed(err error) {
	if err != nil {
		p.log.Warn("the desktop lacks something", "error", err)
	}
}

// refresh scans at once.
func (a *agent) refresh() {
	if w := a.watcher.Load(); w != nil {
		w.Refresh()
	}
}

// clickLine is a click on a notification in the language of the agent's socket.
func clickLine(key, action string) string { return desktop.Clicked + " " + action + " " + key }

// parseClick reads what stands behind the verb of a clickLine.
func parseClick(argument string) (key, action string, ok bool) {
	action, key, _ = strings.Cut(argument, " ")
	known := slices.Contains([]string{notify.Default, actionDetails, actionAllow, actionMute}, action)
	return key, action, known && key != ""
}

// handOver gives the agent what came to the window's process. Where no agent takes it
// the window shows itself, or the alerts: what is left for the window to do is returned.
// A start of the app is that of its agent, where none runs: macOS hands it to the window.
func handOver(dir, line string, start func() error) (left string, err error) {
	err = tell(roleAgent, dir, line)
	switch verb, _ := desktop.Split(line); {
	case err == nil:
		return "", nil
	case verb == desktop.Clicked:
		return desktop.Alerts, err
	case errors.Is(err, desktop.ErrNotRunning):
		err = start()
	}
	return desktop.Show, err
}
