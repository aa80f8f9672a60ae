package desktop

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// BusAddress gives the address of the session bus: $DBUS_SESSION_BUS_ADDRESS,
// or else the socket $XDG_RUNTIME_DIR/bus. It never starts a bus, as libraries
// do that run dbus-launch where there is none.
func BusAddress() (string, error) {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && !strings.HasPrefix(a, "autolaunch:") {
		return a, nil
	}
	path := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
	if info, err := os.Stat(path); err == nil && filepath.IsAbs(path) && info.Mode().Type() == fs.ModeSocket {
		return "unix:path=" + dbus.EscapeBusAddressValue(path), nil
	}
	return "", hintNoBus
}

// UseBus puts the address of the session bus into the environment, where
// libraries look for it, and where there is none the word for that: they would
// start a bus of their own, which nobody ends.
func UseBus() {
	address, err := BusAddress()
	if err != nil {
		address = "disabled:"
	}
	os.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
}

// ConnectBus makes a private connection to the session bus, ready for use. The
// context bounds the time to connect, not the life of the connection.
func ConnectBus(ctx context.Context, options ...dbus.ConnOption) (*dbus.Conn, error) {
	address, err := BusAddress()
	if err != nil {
		return nil, err
	}
	life, end := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, end)
	conn, err := dbus.Connect(address, append(options, dbus.WithContext(life))...)
	if !stop() {
		if err == nil {
			conn.Close()
		}
		return nil, fmt.Errorf("connect to %s: %w: %w", address, hintBusSilent, ctx.Err())
	}
	if err != nil {
		end()
		return nil, fmt.Errorf("connect to the session bus %s: %w", address, err)
	}
	return conn, nil
}
