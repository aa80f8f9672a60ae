package window

import (
	"slices"
	"strings"
	"testing"

	"portlight/scanner"
)

func newTestModel(s *scanner.Snapshot) *model {
	m := &model{}
	m.set(s, newEntries(s, names))
	return m
}

// shownPorts are the ports of the table, from top to bottom.
func shownPorts(m *model) string {
	var ports []string
	for i := range m.shown {
		ports = append(ports, m.at(i).Port)
	}
	return strings.Join(ports, " ")
}

func TestFilter(t *testing.T) {
	m := newTestModel(household())
	for _, c := range []struct {
		reach reach
		text  string
		want  string
	}{
		{reachAll, "", "22 22 53 80 443 445 546 631 2049 3000 5353 5353 5432 6379 8080"},
		{reachNetwork, "", "22 22 80 443 445 546 2049 3000 5353 5353"},
		{reachLocal, "", "53 631 5432 6379 8080"},
		{reachAll, "22", "22 22"},
		{reachAll, "  NGINX ", "80 443"},
		{reachAll, "nginx.service", "80 443"},
		{reachAll, "user udp", "5353"},
		{reachAll, "192.168", "3000"},
		{reachAll, ":80", "80 8080"},
		{reachAll, "80", "80 8080"},
		{reachAll, "813", "80 443"},
		{reachAll, "[::1]:6379", "6379"},
		{reachAll, "53/udp", "53"},
		{reachAll, "hidden", "53 445 631"},
		{reachAll, "http-alt", "8080"},
		{reachNetwork, "node", "546 3000 5353"},
		{reachAll, "nothing of the kind", ""},
	} {
		m.setFilter(newFilter(c.reach, c.text))
		if got := shownPorts(m); got != c.want {
			t.Errorf("filter %d %q shows %q, want %q", c.reach, c.text, got, c.want)
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
	m := newTestModel(household())
	first := m.snap
	if s := household(); m.set(s, newEntries(s, names)) {
		t.Error("an equal snapshot counts as a change")
	}
	if m.snap != first {
		t.Error("an equal snapshot has replaced the first")
	}
	noted := household()
	noted.Visibility.Notes = []string{"something is hidden"}
	if !m.set(noted, newEntries(noted, names)) {
		t.Error("a new note is no change")
	}
	more := household()
	more.Listeners = append(more.Listeners, listener(scanner.TCP, "0.0.0.0", 9000, node))
	if !m.set(more, newEntries(more, names)) {
		t.Error("a new listener is no change")
	}
	if s := household(); !m.set(s, newEntries(s, ports{})) {
		t.Error("other names are no change")
	}
}

func TestPlaceAndFind(t *testing.T) {
	m := newTestModel(household())
	m.setFilter(newFilter(reachLocal, ""))
	if m.place("tcp:0.0.0.0:22") != -1 {
		t.Error("a filtered listener has a place")
	}
	if m.find("tcp:0.0.0.0:22") == nil {
		t.Error("a filtered listener is not found")
	}
	if got := m.place("tcp:127.0.0.1:8080"); got != len(m.shown)-1 {
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
		{540, nil},
		{480, []int{columnPID}},
		{420, []int{columnUser, columnPID}},
		{310, []int{columnService, columnUser, columnPID}},
		{10, []int{columnService, columnUser, columnPID}},
	} {
		widths, sum := columnWidths(c.total), float32(-columnGap)
		for i, w := range widths {
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
