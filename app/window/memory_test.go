package window

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/assets/words"
	"portlight/scanner"
)

// newRemembering is a window with a real memory, in which the agent has recorded what
// listens in the household.
func newRemembering(t testing.TB) (*Window, *outside, *memory) {
	t.Helper()
	w, o := newTestWindow(t)
	w.now = func() time.Time { return morning }
	m := newMemory(t)
	m.tell(listener(scanner.TCP, "127.0.0.1", 8080, node), alerts.New, 2*time.Hour)
	w.Update(household())
	w.SetMemory(m.window, nil)
	return w, o, m
}

// value is what the details show behind a label, in whichever group.
func (w *Window) value(label words.Text) string {
	for _, g := range w.list.details.shown.groups {
		for _, p := range g.pairs {
			if p.label == label.String() {
				return p.value
			}
		}
	}
	return ""
}

// more does what an item of the More menu is for.
func (w *Window) more(t *testing.T, label words.Text) {
	t.Helper()
	for _, item := range w.menuOf(menuMore).Items {
		if item.Label == label.String() {
			if item.Disabled {
				t.Fatalf("%q is off", label)
			}
			item.Action()
			return
		}
	}
	t.Fatalf("no item %q", label)
}

func TestPastInDetails(t *testing.T) {
	w, _, m := newRemembering(t)
	w.Show("tcp:127.0.0.1:8080")
	if got := w.value(wordSeen); !strings.HasPrefix(got, "Seen once, today 07:30") {
		t.Errorf("seen: %q", got)
	}
	if got := w.value(wordStands); got != "It stands since today 07:30" {
		t.Errorf("stands: %q", got)
	}
	if got := w.value(wordTold); got != "You were told of it today 07:30" {
		t.Errorf("told: %q", got)
	}
	if got := w.value(wordLately); !strings.Contains(got, "for the first time") {
		t.Errorf("lately: %q", got)
	}
	if got := w.value(wordRule); got != wordNoRule.String() {
		t.Errorf("rule: %q", got)
	}
	m.tell(listener(scanner.TCP, "127.0.0.1", 8080, node), alerts.New, time.Minute)
	w.MemoryChanged()
	if got := w.value(wordSeen); !strings.Contains(got, "2 times") {
		t.Errorf("recorded again, seen: %q", got)
	}
}

// TestSinceInTable has the table tell what is remembered, and what is not what the
// process's start allows.
func TestSinceInTable(t *testing.T) {
	w, _, m := newRemembering(t)
	since := func(id string) string {
		return sinceWords(w.model.since(w.model.find(id)), morning)
	}
	if got := since("tcp:127.0.0.1:8080"); got != "2 h" {
		t.Errorf("what is remembered stands %q", got)
	}
	if got := since("tcp:0.0.0.0:22"); !strings.HasPrefix(got, "≤ ") {
		t.Errorf("what is not stands %q", got)
	}
	late := listener(scanner.TCP, "127.0.0.1", 8080, node)
	late.Owners[0].Start++
	late.Owners[0].Started = morning.Add(-5 * time.Minute)
	w.Update(snapshot(late))
	if got := since("tcp:127.0.0.1:8080"); got != "≤ 5 min" {
		t.Errorf("a process that began since stands %q", got)
	}
	m.check(m.agent.Resume(morning, nil))
	w.SetMemory(nil, errors.New("the disk is gone"))
	if w.Show("tcp:127.0.0.1:8080"); w.value(wordRemembered) != "The disk is gone." {
		t.Errorf("without memory: %q", w.value(wordRemembered))
	}
}

func TestDecideInDetails(t *testing.T) {
	w, _, m := newRemembering(t)
	w.Show("tcp:127.0.0.1:8080")
	if w.nav.items[tabAlerts] != "Alerts (1)" || !w.model.facts.unseen["tcp:127.0.0.1:8080"] {
		t.Errorf("the tab is %q, new are %v", w.nav.items[tabAlerts], w.model.facts.unseen)
	}
	w.list.kinds.choose(int(kindNew))
	if got := shownPorts(&w.model); got != "8080" {
		t.Errorf("new are %q", got)
	}
	w.list.kinds.choose(int(kindAll))
	w.more(t, wordMuteIt)
	const rule = "Mute node (/usr/sbin/node) on tcp 8080 where only this computer can reach it\n"
	if got := m.ruleWords(); got != rule {
		t.Fatalf("the rules are %q, want %q", got, rule)
	}
	if got := w.value(wordRule); !strings.HasPrefix(got, "Mute node") || w.nav.items[tabAlerts] != wordAlerts.String() || m.alert(1).State != history.StateMuted {
		t.Errorf("the details tell the rule %q, the tab is %q, the alert %s", got, w.nav.items[tabAlerts], m.alert(1).State)
	}
	if !w.notice.act.Visible() || !strings.HasPrefix(w.notice.text.Text, "New rule: Mute node") {
		t.Errorf("said is %q", w.notice.text.Text)
	}
	test.Tap(w.notice.act)
	if got := m.ruleWords(); got != "" || w.notice.box.Visible() || w.value(wordRule) != wordNoRule.String() || m.alert(1).State != history.StateNew {
		t.Errorf("taken back, the rules are %q, the alert is %s", got, m.alert(1).State)
	}
	w.more(t, wordAllowIt)
	w.more(t, wordAllowIt)
	if got := m.ruleWords(); strings.Count(got, "\n") != 1 || w.notice.text.Text != ruleMade(nil) {
		t.Errorf("allowed twice, the rules are %q", got)
	}
	m.window.Close()
	w.more(t, wordMuteIt)
	if !strings.HasPrefix(w.notice.text.Text, "It was not saved: ") || w.notice.act.Visible() {
		t.Errorf("with a closed memory it says %q", w.notice.text.Text)
	}
}

func TestNameService(t *testing.T) {
	w, o, m := newRemembering(t)
	name := func(text string, only bool) {
		t.Helper()
		w.Show("tcp:127.0.0.1:8080")
		w.more(t, wordNameIt)
		if only {
			r := find[*widget.RadioGroup](w.popup.Content)[0]
			r.SetSelected(r.Options[1])
		}
		entry := w.win.Canvas().Focused().(*nameEntry)
		entry.SetText(text)
		press(w, fyne.KeyReturn)
		if w.popup != nil {
			t.Error("Enter leaves the dialog open")
		}
	}
	names := func() (words []string) {
		all, err := m.window.Names()
		m.check(err)
		for _, n := range all {
			words = append(words, n.Program+"="+n.Name)
		}
		return words
	}
	name("Staging\u202e shop", false)
	name("Only node's", true)
	if got := strings.Join(names(), ","); got != "=Staging\ufffd shop,node=Only node's" || o.renamed != 2 {
		t.Errorf("the names are %q, read anew %d times", got, o.renamed)
	}
	w.more(t, wordNameIt)
	press(w, fyne.KeyEscape)
	if w.popup != nil || len(names()) != 2 {
		t.Error("Esc saves, or leaves the dialog open")
	}
	name(" ", false)
	if got := names(); len(got) != 0 {
		t.Errorf("an empty name leaves %q", got)
	}
}

// TestWidthsAreKept has another window take what this one's columns were set to.
func TestWidthsAreKept(t *testing.T) {
	w, _, m := newRemembering(t)
	h := w.list.header
	x := float32(rowInset) + h.widths(h.Size().Width - 2*rowInset)[columnPort] + columnGap/2
	was := h.widths(h.Size().Width - 2*rowInset)
	test.Drag(w.win.Canvas(), fyne.CurrentApp().Driver().AbsolutePositionForObject(h).AddXY(x+40, 8), 40, 0) // where the pointer is by then
	now := h.widths(h.Size().Width - 2*rowInset)
	if now[columnPort] != was[columnPort]+40 {
		t.Errorf("dragged, the column is %v wide, was %v", now[columnPort], was[columnPort])
	}
	o := outside{}
	other := newWindow(o.options(w.opts.App), inline, inline, time.Now, o.later)
	other.SetMemory(m.window, nil)
	if got := other.list.header.set; got != h.set || got == (widths{}) {
		t.Errorf("another window has the widths %v, want %v", got, h.set)
	}
	m.check(m.window.Set(settingColumns, "port=1,\xff"))
	other.SetMemory(m.window, nil)
	if got := other.list.header.set; got != (widths{}) {
		t.Errorf("what makes no sense gives %v", got)
	}
}

// TestNewerMemory says why a memory cannot be used.
func TestNewerMemory(t *testing.T) {
	w, _ := newTestWindow(t)
	w.Update(household())
	w.SetMemory(nil, history.ErrNewer)
	w.Show("tcp:0.0.0.0:22")
	if got := w.value(wordRemembered); !strings.Contains(strings.ToLower(got), "newer version") {
		t.Errorf("it says %q", got)
	}
	for _, item := range w.menuOf(menuMore).Items {
		if slices.Contains([]string{wordAllowIt.String(), wordMuteIt.String(), wordNameIt.String()}, item.Label) && !item.Disabled {
			t.Errorf("%s is on", item.Label)
		}
	}
	for why, want := range map[error]string{
		fmt.Errorf("open the memory: %w", history.ErrBusy):           "The memory is locked by another process: try again.",
		fmt.Errorf("open the memory: %w: disk I/O", history.ErrFull): "The memory cannot be written: the disk is full, or fails; free some space on it.",
	} {
		if w.SetMemory(nil, why); w.value(wordRemembered) != want {
			t.Errorf("of %v it says %q", why, w.value(wordRemembered))
		}
	}
	w.nav.choose(tabAlerts)
	if !w.alerts.noMemory.Visible() || w.alerts.rules.root.Visible() {
		t.Error("the alerts do not tell that there is no memory")
	}
}

// TestStoredSettings has what is chosen stored, and what another process stores shown.
func TestStoredSettings(t *testing.T) {
	w, o, m := newRemembering(t)
	p := w.settings
	stored := func() alerts.Settings {
		all, err := m.agent.Settings()
		m.check(err)
		set, problems := alerts.ParseSettings(all)
		if len(problems) > 0 {
			t.Errorf("what is stored makes no sense: %v", problems)
		}
		return set
	}
	m.check(m.agent.Set(alerts.SettingPaused, morning.Add(time.Hour).Format(time.RFC3339)))
	test.Tap(p.loopback)
	test.Tap(p.ephemeral)
	p.days.SetSelected(daysWords(7))
	button(t, w.popup.Content, "Keep less").OnTapped()
	p.events.SetSelected(eventsWords(1_000_000))
	p.tray.interval.SetSelected("10 s")
	p.tray.row.SetSelected("Program and port")
	p.tray.title.SetSelected("How many listeners others can reach")
	if got := stored(); got.Interval != 10*time.Second || got.Row != alerts.ProgramPort || got.Title != alerts.TitleReachable {
		t.Errorf("stored are %+v", got)
	}
	if got := o.paces[len(o.paces)-1]; got != 10*time.Second || p.tray.example.Text != "sshd  22" {
		t.Errorf("at once the window looks every %v, and an example is %q", got, p.tray.example.Text)
	}
	if got := stored(); !got.Loopback || got.Ephemeral || got.KeepDays != 7 || got.KeepEvents != 1_000_000 || got.Paused.IsZero() {
		t.Errorf("stored are %+v", got)
	}
	p.theme.choose(2)
	if _, dark := w.opts.App.Settings().Theme().(fixedLook); !dark {
		t.Error("dark does not hold at once")
	}
	m.check(m.agent.SetAll(map[string]string{"alerts.loopback": "false", "history.days": "33", "history.events": "7", settingTheme: ""}))
	w.MemoryChanged()
	if p.loopback.Checked || p.days.Selected != "33 days" || p.events.Selected != "200,000 events" || p.theme.chosen != 0 || !strings.Contains(p.noStore.Text, "history.events") {
		t.Errorf("shown are %v, %q, %q, theme %d, %q", p.loopback.Checked, p.days.Selected, p.events.Selected, p.theme.chosen, p.noStore.Text)
	}
	if got := allSettings(m); got["history.days"] != "33" {
		t.Errorf("showing has stored %q", got)
	}
	test.Tap(p.loopback)
	if got := stored(); got.KeepDays != 33 || !got.Loopback {
		t.Errorf("of a number that is none of the usual ones is stored %+v", got)
	}
	m.window.Close()
	test.Tap(p.loopback)
	if !strings.HasPrefix(w.notice.text.Text, "It was not saved: ") {
		t.Errorf("with a closed memory it says %q", w.notice.text.Text)
	}
	w.SetMemory(nil, nil)
	if !p.loopback.Disabled() || !p.noStore.Visible() {
		t.Error("without memory settings can be changed")
	}
}

// TestTraySettings: what another process stores is shown and holds, what makes no sense
// is said, and so is an interval that was given.
func TestTraySettings(t *testing.T) {
	w, o, m := newRemembering(t)
	p := w.settings
	for _, c := range []struct {
		interval, row, title string
		shown                [3]string
		example              string
		pace                 time.Duration
		said                 []string
	}{
		{"30s", "port program", "nothing", [3]string{"30 s", "Port and program", "Nothing"}, "22  sshd", 30 * time.Second, nil},
		{"1m", "program port", "reachable", [3]string{"1 min", "Program and port", "How many listeners others can reach"}, "sshd  22", time.Minute, nil},
		{"250ms", "", "new", [3]string{"250 ms", "Port, service and program", "How many alerts are new"}, "22  ssh — sshd", 250 * time.Millisecond, nil},
		{"2h", "all", "\x1b\u202e", [3]string{"1 s", "Port, service and program", "How many alerts are new"}, "22  ssh — sshd", time.Second,
			[]string{"scan.interval: 2h0m0s is not between 250ms and 1m0s; 1s holds instead.", `menu.row: "all" is none`, "tray.title"}},
	} {
		m.check(m.agent.SetAll(map[string]string{"scan.interval": c.interval, "menu.row": c.row, "tray.title": c.title}))
		w.MemoryChanged()
		if got := [3]string{p.tray.interval.Selected, p.tray.row.Selected, p.tray.title.Selected}; got != c.shown || p.tray.example.Text != c.example {
			t.Errorf("%+v: shown are %q, such as %q", c, got, p.tray.example.Text)
		}
		if got := o.paces[len(o.paces)-1]; got != c.pace || p.tray.given.Visible() {
			t.Errorf("%+v: it looks every %v", c, got)
		}
		for _, words := range c.said {
			if !strings.Contains(p.noStore.Text, words) {
				t.Errorf("%+v: %q does not say %q", c, p.noStore.Text, words)
			}
		}
		if all := allSettings(m); all["scan.interval"] != c.interval || all["menu.row"] != c.row || strings.Contains(p.noStore.Text, "\u202e") {
			t.Errorf("%+v: showing has stored %v, or says %q", c, all, p.noStore.Text)
		}
	}
	for given, want := range map[string]bool{"5s": true, "": false, "soon": false} {
		m.check(m.agent.Set(alerts.SettingGiven, given))
		if w.MemoryChanged(); p.tray.given.Visible() != want || want && !strings.Contains(p.tray.given.Text, "--interval 5s") {
			t.Errorf("given is %q: %v, %q", given, p.tray.given.Visible(), p.tray.given.Text)
		}
	}
	w.opts.Interval = 2 * time.Second
	if w.MemoryChanged(); !p.tray.given.Visible() || !strings.Contains(p.tray.given.Text, "--interval 2s") {
		t.Errorf("given to the window: %q", p.tray.given.Text)
	}
}

// TestSettingsByKeyboard goes through the tab by Tab alone, and chooses.
func TestSettingsByKeyboard(t *testing.T) {
	w, _, m := newRemembering(t)
	w.ShowSettings()
	w.toTab(tabSettings)
	for i := 0; w.win.Canvas().Focused() != fyne.Focusable(w.settings.tray.row.Select); i++ {
		if i > 10 {
			t.Fatal("Tab does not come to the choice of the rows")
		}
		w.win.Canvas().FocusNext()
		if s, ok := w.win.Canvas().Focused().(*widget.Select); ok && s == w.settings.tray.interval.Select {
			press(w, fyne.KeyRight)
		}
	}
	press(w, fyne.KeyLeft)
	if all := allSettings(m); all["scan.interval"] != "2s" || all["menu.row"] != string(alerts.ProgramPort) {
		t.Errorf("stored are %v", all)
	}
}

// TestNoTrayTitle: where no system shows a text beside the icon there is no choice of it,
// and what is stored stays.
func TestNoTrayTitle(t *testing.T) {
	_, o, m := newRemembering(t)
	m.check(m.agent.Set("tray.title", "reachable"))
	opts := o.options(fyne.CurrentApp())
	opts.TrayTitle = false
	w := newWindow(opts, inline, inline, time.Now, o.later)
	w.SetMemory(m.window, nil)
	if selects := find[*widget.Select](w.settings.root); len(selects) != 5 {
		t.Errorf("%d choices", len(selects))
	}
	w.settings.tray.row.SetSelectedIndex(1)
	if all := allSettings(m); all["tray.title"] != "reachable" || all["menu.row"] != "port program" {
		t.Errorf("stored are %v", all)
	}
}

func allSettings(m *memory) map[string]string {
	all, err := m.agent.Settings()
	m.check(err)
	return all
}
