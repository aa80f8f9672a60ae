package window

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"portlight/app/alerts"
	"portlight/assets"
	"portlight/scanner"
)

// welcoming is a window that was just opened for the first time.
func welcoming(t *testing.T, change ...func(*Options)) (*Window, *outside, *memory) {
	t.Helper()
	w, o := newTestWindow(t)
	for _, f := range change {
		f(&w.opts)
	}
	m := newMemory(t)
	w.Update(household())
	w.SetMemory(m.window, nil)
	w.Show("")
	if w.popup == nil {
		t.Fatal("nobody is welcomed")
	}
	return w, o, m
}

// again is another window on the same memory.
func (m *memory) again(t *testing.T) *Window {
	t.Helper()
	w, _ := newTestWindow(t)
	w.Update(household())
	w.SetMemory(m.window, nil)
	w.Show("")
	return w
}

// TestWelcomeOnce says what was found, and is not seen again, however it was left.
func TestWelcomeOnce(t *testing.T) {
	for name, leave := range map[string]func(*Window){
		"Esc":          func(w *Window) { press(w, fyne.KeyEscape) },
		"Enter":        func(w *Window) { press(w, fyne.KeyReturn) },
		"Skip":         func(w *Window) { button(t, w.popup.Content, "Skip").OnTapped() },
		"Start":        func(w *Window) { button(t, w.popup.Content, "Start").OnTapped() },
		"the settings": func(w *Window) { w.ShowSettings() },
	} {
		w, o, m := welcoming(t)
		for _, words := range []string{"Welcome to Portlight", "This icon opens", "With the dot", "8 programs listen now. Others can reach 6 of them.", "counts as known"} {
			if !strings.Contains(said(w), words) {
				t.Errorf("%q is missing in %q", words, said(w))
			}
		}
		if strings.Contains(said(w), "otifications") {
			t.Errorf("it speaks of notifications, for which nobody asks here: %q", said(w))
		}
		leave(w)
		if w.popup != nil || o.atLogin || allSettings(m)[alerts.SettingWelcomed] == "" {
			t.Errorf("%s: open %v, at login %v, stored %v", name, w.popup != nil, o.atLogin, allSettings(m))
		}
		if w.Show(""); w.popup != nil || m.again(t).popup != nil {
			t.Errorf("%s: it comes again", name)
		}
	}
}

// TestWelcomeComes when memory and listeners are there, in whatever order, and does not
// disturb what was asked for.
func TestWelcomeComes(t *testing.T) {
	const show, late, memory, listeners, details, settings, ask, gone = "show", "late", "memory", "listeners", "details", "settings", "ask", "gone"
	for _, c := range []struct {
		steps string
		want  bool
	}{
		{"show memory listeners", true}, {"listeners memory show", true}, {"show listeners memory", true}, {"memory listeners show", true},
		{"show listeners", false}, {"show memory", false}, {"memory listeners", false},
		{"show listeners late memory", false}, {"show listeners late memory show", true},
		{"details memory listeners", false}, {"settings memory listeners", false}, {"details memory listeners show", true},
		{"show details memory listeners", false}, {"listeners ask memory show", false},
		{"listeners memory gone show", false},
	} {
		w, _ := newTestWindow(t)
		m := newMemory(t)
		for _, step := range strings.Fields(c.steps) {
			map[string]func(){
				show: func() { w.Show("") }, memory: func() { w.SetMemory(m.window, nil) }, listeners: func() { w.Update(household()) },
				details: func() { w.Show("tcp:0.0.0.0:22") }, settings: w.ShowSettings, ask: func() { w.AskStop("tcp:127.0.0.1:8080") },
				gone: func() { w.SetMemory(nil, errors.New("the disk is gone")) },
				late: func() { was := w.now(); w.now = func() time.Time { return was.Add(welcomeFor) } },
			}[step]()
		}
		welcomed := w.popup != nil && strings.Contains(said(w), "Welcome")
		if stored := allSettings(m)[alerts.SettingWelcomed] != ""; welcomed != c.want || stored != c.want {
			t.Errorf("%s: welcomed %v, stored %v", c.steps, welcomed, stored)
		}
	}
}

// TestWelcomeLogin: only Start sets what was chosen, and that it fails is said.
func TestWelcomeLogin(t *testing.T) {
	check := func(w *Window) *keyCheck { return find[*keyCheck](w.popup.Content)[0] }
	w, o, _ := welcoming(t)
	test.Tap(check(w))
	if button(t, w.popup.Content, "Skip").OnTapped(); o.atLogin {
		t.Error("Skip sets it")
	}
	w, o, _ = welcoming(t)
	test.Tap(check(w))
	if button(t, w.popup.Content, "Start").OnTapped(); !o.atLogin || w.popup != nil {
		t.Error("Start does not set it")
	}
	w, _, _ = welcoming(t, func(o *Options) {
		o.LoginItem = func() (bool, error) { return true, nil }
		o.SetLoginItem = func(bool) error { return errors.New("read-only file system") }
	})
	if !check(w).Checked {
		t.Error("it is not shown that it starts at login already")
	}
	test.Tap(check(w))
	if press(w, fyne.KeyReturn); !strings.Contains(w.notice.text.Text, "read-only") {
		t.Errorf("said is %q", w.notice.text.Text)
	}
	w, _, _ = welcoming(t, func(o *Options) { o.LoginItem = func() (bool, error) { return false, errors.New("no session") } })
	if len(find[*keyCheck](w.popup.Content)) > 0 {
		t.Error("it asks for what cannot be set here")
	}
	press(w, fyne.KeyReturn)
}

// TestWelcomeByKeyboard reaches everything by Tab, from Start on.
func TestWelcomeByKeyboard(t *testing.T) {
	w, o, _ := welcoming(t, func(o *Options) { o.AsksToNotify = func() bool { return true } })
	canvas := w.win.Canvas()
	start := canvas.Focused()
	var reached []fyne.Focusable
	for canvas.FocusNext(); canvas.Focused() != start && len(reached) < 10; canvas.FocusNext() {
		reached = append(reached, canvas.Focused())
	}
	if len(reached) != 3 {
		t.Fatalf("Tab reaches %v", reached)
	}
	canvas.Focus(reached[0])
	press(w, fyne.KeySpace)
	if o.asked != 1 || !strings.Contains(said(w), "Notifications are allowed.") || strings.Contains(said(w), "Allow notifications…") {
		t.Errorf("asked %d times, it says %q", o.asked, said(w))
	}
	canvas.Focus(reached[1])
	canvas.Focused().TypedRune(' ')
	if press(w, fyne.KeyReturn); w.popup != nil || !o.atLogin {
		t.Errorf("open %v, at login %v", w.popup != nil, o.atLogin)
	}
	w, _, _ = welcoming(t)
	w.win.Canvas().FocusNext()
	if press(w, fyne.KeyEscape); w.popup != nil {
		t.Error("Esc on the check does not close it")
	}
}

// TestWelcomeRefused: why Portlight may not notify stands there.
func TestWelcomeRefused(t *testing.T) {
	w, _, _ := welcoming(t, func(o *Options) {
		o.AsksToNotify = func() bool { return true }
		o.AskToNotify = func() error { return errors.New("macOS refuses: allow them in its settings") }
	})
	if button(t, w.popup.Content, "Allow notifications…").OnTapped(); !strings.Contains(said(w), "MacOS refuses: allow them in its settings.") {
		t.Errorf("it says %q", said(w))
	}
}

// TestBaseline counts programs, not listeners, of this computer's own network, and not
// what there is an alert about.
func TestBaseline(t *testing.T) {
	inside := listener(scanner.TCP, "0.0.0.0", 5432, postgres)
	inside.Namespace = "container shop"
	for _, c := range []struct {
		listeners []scanner.Listener
		want      string
	}{
		{nil, "Nothing listens now."},
		{[]scanner.Listener{inside}, "Nothing listens now."},
		{[]scanner.Listener{listener(scanner.TCP, "127.0.0.1", 631, node)}, "1 program listens now. Others cannot reach it."},
		{[]scanner.Listener{listener(scanner.TCP, "0.0.0.0", 22, sshd), listener(scanner.TCP, "::", 22, sshd), listener(scanner.TCP, "0.0.0.0", 222, sshd)},
			"1 program listens now. Others can reach it."},
		{[]scanner.Listener{listener(scanner.TCP, "127.0.0.1", 631, node), listener(scanner.TCP, "127.0.0.1", 80, nginx, worker)},
			"2 programs listen now. Others can reach none of them."},
		{[]scanner.Listener{listener(scanner.TCP, "127.0.0.1", 631, node), listener(scanner.TCP, "0.0.0.0", 3000, node), listener(scanner.TCP, "127.0.0.1", 80, nginx)},
			"2 programs listen now. Others can reach 1 of them."},
		{[]scanner.Listener{listener(scanner.TCP, "0.0.0.0", 80, nginx), listener(scanner.TCP, "0.0.0.0", 3000, node)},
			"2 programs listen now. Others can reach all of them."},
		{[]scanner.Listener{listener(scanner.TCP, "127.0.0.1", 8080, node), listener(scanner.TCP, "0.0.0.0", 22, sshd)},
			"1 program listens now. Others can reach it."},
	} {
		w, _ := newTestWindow(t)
		m := newMemory(t)
		m.tell(listener(scanner.TCP, "127.0.0.1", 8080, node), alerts.New, time.Hour)
		w.Update(snapshot(c.listeners...))
		w.SetMemory(m.window, nil)
		if w.Show(""); !strings.Contains(said(w), c.want) {
			t.Errorf("%d listeners: %q, want %q", len(c.listeners), said(w), c.want)
		}
	}
}

func TestWelcomePictures(t *testing.T) {
	for _, c := range []struct {
		name   string
		dark   bool
		change func(*Options)
	}{
		{"welcome", false, func(*Options) {}},
		{"welcomedark", true, func(o *Options) {
			o.AsksToNotify = func() bool { return true }
			o.Tray.Icon, o.Tray.Marked, o.Tray.Template = assets.TrayTemplate, assets.TrayTemplateMarked, true
		}},
		{"welcomenotray", false, func(o *Options) { o.Tray.Shown = func() bool { return false } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _, m := welcoming(t, c.change)
			w.paint(c.dark)
			w.closePopup() // its pictures have the colours of when they were made
			m.check(m.agent.Set(alerts.SettingWelcomed, ""))
			w.SetMemory(m.window, nil)
			test.AssertRendersToImage(t, c.name+".png", w.win.Canvas())
		})
	}
}
