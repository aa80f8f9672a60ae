package tray

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"portlight/app/view"
)

// TestPlan runs the scripts of testdata: actions, then under "Output:" what
// they lead to. An action is a time and one of
//
//	rows A… | B…      the model: rows of the two sections; 80:us has a URL and can be stopped, 1..9 are nine rows
//	news A…           the model: alerts; 7/80 is alert 7, about listener 80; c: it has closed
//	open              the menu opens
//	wait              nothing but time passes
//	click 1.2 stop    a click on a command of section 1, slot 2; the alerts are section 0
//	seen              a click on Mark all as seen
//
// Output has a line for each change of the menu and each click.
func TestPlan(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts: %v, %v", scripts, err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script, want, ok := strings.Cut(string(text), "\nOutput:\n")
			if !ok {
				t.Fatal("no Output:")
			}
			if got := runScript(t, script); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func runScript(t *testing.T, script string) string {
	t.Helper()
	p := plan{hold: holdFor}
	var out strings.Builder
	shown := menuText(p.place(epoch))
	for _, text := range strings.Split(script, "\n") {
		f := strings.Fields(text)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		at, err := time.ParseDuration(f[0])
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if reply := act(t, &p, f[1:], epoch.Add(at)); reply != "" {
			fmt.Fprintf(&out, "%s %s\n", f[0], reply)
		}
		if now := menuText(p.place(epoch.Add(at))); now != shown {
			shown = now
			fmt.Fprintf(&out, "%s %s\n", f[0], now)
		}
	}
	return out.String()
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func act(t *testing.T, p *plan, f []string, now time.Time) string {
	t.Helper()
	switch f[0] {
	case "rows":
		a, b, _ := strings.Cut(strings.Join(f[1:], " "), "|")
		p.model.Sections[view.SectionExternal].Rows = rows(a)
		p.model.Sections[view.SectionLocal].Rows = rows(b)
	case "news":
		p.model.Sections[view.SectionNew].Rows = rows(strings.Join(f[1:], " "))
	case "open":
		p.open(now)
	case "click":
		return clickText(p, f[1], f[2], now)
	case "seen":
		cmd, row := p.markSeen(now)
		return commandText(cmd, row)
	case "wait":
	default:
		t.Fatalf("unknown action %q", f[0])
	}
	return ""
}

func clickText(p *plan, at, name string, now time.Time) string {
	var section, slot int
	fmt.Sscanf(at, "%d.%d", &section, &slot)
	cmds := map[string]Command{
		"details": Details, "copy": CopyAddress, "browser": OpenBrowser, "stop": Stop,
		"allow": Allow, "mute": Mute, "tell": TellClosed,
	}
	cmd, row, ok := p.click(section, slot-1, cmds[name], now)
	if !ok {
		return "click: nothing"
	}
	return commandText(cmd, row)
}

func commandText(cmd Command, row view.MenuRow) string {
	words := []string{"click:", cmd.String()}
	if row.Alert != 0 {
		words = append(words, "alert", strconv.FormatInt(row.Alert, 10))
	}
	if row.ID != "" {
		words = append(words, row.ID)
	}
	return strings.Join(words, " ")
}

// rows reads rows as TestPlan's scripts have them.
func rows(text string) []view.MenuRow {
	var rows []view.MenuRow
	for _, word := range strings.Fields(text) {
		alert, rest, isAlert := strings.Cut(word, "/")
		if !isAlert {
			alert, rest = "0", word
		}
		first, _ := strconv.ParseInt(alert, 10, 64)
		for i, r := range listeners(rest) {
			if isAlert {
				r.Alert = first + int64(i)
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func listeners(word string) []view.MenuRow {
	var rows []view.MenuRow
	var from, to int
	if n, _ := fmt.Sscanf(word, "%d..%d", &from, &to); n == 2 {
		for i := from; i <= to; i++ {
			rows = append(rows, testRow(strconv.Itoa(i), "us"))
		}
		return rows
	}
	id, flags, _ := strings.Cut(word, ":")
	return []view.MenuRow{testRow(id, flags)}
}

// testRow is a listener, or with the name "away" none.
func testRow(id, flags string) view.MenuRow {
	if id == "away" {
		return view.MenuRow{Label: id}
	}
	r := view.MenuRow{
		ID: id, Label: id, Address: "0.0.0.0:" + id,
		CanStop: strings.Contains(flags, "s"), Closed: strings.Contains(flags, "c"), TellsClosed: strings.Contains(flags, "t"),
	}
	if strings.Contains(flags, "u") {
		r.URL = "http://localhost:" + id + "/"
	}
	return r
}

// menuText is the rows of the sections; the alerts only if there are any.
func menuText(l layout) string {
	s := blockText(&l.sections[view.SectionExternal]) + " | " + blockText(&l.sections[view.SectionLocal])
	if news := blockText(&l.sections[view.SectionNew]); news != "[]" {
		s = "new " + news + " | " + s
	}
	return s
}

func blockText(b *block) string {
	var words []string
	for i, l := range b.lines {
		if l.shown {
			words = append(words, strconv.Itoa(i+1)+"="+strings.ReplaceAll(l.label, " ", ""))
		}
	}
	if b.more > 0 {
		words = append(words, fmt.Sprintf("+%d", b.more))
	}
	return "[" + strings.Join(words, " ") + "]"
}

// has is which lines the submenu of a row has.
func has(cmds ...Command) (all [len(rowCommands)]bool) {
	for i, c := range rowCommands {
		all[i] = slices.Contains(cmds, c.cmd)
	}
	return all
}

func TestLayout(t *testing.T) {
	m := testMenu("80:ut 22:s", "")
	m.Note = "2 hidden"
	p := plan{hold: holdFor, model: m}
	web, shell := has(Details, CopyAddress, OpenBrowser, TellClosed), has(Details, CopyAddress, TellClosed, Stop)

	want := layout{note: "2 hidden"}
	want.sections[1] = block{title: "Others can reach"}
	want.sections[1].lines[0] = line{label: "80", shown: true, live: true, has: web, tells: true}
	want.sections[1].lines[1] = line{label: "22", shown: true, live: true, has: shell}
	want.sections[2] = block{title: "Only this computer", empty: "Nothing"}
	if got := p.place(epoch); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}

	p.open(epoch)
	p.model.Sections[view.SectionExternal].Rows = nil
	want.sections[1].lines[0] = line{label: "80 (closed)", shown: true, has: web, tells: true}
	want.sections[1].lines[1] = line{label: "22 (closed)", shown: true, has: shell}
	if got := p.place(epoch); got != want {
		t.Errorf("while open: got %+v\nwant %+v", got, want)
	}

	want.sections[1] = block{title: "Others can reach", empty: "Nothing"}
	if got := p.place(epoch.Add(holdFor)); got != want {
		t.Errorf("after: got %+v\nwant %+v", got, want)
	}
}

func TestLayoutOfNews(t *testing.T) {
	p := plan{hold: holdFor, model: testNews("7/80:us 8/22:c 9/away", "", "")}
	p.model.PausedUntil = epoch.Add(time.Hour)

	want := layout{unseen: 3, paused: "Alerts are paused until 01:00"}
	want.sections[0] = block{title: "New"}
	want.sections[0].lines[0] = line{label: "80", shown: true, live: true, has: has(Details, Allow, Mute, CopyAddress, OpenBrowser, TellClosed, Stop)}
	want.sections[0].lines[1] = line{label: "22", shown: true, live: true, has: has(Details, Allow, Mute, CopyAddress)}
	want.sections[0].lines[2] = line{label: "away", shown: true, live: true, has: has(Details)}
	want.sections[1] = block{title: "Others can reach", empty: "Nothing"}
	want.sections[2] = block{title: "Only this computer", empty: "Nothing"}
	if got := p.place(epoch); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}

	p.open(epoch)
	p.model = testMenu("", "")
	want.unseen, want.paused = 0, ""
	for i, label := range []string{"80 (seen)", "22 (seen)", "away (seen)"} {
		want.sections[0].lines[i].label, want.sections[0].lines[i].live = label, false
	}
	if got := p.place(epoch); got != want {
		t.Errorf("while open: got %+v\nwant %+v", got, want)
	}

	want.sections[0] = block{}
	if got := p.place(epoch.Add(holdFor)); got != want {
		t.Errorf("after: got %+v\nwant %+v", got, want)
	}
}

func TestWords(t *testing.T) {
	east := time.FixedZone("east", 2*60*60)
	late := time.Date(2026, 1, 1, 23, 30, 0, 0, time.UTC)
	for _, tt := range []struct {
		what      string
		got, want string
	}{
		{"no pause", pausedWords(time.Time{}, epoch), ""},
		{"today", pausedWords(epoch.Add(14*time.Hour+5*time.Minute), epoch), "Alerts are paused until 14:05"},
		{"past midnight", pausedWords(late.Add(time.Hour), late), "Alerts are paused until Fri 00:30"},
		{"a week on", pausedWords(late.AddDate(0, 0, 7), late), "Alerts are paused until Thu 23:30"},
		{"in the zone of now", pausedWords(late, late.Add(-time.Hour).In(east)), "Alerts are paused until 01:30"},
		{"plain tooltip", tooltipWords("Ports", 0), "Ports"},
		{"tooltip", tooltipWords("Ports", 100), "Ports: 100 new"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}

// FuzzPlan lets rows come and go, the menu open and clicks fall, and checks
// what holds always: an open menu never gives a slot to another row, each row
// is shown once or counted, a click never acts on a row that the slot did not
// show alone for doubtFor, nothing is marked as seen that was not shown for it.
func FuzzPlan(f *testing.F) {
	f.Add([]byte{0x41, 0x82, 0xc3, 0x05, 0x00, 0x17, 0x28, 0xff})
	f.Add([]byte{1, 5, 9, 13, 2, 17, 5, 3, 3, 3, 0, 21, 25, 7, 11})
	f.Fuzz(func(t *testing.T, ops []byte) {
		p := plan{hold: holdFor}
		var present [64]bool
		now := epoch
		before := p.place(now)
		var history [view.MenuSections][view.MenuRows][]shownAt
		var alerts [64]alert // of the rows
		newest := int64(0)
		for _, op := range ops[:min(len(ops), 400)] {
			arg := int(op >> 2)
			switch op & 3 {
			case 0:
				now = now.Add(time.Duration(arg) * 100 * time.Millisecond)
			case 1:
				present[arg] = !present[arg]
				newest++
				alerts[arg] = alert{newest, now}
			case 2:
				p.open(now)
			case 3:
				slot := arg % view.MenuRows
				checkClick(t, &p, view.SectionNew, slot, Allow, now, history[view.SectionNew][slot])
				checkClick(t, &p, view.SectionExternal, slot, Stop, now, history[view.SectionExternal][slot])
				checkSeen(t, &p, now, &present, &alerts)
			}
			p.model.Sections[view.SectionNew].Rows = presentAlerts(&present, &alerts)
			p.model.Sections[view.SectionExternal].Rows = presentRows(&present)
			held := now.Before(p.held)
			after := p.place(now)
			for _, section := range []int{view.SectionNew, view.SectionExternal} {
				checkRows(t, p.model.Sections[section].Rows, &after.sections[section])
				if held {
					checkKept(t, &before.sections[section], &after.sections[section])
				}
				for i := range history[section] {
					history[section][i] = append(history[section][i], shownAt{now, after.sections[section].lines[i]})
				}
			}
			before = after
		}
	})
}

type shownAt struct {
	at   time.Time
	line line
}

func presentRows(present *[64]bool) []view.MenuRow {
	var rows []view.MenuRow
	for i, there := range present {
		if there {
			rows = append(rows, testRow(strconv.Itoa(i), "us"))
		}
	}
	return rows
}

type alert struct {
	id    int64
	since time.Time
}

// presentAlerts has two alerts about each listener.
func presentAlerts(present *[64]bool, alerts *[64]alert) []view.MenuRow {
	var rows []view.MenuRow
	for i, there := range present {
		if there {
			r := testRow(strconv.Itoa(i/2), "us")
			r.Alert, r.Label = alerts[i].id, fmt.Sprint("alert ", alerts[i].id)
			rows = append(rows, r)
		}
	}
	return rows
}

func checkRows(t *testing.T, rows []view.MenuRow, b *block) {
	t.Helper()
	seen := map[string]bool{}
	for _, line := range b.lines {
		if line.live && seen[line.label] {
			t.Fatalf("%s is shown twice", line.label)
		}
		seen[line.label] = line.live
	}
	n := b.more
	for _, r := range rows {
		if seen[r.Label] {
			n++
		}
	}
	if n != len(rows) {
		t.Fatalf("%d of %d rows are shown or counted", n, len(rows))
	}
}

func checkKept(t *testing.T, before, after *block) {
	t.Helper()
	name := func(label string) string { name, _, _ := strings.Cut(label, " ("); return name }
	for i, b := range before.lines {
		a := after.lines[i]
		if b.shown && (!a.shown || name(a.label) != name(b.label)) {
			t.Fatalf("slot %d of an open menu: %q became %q", i, b.label, a.label)
		}
	}
}

// checkClick looks back: every row that the slot showed at some time in the
// last doubtFor must be the one that is acted on.
func checkClick(t *testing.T, p *plan, section, slot int, cmd Command, now time.Time, history []shownAt) {
	t.Helper()
	got, row, ok := p.click(section, slot, cmd, now)
	if !ok || got == overview(section) {
		return
	}
	if got != cmd {
		t.Fatalf("%v became %v", cmd, got)
	}
	drawn := false
	for i, h := range history {
		old := i+1 < len(history) && now.Sub(history[i+1].at) >= doubtFor
		if old || !h.line.live {
			continue
		}
		drawn = true
		if h.line.label != row.Label {
			t.Fatalf("%v on %s, but %s was drawn at %v", cmd, row.Label, h.line.label, now.Sub(h.at))
		}
	}
	if !drawn {
		t.Fatalf("%v on %s, which was not drawn", cmd, row.Label)
	}
}

// checkSeen demands that all alerts that were shown for doubtFor can be marked
// as seen, and no other.
func checkSeen(t *testing.T, p *plan, now time.Time, present *[64]bool, alerts *[64]alert) {
	t.Helper()
	cmd, row := p.markSeen(now)
	if (cmd == MarkSeen) != (row.Alert != 0) {
		t.Fatalf("%v with alert %d", cmd, row.Alert)
	}
	fresh := now.Sub(p.newestAt) < doubtFor
	for i, a := range alerts {
		switch {
		case !present[i]:
		case a.id <= row.Alert && now.Sub(a.since) < doubtFor:
			t.Fatalf("alert %d is marked as seen after %v", a.id, now.Sub(a.since))
		case a.id > row.Alert && !fresh:
			t.Fatalf("alert %d is not marked as seen after %v", a.id, now.Sub(a.since))
		}
	}
}
