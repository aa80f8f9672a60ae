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

func TestParseDisplay(t *testing.T) {
	for name, want := range map[string]struct {
		socket string
		ok     bool
	}{
		":0":             {"/tmp/.X11-unix/X0", true},
		":10.2":          {"/tmp/.X11-unix/X10", true},
		"unix:1":         {"/tmp/.X11-unix/X1", true},
		"unix/host:1":    {"/tmp/.X11-unix/X1", true},
		"/run/x:0":       {"/run/x:0", true},
		"localhost:10.0": {"", true},
		"tcp/host:0":     {"", true},
		"[::1]:0":        {"", true},
		"host::0":        {"", true},
		"":               {"", false},
		":":              {"", false},
		":x":             {"", false},
		":0.x":           {"", false},
		":-1":            {"", false},
		"0":              {"", false},
	} {
		if socket, ok := parseDisplay(name); socket != want.socket || ok != want.ok {
			t.Errorf("parseDisplay(%q) = %q, %v", name, socket, ok)
		}
	}
}

func FuzzParseDisplay(f *testing.F) {
	for _, s := range []string{":0", "host:0.1", "/path:1", "unix/:0", "a:b:c", ":99999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if socket, ok := parseDisplay(s); socket != "" && (!ok || !filepath.IsAbs(socket)) {
			t.Errorf("parseDisplay(%q) = %q, %v", s, socket, ok)
		}
	})
}

func TestHasDisplay(t *testing.T) {
	run := filepath.Dir(newFolders(t))
	t.Setenv("XDG_RUNTIME_DIR", run)
	for _, none := range []string{"", "nonsense", ":54321", filepath.Join(run, "gone") + ":0"} {
		t.Setenv("DISPLAY", none)
		if HasDisplay() {
			t.Errorf("DISPLAY=%q: there is a display", none)
		}
	}
	t.Setenv("DISPLAY", startX(t))
	if !HasDisplay() {
		t.Error("with an X server: none")
	}
	t.Setenv("DISPLAY", "somewhere.example:0")
	if !HasDisplay() {
		t.Error("a remote display: none")
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
