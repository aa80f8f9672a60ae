package notify

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"

	"portlight/app/desktop"
	"portlight/app/view"
)

const (
	busName = "org.freedesktop.Notifications"
	busPath = "/org/freedesktop/Notifications"

	errNoOwner        = "org.freedesktop.DBus.Error.NameHasNoOwner"
	errServiceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown"
	errNoReply        = "org.freedesktop.DBus.Error.NoReply"
	errDisconnected   = "org.freedesktop.DBus.Error.Disconnected"
)

// The values of the hint "urgency", of expire_timeout and of the hint
// "category".
const (
	urgencyNormal   = byte(1)
	urgencyCritical = byte(2)
	expireDefault   = int32(-1)
	categoryNetwork = "network"
)

// maxName bounds the name of a service, in runes.
const maxName = 40

// service is what owns the name org.freedesktop.Notifications.
type service struct {
	owner         string // unique name on the bus
	name, version string
	actions       bool // shows buttons
	markup        bool // reads the body as markup
}

func (s service) call(ctx context.Context, conn *dbus.Conn, method string, args ...any) *dbus.Call {
	return conn.Object(s.owner, busPath).CallWithContext(ctx, busName+"."+method, 0, args...)
}

func (s service) status() Status {
	return Status{Name: s.name, Version: s.version, Actions: s.actions}
}

func isError(err error, name string) bool {
	var e dbus.Error
	return errors.As(err, &e) && e.Name == name
}

func findOwner(ctx context.Context, conn *dbus.Conn) (owner string, err error) {
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, busName).Store(&owner)
	return owner, err
}

// startService has the bus start the service, as most desktops set it up, and
// gives its owner.
func startService(ctx context.Context, conn *dbus.Conn) (owner string, err error) {
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.StartServiceByName", 0, busName, uint32(0)).Err
	switch {
	case isError(err, errServiceUnknown):
		return "", hintNoService
	case err != nil:
		return "", fmt.Errorf("start the notification service: %w", err)
	}
	return findOwner(ctx, conn)
}

// waiting is the status without a running service.
func waiting(ctx context.Context, conn *dbus.Conn) (Status, error) {
	var names []string
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListActivatableNames", 0).Store(&names)
	switch {
	case err != nil:
		return Status{}, err
	case !slices.Contains(names, busName):
		return Status{}, hintNoService
	}
	return Status{Waiting: true}, nil
}

func askService(ctx context.Context, conn *dbus.Conn, owner string) (service, error) {
	s := service{owner: owner}
	var capabilities []string
	if err := s.call(ctx, conn, "GetCapabilities").Store(&capabilities); err != nil {
		return service{}, fmt.Errorf("ask the notification service what it can do: %w", err)
	}
	var vendor, spec string
	if err := s.call(ctx, conn, "GetServerInformation").Store(&s.name, &vendor, &s.version, &spec); err != nil {
		return service{}, fmt.Errorf("ask the notification service what it is: %w", err)
	}
	s.name, s.version = view.Clean(s.name, maxName), view.Clean(s.version, maxName)
	s.actions = slices.Contains(capabilities, "actions")
	s.markup = slices.Contains(capabilities, "body-markup")
	return s, nil
}

// arguments are those of the method Notify. Old is the id to replace, or 0.
func (n *Notifier) arguments(m Notification, s service, old uint32) []any {
	body := plain(m.Body)
	if s.markup {
		body = escape.Replace(body)
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgencyNormal)}
	if m.Urgent {
		hints["urgency"] = dbus.MakeVariant(urgencyCritical)
	}
	for name, value := range n.hints {
		hints[name] = value
	}
	return []any{wordApp, old, desktop.AppID, plain(m.Title), body, actionList(m.Actions, s.actions), hints, expireDefault}
}

// actionList is IDs and labels by turns. A service that shows no buttons gets
// none: some would show a dialog instead. The default action has no label:
// xfce4-notifyd would draw it as one more button.
func actionList(actions []Action, shows bool) []string {
	if !shows {
		return []string{}
	}
	list := make([]string, 0, 2*len(actions)+2)
	if !slices.ContainsFunc(actions, func(a Action) bool { return a.ID == Default }) {
		list = append(list, Default, "")
	}
	for _, a := range actions {
		list = append(list, plain(a.ID), plain(a.Label))
	}
	return list
}

// escape is for a body that is read as markup. Quotes need none there, and not
// every service knows their numeric forms.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain makes a text fit for D-Bus, which closes the connection over invalid
// UTF-8 and NUL.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// baseHints are the hints of every notification.
func baseHints(o options) map[string]dbus.Variant {
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant(desktop.AppID),
		"category":      dbus.MakeVariant(categoryNetwork),
	}
	if o.icon != nil {
		hints["image-data"] = dbus.MakeVariant(pixelsOf(o.icon))
	}
	return hints
}

// pixels is the D-Bus structure of the hint "image-data" (iiibiiay).
type pixels struct {
	Width, Height, Stride int32
	HasAlpha              bool
	BitsPerSample         int32
	Channels              int32
	Data                  []byte
}

// pixelsOf gives a picture as rows of red, green, blue and alpha, where alpha is
// not multiplied in.
func pixelsOf(icon image.Image) pixels {
	size := icon.Bounds()
	p := pixels{int32(size.Dx()), int32(size.Dy()), int32(4 * size.Dx()), true, 8, 4, make([]byte, 0, 4*size.Dx()*size.Dy())}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			c := color.NRGBAModel.Convert(icon.At(x, y)).(color.NRGBA)
			p.Data = append(p.Data, c.R, c.G, c.B, c.A)
		}
	}
	return p
}

// event is what a signal of the service says about a notification.
type event struct {
	id     uint32
	action string // what the user chose, or ""
	closed bool   // it stands no more
}

func parseSignal(s *dbus.Signal) (event, bool) {
	if s.Path != busPath || len(s.Body) < 2 {
		return event{}, false
	}
	id, ok := s.Body[0].(uint32)
	if !ok {
		return event{}, false
	}
	switch s.Name {
	case busName + ".ActionInvoked":
		action, ok := s.Body[1].(string)
		return event{id: id, action: action}, ok
	case busName + ".NotificationClosed":
		return event{id: id, closed: true}, true
	}
	return event{}, false
}
