//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// The headings of the menu's sections.
const (
	news     = "New" // there only while an alert is new
	external = "Others can reach"
	local    = "Only this computer"
)

const (
	itemPath = dbus.ObjectPath("/StatusNotifierItem")
	itemName = "org.kde.StatusNotifierItem"
	menuName = "com.canonical.dbusmenu"
)

// entry is one item of the menu that is visible.
type entry struct {
	id        int32
	label     string // without mnemonics
	raw       string // as sent
	separator bool
	enabled   bool
	checked   bool
	children  []entry
}

// layout is the wire form of an item: (ia{sv}av).
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// item is the icon's object on the bus.
func (d *desktop) item(path dbus.ObjectPath) (dbus.BusObject, error) {
	if d.tray == nil {
		return nil, errors.New("no tray host")
	}
	items := d.tray.registered()
	if len(items) == 0 {
		return nil, errors.New("no icon is registered")
	}
	return d.tray.conn.Object(items[len(items)-1], path), nil
}

// menuObject follows the icon's Menu property.
func (d *desktop) menuObject() (dbus.BusObject, error) {
	item, err := d.item(itemPath)
	if err != nil {
		return nil, err
	}
	path, err := item.GetProperty(itemName + ".Menu")
	if err != nil {
		return nil, err
	}
	p, ok := path.Value().(dbus.ObjectPath)
	if !ok {
		return nil, fmt.Errorf("the Menu property is %v", path)
	}
	return d.item(p)
}

// menu reads the whole menu of the icon.
func (d *desktop) menu() (entry, error) {
	obj, err := d.menuObject()
	if err != nil {
		return entry{}, err
	}
	var revision uint32
	var root layout
	if err := obj.Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		return entry{}, err
	}
	return newEntry(root)
}

func newEntry(l layout) (entry, error) {
	e := entry{id: l.ID, enabled: true}
	if v, ok := l.Properties["label"]; ok {
		e.raw, _ = v.Value().(string)
		e.label = withoutMnemonics(e.raw)
	}
	if v, ok := l.Properties["enabled"]; ok {
		e.enabled, _ = v.Value().(bool)
	}
	e.checked = l.Properties["toggle-state"].Value() == int32(1)
	e.separator = l.Properties["type"].Value() == "separator"
	for _, c := range l.Children {
		var child layout
		if err := dbus.Store([]any{c.Value()}, &child); err != nil {
			return e, err
		}
		if v, ok := child.Properties["visible"]; ok && v.Value() == false {
			continue
		}
		sub, err := newEntry(child)
		if err != nil {
			return e, err
		}
		e.children = append(e.children, sub)
	}
	return e, nil
}

// withoutMnemonics gives a label as it is drawn: "__" is "_", a single "_" is
// not drawn.
func withoutMnemonics(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "__", "\x00"), "_", ""), "\x00", "_")
}

// section is a heading of the menu with the rows below it.
type section struct {
	found bool
	rows  []entry
}

// section gives the rows below a heading, up to the next heading or separator.
func (e entry) section(title string) section {
	var s section
	for _, c := range e.children {
		switch {
		case c.label == title:
			s.found = true
		case s.found && (c.separator || c.label == news || c.label == external || c.label == local):
			return s
		case s.found:
			s.rows = append(s.rows, c)
		}
	}
	return s
}

// child finds an entry by its label.
func (e entry) child(label string) (entry, bool) {
	for _, c := range e.children {
		if c.label == label {
			return c, true
		}
	}
	return entry{}, false
}

// row finds the row of a port, "8080" or "53/udp".
func (s section) row(port string) (entry, bool) {
	for _, r := range s.rows {
		if strings.HasPrefix(r.label, port+"  ") {
			return r, true
		}
	}
	return entry{}, false
}

// String is the menu as text, for messages.
func (e entry) String() string {
	var b strings.Builder
	for _, c := range e.children {
		fmt.Fprintf(&b, "%4d %q\n", c.id, c.label)
		for _, s := range c.children {
			fmt.Fprintf(&b, "     %4d %q\n", s.id, s.label)
		}
	}
	return b.String()
}

// row waits for the row of a port in a section, with its submenu.
func (d *desktop) row(title, port string) entry {
	d.t.Helper()
	var found entry
	var m entry
	ok := eventually(2*time.Second, func() bool {
		var err error
		if m, err = d.menu(); err != nil {
			return false
		}
		var there bool
		found, there = m.section(title).row(port)
		return there && len(found.children) > 0
	})
	if !ok {
		d.t.Fatalf("no row for port %s below %q within 2 s; the menu is\n%v", port, title, m)
	}
	return found
}

// gone waits until no section has a row of this port.
func (d *desktop) gone(port string) {
	d.t.Helper()
	waitFor(d.t, "the row of port "+port+" is gone", 2*time.Second, func() bool {
		m, err := d.menu()
		if err != nil {
			return false
		}
		_, inExternal := m.section(external).row(port)
		_, inLocal := m.section(local).row(port)
		return !inExternal && !inLocal
	})
}

// event sends an event to the menu: "clicked", "opened".
func (d *desktop) event(id int32, kind string) {
	d.t.Helper()
	obj, err := d.menuObject()
	if err != nil {
		d.t.Fatal(err)
	}
	call := obj.Call(menuName+".Event", 0, id, kind, dbus.MakeVariant(""), uint32(0))
	if call.Err != nil {
		d.t.Fatalf("event %s: %v", kind, call.Err)
	}
}

// click clicks the entry of a row's submenu, or of the menu itself.
func (d *desktop) click(in entry, label string) {
	d.t.Helper()
	e, ok := in.child(label)
	if !ok {
		d.t.Fatalf("no entry %q in %q:\n%v", label, in.label, in)
	}
	if !e.enabled {
		d.t.Fatalf("the entry %q of %q is disabled", label, in.label)
	}
	d.event(e.id, "clicked")
}

// mustMenu reads the menu now.
func (d *desktop) mustMenu() entry {
	d.t.Helper()
	m, err := d.menu()
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

// rowLabel is what the row of a listener looks like. The service stands there
// only where the port has a name.
func rowLabel(port, program string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(port) + "  (\\S.* — )?" + regexp.QuoteMeta(program) + "$")
}

func checkLabel(t testing.TB, r entry, port, program string) {
	t.Helper()
	if !rowLabel(port, program).MatchString(r.label) {
		t.Errorf("the row of port %s of %s reads %q", port, program, r.label)
	}
}

// tooltip is the text that the icon has.
func (d *desktop) tooltip() string {
	d.t.Helper()
	item, err := d.item(itemPath)
	if err != nil {
		d.t.Fatal(err)
	}
	v, err := item.GetProperty(itemName + ".ToolTip")
	if err != nil {
		d.t.Fatal(err)
	}
	fields, _ := v.Value().([]any)
	if len(fields) != 4 {
		d.t.Fatalf("the tooltip is %v", v)
	}
	text, _ := fields[2].(string)
	return text
}

// TestMenuWithoutNews: as long as nothing is new the menu says nothing of it, and
// what is about alerts stands below the listeners.
func TestMenuWithoutNews(t *testing.T) {
	d := fullDesktop(t)
	d.agent("--interval", "250ms")
	n := freePort(t)
	daemon(t, program(t, "portly-local"), nil, fmt.Sprintf("tcp 127.0.0.1:%d", n))
	tell, ok := d.row(local, port(n)).child("Tell me when this closes")
	if !ok || !tell.enabled || tell.checked {
		t.Errorf("found %t: %+v, want it there and unchecked", ok, tell)
	}
	m := d.mustMenu()
	pause, _ := m.child("Pause alerts")
	for _, label := range []string{"For an hour", "Until tomorrow"} {
		if e, ok := pause.child(label); !ok || !e.enabled {
			t.Errorf("no entry %q:\n%v", label, m)
		}
	}
	for _, label := range []string{news, "Mark all as seen", "Resume alerts"} {
		if _, ok := m.child(label); ok {
			t.Errorf("there is an entry %q:\n%v", label, m)
		}
	}
	if text := d.tooltip(); text != "What listens on this computer" {
		t.Errorf("the tooltip is %q", text)
	}
}

func port(n int) string { return strconv.Itoa(n) }
