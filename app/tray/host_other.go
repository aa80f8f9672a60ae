//go:build !darwin

package tray

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/systray"
	"github.com/godbus/dbus/v5"
)

// label is a title for com.canonical.dbusmenu, where a single underscore marks
// the access key.
func label(s string) string { return strings.ReplaceAll(s, "_", "__") }

const (
	// exportFor is how long systray may take to export the item.
	exportFor = 2 * time.Second

	exportTick = 2 * time.Millisecond
)

// prepare sets what must be known before systray connects: the title becomes
// the item's Id. Until dress it is the tooltip too.
func prepare(o *Options) {
	systray.SetTitle(o.Title)
	systray.SetIcon(o.Icon)
	systray.SetTooltip(o.Title)
}

// dress sets the tooltip until the item on the bus has it. systray exports the
// item on another goroutine, and an icon or a tooltip that is set meanwhile is
// lost: what is set after dress is not. The item has to be there first: a
// tooltip that it is exported with proves nothing.
func dress(o *Options) {
	conn, err := dbus.SessionBus()
	if err != nil {
		return // watchBus tells
	}
	ctx, cancel := context.WithTimeout(conn.Context(), exportFor)
	defer cancel()
	tick := time.NewTicker(exportTick)
	defer tick.Stop()
	for ctx.Err() == nil {
		switch text, ok := tooltip(ctx, conn); {
		case ok && text == o.Tooltip.String():
			return
		case ok:
			systray.SetTooltip(o.Tooltip.String())
		}
		<-tick.C
	}
}

// tooltip reads the tooltip from the item that this process exports; false if
// there is none yet.
func tooltip(ctx context.Context, conn *dbus.Conn) (string, bool) {
	var v dbus.Variant
	item := conn.Object(conn.Names()[0], "/StatusNotifierItem")
	call := item.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.kde.StatusNotifierItem", "ToolTip")
	if call.Store(&v) != nil {
		return "", false
	}
	fields, ok := v.Value().([]any)
	if !ok || len(fields) != 4 {
		return "", false
	}
	text, ok := fields[2].(string)
	return text, ok
}

// ShowsTitle tells whether this system shows a text beside the icon: the title of a
// StatusNotifierItem is the app's name, and there is no place for another.
const ShowsTitle = false

// Template tells whether this system draws the template icons, in the colour of what is
// around them.
const Template = false

// showTitle does nothing.
func showTitle(string) {}

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
