package window

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner"
)

func newTestModel(s *scanner.Snapshot) *model {
	m := &model{}
	m.set((&entries{names: names}).next(s), noon)
	return m
}

// shownPorts are the ports of the table, from top to bottom.
func shownPorts(m *model) string {
	var ports []string
	for _, l := range m.lines {
		ports = append(ports, l.Port)
	}
	return strings.Join(ports, " ")
}

func TestFilter(t *testing.T) {
	m := newTestModel(household())
	for _, c := range []struct {
		kind kind
		text string
		want string
	}{
		{kindAll, "", "22 22 53 80 443 445 546 631 2049 3000 5353 5353 5432 6379 8080"},
		{kindNetwork, "", "22 22 80 443 445 546 2049 3000 5353 5353"},
		{kindLocal, "", "53 631 5432 6379 8080"},
		{kindAll, "22", "22 22"},
		{kindAll, "  NGINX ", "80 443"},
		{kindAll, "nginx.service", "80 443"},
		{kindAll, "user udp", "5353"},
		{kindAll, "192.168", "3000"},
		{kindAll, ":80", "80 8080"},
		{kindAll, "80", "80 8080"},
		{kindAll, "813", "80 443"},
		{kindAll, "[::1]:6379", "6379"},
		{kindAll, "53/udp", "53"},
		{kindAll, "hidden", "53 445 631"},
		{kindAll, "http-alt", "8080"},
		{kindNetwork, "node", "546 3000 5353"},
		{kindAll, "nothing of the kind", ""},
		{kindUDP, "", "53 5353 5353"},
		{kindNew, "", ""},
		{kindAll, "/usr/sbin/redis-server", "6379"},
	} {
		m.setFilter(newFilter(c.kind, c.text))
		if got := shownPorts(m); got != c.want {
			t.Errorf("filter %d %q shows %q, want %q", c.kind, c.text, got, c.want)
		}
	}
}

func TestOrder(t *testing.T) {
	m := newTestModel(snapshot(
		listener(scanner.TCP, "0.0.0.0", 22, sshd), listener(scanner.TCP, "127.0.0.1", 5432, postgres),
		listener(scanner.TCP, "192.168.1.12", 3000, node), listener(scanner.UDP, "0.0.0.0", 9999),
	))
	for _, c := range []struct {
		column int
		up     string
		down   string
	}{
		{columnPort, "22 3000 5432 9999", "9999 5432 3000 22"},
		{columnService, "5432 3000 22 9999", "9999 22 3000 5432"},
		{columnProgram, "9999 3000 5432 22", "22 5432 3000 9999"},
		{columnReach, "5432 3000 22 9999", "22 9999 3000 5432"},
		{columnUser, "5432 22 9999 3000", "3000 22 9999 5432"},
		{columnPID, "9999 22 5432 3000", "3000 5432 22 9999"},
		{columnSince, "22 3000 5432 9999", "9999 22 3000 5432"},
	} {
		m.setOrder(order{column: c.column})
		if got := shownPorts(m); got != c.up {
			t.Errorf("column %d rising: %q, want %q", c.column, got, c.up)
		}
		m.setOrder(m.order.by(c.column))
		if got := shownPorts(m); got != c.down {
			t.Errorf("column %d falling: %q, want %q", c.column, got, c.down)
		}
	}
}

// TestOrderOfContainers has them among the others by port, and first by reach.
func TestOrderOfContainers(t *testing.T) {
	inside := listener(scanner.TCP, "0.0.0.0", 80, node)
	inside.Namespace = "web (pid 7)"
	m := newTestModel(snapshot(listener(scanner.TCP, "0.0.0.0", 22, sshd), listener(scanner.TCP, "127.0.0.1", 5432, postgres), inside))
	for column, want := range map[int]string{columnPort: "22 80 5432", columnReach: "80 5432 22"} {
		m.setOrder(order{column: column})
		if got := shownPorts(m); got != want {
			t.Errorf("column %d: %q, want %q", column, got, want)
		}
	}
}

func TestOrderBy(t *testing.T) {
	o := order{}.by(columnPort)
	if !o.falling {
		t.Error("a second click does not turn the order round")
	}
	if o = o.by(columnUser); o != (order{column: columnUser}) {
		t.Errorf("another column gives %+v", o)
	}
}

func TestSetTellsChanges(t *testing.T) {
	b := &entries{names: names}
	m := &model{}
	set := func(s *scanner.Snapshot) bool { return m.set(b.next(s), noon) }
	if !set(household()) {
		t.Fatal("the first snapshot is no change")
	}
	first := m.all[0]
	if set(household()) {
		t.Error("an equal snapshot counts as a change")
	}
	noted := household()
	noted.Visibility.Notes = []string{"something is hidden"}
	if !set(noted) {
		t.Error("a new note is no change")
	}
	more := household()
	more.Listeners = append(more.Listeners, listener(scanner.TCP, "0.0.0.0", 9000, node))
	if !set(more) || m.all[0] != first {
		t.Error("a new listener is no change, or has others made anew")
	}
	wider := household()
	wider.Network = &scanner.Network{}
	if !set(wider) || m.all[0] == first {
		t.Error("another network is no change")
	}
	b.names, b.stale = ports{}, true
	if s := household(); !set(s) || m.all[0].Service != "" {
		t.Error("other names are no change")
	}
}

// TestReuse compares rows that were used again with rows made anew, through random
// changes.
func TestReuse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	b := &entries{names: names}
	before := map[string]bool{}
	for range 300 {
		var ls []scanner.Listener
		for port := range uint16(12) {
			if random.IntN(3) > 0 {
				ls = append(ls, listener(scanner.TCP, "127.0.0.1", 1+port, []scanner.Process{node, sshd, redis}[random.IntN(3)]))
			}
		}
		s := snapshot(ls...)
		u := b.next(s)
		fresh := (&entries{names: names}).next(s)
		for i, e := range fresh.all {
			if !e.Listener.Equal(&u.all[i].Listener) || e.Program != u.all[i].Program {
				t.Fatalf("row %d is %+v, want %+v", i, u.all[i].Row, e.Row)
			}
		}
		for _, id := range u.opened {
			if before[id] || u.byID[id] == nil {
				t.Errorf("%s is told as opened", id)
			}
			before[id] = true
		}
		for _, e := range u.gone {
			if !before[e.ID] || u.byID[e.ID] != nil {
				t.Errorf("%s is told as closed", e.ID)
			}
			delete(before, e.ID)
		}
		if len(before) != len(u.all) || len(u.byID) != len(u.all) {
			t.Fatalf("%d listeners, %d by events, %d by id", len(u.all), len(before), len(u.byID))
		}
	}
}

func TestPlaceAndFind(t *testing.T) {
	m := newTestModel(household())
	m.setFilter(newFilter(kindLocal, ""))
	if m.place("tcp:0.0.0.0:22") != -1 {
		t.Error("a filtered listener has a place")
	}
	if m.find("tcp:0.0.0.0:22") == nil {
		t.Error("a filtered listener is not found")
	}
	if got := m.place("tcp:127.0.0.1:8080"); got != len(m.lines)-1 {
		t.Errorf("the last listener is in place %d", got)
	}
	if m.find("tcp:0.0.0.0:1") != nil {
		t.Error("a listener that is not there is found")
	}
}

func TestColumnWidths(t *testing.T) {
	for _, c := range []struct {
		total  float32
		hidden []int
	}{
		{1200, nil},
		{590, nil},
		{540, []int{columnPID}},
		{480, []int{columnUser, columnPID}},
		{420, []int{columnUser, columnPID, columnSince}},
		{310, []int{columnService, columnUser, columnPID, columnSince}},
		{10, []int{columnService, columnUser, columnPID, columnSince}},
	} {
		ws, sum := columnWidths(c.total, widths{}), float32(-columnGap)
		for i, w := range ws {
			if hidden := slices.Contains(c.hidden, i); hidden != (w == 0) {
				t.Errorf("in %v column %d is %v wide", c.total, i, w)
			}
			if w > 0 {
				sum += w + columnGap
			}
		}
		if c.total > 300 && (sum > c.total+0.5 || sum < c.total-0.5) {
			t.Errorf("the columns take %v of %v", sum, c.total)
		}
	}
}

// TestSetWidths has some columns as a person wants them; in a window that is too
// narrow for that they are as they would be else.
func TestSetWidths(t *testing.T) {
	set := parseWidths("service=200,pid=31")
	if got := columnWidths(900, set); got[columnService] != 200 || got[columnPID] != 31 || spare(got, 900) > 0.1 || spare(got, 900) < -0.1 {
		t.Errorf("widths are %v", got)
	}
	if got := columnWidths(400, parseWidths("program=390")); got != columnWidths(400, widths{}) {
		t.Errorf("in a narrow window they are %v", got)
	}
	for in, want := range map[string]string{
		"service=200,pid=31": "service=200,pid=31", "": "", "service": "", "service=1": "", "nothing=50": "",
		"user=-3,pid=99999,since=60": "since=60", "\xff=,=,,=60": "",
	} {
		if got := parseWidths(in).String(); got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}

func FuzzParseWidths(f *testing.F) {
	f.Add("service=200,pid=31")
	f.Fuzz(func(t *testing.T, s string) {
		w := parseWidths(s)
		if again := parseWidths(w.String()); again != w {
			t.Errorf("%v is kept as %v", w, again)
		}
	})
}

// TestMarks has rows that are new, and that have closed, marked for a while.
func TestMarks(t *testing.T) {
	b, m := &entries{names: names}, &model{}
	look := func(at time.Time, ls ...scanner.Listener) { m.set(b.next(snapshot(ls...)), at) }
	web, ssh := listener(scanner.TCP, "::1", 80, nginx), listener(scanner.TCP, "0.0.0.0", 22, sshd)
	marks := func() string {
		var words []string
		for _, l := range m.lines {
			word := l.Port
			if l.fresh {
				word += " new"
			}
			if l.gone {
				word += " closed"
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	}
	check := func(want string) {
		t.Helper()
		if got := marks(); got != want {
			t.Errorf("the rows are %q, want %q", got, want)
		}
	}
	look(noon, ssh)
	check("22")
	look(noon, ssh, web)
	check("22, 80 new")
	later := noon.Add(time.Second)
	look(later, web)
	check("22 closed, 80 new")
	if changed, next := m.fade(noon.Add(lingering)); !changed || !next.Equal(later.Add(lingering)) {
		t.Errorf("the first mark fades: %v, the next at %v", changed, next)
	}
	check("22 closed, 80")
	look(later, web, ssh)
	check("22 new, 80")
	if changed, next := m.fade(later.Add(lingering)); !changed || !next.IsZero() {
		t.Errorf("the last mark fades: %v, the next at %v", changed, next)
	}
	check("22, 80")
	if m.shown != 2 {
		t.Errorf("%d rows are counted", m.shown)
	}
}

// TestGroups puts the listeners of a program together.
func TestGroups(t *testing.T) {
	m := newTestModel(household())
	m.setGrouped(true)
	titles := func() string {
		var words []string
		for _, l := range m.lines {
			if l.entry == nil {
				words = append(words, groupTitle(l.group))
			} else {
				words = append(words, l.Port)
			}
		}
		return strings.Join(words, "|")
	}
	const sshdWords, nodeWords = "sshd  ·  2 listeners, open to others", "node  ·  4 listeners, 3 open to others"
	if got := titles(); !strings.HasPrefix(got, sshdWords+"|22|22|hidden (root)  ·  3 listeners, 1 open to others|53|445|631|nginx  ·") || !strings.Contains(got, nodeWords+"|546|3000|5353|8080|") {
		t.Errorf("grouped: %q", got)
	}
	m.toggle("node")
	if got := titles(); strings.Contains(got, "|8080") || !strings.Contains(got, nodeWords) || m.shown != 15 {
		t.Errorf("a closed group: %q, %d shown", got, m.shown)
	}
	if m.place("tcp:127.0.0.1:8080") != -1 || m.titlePlace("node") < 0 {
		t.Error("a listener in a closed group has a place")
	}
	m.setFilter(newFilter(kindLocal, "node"))
	if got := titles(); got != "node  ·  1 listener" {
		t.Errorf("filtered: %q", got)
	}
	m.toggle("node")
	m.setGrouped(false)
	if got := titles(); got != "8080" {
		t.Errorf("no longer grouped: %q", got)
	}
}

func TestSinceWords(t *testing.T) {
	for want, s := range map[string]since{
		"":        {},
		"0 s":     {noon.Add(time.Hour), exactly}, // the clock was set back
		"59 s":    {noon.Add(-59 * time.Second), exactly},
		"≥ 2 min": {noon.Add(-170 * time.Second), earlier},
		"≤ 47 h":  {noon.Add(-47 * time.Hour), atBest},
		"3 d":     {noon.Add(-73 * time.Hour), exactly},
	} {
		if got := sinceWords(s, noon); got != want {
			t.Errorf("%+v is %q, want %q", s, got, want)
		}
	}
}

// letters measures a text as if each letter were one wide.
func letters(s string) float32 { return float32(len([]rune(s))) }

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float32
		want  string
	}{
		{"nginx", 5, "nginx"},
		{"nginx", 4, "ngi…"},
		{"nginx", 2, "n…"},
		{"nginx", 1, ""},
		{"nginx", 0, ""},
		{"", 0, ""},
		{"größer", 5, "größ…"},
	} {
		if got := shorten(c.text, c.width, letters); got != c.want {
			t.Errorf("shorten(%q, %v) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func FuzzShorten(f *testing.F) {
	f.Add("nginx: master process", 7)
	f.Add("\xff\xfe\u202e", 1)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width %= 1000
		got := shorten(s, float32(width), letters)
		if width >= 0 && letters(got) > float32(width) {
			t.Errorf("%q is wider than %d", got, width)
		}
	})
}
