package desktop

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	trayWatcher  = "org.kde.StatusNotifierWatcher"
	trayPath     = "/StatusNotifierWatcher"
	trayProperty = "IsStatusNotifierHostRegistered"

	notifications = "org.freedesktop.Notifications"
)

// patience is how long a display and a bus get to answer, each.
const patience = 3 * time.Second

// CheckSession says why there is no desktop to run on, or nil. A session bus has
// to answer, and there has to be somebody to look: a display of X or Wayland, or
// for want of one a tray on the bus or, where DISPLAY is set but leads nowhere, a
// notification service. NoWindow is then why no window can be shown on the
// desktop; nil is no promise on Wayland, where that is not tried.
func CheckSession(ctx context.Context) (noWindow, err error) {
	if os.Getenv("WAYLAND_DISPLAY") == "" {
		noWindow = CheckDisplay(ctx)
	}
	looks, err := askBus(ctx)
	if noWindow != nil && !looks {
		return nil, noWindow
	}
	return noWindow, err
}

// askBus reports whether there is something on the session bus that shows what
// it is given.
func askBus(ctx context.Context) (looks bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := ConnectBus(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	names := []string{trayWatcher}
	if os.Getenv("DISPLAY") != "" {
		names = append(names, notifications)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		owned, err := hasOwner(ctx, conn, name)
		return owned && err == nil
	}), nil
}

// HasTrayHost reports whether something shows tray icons: the session bus has a
// StatusNotifierWatcher and a host is registered with it. The error says why
// that cannot be known; a bus without a watcher is no error.
func HasTrayHost(ctx context.Context) (bool, error) {
	conn, err := ConnectBus(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a tray: %w", err)
	}
	defer conn.Close()
	registered, err := askTrayHost(ctx, conn)
	if err != nil {
		return false, fmt.Errorf("look for a tray: %w", err)
	}
	return registered, nil
}

func askTrayHost(ctx context.Context, conn *dbus.Conn) (registered bool, err error) {
	owned, err := hasOwner(ctx, conn, trayWatcher)
	if err != nil || !owned {
		return false, err
	}
	var host dbus.Variant
	err = conn.Object(trayWatcher, trayPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get",
		dbus.FlagNoAutoStart, trayWatcher, trayProperty).Store(&host)
	if err != nil {
		return false, err
	}
	err = host.Store(&registered)
	return registered, err
}

func hasOwner(ctx context.Context, conn *dbus.Conn, name string) (owned bool, err error) {
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&owned)
	return owned, err
}
