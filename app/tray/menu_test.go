package tray

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portlight/app/view"
	"portlight/assets/words"
)

// record is a board that keeps what is drawn on it and every call.
type record struct {
	items []*recordItem
	calls []string
}

type recordItem struct {
	board                     *record
	title                     string
	hidden, disabled, checked bool
	clicked                   func()
	under                     []*recordItem
}

func (b *record) add(title string, clicked func()) item {
	it := &recordItem{board: b, title: title, clicked: clicked}
	b.items = append(b.items, it)
	b.calls = append(b.calls, "add")
	return it
}

func (b *record) under(parent item, title string, clicked func()) item {
	it := &recordItem{board: b, title: title, clicked: clicked}
	p := parent.(*recordItem)
	p.under = append(p.under, it)
	b.calls = append(b.calls, "under")
	return it
}

func (b *record) checkUnder(parent item, title string, clicked func()) item {
	return b.under(parent, title, clicked)
}

func (b *record) mark(on bool)      { b.calls = append(b.calls, fmt.Sprint("mark ", on)) }
func (b *record) title(text string) { b.calls = append(b.calls, "beside "+text) }
func (b *record) count(unseen int)  { b.calls = append(b.calls, fmt.Sprint("count ", unseen)) }

func (b *record) separator() { b.items = append(b.items, &recordItem{title: "---"}) }

func (i *recordItem) call(what string) { i.board.calls = append(i.board.calls, what+" "+i.title) }

func (i *recordItem) SetTitle(s string) { i.title = s; i.call("title") }
func (i *recordItem) Show()             { i.hidden = false; i.call("show") }
func (i *recordItem) Hide()             { i.hidden = true; i.call("hide") }
func (i *recordItem) Enable()           { i.disabled = false; i.call("enable") }
func (i *recordItem) Disable()          { i.disabled = true; i.call("disable") }
func (i *recordItem) Check()            { i.checked = true; i.call("check") }
func (i *recordItem) Uncheck()          { i.checked = false; i.call("uncheck") }

// text is what a person sees, disabled items in brackets, checked ones with a
// tick.
func text(items []*recordItem, indent string) string {
	var b strings.Builder
	for _, it := range items {
		switch {
		case it.hidden:
			continue
		case it.disabled:
			fmt.Fprintf(&b, "%s[%s]\n", indent, it.title)
		case it.checked:
			fmt.Fprintf(&b, "%s✓ %s\n", indent, it.title)
		default:
			fmt.Fprintf(&b, "%s%s\n", indent, it.title)
		}
		b.WriteString(text(it.under, indent+"  "))
	}
	return b.String()
}

func (b *record) find(title string) *recordItem {
	i := slices.IndexFunc(b.items, func(it *recordItem) bool { return !it.hidden && it.title == title })
	if i < 0 {
		return nil
	}
	return b.items[i]
}

func newRecordTray(t testing.TB, hold time.Duration, onCommand func(Command, view.MenuRow)) (*Tray, *record) {
	tray, b := newTray(Options{OnCommand: onCommand}, hold), &record{}
	tray.start(b)
	t.Cleanup(tray.end)
	return tray, b
}

func ignore(Command, view.MenuRow) {}

func testMenu(others, local string) view.Menu {
	var m view.Menu
	m.Sections[view.SectionNew] = view.Section{Title: "New"}
	m.Sections[view.SectionExternal] = view.Section{Title: "Others can reach", Empty: "Nothing", Rows: rows(others)}
	m.Sections[view.SectionLocal] = view.Section{Title: "Only this computer", Empty: "Nothing", Rows: rows(local)}
	return m
}

// testNews is a menu with alerts, all of them unseen.
func testNews(news, others, local string) view.Menu {
	m := testMenu(others, local)
	m.Sections[view.SectionNew].Rows = rows(news)
	m.Unseen = len(m.Sections[view.SectionNew].Rows)
	return m
}

const wantMenu = `[2 are hidden]
[Others can reach]
22
  Details…
  Copy address
  Tell me when this closes
  Stop…
80
  Details…
  Copy address
  Open in browser
  ✓ Tell me when this closes
---
[Only this computer]
[Nothing]
---
Pause alerts
  For an hour
  Until tomorrow
---
Open Portlight
Settings…
Quit Portlight
`

const wantNews = `[New]
80
  Details…
  Allow
  Mute
  Copy address
  Open in browser
  Tell me when this closes
  Stop…
22
  Details…
  Allow
  Mute
  Copy address
away
  Details…
[Others can reach]
80
  Details…
  Copy address
  Open in browser
  Tell me when this closes
  Stop…
---
[Only this computer]
[Nothing]
---
Mark all as seen
[Alerts are paused until Fri 02:00]
Resume alerts
---
Open Portlight
Settings…
Quit Portlight
`

func TestMenuNews(t *testing.T) {
	tray, b := newRecordTray(t, holdFor, ignore)
	m := testNews("7/80:us 8/22:c 3/away", "80:us", "")
	m.PausedUntil = time.Date(2100, 1, 1, 2, 0, 0, 0, time.Local)
	tray.Update(m)
	if got := text(b.items, ""); got != wantNews {
		t.Errorf("got:\n%s\nwant:\n%s", got, wantNews)
	}

	tray.Update(testMenu("80:us", ""))
	got := text(b.items, "")
	for _, word := range []string{"New", wordAllow.String(), wordMute.String(), wordMarkSeen.String(), "paused", wordResume.String()} {
		if strings.Contains(got, word) {
			t.Errorf("%q is left in:\n%s", word, got)
		}
	}

	tray.Update(testNews("1/1..22", "", ""))
	if got := text(b.items, ""); !strings.Contains(got, "\n2 more…\n[Others can reach]\n") {
		t.Errorf("the rest is not counted:\n%s", got)
	}
}

func TestMenuText(t *testing.T) {
	tray, b := newRecordTray(t, holdFor, ignore)
	m := testMenu("22:s 80:ut", "")
	m.Note = "2 are hidden"
	tray.Update(m)
	if got := text(b.items, ""); got != wantMenu {
		t.Errorf("got:\n%s\nwant:\n%s", got, wantMenu)
	}

	tray.Update(testMenu("1..23", "53"))
	got := text(b.items, "")
	for _, want := range []string{"3 more…\n---\n[Only this computer]\n53\n", "\n20\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "hidden") || strings.Contains(got, "Nothing") || strings.Contains(got, "\n21\n") {
		t.Errorf("too much in:\n%s", got)
	}
}

// TestMenuCalls checks that only what differs is drawn: each call costs the
// panel a reading of the whole menu.
func TestMenuCalls(t *testing.T) {
	named := func(m view.Menu, at int, name string) view.Menu {
		m.Sections[view.SectionExternal].Rows[at].Label = name
		return m
	}
	news := named(testNews("7/22", "22", "53:s"), 0, "22 ssh")
	more := news
	more.Unseen = 2
	titled := news
	titled.Title = "7"
	paused := news
	paused.PausedUntil = time.Date(2100, 1, 1, 2, 0, 0, 0, time.Local)
	submenu := slices.Repeat([]string{"under"}, 5)
	newsSubmenu := slices.Repeat([]string{"under"}, 7)
	steps := []struct {
		what string
		menu view.Menu
		want []string
	}{
		{"the same", testMenu("22:s 80:us", "53:s"), nil},
		{"a label", named(testMenu("22:s 80:us", "53:s"), 0, "22 ssh"), []string{"title 22 ssh"}},
		{"a row less", named(testMenu("22:s", "53:s"), 0, "22 ssh"), []string{"hide 80"}},
		{"the row again", named(testMenu("22:s 80:us", "53:s"), 0, "22 ssh"), []string{"show 80"}},
		{"no stop", named(testMenu("22 80:us", "53:s"), 0, "22 ssh"), []string{"hide Stop…"}},
		{"asked to tell", named(testMenu("22:t 80:us", "53:s"), 0, "22 ssh"), []string{"check Tell me when this closes"}},
		{"taken back", named(testMenu("22 80:us", "53:s"), 0, "22 ssh"), []string{"uncheck Tell me when this closes"}},
		{"a row more", named(testMenu("22 80:us 90:us", "53:s"), 0, "22 ssh"), append(submenu, "title 90", "show 90")},
		{"rows less", named(testMenu("22", "53:s"), 0, "22 ssh"), []string{"hide 80", "hide 90"}},
		{"an alert", news, slices.Concat([]string{"mark true", "count 1", "title New", "disable New", "show New"}, newsSubmenu,
			[]string{"hide Open in browser", "hide Stop…", "title 22", "show 22", "show Mark all as seen"})},
		{"one more that has no row", more, []string{"count 2"}},
		{"it is seen", news, []string{"count 1"}},
		{"a title beside the icon", titled, []string{"beside 7"}},
		{"the same title", titled, nil},
		{"none", news, []string{"beside "}},
		{"a pause", paused, []string{"hide Pause alerts", "title Alerts are paused until Fri 02:00",
			"disable Alerts are paused until Fri 02:00", "show Alerts are paused until Fri 02:00", "show Resume alerts"}},
		{"the pause again", paused, nil},
		{"the pause is over", news, []string{"show Pause alerts", "hide Alerts are paused until Fri 02:00", "hide Resume alerts"}},
		{"none is new", named(testMenu("22", "53:s"), 0, "22 ssh"), []string{"mark false", "count 0", "hide New", "hide 22", "hide Mark all as seen"}},
		{"none left", testMenu("", "53:s"), []string{"title Nothing", "disable Nothing", "show Nothing", "hide 22 ssh"}},
	}
	tray, b := newRecordTray(t, holdFor, ignore)
	tray.Update(testMenu("22:s 80:us", "53:s"))
	for _, s := range steps {
		b.calls = nil
		tray.Update(s.menu)
		if !slices.Equal(b.calls, s.want) {
			t.Errorf("%s: %q, want %q", s.what, b.calls, s.want)
		}
	}
}

// TestMenuRowsRenamed: a menu that is open shows at once what its rows are to tell now.
func TestMenuRowsRenamed(t *testing.T) {
	tray, b := newRecordTray(t, holdFor, ignore)
	tray.Update(testMenu("22 80", ""))
	tray.opened()
	m := testMenu("22 80", "")
	for i, label := range []string{"sshd  22", "nginx  80"} {
		m.Sections[view.SectionExternal].Rows[i].Label = label
	}
	b.calls = nil
	tray.Update(m)
	if want := []string{"title sshd  22", "title nginx  80"}; !slices.Equal(b.calls, want) {
		t.Errorf("%q, want %q", b.calls, want)
	}
}

func TestMenuClosedRow(t *testing.T) {
	tray, b := newRecordTray(t, holdFor, ignore)
	tray.Update(testMenu("22:s", ""))
	tray.opened()
	tray.Update(testMenu("", ""))
	want := "[22 (closed)]\n  [Details…]\n  [Copy address]\n  [Tell me when this closes]\n  [Stop…]\n---\n"
	if got := text(b.items, ""); !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant it to contain:\n%s", got, want)
	}
	tray.Update(testMenu("22:s", ""))
	want = "\n22\n  Details…\n  Copy address\n  Tell me when this closes\n  Stop…\n---\n"
	if got := text(b.items, ""); !strings.Contains(got, want) {
		t.Errorf("back again, got:\n%s\nwant it to contain:\n%s", got, want)
	}
}

// externalAt is where the first row of what others can reach stands among all
// items: behind the note, all of the section New, a title and its "Nothing".
const externalAt = 1 + (2 + view.MenuRows + 1) + 2

// TestSettle checks that the order is made right without another Update.
func TestSettle(t *testing.T) {
	tray, b := newRecordTray(t, 50*time.Millisecond, ignore)
	tray.Update(testMenu("22 80", ""))
	tray.opened()
	tray.Update(testMenu("21 22", ""))
	waitFor(t, "the order to be right", func() bool {
		tray.mu.Lock()
		defer tray.mu.Unlock()
		return !strings.Contains(text(b.items, ""), "closed") && b.items[externalAt].title == "21"
	})
}

func TestLabel(t *testing.T) {
	tests := []struct{ in, want string }{
		{"22  ssh — sshd", "22  ssh — sshd"},
		{"a_b__c", label("a_b__c")},
		{"\xff\xfe", "\uFFFD"},
		{"nul\x00byte", "nul\uFFFDbyte"},
		{"", ""},
	}
	for _, tt := range tests {
		b := &record{}
		c := cell{item: b.add("x", nil), title: "x"}
		c.draw(tt.in, true, true)
		if got := b.items[0].title; got != tt.want {
			t.Errorf("%q is drawn as %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestClicksWhileUpdating clicks from many goroutines while the menu changes:
// each click arrives once, with the row of its slot.
func TestClicksWhileUpdating(t *testing.T) {
	const clicks = 50
	got := make(chan string, 4*clicks)
	tray, b := newRecordTray(t, holdFor, func(cmd Command, row view.MenuRow) { got <- cmd.String() + " " + row.ID })
	tray.Update(testMenu("22:s 80:us", "53:s"))
	stop := make(chan struct{})
	var updates, clicking sync.WaitGroup
	updates.Add(1)
	go func() {
		defer updates.Done()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			m := testMenu("22:s 80:us", "53:s")
			m.Sections[view.SectionExternal].Rows[0].Label = fmt.Sprint("22 ", i)
			tray.Update(m)
		}
	}()
	tray.mu.Lock()
	http, dns, open := b.find("80").under, b.find("53").under, b.find(wordOpen.String())
	tray.mu.Unlock()
	for _, it := range []*recordItem{http[2], http[4], dns[1], open} {
		clicking.Add(1)
		go func() {
			defer clicking.Done()
			for range clicks {
				it.clicked()
			}
		}()
	}
	count := map[string]int{}
	for range 4 * clicks {
		select {
		case c := <-got:
			count[c]++
		case <-time.After(10 * time.Second):
			t.Fatalf("clicks are missing: %v", count)
		}
	}
	close(stop)
	updates.Wait()
	clicking.Wait()
	for _, want := range []string{"open browser 80", "stop 80", "copy address 53", "open window "} {
		if count[want] != clicks {
			t.Errorf("%q came %d times, want %d: %v", want, count[want], clicks, count)
		}
	}
}

func TestCommandString(t *testing.T) {
	for c, want := range map[Command]string{Details: "details", Quit: "quit", 0: "command 0", 99: "command 99"} {
		if got := c.String(); got != want {
			t.Errorf("Command(%d) = %q, want %q", int(c), got, want)
		}
	}
}

// waitFor polls for a condition.
func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// still is an item that costs nothing.
type still struct{}

func (still) SetTitle(string)                      {}
func (still) Show()                                {}
func (still) Hide()                                {}
func (still) Enable()                              {}
func (still) Disable()                             {}
func (still) Check()                               {}
func (still) Uncheck()                             {}
func (still) add(string, func()) item              { return still{} }
func (still) under(item, string, func()) item      { return still{} }
func (still) checkUnder(item, string, func()) item { return still{} }
func (still) separator()                           {}
func (still) mark(bool)                            {}
func (still) title(string)                         {}
func (still) count(int)                            {}

func BenchmarkUpdate(b *testing.B) {
	menus := [2]view.Menu{testMenu("1..20", "1..20"), testMenu("1..20", "1..20")}
	for _, bench := range []struct{ name, label string }{{"same", "7"}, {"one label", "seven"}} {
		b.Run(bench.name, func(b *testing.B) {
			tray := newTray(Options{OnCommand: ignore}, holdFor)
			tray.start(still{})
			defer tray.end()
			menus[1].Sections[view.SectionLocal].Rows[6].Label = bench.label
			b.ReportAllocs()
			for i := range b.N {
				tray.Update(menus[i%2])
			}
		})
	}
}

// TestLanguage draws what does not come with the model anew when the language is
// another one.
func TestLanguage(t *testing.T) {
	t.Cleanup(func() { words.Use("en") })
	tray, b := newRecordTray(t, 0, ignore)
	menu := testNews("22", "80", "")
	tray.Update(menu)
	b.calls = nil
	menu.Note = "changed"
	for _, language := range []string{"de", "ja"} {
		if err := words.Use(language); err != nil {
			t.Fatal(err)
		}
		menu.Note += "."
		tray.Update(menu)
		for _, word := range []words.Text{wordOpen, wordSettings, wordQuit, wordPause, wordMarkSeen} {
			if b.find(word.String()) == nil {
				t.Errorf("%s: there is no %q in\n%s", language, word.String(), text(b.items, ""))
			}
		}
		if n := len(b.find(wordPause.String()).under); n != 2 {
			t.Errorf("%s: %d ways to pause", language, n)
		}
	}
	if n := slices.Index(b.calls, "count 1"); n < 0 || slices.Contains(b.calls, "mark true") {
		t.Errorf("the count is drawn anew with its words, the mark is not: %q", b.calls)
	}
}
