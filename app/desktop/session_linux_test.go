package desktop

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"portlight/app/desktop/bustest"
)

// TestCheckSession plays the desktops by what they have: displays that are named,
// and names on the bus.
func TestCheckSession(t *testing.T) {
	newFolders(t)
	display := startX(t)
	const noX, tray, notes = ":54321", trayWatcher, notifications
	for _, c := range []struct {
		name, x, wayland string
		owned            []string
		session, window  bool
	}{
		{"X", display, "", nil, true, true},
		{"Wayland", "", "wayland-0", nil, true, true},
		{"Wayland, X broken", noX, "wayland-0", nil, true, true},
		{"no display", "", "", nil, false, false},
		{"no display, notifications", "", "", []string{notes}, false, false},
		{"no display, tray", "", "", []string{tray}, true, false},
		{"X broken", noX, "", nil, false, false},
		{"X broken, notifications", noX, "", []string{notes}, true, false},
		{"X broken, tray", noX, "", []string{tray}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			bus := bustest.Start(t)
			for _, name := range c.owned {
				if _, err := bus.Connect(t).RequestName(name, 0); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("DISPLAY", c.x)
			t.Setenv("WAYLAND_DISPLAY", c.wayland)
			noWindow, err := CheckSession(context.Background())
			if (err == nil) != c.session || c.session && (noWindow == nil) != c.window {
				t.Errorf("no window: %v, no session: %v", noWindow, err)
			}
		})
	}
	t.Setenv("DISPLAY", display)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/x")
	if _, err := CheckSession(context.Background()); err == nil || !strings.Contains(err.Error(), "/nonexistent/x") {
		t.Errorf("without a bus: %v", err)
	}
}

func TestUseBus(t *testing.T) {
	newFolders(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	UseBus()
	if got := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); got != "disabled:" {
		t.Errorf("without a bus: %q", got)
	}
	if _, err := dbus.SessionBusPrivate(); err == nil {
		t.Error("without a bus: godbus connects to one")
	}
	bus := bustest.Start(t)
	UseBus()
	if got := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); got != bus.Address {
		t.Errorf("with a bus: %q, want %q", got, bus.Address)
	}
}

func TestBusAddress(t *testing.T) {
	newFolders(t)
	run := os.Getenv("XDG_RUNTIME_DIR")
	for _, unset := range []string{"", "autolaunch:", "autolaunch:scope=*user"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", unset)
		if got, err := BusAddress(); err == nil {
			t.Errorf("%q: %q, want an error", unset, got)
		}
		if _, err := HasTrayHost(context.Background()); err == nil {
			t.Errorf("%q: a bus was found", unset)
		}
	}
	if err := os.WriteFile(filepath.Join(run, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := BusAddress(); err == nil {
		t.Errorf("a plain file: %q, want an error", got)
	}
	os.Remove(filepath.Join(run, "bus"))
	l, err := net.Listen("unix", filepath.Join(run, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got, err := BusAddress(); got != "unix:path="+run+"/bus" || err != nil {
		t.Errorf("BusAddress = %q, %v", got, err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=x")
	if got, err := BusAddress(); got != "unix:abstract=x" || err != nil {
		t.Errorf("BusAddress = %q, %v", got, err)
	}
}

func TestConnectBusErrors(t *testing.T) {
	for _, address := range []string{"unix:path=/nonexistent/x", "nonsense", "unixexec:path=/bin/false", "tcp:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		begin := time.Now()
		if _, err := ConnectBus(context.Background()); err == nil || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%s: took %v", address, took)
		}
	}
}

// A bus that takes the connection and says nothing more is left in time.
func TestSilentBus(t *testing.T) {
	bus := bustest.Start(t)
	bus.Signal(t, syscall.SIGSTOP)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := ConnectBus(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ConnectBus: %v, want a deadline exceeded", err)
	}
}

func TestHasTrayHost(t *testing.T) {
	bus := bustest.Start(t)
	check := func(what string, want bool) {
		t.Helper()
		if got, err := HasTrayHost(context.Background()); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", what, got, err, want)
		}
	}
	check("no watcher", false)
	watcher := bus.Connect(t)
	if r, err := watcher.RequestName(trayWatcher, 0); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(r, err)
	}
	if got, err := HasTrayHost(context.Background()); got || err == nil {
		t.Errorf("a watcher without the property: %v, %v, want an error", got, err)
	}
	props := export(t, watcher, false)
	check("no host", false)
	props.SetMust(trayWatcher, trayProperty, true)
	check("a host", true)
	export(t, watcher, "odd")
	if got, err := HasTrayHost(context.Background()); got || err == nil {
		t.Errorf("a property of another type: %v, %v, want an error", got, err)
	}
}

func export(t *testing.T, conn *dbus.Conn, registered any) *prop.Properties {
	t.Helper()
	props, err := prop.Export(conn, trayPath, prop.Map{trayWatcher: {trayProperty: {Value: registered, Emit: prop.EmitFalse}}})
	if err != nil {
		t.Fatal(err)
	}
	return props
}
