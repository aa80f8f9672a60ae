//go:build e2e && linux

package e2e

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// panelHeight is the height of the panel, at the top of the screen, in pixels.
const panelHeight = 28

// panelConfig is a panel with a list of windows and a tray.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="%t"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="16"/>
      <property name="size" type="uint" value="%d"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
        <value type="int" value="4"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
    <property name="plugin-4" type="string" value="separator">
      <property name="style" type="uint" value="0"/>
    </property>
  </property>
</channel>
`

// look is how a real desktop is set up.
type look struct {
	name     string // of the pictures
	dark     bool   // panel and window
	notifier string // program that shows notifications
	class    string // of its windows
	choose   func(*desktop, window)
}

func looks(t *testing.T) []look {
	return []look{
		{"dark-dunst", true, "dunst", "Dunst", (*desktop).chooseDefault},
		{"light-xfce4-notifyd", false, notifyd(t), "Xfce4-notifyd", (*desktop).chooseButton},
	}
}

// chooseDefault invokes the default action of dunst's notification.
func (d *desktop) chooseDefault(window) { d.x("dunstctl", "action", "0") }

// chooseButton presses the first of the three buttons of xfce4-notifyd's notification,
// which are at its lower right.
func (d *desktop) chooseButton(w window) { d.press(w.area.Max.Sub(image.Pt(240, 30))) }

// notifyd finds xfce4-notifyd, which lies outside the path.
func notifyd(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*/xfce4/notifyd/xfce4-notifyd", "/usr/lib*/xfce4/notifyd/xfce4-notifyd"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("xfce4-notifyd is not installed")
	return ""
}

// TestPanel shows icon, menu, submenu, notification and window on real desktops
// and takes pictures of each.
func TestPanel(t *testing.T) {
	t.Parallel()
	for _, l := range looks(t) {
		t.Run(l.name, func(t *testing.T) { realDesktop(t, l).tour(l) })
	}
}

// realDesktop starts a window manager, a panel and a notification service.
func realDesktop(t *testing.T, l look) *desktop {
	d := newFolders(t)
	d.startDisplay()
	d.startBus(servicesOnDemand)
	dir := filepath.Join(d.dir, "config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Appendf(nil, panelConfig, l.dark, panelHeight)
	if err := os.WriteFile(filepath.Join(dir, "xfce4-panel.xml"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	d.run("xsetroot", "-solid", "#3b5570")
	d.run("xfwm4", "--compositor=off")
	d.run(l.notifier)
	d.run("xfce4-panel", "--disable-wm-check")
	waitFor(t, "the panel is drawn", 10*time.Second, func() bool {
		return d.owned(watcherName) && d.owned(notesName) && colours(d.screen.shot(t), panelArea) > 1
	})
	d.settle()
	return d
}

var panelArea = image.Rect(0, 0, screenWidth, panelHeight)

// run starts a program on this desktop, which may end by itself.
func (d *desktop) run(name string, args ...string) {
	d.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = d.env()
	startProcess(d.t, cmd)
}

// owned reports whether somebody owns a name on the bus.
func (d *desktop) owned(name string) bool {
	var has bool
	conn := d.connect()
	defer conn.Close()
	err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
	return err == nil && has
}

// tour goes through what a user sees first.
func (d *desktop) tour(l look) {
	theme := "FYNE_THEME=light"
	if l.dark {
		theme = "FYNE_THEME=dark"
	}
	d.firstRun()
	before := d.screen.shot(d.t)
	d.startWith([]string{theme})
	icon := d.waitIcon(before)
	d.settle()
	d.picture(l.name + "-1-icon")

	daemon(d.t, program(d.t, "redis-server"), nil, "tcp 127.0.0.1:6379")
	daemon(d.t, program(d.t, "caddy"), nil, "tcp4 0.0.0.0:8080")
	note := d.waitClass(l.class)
	d.settle()
	d.picture(l.name + "-2-notification")
	if note.area.Dx() < 100 || note.area.Dy() < 30 {
		d.t.Errorf("the notification's window is %v", note.area)
	}

	l.choose(d, note)
	d.waitWindow(regexp.MustCompile(`^8080  http-alt — caddy – Portlight$`))
	d.settle()
	d.picture(l.name + "-3-window")

	d.openMenu(icon)
	d.picture(l.name + "-4-menu")
	d.keys("Down", "Down", "Right")
	d.settle()
	d.picture(l.name + "-5-submenu")
	if all := d.popups(); len(all) != 2 {
		d.t.Errorf("%d menus are open, want the menu and its submenu: %v", len(all), all)
	}
	d.keys("Return")
	d.waitWindow(regexp.MustCompile(`^6379  \S.* — redis-server – Portlight$`))
}

// firstRun has Portlight watch for the first time, so that it greets no more.
func (d *desktop) firstRun() {
	d.t.Helper()
	d.welcomed()
	p := d.start("watch", "--record")
	waitFor(d.t, "the baseline is recorded", 5*time.Second, func() bool { return strings.Contains(p.log.String(), "Watching") })
	p.stop(d.t)
}

// waitIcon waits until the panel shows something new, and gives its place.
func (d *desktop) waitIcon(before *image.RGBA) image.Rectangle {
	d.t.Helper()
	var icon image.Rectangle
	waitFor(d.t, "an icon in the panel", 5*time.Second, func() bool {
		icon = difference(before, d.screen.shot(d.t), panelArea)
		return icon.Dx() >= 8 && icon.Dy() >= 8
	})
	if icon.Dx() > 2*panelHeight {
		d.t.Errorf("the panel has changed at %v: that is more than an icon", icon)
	}
	return icon
}

// difference is the smallest rectangle that holds all pixels of a part that
// differ.
func difference(a, b *image.RGBA, part image.Rectangle) image.Rectangle {
	var all image.Rectangle
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				all = all.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all
}

// waitClass waits for a drawn window of a class.
func (d *desktop) waitClass(class string) window {
	d.t.Helper()
	var found window
	waitFor(d.t, "a window of "+class, 5*time.Second, func() bool {
		for _, w := range d.windows() {
			if strings.EqualFold(w.class, class) && w.area.Dx() > 50 && colours(d.screen.shot(d.t), w.area) > 16 {
				found = w
				return true
			}
		}
		return false
	})
	return found
}

// press clicks a place on the screen.
func (d *desktop) press(at image.Point) {
	d.t.Helper()
	d.x("xdotool", "mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1")
}

// openMenu clicks the icon and waits for the menu.
func (d *desktop) openMenu(icon image.Rectangle) {
	d.t.Helper()
	d.press(icon.Min.Add(icon.Max).Div(2))
	waitFor(d.t, "the menu is open", 5*time.Second, func() bool { return len(d.popups()) > 0 })
	d.settle()
}

// popups are the windows of the panel's process below the panel: its menus.
func (d *desktop) popups() []window {
	var all []window
	for _, w := range d.windows() {
		shown := w.area.Dx() > 60 && w.area.Dy() > 60 && w.area.Dx() < screenWidth
		if shown && (strings.EqualFold(w.class, "xfce4-panel") || strings.HasPrefix(w.class, "wrapper")) {
			all = append(all, w)
		}
	}
	return all
}
