package tray

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"portlight/app/view"
	"portlight/assets"
)

// The tests below run the tray in a child process, as systray is one per
// process, on a bus of their own, and play the desktop.

const (
	childVar    = "PORTLIGHT_TRAY_CHILD"
	begin       = "1"
	beginMarked = "marked"

	testHold = 2 * time.Second
)

func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// A request to the child, and what it reports. Each is a line of JSON.
type (
	request struct {
		Menu *view.Menu // to show
		Held bool       // asks for a report of Held
	}
	report struct {
		Command, ID string
		Alert       int64
		TellsClosed bool
		Lost        string
		Held        *bool
	}
)

// child shows the menus that stand on its input, until that ends. It begins
// with an alert if childVar says so.
func child() {
	out := json.NewEncoder(os.Stdout)
	o := Options{
		Icon: assets.Tray, TemplateIcon: assets.TrayTemplate,
		MarkedIcon: assets.TrayMarked, MarkedTemplateIcon: assets.TrayTemplateMarked,
		Title:   "Portlight",
		Tooltip: "Ports",
		OnCommand: func(cmd Command, row view.MenuRow) {
			out.Encode(report{Command: cmd.String(), ID: row.ID, Alert: row.Alert, TellsClosed: row.TellsClosed})
		},
		OnLost: func(err error) { out.Encode(report{Lost: err.Error()}) },
	}
	run(o, testHold, func(t *Tray) {
		if os.Getenv(childVar) == beginMarked {
			t.Update(testNews("7/22", "22", ""))
		}
		go func() {
			defer t.Quit()
			in := json.NewDecoder(os.Stdin)
			for r := (request{}); in.Decode(&r) == nil; r = (request{}) {
				if r.Menu != nil {
					t.Update(*r.Menu)
				}
				if r.Held {
					t.mu.Lock()
					held := time.Now().Before(t.plan.held)
					t.mu.Unlock()
					out.Encode(report{Held: &held})
				}
			}
		}()
	})
}

// bus is a session bus of the test's own.
type bus struct {
	address string
	cmd     *exec.Cmd
}

func startBus(t *testing.T) *bus {
	t.Helper()
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start a session bus: %v", err)
	}
	b := &bus{cmd: cmd}
	t.Cleanup(b.stop)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("read the address of the bus: %v", err)
	}
	b.address = strings.TrimSpace(address)
	return b
}

// stop lets the bus end by itself: it takes its socket away then. It may be
// called twice.
func (b *bus) stop() {
	if b.cmd.ProcessState == nil {
		b.cmd.Process.Signal(syscall.SIGTERM)
		b.cmd.Wait()
	}
}

// running is a child and its ends.
type running struct {
	t       *testing.T
	in      io.WriteCloser
	reports chan report
	ended   chan error
	races   string
}

func startChild(t *testing.T, address string) *running {
	t.Helper()
	return startChildAs(t, address, begin)
}

func startChildAs(t *testing.T, address, how string) *running {
	t.Helper()
	r := &running{t: t, reports: make(chan report, 256), ended: make(chan error, 1), races: t.TempDir()}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+how, "DBUS_SESSION_BUS_ADDRESS="+address,
		"GORACE=exitcode=0 atexit_sleep_ms=0 log_path="+filepath.Join(r.races, "race"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if r.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		dec := json.NewDecoder(out)
		for p := (report{}); dec.Decode(&p) == nil; p = (report{}) {
			r.reports <- p
		}
		r.ended <- cmd.Wait()
	}()
	t.Cleanup(r.end)
	return r
}

// end closes the child's input, upon which it must end by itself.
func (r *running) end() {
	r.in.Close()
	select {
	case err := <-r.ended:
		if err != nil {
			r.t.Errorf("child: %v", err)
		}
	case <-time.After(10 * time.Second):
		r.t.Error("the child does not end")
	}
	r.checkRaces()
}

// checkRaces looks at what the race detector found in the child. Races between
// two places of the libraries are not ours:
//   - systray reads its menuVersion under another lock than it writes it;
//   - systray changes the icon while godbus sends it. All icons have one size, so
//     the panel gets a whole icon, and is told at once to read the next.
func (r *running) checkRaces() {
	logs, _ := filepath.Glob(filepath.Join(r.races, "race*"))
	for _, path := range logs {
		text, err := os.ReadFile(path)
		if err != nil {
			r.t.Error(err)
		}
		for _, race := range strings.Split(string(text), "==================") {
			if strings.Contains(race, "DATA RACE") && !inLibraries(accesses(race)) {
				r.t.Errorf("%s", race)
			}
		}
	}
}

// accesses gives the stacks of both accesses of a race, the innermost function
// first.
func accesses(race string) [][]string {
	var stacks [][]string
	for _, part := range strings.Split(race, "\n\n") {
		head, rest, _ := strings.Cut(strings.TrimPrefix(part, "\nWARNING: DATA RACE\n"), "\n")
		if !strings.Contains(head, " at 0x") {
			continue
		}
		var stack []string
		for _, l := range strings.Split(rest, "\n") {
			if name, ok := strings.CutSuffix(strings.TrimSpace(l), "()"); ok {
				stack = append(stack, name)
			}
		}
		stacks = append(stacks, stack)
	}
	return stacks
}

func inLibraries(stacks [][]string) bool {
	if len(stacks) != 2 || len(stacks[0]) == 0 || len(stacks[1]) == 0 {
		return false
	}
	inSystray := func(stack []string) bool { return strings.HasPrefix(stack[0], "fyne.io/systray.") }
	setsIcon := func(stack []string) bool { return slices.Contains(stack, "fyne.io/systray.SetIcon") }
	sends := func(stack []string) bool {
		return slices.Contains(stack, "github.com/godbus/dbus/v5.(*encoder).Encode") && !slices.ContainsFunc(stack, isOurs)
	}
	a, b := stacks[0], stacks[1]
	return inSystray(a) && inSystray(b) || setsIcon(a) && sends(b) || setsIcon(b) && sends(a)
}

func isOurs(function string) bool { return strings.HasPrefix(function, "portlight/") }

func (r *running) send(q request) {
	r.t.Helper()
	if err := json.NewEncoder(r.in).Encode(q); err != nil {
		r.t.Fatalf("send to the child: %v", err)
	}
}

func (r *running) update(m view.Menu) { r.t.Helper(); r.send(request{Menu: &m}) }

func (r *running) next() report {
	r.t.Helper()
	select {
	case p := <-r.reports:
		return p
	case <-time.After(10 * time.Second):
		r.t.Fatal("the child reports nothing")
	}
	return report{}
}

// desktop owns the watcher's name and reads and clicks the menu.
type desktop struct {
	t          *testing.T
	conn       *dbus.Conn
	registered chan string
	item, menu dbus.BusObject
}

const (
	watcher  = "org.kde.StatusNotifierWatcher"
	itemPath = "/StatusNotifierItem"
	menuPath = "/StatusNotifierItem/menu"
)

func startDesktop(t *testing.T, b *bus) *desktop {
	t.Helper()
	conn, err := dbus.Connect(b.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	d := &desktop{t: t, conn: conn, registered: make(chan string, 8)}
	register := func(_ string, from dbus.Sender) *dbus.Error {
		d.registered <- string(from)
		return nil
	}
	methods := map[string]any{"RegisterStatusNotifierItem": register}
	if err := conn.ExportMethodTable(methods, "/StatusNotifierWatcher", watcher); err != nil {
		t.Fatal(err)
	}
	d.own()
	return d
}

func (d *desktop) own() {
	d.t.Helper()
	if reply, err := d.conn.RequestName(watcher, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		d.t.Fatalf("own %s: %v, %v", watcher, reply, err)
	}
}

// wait waits for the item to register.
func (d *desktop) wait() {
	d.t.Helper()
	select {
	case name := <-d.registered:
		d.item, d.menu = d.conn.Object(name, itemPath), d.conn.Object(name, menuPath)
	case <-time.After(10 * time.Second):
		d.t.Fatal("no item registers")
	}
}

// node is an item as com.canonical.dbusmenu has it.
type node struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

func (n *node) label() string { s, _ := n.Props["label"].Value().(string); return s }

func (n *node) is(prop string) bool {
	b, ok := n.Props[prop].Value().(bool)
	return b || !ok
}

func (n *node) children() []*node {
	var nodes []*node
	for _, v := range n.Children {
		var c node
		if dbus.Store([]any{v.Value()}, &c) == nil && c.is("visible") {
			nodes = append(nodes, &c)
		}
	}
	return nodes
}

func (n *node) find(path ...string) *node {
	if len(path) == 0 {
		return n
	}
	for _, c := range n.children() {
		if c.label() == path[0] {
			return c.find(path[1:]...)
		}
	}
	return nil
}

// text is the menu as a person sees it.
func (n *node) text(indent string) string {
	var b strings.Builder
	for _, c := range n.children() {
		l := c.label()
		if t, _ := c.Props["type"].Value().(string); t == "separator" {
			l = "---"
		}
		if !c.is("enabled") {
			l = "[" + l + "]"
		}
		if state, _ := c.Props["toggle-state"].Value().(int32); state == 1 {
			l = "✓ " + l
		}
		b.WriteString(indent + l + "\n" + c.text(indent+"  "))
	}
	return b.String()
}

func (d *desktop) read() *node {
	d.t.Helper()
	var revision uint32
	var root node
	err := d.menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root)
	if err != nil {
		d.t.Fatalf("read the menu: %v", err)
	}
	return &root
}

// see waits for an item.
func (d *desktop) see(path ...string) *node {
	d.t.Helper()
	var n *node
	waitFor(d.t, strings.Join(path, " > "), func() bool { n = d.read().find(path...); return n != nil })
	return n
}

func (d *desktop) event(id int32, name string) {
	d.t.Helper()
	if err := d.menu.Call("com.canonical.dbusmenu.Event", 0, id, name, dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		d.t.Fatalf("%s %d: %v", name, id, err)
	}
}

// eventGroup clicks as panels on libdbusmenu-gtk do.
func (d *desktop) eventGroup(id int32, name string) {
	d.t.Helper()
	type event struct {
		ID   int32
		Name string
		Data dbus.Variant
		Time uint32
	}
	events := []event{{id, name, dbus.MakeVariant(int32(0)), 0}}
	if err := d.menu.Call("com.canonical.dbusmenu.EventGroup", 0, events).Err; err != nil {
		d.t.Fatalf("%s %d: %v", name, id, err)
	}
}

// property reads a property of the item.
func (d *desktop) property(name string) any {
	d.t.Helper()
	v, err := d.item.GetProperty("org.kde.StatusNotifierItem." + name)
	if err != nil {
		d.t.Fatalf("read %s: %v", name, err)
	}
	return v.Value()
}

// looks reports whether the item has this icon and tooltip, and the app's name.
func (d *desktop) looks(icon []byte, tooltip string) bool {
	d.t.Helper()
	var pixmaps []pixmap
	if err := dbus.Store([]any{d.property("IconPixmap")}, &pixmaps); err != nil {
		d.t.Fatalf("read the icon: %v", err)
	}
	fields, _ := d.property("ToolTip").([]any)
	return d.property("Title") == "Portlight" && len(fields) == 4 && fields[2] == tooltip &&
		len(pixmaps) == 1 && reflect.DeepEqual(pixmaps[0], newPixmap(d.t, icon))
}

// pixmap is an icon as a StatusNotifierItem has it: ARGB.
type pixmap struct {
	Width, Height int32
	Data          []byte
}

func newPixmap(t *testing.T, icon []byte) pixmap {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(icon))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	p := pixmap{Width: int32(b.Dx()), Height: int32(b.Dy())}
	for y := range b.Dy() {
		for x := range b.Dx() {
			red, green, blue, alpha := img.At(x, y).RGBA()
			p.Data = append(p.Data, byte(alpha), byte(red), byte(green), byte(blue))
		}
	}
	return p
}

func start(t *testing.T) (*desktop, *running) {
	t.Helper()
	b := startBus(t)
	d, r := startDesktop(t, b), startChild(t, b.address)
	d.wait()
	return d, r
}

func TestBusMenu(t *testing.T) {
	d, r := start(t)
	m := testMenu("22:s 80:ut", "")
	m.Note = "2 are hidden"
	r.update(m)
	waitFor(t, "the menu", func() bool { return d.read().text("") == wantMenu })

	ssh, stop := d.read().find("22"), d.read().find("22", wordStop.String())
	m = testMenu("22:s 80:u", "53")
	m.Sections[view.SectionExternal].Rows[0].Label = "22 ssh — my_sshd\x00\xff"
	r.update(m)
	if n := d.see("22 ssh — my__sshd\uFFFD\uFFFD"); n.ID != ssh.ID {
		t.Errorf("the item's id became %d, was %d", n.ID, ssh.ID)
	}
	if n := d.see("22 ssh — my__sshd\uFFFD\uFFFD", wordStop.String()); n.ID != stop.ID {
		t.Errorf("the id of %s became %d, was %d", wordStop.String(), n.ID, stop.ID)
	}
	d.see("53", wordDetails.String())
}

// newsMenu has alerts whose rows are named so that they can be told from those
// of their listeners.
func newsMenu(news, others, local string) view.Menu {
	m := testNews(news, others, local)
	for i := range m.Sections[view.SectionNew].Rows {
		m.Sections[view.SectionNew].Rows[i].Label += " is new"
	}
	return m
}

func TestBusClicks(t *testing.T) {
	d, r := start(t)
	r.update(newsMenu("7/22:s 8/80:ust 9/21:c", "22:s 80:ust", "1..23"))
	tests := []struct {
		path []string
		want report
	}{
		{[]string{"22 is new", wordDetails.String()}, report{Command: "details", ID: "22", Alert: 7}},
		{[]string{"22 is new", wordAllow.String()}, report{Command: "allow", ID: "22", Alert: 7}},
		{[]string{"80 is new", wordMute.String()}, report{Command: "mute", ID: "80", Alert: 8, TellsClosed: true}},
		{[]string{"80 is new", wordStop.String()}, report{Command: "stop", ID: "80", Alert: 8, TellsClosed: true}},
		{[]string{"21 is new", wordAllow.String()}, report{Command: "allow", ID: "21", Alert: 9}},
		{[]string{"22", wordDetails.String()}, report{Command: "details", ID: "22"}},
		{[]string{"22", wordTell.String()}, report{Command: "tell closed", ID: "22"}},
		{[]string{"22", wordStop.String()}, report{Command: "stop", ID: "22"}},
		{[]string{"80", wordCopy.String()}, report{Command: "copy address", ID: "80", TellsClosed: true}},
		{[]string{"80", wordBrowser.String()}, report{Command: "open browser", ID: "80", TellsClosed: true}},
		{[]string{"80", wordTell.String()}, report{Command: "tell closed", ID: "80", TellsClosed: true}},
		{[]string{"20", wordDetails.String()}, report{Command: "details", ID: "20"}},
		{[]string{"3 more…"}, report{Command: "open window"}},
		{[]string{wordPause.String(), wordHour.String()}, report{Command: "pause for an hour"}},
		{[]string{wordPause.String(), wordTomorrow.String()}, report{Command: "pause until tomorrow"}},
		{[]string{wordOpen.String()}, report{Command: "open window"}},
		{[]string{wordSettings.String()}, report{Command: "open settings"}},
		{[]string{wordQuit.String()}, report{Command: "quit"}},
	}
	for _, tt := range tests {
		id := d.see(tt.path...).ID
		for _, click := range []func(int32, string){d.event, d.eventGroup} {
			click(id, "clicked")
			if got := r.next(); got != tt.want {
				t.Errorf("%q: %+v, want %+v", tt.path, got, tt.want)
			}
		}
	}
}

func TestBusNews(t *testing.T) {
	d, r := start(t)
	m := testNews("7/80:us 8/22:c 3/away", "80:us", "")
	m.PausedUntil = time.Date(2100, 1, 1, 2, 0, 0, 0, time.Local)
	r.update(m)
	waitFor(t, "the menu", func() bool { return d.read().text("") == wantNews })
	allow := d.see("80", wordAllow.String()).ID

	d.event(d.see(wordResume.String()).ID, "clicked")
	if got := r.next(); got != (report{Command: "resume"}) {
		t.Errorf("%s came as %+v", wordResume.String(), got)
	}
	waitFor(t, "the alerts to be sure", func() bool {
		d.event(d.see(wordMarkSeen.String()).ID, "clicked")
		got := r.next()
		if got != (report{Command: "open alerts"}) && got != (report{Command: "mark seen", Alert: 8}) {
			t.Fatalf("%s came as %+v", wordMarkSeen.String(), got)
		}
		return got.Alert == 8
	})

	m = testMenu("22:s 80:ut", "")
	m.Note = "2 are hidden"
	r.update(m)
	waitFor(t, "the menu without alerts", func() bool { return d.read().text("") == wantMenu })
	r.update(newsMenu("9/443", "", ""))
	if n := d.see("443 is new", wordAllow.String()); n.ID != allow {
		t.Errorf("the id of %s became %d, was %d", wordAllow.String(), n.ID, allow)
	}
}

// TestBusMark: the icon is marked and the tooltip counts while there are
// alerts, also those that are there at the start; the name stays.
func TestBusMark(t *testing.T) {
	d, r := start(t)
	for _, s := range []struct {
		menu    view.Menu
		icon    []byte
		tooltip string
	}{
		{testMenu("22", ""), assets.Tray, "Ports"},
		{testNews("7/22", "22", ""), assets.TrayMarked, "Ports: 1 new"},
		{testNews("7/22 8/23", "22 23", ""), assets.TrayMarked, "Ports: 2 new"},
		{testMenu("22 23", ""), assets.Tray, "Ports"},
	} {
		r.update(s.menu)
		waitFor(t, s.tooltip, func() bool { return d.looks(s.icon, s.tooltip) })
	}
	for range 5 {
		b := startBus(t)
		d, _ := startDesktop(t, b), startChildAs(t, b.address, beginMarked)
		d.wait()
		waitFor(t, "the mark at the start", func() bool { return d.looks(assets.TrayMarked, "Ports: 1 new") })
	}
}

// TestBusNoClickIsLost clicks 50 times while the menu changes 20 times a
// second. Below the row that is clicked rows come and go, its own label
// changes: each click means it. Then rows come and go above it: each click
// means the row of its slot, or is in doubt and opens the window.
func TestBusNoClickIsLost(t *testing.T) {
	menus := map[string][2]string{
		"rows below change": {"22:s 80:us 90", "22:s 80:us 443 8080"},
		"rows above change": {"22:s 80:us", "21:s 22:s 80:us"},
	}
	for name, menus := range menus {
		t.Run(name, func(t *testing.T) {
			d, r := start(t)
			r.update(testMenu(menus[0], "53"))
			id := d.see("80", wordStop.String()).ID
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				tick := time.NewTicker(50 * time.Millisecond)
				defer tick.Stop()
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					case <-tick.C:
					}
					m := testMenu(menus[i%2], "53")
					m.Sections[view.SectionExternal].Rows[1].Label += fmt.Sprint(" ", i)
					r.update(m)
				}
			}()
			count := map[report]int{}
			for i := range 50 {
				click := d.event
				if i%2 == 1 {
					click = d.eventGroup
				}
				click(id, "clicked")
				count[r.next()]++
				d.read()
			}
			close(stop)
			<-stopped
			sure, doubt := report{Command: "stop", ID: "80"}, report{Command: "open window"}
			if name == "rows below change" && count[sure] != 50 || count[sure]+count[doubt] != 50 {
				t.Errorf("50 clicks came as %v", count)
			}
		})
	}
}

func TestBusHold(t *testing.T) {
	d, r := start(t)
	r.update(testMenu("22:s 80:s", ""))
	stop22, stop80 := d.see("22", wordStop.String()).ID, d.see("80", wordStop.String()).ID
	d.event(0, "opened")
	waitFor(t, "the hold", func() bool {
		r.send(request{Held: true})
		return *r.next().Held
	})
	begun := time.Now()
	r.update(testMenu("21:s 80:s 443:s", ""))
	d.see("22 (closed)")
	stop21 := d.see("21", wordStop.String()).ID
	d.event(stop80, "clicked")
	d.event(stop21, "clicked")
	got := []string{r.next().ID, r.next().ID}
	slices.Sort(got)
	if !slices.Equal(got, []string{"21", "80"}) {
		t.Errorf("clicks came for %q", got)
	}
	waitFor(t, "the right order", func() bool { n := d.read().find("21", wordStop.String()); return n != nil && n.ID == stop22 })
	if d := time.Since(begun); d < testHold*3/4 {
		t.Errorf("the menu was held for %v only", d)
	}
	d.event(stop21, "clicked")
	if got := r.next(); got != (report{Command: "open window"}) {
		t.Errorf("a click just after 21 gave its slot to 443: %+v", got)
	}
}

// TestBusWatcherRestarts restarts the panel until the item is back: systray
// does not look for the panel in the moment before it has first registered.
func TestBusWatcherRestarts(t *testing.T) {
	d, r := start(t)
	r.update(testMenu("22:s", ""))
	d.see("22")
	waitFor(t, "the item to register again", func() bool {
		if _, err := d.conn.ReleaseName(watcher); err != nil {
			t.Fatal(err)
		}
		d.own()
		select {
		case name := <-d.registered:
			d.menu = d.conn.Object(name, menuPath)
			return true
		case <-time.After(time.Second):
			return false
		}
	})
	d.see("22", wordDetails.String())
}

func TestBusEnds(t *testing.T) {
	b := startBus(t)
	d, r := startDesktop(t, b), startChild(t, b.address)
	d.wait()
	b.stop()
	if got := r.next(); got.Lost != ErrBusGone.Error() {
		t.Errorf("%+v, want %v", got, ErrBusGone)
	}
	r.update(testMenu("22:s", ""))
}

func TestNoBus(t *testing.T) {
	r := startChild(t, "unix:path="+filepath.Join(t.TempDir(), "none"))
	if got := r.next(); !strings.Contains(got.Lost, "session bus") {
		t.Errorf("%+v, want the reason", got)
	}
	r.update(testMenu("22:s", ""))
}
