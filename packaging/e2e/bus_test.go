//go:build e2e && linux

package e2e

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"portlight/app/alerts"
	"portlight/app/history"
)

// desktop is a session of its own: a network, folders, a message bus and, as far as they
// were started, a tray host, a notification service and a display.
type desktop struct {
	t          testing.TB
	dir        string // home and the XDG folders
	bus        string // address
	busProcess *process
	mark       string // see markEnv
	display    string // DISPLAY, or ""
	screen     *screen
	tray       *trayHost
	notes      *noteService
}

// noBus is the address of a bus that does not exist. An unset address would
// start a stray one.
const noBus = "unix:path=/nonexistent/x"

// newDesktop makes the folders and starts a bus that starts no services.
func newDesktop(t testing.TB) *desktop {
	t.Helper()
	d := newFolders(t)
	d.startBus("")
	return d
}

// newFolders makes a desktop that is nothing but its network and its folders.
func newFolders(t testing.TB) *desktop {
	t.Helper()
	ownNetwork(t)
	dir, err := os.MkdirTemp("", "pl") // short, for the sockets' paths
	if err != nil {
		t.Fatal(err)
	}
	d := &desktop{t: t, dir: dir, mark: filepath.Base(dir)}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, sub := range []string{"run", "config", "data", "cache", "state", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(d.endMarked)
	return d
}

// fullDesktop has a bus, a tray host, a notification service and a display.
func fullDesktop(t testing.TB) *desktop {
	t.Helper()
	d := newDesktop(t)
	d.startTray()
	d.startNotes("actions", "body", "body-markup")
	d.startDisplay()
	return d
}

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=%s</listen>
  <auth>EXTERNAL</auth>
  %s
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

// servicesOnDemand lets the bus start the services that are installed.
const servicesOnDemand = "<standard_session_servicedirs/>"

func (d *desktop) startBus(services string) {
	d.t.Helper()
	config := filepath.Join(d.dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, filepath.Join(d.dir, "run"), services), 0o600); err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address=1")
	if services != "" {
		cmd.Env = d.env()
	}
	d.bus, d.busProcess = firstLine(d.t, cmd)
}

// firstLine starts a server and gives the line that it says when it is ready.
func firstLine(t testing.TB, cmd *exec.Cmd) (string, *process) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd.Stdout = w
	p := startProcess(t, cmd)
	w.Close()
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("%s says nothing (%v): %s", cmd.Path, err, p.log.String())
	}
	return strings.TrimSpace(line), p
}

// connect gives a connection of its own to the bus.
func (d *desktop) connect() *dbus.Conn {
	d.t.Helper()
	conn, err := dbus.Connect(d.bus)
	if err != nil {
		d.t.Fatalf("connect to the private bus: %v", err)
	}
	d.t.Cleanup(func() { conn.Close() })
	return conn
}

// env is the environment of a program on this desktop; extra settings win.
func (d *desktop) env(extra ...string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + d.dir,
		"XDG_RUNTIME_DIR=" + filepath.Join(d.dir, "run"),
		"XDG_CONFIG_HOME=" + filepath.Join(d.dir, "config"),
		"XDG_DATA_HOME=" + filepath.Join(d.dir, "data"),
		"XDG_CACHE_HOME=" + filepath.Join(d.dir, "cache"),
		"XDG_STATE_HOME=" + filepath.Join(d.dir, "state"),
		"TMPDIR=" + filepath.Join(d.dir, "tmp"),
		"LANG=C.UTF-8",
		"LIBGL_ALWAYS_SOFTWARE=1",
		"NO_AT_BRIDGE=1",
		"GDK_BACKEND=x11",
		markEnv + "=" + d.mark,
	}
	if d.bus != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+d.bus)
	}
	if d.display != "" {
		env = append(env, "DISPLAY="+d.display)
	}
	return append(env, extra...)
}

// start starts portlight on this desktop.
func (d *desktop) start(args ...string) *process {
	d.t.Helper()
	return d.startWith(nil, args...)
}

// startWith starts portlight with more settings in its environment.
func (d *desktop) startWith(env []string, args ...string) *process {
	d.t.Helper()
	cmd := exec.Command(binary(d.t), args...)
	cmd.Env = d.env(env...)
	cmd.Dir = d.dir
	p := startProcess(d.t, cmd)
	d.t.Cleanup(func() {
		if d.t.Failed() {
			d.t.Logf("portlight %s said on standard error:\n%s", strings.Join(args, " "), p.log.String())
		}
	})
	return p
}

// agent starts the agent and waits for its menu. It opens no window by itself.
func (d *desktop) agent(args ...string) *process {
	d.t.Helper()
	d.welcomed()
	p := d.start(args...)
	d.waitMenu(p)
	return p
}

// waitMenu waits for the menu of an agent that was started.
func (d *desktop) waitMenu(p *process) {
	d.t.Helper()
	waitFor(d.t, "the agent's menu is there", 10*time.Second, func() bool {
		if !p.running() {
			d.t.Fatalf("the agent ended: %v\n%s", p.err, p.log.String())
		}
		m, err := d.menu()
		return err == nil && m.section(external).found && m.section(local).found
	})
}

// welcomed makes a memory, where there is none, that knows of nothing but that the window
// has welcomed the person.
func (d *desktop) welcomed() {
	d.t.Helper()
	dir := filepath.Join(d.dir, "data", "portlight")
	if _, err := os.Stat(filepath.Join(dir, history.FileName)); err == nil {
		return
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		d.t.Fatal(err)
	}
	s, err := history.Open(dir, history.Agent, history.Options{})
	if err != nil {
		d.t.Fatal(err)
	}
	defer s.Close()
	if err := s.Set(alerts.SettingWelcomed, "true"); err != nil {
		d.t.Fatal(err)
	}
}

// endMarked ends what still runs of this desktop, the window above all, which
// outlives the agent by design.
func (d *desktop) endMarked() {
	for _, pid := range marked(d.mark) {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
	eventually(5*time.Second, func() bool { return len(marked(d.mark)) == 0 })
}

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	notesName   = "org.freedesktop.Notifications"
	notesPath   = "/org/freedesktop/Notifications"
)

// trayHost is a StatusNotifierWatcher with a host.
type trayHost struct {
	mu    sync.Mutex
	conn  *dbus.Conn
	items []string // bus names of the registered icons
}

// startTray starts a tray host, on a connection that stopTray closes.
func (d *desktop) startTray() {
	d.t.Helper()
	h := &trayHost{conn: d.connect()}
	d.tray = h
	if err := h.conn.Export(h, watcherPath, watcherName); err != nil {
		d.t.Fatal(err)
	}
	_, err := prop.Export(h.conn, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true, Emit: prop.EmitTrue},
		"RegisteredStatusNotifierItems":  {Value: []string{}, Emit: prop.EmitTrue},
		"ProtocolVersion":                {Value: int32(0), Emit: prop.EmitTrue},
	}})
	if err != nil {
		d.t.Fatal(err)
	}
	own(d.t, h.conn, watcherName)
}

func (d *desktop) stopTray() {
	d.tray.conn.Close()
	d.tray = nil
}

func own(t testing.TB, conn *dbus.Conn, name string) {
	t.Helper()
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("own %s: %v, %v", name, reply, err)
	}
}

// RegisterStatusNotifierItem takes an icon, by the sender's name and a path.
func (h *trayHost) RegisterStatusNotifierItem(sender dbus.Sender, item string) *dbus.Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.items = append(h.items, string(sender))
	return nil
}

// RegisterStatusNotifierHost is there because the interface has it.
func (h *trayHost) RegisterStatusNotifierHost(string) *dbus.Error { return nil }

// registered gives the bus names of the icons.
func (h *trayHost) registered() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.items)
}

// note is one call of Notify.
type note struct {
	at            time.Time
	id, replaces  uint32
	sender        string
	summary, body string
	actions       map[string]string // key → label
	hints         map[string]dbus.Variant
}

// has reports whether the notification's words contain all of these.
func (n note) has(words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(n.summary+"\n"+n.body, w) })
}

// noteService is a notification service that keeps what it is told.
type noteService struct {
	mu    sync.Mutex
	conn  *dbus.Conn
	caps  []string
	notes []note
	gone  []uint32 // ids that were withdrawn
}

// startNotes starts a notification service with the given capabilities.
func (d *desktop) startNotes(caps ...string) {
	d.t.Helper()
	n := &noteService{conn: d.connect(), caps: caps}
	d.notes = n
	if err := n.conn.Export(n, notesPath, notesName); err != nil {
		d.t.Fatal(err)
	}
	own(d.t, n.conn, notesName)
}

// Notify keeps a notification.
func (n *noteService) Notify(sender dbus.Sender, app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	at := time.Now()
	n.mu.Lock()
	defer n.mu.Unlock()
	id := replaces
	if id == 0 {
		id = uint32(len(n.notes) + 1)
	}
	labels := map[string]string{}
	for i := 0; i+1 < len(actions); i += 2 {
		labels[actions[i]] = actions[i+1]
	}
	n.notes = append(n.notes, note{at, id, replaces, string(sender), summary, body, labels, maps.Clone(hints)})
	return id, nil
}

// GetCapabilities gives what startNotes was told.
func (n *noteService) GetCapabilities() ([]string, *dbus.Error) { return n.caps, nil }

// GetServerInformation is there because the interface has it.
func (n *noteService) GetServerInformation() (name, vendor, version, spec string, err *dbus.Error) {
	return "test", "test", "1", "1.2", nil
}

// CloseNotification tells the sender that the notification is closed.
func (n *noteService) CloseNotification(id uint32) *dbus.Error {
	n.mu.Lock()
	n.gone = append(n.gone, id)
	n.mu.Unlock()
	n.conn.Emit(notesPath, notesName+".NotificationClosed", id, uint32(3))
	return nil
}

// withdrawn gives the ids of the notifications that were withdrawn.
func (n *noteService) withdrawn() []uint32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.gone)
}

// with gives the notifications whose words contain all of these.
func (n *noteService) with(words ...string) []note {
	n.mu.Lock()
	defer n.mu.Unlock()
	var found []note
	for _, x := range n.notes {
		if x.has(words...) {
			found = append(found, x)
		}
	}
	return found
}

// choose invokes an action of a notification, as a click does: the activation
// and then the closing.
func (n *noteService) choose(t testing.TB, x note, action string) {
	t.Helper()
	for _, signal := range []struct {
		name string
		arg  any
	}{{"ActionInvoked", action}, {"NotificationClosed", uint32(2)}} {
		if err := n.conn.Emit(notesPath, notesName+"."+signal.name, x.id, signal.arg); err != nil {
			t.Fatal(err)
		}
	}
}
