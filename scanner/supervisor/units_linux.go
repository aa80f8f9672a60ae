package supervisor

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"

	"portlight/assets/words"
)

// units are the socket units of one manager. They are not changed.
type units struct {
	byAddr map[endpoint]activation
	byName map[string]activation
}

// activation is a socket unit and what it starts, "" if it is not known.
type activation struct{ unit, starts string }

// find looks for the unit of a place, or where systemd itself is the place for
// that of an address.
func (u *units) find(p Place, at endpoint) (a activation, ok bool) {
	if u == nil {
		return a, false
	}
	if p.Kind == Activated {
		a, ok = u.byName[p.Unit]
	} else {
		a, ok = u.byAddr[at]
	}
	return a, ok
}

func (u *units) same(o *units) bool {
	return u != nil && o != nil && maps.Equal(u.byAddr, o.byAddr) && maps.Equal(u.byName, o.byName)
}

// Bounds of what is taken from systemd.
const (
	maxUnits     = 256
	maxListens   = 256     // of a unit
	maxBusAnswer = 8 << 20 // bytes, of all messages
)

// systemBus is the address of the system's bus (dbus-daemon(1)).
func systemBus() string {
	return firstOf(os.Getenv("DBUS_SYSTEM_BUS_ADDRESS"), "unix:path=/run/dbus/system_bus_socket")
}

// sessionBus is the address of the user's bus (systemd's user-runtime-dir, XDG).
func sessionBus() string {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return "unix:path=" + dir + "/bus"
	}
	return ""
}

// busAsker asks the manager on a bus for its socket units
// (org.freedesktop.systemd1(5)).
func busAsker(address string) func(context.Context) (*units, error) {
	return func(ctx context.Context) (*units, error) {
		conn, err := dialBus(ctx, address)
		if err != nil {
			return nil, words.Wrap(wordAskSystemd, err)
		}
		defer conn.Close()
		u, err := listSockets(ctx, conn)
		if err != nil {
			return nil, words.Wrap(wordAskSystemd, err)
		}
		return u, nil
	}
}

// boundedConn ends with the context, and after so many bytes.
type boundedConn struct {
	io.Reader
	net.Conn
}

func (c boundedConn) Read(b []byte) (int, error) { return c.Reader.Read(b) }

func dialBus(ctx context.Context, address string) (*dbus.Conn, error) {
	if address == "" {
		return nil, fmt.Errorf("there is no bus: %w", fs.ErrNotExist)
	}
	path, ok := parseBus(address)
	if !ok {
		return nil, fmt.Errorf("bus %q is no local socket", address)
	}
	raw, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	conn, err := dbus.NewConn(boundedConn{io.LimitReader(raw, maxBusAnswer), raw}, dbus.WithContext(ctx))
	if err != nil {
		stop()
		raw.Close()
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

const (
	systemdName    = "org.freedesktop.systemd1"
	systemdManager = systemdName + ".Manager"
	systemdSocket  = systemdName + ".Socket"
	systemdUnit    = systemdName + ".Unit"
)

// listed is a unit as ListUnitsByPatterns tells of it.
type listed struct {
	Name, Description, Load, Active, Sub, Following string
	Path                                            dbus.ObjectPath
	Job                                             uint32
	JobType                                         string
	JobPath                                         dbus.ObjectPath
}

func listSockets(ctx context.Context, conn *dbus.Conn) (*units, error) {
	manager := conn.Object(systemdName, "/org/freedesktop/systemd1")
	var list []listed
	call := manager.CallWithContext(ctx, systemdManager+".ListUnitsByPatterns", dbus.FlagNoAutoStart, []string{"active"}, []string{"*.socket"})
	if err := call.Store(&list); err != nil {
		return nil, err
	}
	u := &units{map[endpoint]activation{}, map[string]activation{}}
	for _, l := range list[:min(len(list), maxUnits)] {
		if len(l.Name) > maxName || !l.Path.IsValid() {
			continue
		}
		readSocket(ctx, conn.Object(systemdName, l.Path), l.Name).addTo(u)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// socketUnit is what is read of a unit. What cannot be read is left out.
type socketUnit struct {
	name     string
	accept   bool
	listen   []struct{ Kind, Address string }
	triggers []string
}

func readSocket(ctx context.Context, object dbus.BusObject, name string) socketUnit {
	s := socketUnit{name: name}
	get := func(in, property string) *dbus.Call {
		return object.GoWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, make(chan *dbus.Call, 1), in, property)
	}
	for _, p := range []struct {
		call *dbus.Call
		to   any
	}{{get(systemdSocket, "Listen"), &s.listen}, {get(systemdSocket, "Accept"), &s.accept}, {get(systemdUnit, "Triggers"), &s.triggers}} {
		var v dbus.Variant
		if (<-p.call.Done).Store(&v) == nil {
			_ = v.Store(p.to) // of the wrong type it is left out
		}
	}
	return s
}

// addTo adds a unit to others. The first of two on one address counts.
func (s socketUnit) addTo(u *units) {
	a := activation{s.name, s.starts()}
	u.byName[s.name] = a
	for _, l := range s.listen[:min(len(s.listen), maxListens)] {
		for _, at := range parseListen(l.Kind, l.Address) {
			if _, taken := u.byAddr[at]; !taken {
				u.byAddr[at] = a
			}
		}
	}
}

// starts is the service that a connection starts. Where each has its own, those
// that are there are instances of the template.
func (s socketUnit) starts() string {
	if s.accept {
		return template(s.name)
	}
	services := slices.DeleteFunc(s.triggers, func(t string) bool { return len(t) > maxName || !strings.HasSuffix(t, ".service") })
	if len(services) == 0 {
		return ""
	}
	return slices.MinFunc(services, cmp.Compare[string])
}
