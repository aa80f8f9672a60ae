//go:build !darwin

package tray

import (
	"fmt"
	"strings"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

// label is a title for com.canonical.dbusmenu, where a single underscore marks
// the access key.
func label(s string) string { return strings.ReplaceAll(s, "_", "__") }

// prepare sets what must be known before systray connects: the title becomes
// the item's Id.
func prepare(o *Options) {
	systray.SetTitle(o.Title)
	systray.SetIcon(o.Icon)
	systray.SetTooltip(o.Tooltip)
}

// dress does nothing: prepare did all.
func dress(*Options) {}

// watchBus opens the connection that systray is going to share, and calls lost
// when there is none or it ends.
func watchBus(lost func(error)) {
	conn, err := dbus.SessionBus()
	if err != nil {
		go lost(fmt.Errorf("connect to the session bus: %w", err))
		return
	}
	go func() {
		<-conn.Context().Done()
		lost(ErrBusGone)
	}()
}
