package desktop

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	trayWatcher  = "org.kde.StatusNotifierWatcher"
	trayPath     = "/StatusNotifierWatcher"
	trayProperty = "IsStatusNotifierHostRegistered"
)

// HasDisplay reports whether a window can be shown: DISPLAY names an X server,
// which a Wayland desktop offers by XWayland. A local one must take connections;
// whether it lets this user in is not checked, nor whether one on another
// computer is there.
func HasDisplay() bool {
	socket, ok := parseDisplay(os.Getenv("DISPLAY"))
	return ok && (socket == "" || listens(socket) || listens("@"+socket))
}

func listens(socket string) bool {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// parseDisplay gives the socket of a display name (X(7), "Display names"), or
// "" where the name is of an X server on another computer or reached by TCP. It
// reports whether the name is one.
func parseDisplay(name string) (socket string, ok bool) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return "", false
	}
	host, number := name[:i], name[i+1:]
	display, screen, hasScreen := strings.Cut(number, ".")
	if !isNumber(display) || hasScreen && !isNumber(screen) {
		return "", false
	}
	switch {
	case filepath.IsAbs(host):
		return host + ":" + display, true
	case host == "", host == "unix", strings.HasPrefix(host, "unix/"), strings.HasPrefix(host, "local/"):
		return "/tmp/.X11-unix/X" + display, true
	}
	return "", true
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
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
	var owned bool
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, trayWatcher).Store(&owned)
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
