package tray

import (
	"fmt"
	"os"
	"path/filepath"
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
//	open              the menu opens
//	wait              nothing but time passes
//	click 1.2 stop    a click on a command of section 1, slot 2
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
		p.model.Sections[0].Rows = rows(a)
		p.model.Sections[1].Rows = rows(b)
	case "open":
		p.open(now)
	case "click":
		return clickText(p, f[1], f[2], now)
	case "wait":
	default:
		t.Fatalf("unknown action %q", f[0])
	}
	return ""
}

func clickText(p *plan, at, name string, now time.Time) string {
	var section, slot int
	fmt.Sscanf(at, "%d.%d", &section, &slot)
	cmds := map[string]Command{"details": Details, "copy": CopyAddress, "browser": OpenBrowser, "stop": Stop}
	cmd, row, ok := p.click(section-1, slot-1, cmds[name], now)
	if !ok {
		return "click: nothing"
	}
	return strings.TrimSpace("click: " + cmd.String() + " " + row.ID)
}

func rows(text string) []view.MenuRow {
	var rows []view.MenuRow
	for _, word := range strings.Fields(text) {
		var from, to int
		if n, _ := fmt.Sscanf(word, "%d..%d", &from, &to); n == 2 {
			for i := from; i <= to; i++ {
				rows = append(rows, testRow(strconv.Itoa(i), "us"))
			}
			continue
		}
		id, flags, _ := strings.Cut(word, ":")
		rows = append(rows, testRow(id, flags))
	}
	return rows
}

func testRow(id, flags string) view.MenuRow {
	r := view.MenuRow{ID: id, Label: id, Address: "0.0.0.0:" + id, CanStop: strings.Contains(flags, "s")}
	if strings.Contains(flags, "u") {
		r.URL = "http://localhost:" + id + "/"
	}
	return r
}

func menuText(l layout) string {
	return blockText(&l.sections[0]) + " | " + blockText(&l.sections[1])
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

func TestLayout(t *testing.T) {
	m := view.Menu{Note: "2 hidden"}
	m.Sections[0] = view.Section{Title: "Others", Empty: "Nothing", Rows: rows("80:u 22:s")}
	m.Sections[1] = view.Section{Title: "Local", Empty: "Nothing"}
	p := plan{hold: holdFor, model: m}

	want := layout{note: "2 hidden"}
	want.sections[0] = block{title: "Others"}
	want.sections[0].lines[0] = line{label: "80", shown: true, live: true, browser: true}
	want.sections[0].lines[1] = line{label: "22", shown: true, live: true, stop: true}
	want.sections[1] = block{title: "Local", empty: "Nothing"}
	if got := p.place(epoch); got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}

	p.open(epoch)
	p.model.Sections[0].Rows = nil
	want.sections[0].lines[0] = line{label: "80 (closed)", shown: true, browser: true}
	want.sections[0].lines[1] = line{label: "22 (closed)", shown: true, stop: true}
	if got := p.place(epoch); got != want {
		t.Errorf("while open: got %+v\nwant %+v", got, want)
	}

	want.sections[0] = block{title: "Others", empty: "Nothing"}
	if got := p.place(epoch.Add(holdFor)); got != want {
		t.Errorf("after: got %+v\nwant %+v", got, want)
	}
}

// FuzzPlan lets rows come and go, the menu open and clicks fall, and checks
// what holds always: an open menu never gives a slot to another listener, each
// row is shown once or counted, a click never acts on a listener that the slot
// did not show alone for doubtFor.
func FuzzPlan(f *testing.F) {
	f.Add([]byte{0x41, 0x82, 0xc3, 0x05, 0x00, 0x17, 0x28, 0xff})
	f.Add([]byte{1, 5, 9, 13, 2, 17, 5, 3, 3, 3, 0, 21, 25, 7, 11})
	f.Fuzz(func(t *testing.T, ops []byte) {
		p := plan{hold: holdFor}
		var present [64]bool
		now := epoch
		before := p.place(now)
		var history [view.MenuRows][]shownAt
		for _, op := range ops[:min(len(ops), 400)] {
			arg := int(op >> 2)
			switch op & 3 {
			case 0:
				now = now.Add(time.Duration(arg) * 100 * time.Millisecond)
			case 1:
				present[arg] = !present[arg]
			case 2:
				p.open(now)
			case 3:
				checkClick(t, &p, arg%view.MenuRows, now, history[arg%view.MenuRows])
			}
			p.model.Sections[0].Rows = presentRows(&present)
			held := now.Before(p.held)
			after := p.place(now)
			checkRows(t, &p, &after)
			if held {
				checkKept(t, &before, &after)
			}
			for i := range history {
				history[i] = append(history[i], shownAt{now, after.sections[0].lines[i]})
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

func checkRows(t *testing.T, p *plan, l *layout) {
	t.Helper()
	seen := map[string]bool{}
	for _, line := range l.sections[0].lines {
		if line.live && seen[line.label] {
			t.Fatalf("%s is shown twice", line.label)
		}
		seen[line.label] = line.live
	}
	n := l.sections[0].more
	for _, r := range p.model.Sections[0].Rows {
		if seen[r.Label] {
			n++
		}
	}
	if n != len(p.model.Sections[0].Rows) {
		t.Fatalf("%d of %d rows are shown or counted", n, len(p.model.Sections[0].Rows))
	}
}

func checkKept(t *testing.T, before, after *layout) {
	t.Helper()
	for i, b := range before.sections[0].lines {
		a := after.sections[0].lines[i]
		if b.shown && (!a.shown || strings.TrimSuffix(a.label, " (closed)") != strings.TrimSuffix(b.label, " (closed)")) {
			t.Fatalf("slot %d of an open menu: %q became %q", i, b.label, a.label)
		}
	}
}

// checkClick looks back: every listener that the slot showed at some time in
// the last doubtFor must be the one that is acted on.
func checkClick(t *testing.T, p *plan, slot int, now time.Time, history []shownAt) {
	t.Helper()
	cmd, row, ok := p.click(0, slot, Stop, now)
	if !ok || cmd == OpenWindow {
		return
	}
	drawn := false
	for i, h := range history {
		old := i+1 < len(history) && now.Sub(history[i+1].at) >= doubtFor
		if old || !h.line.live {
			continue
		}
		drawn = true
		if h.line.label != row.ID {
			t.Fatalf("%v on %s, but %s was drawn at %v", cmd, row.ID, h.line.label, now.Sub(h.at))
		}
	}
	if !drawn {
		t.Fatalf("%v on %s, which was not drawn", cmd, row.ID)
	}
}
