package window

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"portlight/scanner"
	"portlight/scanner/process"
)

// markedID is the listener of the marked row.
func markedID(w *Window) string {
	l := w.list.list
	if l.selected < 0 {
		return ""
	}
	return w.model.lines[l.selected].ID
}

// find gives the visible objects of a type in a tree.
func find[T fyne.CanvasObject](o fyne.CanvasObject) []T {
	var found []T
	for _, o := range test.LaidOutObjects(o) {
		if t, ok := o.(T); ok && o.Visible() {
			found = append(found, t)
		}
	}
	return found
}

// said is all text in the open question.
func said(w *Window) string {
	if w.popup == nil {
		return ""
	}
	var b strings.Builder
	for _, l := range find[*widget.Label](w.popup.Content) {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}

func button(t *testing.T, o fyne.CanvasObject, label string) *keyButton {
	t.Helper()
	for _, b := range find[*keyButton](o) {
		if b.Text == label {
			return b
		}
	}
	t.Fatalf("no button %q", label)
	return nil
}

func press(w *Window, key fyne.KeyName) {
	ev := &fyne.KeyEvent{Name: key}
	if f := w.win.Canvas().Focused(); f != nil {
		f.TypedKey(ev)
		return
	}
	w.win.Canvas().OnTypedKey()(ev)
}

func shortcut(w *Window, key fyne.KeyName) {
	s := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	if f, ok := w.win.Canvas().Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	w.shortcut(s)
}

func TestSelectionStaysWithItsListener(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.list.list.Select(3)
	id := markedID(w)
	if id != "tcp:[::]:80" || w.win.Title() != "80  http — nginx +1 – Portlight" {
		t.Fatalf("row 3 is %s, the title %q", id, w.win.Title())
	}
	more := household()
	more.Listeners = append([]scanner.Listener{listener(scanner.TCP, "0.0.0.0", 1, node)}, more.Listeners...)
	w.Update(more)
	if markedID(w) != id || w.list.list.selected != 4 {
		t.Errorf("after a row more, row %d with %s is marked", w.list.list.selected, markedID(w))
	}
	test.TapCanvas(w.win.Canvas(), fyne.NewPos(120, 102))
	if w.model.order.column != columnService || markedID(w) != id {
		t.Errorf("after sorting by column %d, %s is marked", w.model.order.column, markedID(w))
	}
	w.list.search.SetText("sshd")
	if markedID(w) != "" || w.chosen.row.ID != id {
		t.Errorf("filtered out, %q is marked and %s described", markedID(w), w.chosen.row.ID)
	}
	w.list.search.SetText("")
	if markedID(w) != id {
		t.Errorf("without the filter %q is marked", markedID(w))
	}
}

// street is a computer with many listeners.
func street(n int) *scanner.Snapshot {
	ls := make([]scanner.Listener, n)
	for i := range ls {
		ls[i] = listener(scanner.TCP, fmt.Sprintf("10.%d.%d.1", i/200, i%200), uint16(1000+i), owner(5000+i, "worker", "user", 1000))
	}
	return snapshot(ls...)
}

func TestScrollingStays(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(street(500))
	w.list.list.Select(0)
	w.list.list.ScrollToOffset(3000)
	w.Update(street(501))
	if got := w.list.list.GetScrollOffset(); got != 3000 {
		t.Errorf("scrolled to %v", got)
	}
	if markedID(w) != "tcp:10.0.0.1:1000" {
		t.Errorf("%s is marked", markedID(w))
	}
	w.Update(street(3))
	w.model.fade(noon.Add(lingering))
	w.list.arranged()
	if got := w.list.list.GetScrollOffset(); got != 0 {
		t.Errorf("scrolled to %v with three rows", got)
	}
}

func TestClosedListenerStays(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	w.Show("tcp:127.0.0.1:8080")
	w.Update(snapshot(listener(scanner.TCP, "0.0.0.0", 22, sshd)))
	d := w.list.details.shown
	if !w.chosen.gone || d.title != "node" || d.reach != goneWords(noon) || markedID(w) != "tcp:127.0.0.1:8080" {
		t.Errorf("the details of a closed listener: %+v", d)
	}
	if countStops(d) != 0 || !w.menuOf(menuMore).Items[len(w.menuOf(menuMore).Items)-1].Disabled {
		t.Error("a closed listener can be stopped")
	}
	w.now = func() time.Time { return noon.Add(lingering) }
	o.waiting[0]()
	if markedID(w) != "" || len(w.model.lines) != 1 || len(o.waiting) != 1 {
		t.Errorf("after a while %q is marked, of %d rows", markedID(w), len(w.model.lines))
	}
	w.Update(household())
	if w.chosen.gone || w.list.details.shown.gone || markedID(w) != "tcp:127.0.0.1:8080" {
		t.Error("a listener that is back is still gone")
	}
}

func TestSameSnapshotDrawsNothing(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.Show("tcp:127.0.0.1:8080")
	drawn, update := 0, w.list.list.UpdateItem
	w.list.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { drawn++; update(i, o) }
	content := w.list.details.content.Objects[0]
	w.Update(household())
	if drawn != 0 || w.list.details.content.Objects[0] != content {
		t.Errorf("an equal snapshot draws %d rows", drawn)
	}
}

func TestShow(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Show("tcp:[::]:443")
	w.Update(household())
	if markedID(w) != "tcp:[::]:443" {
		t.Errorf("asked for before the first snapshot, %q is marked", markedID(w))
	}
	w.ShowSettings()
	w.list.kinds.choose(int(kindLocal))
	w.list.search.SetText("ssh")
	w.Show("tcp:0.0.0.0:22")
	if markedID(w) != "tcp:0.0.0.0:22" || w.nav.chosen != tabListeners {
		t.Errorf("filtered and on another tab, %q is marked in tab %d", markedID(w), w.nav.chosen)
	}
	w.Show("tcp:0.0.0.0:7777")
	if !w.notice.box.Visible() || markedID(w) != "tcp:0.0.0.0:22" {
		t.Errorf("a listener that is gone: %v, %q is marked", w.notice.box.Visible(), markedID(w))
	}
	w.Update(with(listener(scanner.TCP, "0.0.0.0", 7777, node)))
	if markedID(w) != "tcp:0.0.0.0:7777" || w.notice.box.Visible() {
		t.Errorf("seen one scan later, %q is marked", markedID(w))
	}
	w.Show("")
	if markedID(w) != "tcp:0.0.0.0:7777" {
		t.Error("a mere Show changes the choice")
	}
}

// TestShowWhatIsNoID says so, and waits for nothing.
func TestShowWhatIsNoID(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	for _, ask := range []func(string){w.Show, w.AskStop} {
		w.notice.clear()
		ask("nonsense")
		if got := w.notice.text.Text; got != noID("nonsense") || w.wish.id != "" {
			t.Errorf("it says %q and waits for %q", got, w.wish.id)
		}
	}
}

func TestWishEnds(t *testing.T) {
	w, _ := newTestWindow(t)
	w.AskStop("tcp:0.0.0.0:7777")
	w.Update(household())
	if !w.notice.box.Visible() {
		t.Error("nothing is said of a listener that is not there")
	}
	w.Update(with(listener(scanner.TCP, "0.0.0.0", 7777, node)))
	if markedID(w) != "tcp:0.0.0.0:7777" || w.popup != nil {
		t.Errorf("%q is marked, question %q", markedID(w), said(w))
	}
}

// with is the household with a listener more.
func with(l scanner.Listener) *scanner.Snapshot {
	s := household()
	return snapshot(append(s.Listeners, l)...)
}

// After a few seconds the user has gone on: nothing jumps, and the search stays.
func TestWishHasADeadline(t *testing.T) {
	late := listener(scanner.TCP, "0.0.0.0", 7778, node)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{patience, late.ID()}, {patience + 1, "tcp:0.0.0.0:22"}} {
		w, _ := newTestWindow(t)
		now := started
		w.now = func() time.Time { return now }
		w.Show("tcp:0.0.0.0:22")
		now = now.Add(time.Hour) // the first scan answers, however long it takes
		w.Update(household())
		w.Show(late.ID())
		w.Update(with(listener(scanner.TCP, "0.0.0.0", 1, node)))
		w.Update(household())
		w.list.search.SetText("ssh")
		now = now.Add(c.after)
		w.Update(with(late))
		if markedID(w) != c.want || (w.list.search.Text == "") != (c.want == late.ID()) {
			t.Errorf("after %v %q is marked, the search is %q", c.after, markedID(w), w.list.search.Text)
		}
	}
}

func TestEnterNeverStops(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape, fyne.KeySpace} {
		w.AskStop("tcp:127.0.0.1:8080")
		if !strings.Contains(said(w), "node (pid 28411) listens on TCP port 8080") {
			t.Fatalf("the question is %q", said(w))
		}
		press(w, key)
		if w.popup != nil {
			t.Errorf("%s leaves the question open", key)
		}
	}
	w.AskStop("tcp:127.0.0.1:8080")
	w.win.Canvas().Focus(button(t, w.popup.Content, "Stop node"))
	press(w, fyne.KeyReturn)
	press(w, fyne.KeyEnter)
	if len(o.stopped) != 0 || w.popup == nil {
		t.Errorf("Enter on the button has stopped %v", o.stopped)
	}
	w.win.Canvas().Focus(nil)
	press(w, fyne.KeyEscape)
	if w.popup != nil {
		t.Error("Esc without a focus leaves the question open")
	}
}

func TestStop(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	w.AskStop("tcp:[::]:80")
	if !strings.Contains(said(w), wordWhich.String()) {
		t.Fatalf("with two owners the question is %q", said(w))
	}
	test.Tap(button(t, w.popup.Content, "nginx  ·  pid 813"))
	test.Tap(button(t, w.popup.Content, "Stop nginx"))
	if len(o.stopped) != 1 || o.stopped[0] != 813 {
		t.Errorf("stopped %v", o.stopped)
	}
	if !strings.Contains(said(w), "nginx (pid 813) has ended.") {
		t.Errorf("the outcome is %q", said(w))
	}
	w.Show("tcp:0.0.0.0:22")
	test.Tap(button(t, w.list.details.root, wordStop.String()))
	test.Tap(button(t, w.popup.Content, "Stop sshd"))
	if !strings.Contains(said(w), "sshd was not stopped") || !strings.Contains(said(w), "sudo kill 640") {
		t.Errorf("the failure is %q", said(w))
	}
	press(w, fyne.KeyReturn)
	if w.popup != nil {
		t.Error("Enter does not close the outcome")
	}
}

// A question is about the listener that it was opened for, whatever is chosen
// since.
func TestQuestionStaysWithItsListener(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	w.AskStop("tcp:[::]:80")
	w.choose("tcp:127.0.0.1:8080")
	if !strings.Contains(said(w), "2 processes hold TCP port 80 (http), address ::.") {
		t.Fatalf("the question is %q", said(w))
	}
	test.Tap(button(t, w.popup.Content, "nginx  ·  pid 813"))
	if !strings.Contains(said(w), "nginx (pid 813) listens on TCP port 80 (http), address ::.") {
		t.Errorf("the question is %q", said(w))
	}
	for _, ask := range []func(){func() { w.Show("") }, func() { w.Show("tcp:0.0.0.0:22") }} {
		if w.popup == nil {
			t.Error("a mere Show closes the question")
		}
		ask()
	}
	if w.popup != nil || len(o.stopped) != 0 {
		t.Errorf("another listener is shown behind the question %q", said(w))
	}
}

func TestStopWhatCannotBe(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	for id, want := range map[string]string{
		"tcp:0.0.0.0:445": "Its process cannot be seen, so it cannot be stopped from here. In a terminal: sudo ss -ltnp 'sport = :445' shows it, sudo kill ends it.",
		"tcp:[::]:2049":   wordKernelStop.String(),
	} {
		w.AskStop(id)
		if w.popup != nil || w.notice.text.Text != want {
			t.Errorf("asked to stop %s it says %q", id, w.notice.text.Text)
		}
	}
	if len(o.stopped) != 0 {
		t.Errorf("stopped %v", o.stopped)
	}
}

func TestKeys(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		if shortcut(w, key); w.nav.chosen != min(i, len(w.pages)-1) {
			t.Errorf("%s leads to tab %d", key, w.nav.chosen)
		}
	}
	shortcut(w, fyne.KeyF)
	if w.nav.chosen != tabListeners || w.win.Canvas().Focused() != w.list.search {
		t.Error("the search does not get the keyboard")
	}
	test.Type(w.list.search, "ssh")
	if len(w.model.lines) != 2 {
		t.Errorf("the search shows %q", shownPorts(&w.model))
	}
	press(w, fyne.KeyEscape)
	if w.list.search.Text != "" || len(w.model.lines) != 15 {
		t.Error("Esc does not clear the search")
	}
	for _, step := range []struct {
		key  fyne.KeyName
		want int
	}{{fyne.KeyDown, 0}, {fyne.KeyDown, 1}, {fyne.KeyEnd, 14}, {fyne.KeyDown, 14}, {fyne.KeyUp, 13}, {fyne.KeyHome, 0}, {fyne.KeyUp, 0}} {
		if press(w, step.key); w.list.list.selected != step.want {
			t.Errorf("%s leads to row %d, want %d", step.key, w.list.list.selected, step.want)
		}
	}
	closed := false
	w.win.SetOnClosed(func() { closed = true })
	shortcut(w, fyne.KeyW)
	if !closed {
		t.Error("the window does not close")
	}
}

func TestKeysWaitForTheQuestion(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.AskStop("tcp:127.0.0.1:8080")
	shortcut(w, fyne.Key2)
	if w.nav.chosen != tabListeners {
		t.Error("the tab turns behind a question")
	}
}

func TestSegmentsByKeyboardAndPointer(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	s := w.list.kinds
	s.FocusGained()
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if got := len(w.model.lines); s.chosen != int(kindNetwork) || got != 10 {
		t.Errorf("segment %d shows %d rows", s.chosen, got)
	}
	test.TapAt(s, fyne.NewPos(s.widths(0)[0]+s.widths(0)[1]+4, 8))
	if got := len(w.model.lines); s.chosen != int(kindLocal) || got != 5 {
		t.Errorf("segment %d shows %d rows", s.chosen, got)
	}
	test.TapAt(s, fyne.NewPos(s.Size().Width-4, 8))
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if s.chosen != int(kindNew) {
		t.Error("the choice leaves the segments")
	}
}

func TestButtonsOfDetails(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	w.Show("tcp:127.0.0.1:8080")
	test.Tap(button(t, w.list.details.root, wordOpen.String()))
	if len(o.urls) != 1 || o.urls[0] != "http://127.0.0.1:8080/" {
		t.Errorf("opened %q", o.urls)
	}
	want := map[string]string{
		wordCopyAddress.String(): "127.0.0.1:8080", wordCopyURL.String(): "http://127.0.0.1:8080/", wordCopyPID.String(): "28411",
		wordCopyCommand.String(): "/usr/sbin/node -g 'daemon on; master_process on;'",
		wordCopyRow.String():     "8080/tcp\thttp-alt\tnode\t127.0.0.1:8080\tOnly this computer\tuser\t28411",
	}
	items := w.menuOf(menuCopy).Items
	values := items[len(items)-1].ChildMenu.Items
	if i := slices.IndexFunc(values, func(v *fyne.MenuItem) bool { return v.Label == "node: Executable /usr/sbin/node" }); i < 0 {
		t.Errorf("the values are %d", len(values))
	} else if values[i].Action(); w.opts.App.Clipboard().Content() != "/usr/sbin/node" {
		t.Errorf("the value is %q", w.opts.App.Clipboard().Content())
	}
	for _, item := range items[:len(items)-1] {
		item.Action()
		if got := w.opts.App.Clipboard().Content(); want[item.Label] != "" && got != want[item.Label] {
			t.Errorf("%s gives %q", item.Label, got)
		}
	}
	if all := w.opts.App.Clipboard().Content(); !strings.Contains(all, "  Executable: /usr/sbin/node\n") {
		t.Errorf("all details are %q", all)
	}
	for _, item := range w.menuOf(menuMore).Items {
		if item.Label == wordReveal.String() || item.Label == wordOpenFolder.String() {
			item.Action()
		}
	}
	if !slices.Equal(o.shown, []string{"/usr/sbin/node", "/"}) {
		t.Errorf("shown are %q", o.shown)
	}
	w.opts.OpenURL = func(string) error { return errors.New("no browser") }
	w.open("http://localhost/")
	if !strings.Contains(w.notice.text.Text, "no browser") {
		t.Errorf("a browser that does not open: %q", w.notice.text.Text)
	}
}

func TestFail(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.Fail(errors.New("read sockets: denied"))
	if !w.failure.box.Visible() || len(w.model.lines) != 15 {
		t.Error("a failed scan is not said, or takes the rows away")
	}
	w.Update(household())
	if w.failure.box.Visible() {
		t.Error("an equal snapshot does not take the failure back")
	}
	w.Fail(errors.New("read sockets: denied"))
	w.Fail(nil)
	if w.failure.box.Visible() {
		t.Error("nil does not take the failure back")
	}
}

func TestSettings(t *testing.T) {
	w, o := newTestWindow(t)
	w.Update(household())
	w.ShowSettings()
	box := w.settings.atLogin
	test.Tap(box)
	if !o.atLogin || !box.Checked {
		t.Error("the box does not set the login item")
	}
	w.opts.SetLoginItem = func(bool) error { return errors.New("read-only file system") }
	test.Tap(box)
	if !box.Checked || !strings.Contains(w.settings.why.Text, "read-only") {
		t.Errorf("a failure: checked %v, %q", box.Checked, w.settings.why.Text)
	}
	w.opts.LoginItem = func() (bool, error) { return false, errors.New("no session") }
	w.nav.choose(tabListeners)
	w.nav.choose(tabSettings)
	if !box.Disabled() || !strings.Contains(w.settings.why.Text, "no session") {
		t.Errorf("without a login item: disabled %v, %q", box.Disabled(), w.settings.why.Text)
	}
}

// later is a queue of what has to run on the goroutine of the test, as Fyne
// runs it on its own.
type later chan func()

// put queues a function behind what is there by now, and what follows shortly.
func (q later) put(f func()) {
	time.Sleep(50 * time.Millisecond)
	q <- f
}

// until runs what is queued until a condition holds.
func (q later) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case f := <-q:
			f()
		case <-deadline:
			t.Fatal("waited too long for: " + what)
		}
	}
}

func TestGoroutines(t *testing.T) {
	var o outside
	a := test.NewTempApp(t)
	opts := o.options(a)
	release, late := make(chan struct{}), make(chan struct{})
	opts.ReadDetails = func(ctx context.Context, p scanner.Process) (*process.Details, error) {
		if p.ID == sshd.ID {
			<-release
			defer close(late)
		}
		return readDetails(ctx, p)
	}
	queue := make(later, 100)
	w := newWindow(opts, func(f func()) { queue <- f }, func(f func()) { go f() }, time.Now, o.later)
	go func() {
		w.Update(household())
		w.Show("tcp:0.0.0.0:22")
	}()
	queue.until(t, "the slow listener is chosen", func() bool { return w.chosen.row != nil })
	w.list.list.Select(w.model.place("tcp:127.0.0.1:8080"))
	queue.until(t, "the quick one is read", func() bool { return len(w.chosen.known) == 1 })
	close(release)
	<-late
	handed := false
	go queue.put(func() { handed = true })
	queue.until(t, "what was handed over late", func() bool { return handed })
	if _, ok := w.chosen.known[node.ID]; !ok || len(w.chosen.known) != 1 || w.list.details.shown.title != "node" {
		t.Errorf("known are %v, described is %s", w.chosen.known, w.list.details.shown.title)
	}
	go w.AskStop("tcp:127.0.0.1:8080")
	queue.until(t, "the question", func() bool { return w.popup != nil })
	stopping := button(t, w.popup.Content, "Stop node")
	test.Tap(stopping)
	w.closePopup()
	queue.until(t, "the outcome in the window", func() bool { return w.notice.box.Visible() })
	if !strings.Contains(w.notice.text.Text, "node (pid 28411) has ended.") {
		t.Errorf("the outcome is %q", w.notice.text.Text)
	}
}

func TestNewOwnersAreRead(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(snapshot(listener(scanner.TCP, "::1", 80, nginx)))
	w.Show("tcp:[::1]:80")
	w.Update(snapshot(listener(scanner.TCP, "::1", 80, nginx, worker)))
	if len(w.chosen.known) != 2 || countStops(w.list.details.shown) != 2 {
		t.Errorf("%d processes are known, %d shown", len(w.chosen.known), countStops(w.list.details.shown))
	}
}

func TestHeaderSortsByEachColumn(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	h, x := w.list.header, float32(rowInset)
	h.Resize(fyne.NewSize(700, headerHeight))
	for i, width := range h.widths(h.Size().Width - 2*rowInset) {
		test.TapAt(h, fyne.NewPos(x+width/2, 8))
		if w.model.order.column != i {
			t.Errorf("a tap on column %d sorts by %d", i, w.model.order.column)
		}
		x += width + columnGap
	}
}

// BenchmarkUpdate is an update of 10,000 listeners in which 100 have changed, as every
// second on a computer where programs come and go. What it takes of the screen's
// goroutine is told apart: a frame is 16 ms.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name string
		set  func(*Window)
	}{
		{"by port", func(*Window) {}},
		{"by program", func(w *Window) { w.list.sortBy(columnProgram) }},
		{"searched", func(w *Window) { w.list.search.SetText("worker 10.4") }},
		{"grouped", func(w *Window) { w.list.grouped.SetChecked(true) }},
		{"of one process", func(w *Window) { w.Show("tcp:10.0.0.1:1001") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			w, _ := newTestWindow(b)
			var screen, longest time.Duration
			w.do = func(f func()) {
				began := time.Now()
				f()
				took := time.Since(began)
				screen += took
				longest = max(longest, took)
			}
			both := [2]*scanner.Snapshot{street(10000), street(10000)}
			if c.name == "of one process" {
				for _, s := range both {
					for i := range s.Listeners {
						s.Listeners[i].Owners[0] = node
					}
				}
			}
			for i := range 100 {
				l := &both[1].Listeners[i*100+50]
				l.Owners = []scanner.Process{owner(20000+i, "other", "user", 1000)}
			}
			w.Update(both[1])
			w.Show("tcp:10.0.0.1:1000")
			c.set(w)
			screen, longest = 0, 0
			for i := 0; b.Loop(); i++ {
				w.Update(both[i%2])
			}
			b.ReportMetric(float64(screen.Microseconds())/1000/float64(b.N), "screen-ms/op")
			b.ReportMetric(float64(longest.Microseconds())/1000, "screen-ms-most")
		})
	}
}

// BenchmarkUpdateSame is an update of 10,000 listeners in which nothing has.
func BenchmarkUpdateSame(b *testing.B) {
	w, _ := newTestWindow(b)
	s := street(10000)
	for b.Loop() {
		w.Update(s)
	}
}

func countStops(d *details) (n int) {
	for _, g := range d.groups {
		if g.stop != nil {
			n++
		}
	}
	return n
}

// TestGhostIsChosen has a listener that has just closed described as what it is: a menu
// on its row is not about another one.
func TestGhostIsChosen(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.Show("tcp:127.0.0.1:8080")
	w.Update(snapshot(slices.DeleteFunc(household().Listeners, func(l scanner.Listener) bool { return l.Port == 6379 })...))
	w.list.list.Select(w.model.place("tcp:[::1]:6379"))
	if d := w.list.details.shown; d.title != "redis-server" || !d.gone || countStops(d) != 0 {
		t.Errorf("described is %q, gone %v", d.title, d.gone)
	}
	w.Update(household())
	if d := w.list.details.shown; d.title != "redis-server" || d.gone {
		t.Errorf("back again, described is %q, gone %v", d.title, d.gone)
	}
}

// TestGroupsByKeyboard opens and closes groups while listeners come and go.
func TestGroupsByKeyboard(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.list.grouped.SetChecked(true)
	w.toTable()
	press(w, fyne.KeyHome)
	title := func() string {
		if l := w.list.list.selected; l >= 0 && w.model.lines[l].entry == nil {
			return w.model.lines[l].group.name
		}
		return ""
	}
	if title() != "sshd" {
		t.Fatalf("the first row is %q", title())
	}
	rows := len(w.model.lines)
	press(w, fyne.KeyLeft)
	if len(w.model.lines) != rows-2 || title() != "sshd" {
		t.Errorf("Left leaves %d rows, at %q", len(w.model.lines), title())
	}
	w.Update(with(listener(scanner.TCP, "127.0.0.1", 9, node)))
	if title() != "sshd" {
		t.Errorf("after an update the mark is at %q", title())
	}
	press(w, fyne.KeyRight)
	press(w, fyne.KeyDown)
	if markedID(w) != "tcp:0.0.0.0:22" {
		t.Errorf("below the title is %q", markedID(w))
	}
	press(w, fyne.KeyLeft)
	if title() != "sshd" {
		t.Errorf("Left leads to %q", title())
	}
}

// TestHeaderByKeyboard sorts, and makes a column wider, which stays within the table.
func TestHeaderByKeyboard(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	h := w.list.header
	w.win.Canvas().Focus(h)
	press(w, fyne.KeyRight)
	press(w, fyne.KeySpace)
	if w.model.order.column != columnService || h.AccessibilityLabel() != "Sorted by service, rising" {
		t.Errorf("sorted by %d: %s", w.model.order.column, h.AccessibilityLabel())
	}
	room := func() widths { return h.widths(h.Size().Width - 2*rowInset) }
	was := room()
	h.TypedRune('+')
	if got := room(); got[columnService] != was[columnService]+widthStep {
		t.Errorf("wider, the column has %v, had %v", got[columnService], was[columnService])
	}
	for range 200 {
		h.TypedRune('+')
	}
	for i, n := range room() {
		if (n == 0) != (was[i] == 0) {
			t.Errorf("column %d had %v and has %v", i, was[i], n)
		}
	}
}

// TestRebuiltButtonsKeepTheKeyboard has the details change below the keyboard.
func TestRebuiltButtonsKeepTheKeyboard(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(snapshot(listener(scanner.TCP, "::1", 80, nginx)))
	w.Show("tcp:[::1]:80")
	w.win.Canvas().Focus(w.list.details.keyed[buttonKey{label: wordMoreActions}])
	w.Update(snapshot(listener(scanner.TCP, "::1", 80, nginx, worker)))
	if w.win.Canvas().Focused() != w.list.details.keyed[buttonKey{label: wordMoreActions}] {
		t.Error("the button has lost the keyboard")
	}
}
