package view

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

// menuText is the model of the menu, a row a line.
func menuText(m Menu) string {
	var b strings.Builder
	fmt.Fprintf(&b, "note %q, %d unseen, paused %t\n", m.Note, m.Unseen, !m.PausedUntil.IsZero())
	for _, s := range m.Sections {
		b.WriteString(s.Title + "\n")
		for _, r := range s.Rows {
			b.WriteString(menuRowText(r) + "\n")
		}
		if len(s.Rows) == 0 {
			fmt.Fprintf(&b, "  (%s)\n", s.Empty)
		}
	}
	return b.String()
}

func menuRowText(r MenuRow) string {
	s := "  " + r.Label + " | " + r.Address + " | " + r.URL
	if r.Alert != 0 {
		s += fmt.Sprintf(" | alert %d", r.Alert)
	}
	for _, flag := range []struct {
		on   bool
		word string
	}{{r.CanStop, "can stop"}, {r.Closed, "closed"}, {r.TellsClosed, "tells closed"}} {
		if flag.on {
			s += " | " + flag.word
		}
	}
	return s
}

func programOf(r Row) string { return alerts.Fingerprints(&r.Listener)[0].Program }

// menuNews is two alerts about one listener, one about a listener that has
// closed and one about many.
func menuNews(rows []Row) []MenuRow {
	return []MenuRow{
		NewsRow(9, programOf(rows[1]), rows[1], true, ""),
		NewsRow(7, programOf(rows[1]), rows[1], true, ""),
		NewsRow(8, programOf(rows[2]), rows[2], false, ""),
		{Alert: 3, Label: "While you were away: 5 new"},
	}
}

func TestMenuText(t *testing.T) {
	rows := Rows(example(), names)
	golden(t, "menu.txt", menuText(NewMenu(slices.Values(rows), nil, MenuState{})))

	state := MenuState{
		Note:        "2 are hidden",
		Unseen:      4,
		PausedUntil: time.Unix(1, 0),
		TellsClosed: map[string]bool{rows[1].ID: true, rows[2].ID: true, "gone": true},
	}
	golden(t, "menu-news.txt", menuText(NewMenu(slices.Values(rows[:4]), menuNews(rows), state)))
}

// TestMenuRowText: each row tells what a person wants, those of alerts too.
func TestMenuRowText(t *testing.T) {
	rows := Rows(example(), names)
	r := rows[slices.IndexFunc(rows, func(r Row) bool { return r.Service != "" && len(r.Listener.Owners) == 1 && r.Listener.Unseen == 0 })]
	port, program := PortProto(r.Listener.Port, r.Proto), r.Holder()
	for text, want := range map[alerts.RowText]string{
		alerts.PortServiceProgram: port + "  " + r.Service + " — " + program,
		alerts.PortProgram:        port + "  " + program,
		alerts.ProgramPort:        program + "  " + port,
	} {
		news := NewsRow(1, programOf(r), r, false, text)
		m := NewMenu(slices.Values([]Row{r}), []MenuRow{news}, MenuState{Row: text})
		listed := slices.Concat(m.Sections[SectionExternal].Rows, m.Sections[SectionLocal].Rows)
		if len(listed) != 1 || listed[0].Label != want || m.Sections[SectionNew].Rows[0].Label != ClosedLabel(want) {
			t.Errorf("%s: %+v and %+v, want %q", text, listed, m.Sections[SectionNew].Rows, want)
		}
	}
}

func TestMenuTitle(t *testing.T) {
	rows := Rows(example(), names)
	reachable := len(NewMenu(slices.Values(rows), nil, MenuState{}).Sections[SectionExternal].Rows)
	for _, c := range []struct {
		title  alerts.TrayTitle
		unseen int
		want   string
	}{
		{alerts.TitleNothing, 3, ""}, {"", 3, ""},
		{alerts.TitleNew, 0, ""}, {alerts.TitleNew, 99, "99"}, {alerts.TitleNew, 100, "99+"},
		{alerts.TitleReachable, 3, strconv.Itoa(reachable)},
	} {
		if m := NewMenu(slices.Values(rows), nil, MenuState{Unseen: c.unseen, Title: c.title}); m.Title != c.want {
			t.Errorf("%+v: %q", c, m.Title)
		}
	}
	if m := NewMenu(slices.Values(rows[:0]), nil, MenuState{Title: alerts.TitleReachable}); m.Title != "0" {
		t.Errorf("nothing can be reached: %q", m.Title)
	}
}

// TestMenuLeavesNews: the caller may keep its rows and use them again.
func TestMenuLeavesNews(t *testing.T) {
	rows := Rows(example(), names)
	news, want := menuNews(rows), menuNews(rows)
	NewMenu(slices.Values(rows), news, MenuState{TellsClosed: map[string]bool{rows[1].ID: true}})
	if !reflect.DeepEqual(news, want) {
		t.Errorf("the caller's rows became %+v", news)
	}
}

func TestMenuFoldsOnlyTwins(t *testing.T) {
	other := at(scanner.TCP, "::", 80, "nginx")
	other.Owners[0].PID = 9
	for _, c := range []struct {
		name string
		a, b scanner.Listener
		rows int
	}{
		{"both wildcards of one process", at(scanner.TCP, "0.0.0.0", 80, "nginx"), at(scanner.TCP, "::", 80, "nginx"), 1},
		{"both loopbacks", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "::1", 80, "nginx"), 1},
		{"wildcards of two processes", at(scanner.TCP, "0.0.0.0", 80, "nginx"), other, 2},
		{"two specific addresses", at(scanner.TCP, "192.0.2.1", 80, "nginx"), at(scanner.TCP, "192.0.2.2", 80, "nginx"), 2},
		{"two loopback addresses", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "127.0.0.2", 80, "nginx"), 2},
		{"TCP and UDP", at(scanner.TCP, "0.0.0.0", 80, "nginx"), at(scanner.UDP, "::", 80, "nginx"), 2},
		{"loopback and wildcard", at(scanner.TCP, "127.0.0.1", 80, "nginx"), at(scanner.TCP, "::", 80, "nginx"), 2},
	} {
		m := NewMenu(EachRow(&scanner.Snapshot{Listeners: []scanner.Listener{c.a, c.b}}, names), nil, MenuState{})
		if n := len(m.Sections[SectionExternal].Rows) + len(m.Sections[SectionLocal].Rows); n != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, n, c.rows)
		}
	}
}
