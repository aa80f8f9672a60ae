package window

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/process"
)

// text writes details as lines, for golden files.
func (d *details) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s external=%v gone=%v\n%s %s\n", d.title, d.headline, d.reach, d.external, d.gone, d.address, d.url)
	for _, g := range d.groups {
		fmt.Fprintf(&b, "\n[%s] stop=%v\n", g.title, g.stop != nil)
		for _, p := range g.pairs {
			mark := " "
			if p.faint {
				mark = "~"
			}
			fmt.Fprintf(&b, "%-14s%s %s\n", p.label, mark, strings.ReplaceAll(p.value, "\n", "\n                "))
		}
	}
	return b.String()
}

func known(owners ...scanner.Process) map[process.ID]reading {
	k := map[process.ID]reading{}
	for _, o := range owners {
		d, err := readDetails(context.Background(), o)
		k[o.ID] = reading{details: d, err: err}
	}
	return k
}

func TestDetails(t *testing.T) {
	many := make([]scanner.Process, 12)
	for i := range many {
		many[i] = owner(900+i, "nginx", "www-data", 33)
	}
	ended := map[process.ID]reading{node.ID: {err: errors.New("read process 28411: the process has ended already")}}
	replaced := known(node)
	replaced[node.ID].details.Deleted = true
	replaced[node.ID].details.Parents = nil
	replaced[node.ID].details.Args = []string{"node"}
	for _, c := range []struct {
		name  string
		s     *scanner.Snapshot
		id    string
		gone  bool
		known map[process.ID]reading
	}{
		{"reading", household(), "tcp:127.0.0.1:8080", false, nil},
		{"read", household(), "tcp:127.0.0.1:8080", false, known(node)},
		{"replaced", household(), "tcp:127.0.0.1:8080", false, replaced},
		{"failed", household(), "tcp:127.0.0.1:8080", false, ended},
		{"gone", household(), "tcp:127.0.0.1:8080", true, known(node)},
		{"several", household(), "tcp:[::]:80", false, known(nginx, worker)},
		{"foreign", household(), "tcp:0.0.0.0:22", false, known(sshd)},
		{"hidden", household(), "tcp:0.0.0.0:445", false, nil},
		{"kernel", household(), "tcp:[::]:2049", false, nil},
		{"many", snapshot(listener(scanner.TCP, "::1", 80, many...)), "tcp:[::1]:80", false, nil},
		{"hostile", hostile(), "tcp:0.0.0.0:8080", false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, ok := c.s.ByID(c.id)
			if !ok {
				t.Fatalf("no listener %s", c.id)
			}
			row := view.NewRow(*l, names)
			d := newDetails(&row, c.gone, c.s, names, c.known)
			golden(t, "details-"+c.name+".txt", d.text())
		})
	}
}

// golden compares a text with a file in testdata; with UPDATE_GOLDEN set it
// writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestArgumentWords(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, ""},
		{[]string{"nginx"}, wordNoArguments},
		{[]string{"nginx", "-g", "daemon off;"}, "-g 'daemon off;'"},
		{[]string{"sh", "", "it's"}, `'' 'it'\''s'`},
		{[]string{"sh", "a\x00b\u202ec"}, "a\ufffdb\ufffdc"},
	} {
		if got := argumentWords(c.args); got != c.want {
			t.Errorf("argumentWords(%q) = %q, want %q", c.args, got, c.want)
		}
	}
	if got := []rune(argumentWords([]string{"x", strings.Repeat("y", 1<<20)})); len(got) != maxText {
		t.Errorf("a megabyte of arguments gives %d runes", len(got))
	}
}

func TestPlan(t *testing.T) {
	s := household()
	row := func(id string) *view.Row {
		l, ok := s.ByID(id)
		if !ok {
			t.Fatalf("no listener %s", id)
		}
		r := view.NewRow(*l, names)
		return &r
	}
	p := newPlan(&node, row("tcp:127.0.0.1:8080"), s, names)
	if len(p.also) != 3 || p.more != 0 || len(p.notes) != 0 {
		t.Errorf("node takes down %q and %d more, with notes %q", p.also, p.more, p.notes)
	}
	if !strings.Contains(p.text, "node (pid 28411)") || !strings.Contains(p.text, "8080") {
		t.Errorf("the question is %q", p.text)
	}
	p = newPlan(&nginx, row("tcp:[::]:80"), s, names)
	if len(p.also) != 0 || len(p.notes) != 2 {
		t.Errorf("one nginx of two takes down %q, with notes %q", p.also, p.notes)
	}
}

func TestPlanListsAFew(t *testing.T) {
	var ls []scanner.Listener
	for port := range uint16(20) {
		ls = append(ls, listener(scanner.TCP, "127.0.0.1", 9000+port, node))
	}
	s := snapshot(ls...)
	row := view.NewRow(s.Listeners[0], names)
	p := newPlan(&node, &row, s, names)
	if len(p.also) != maxAlso || p.more != 19-maxAlso {
		t.Errorf("%d listed and %d more", len(p.also), p.more)
	}
}

func TestFooter(t *testing.T) {
	for _, c := range []struct {
		v     scanner.Visibility
		shown int
		want  string
	}{
		{scanner.Visibility{Listeners: 1}, 1, "1 listener"},
		{scanner.Visibility{Listeners: 14}, 2, "2 of 14 listeners"},
		{scanner.Visibility{Listeners: 14, Hidden: 3}, 14, "14 listeners · 3 owners hidden"},
		{scanner.Visibility{Listeners: 14, Hidden: 3, Notes: []string{"3 of 14 belong to others", "a\nb"}}, 14, "14 listeners · 3 of 14 belong to others · a b"},
	} {
		if got := footer(c.v, c.shown); got != c.want {
			t.Errorf("footer is %q, want %q", got, c.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"read sockets: denied":    "Read sockets: denied.",
		"nginx has ended.":        "Nginx has ended.",
		"über\x1b":                "Über\ufffd.",
		"3 of 4 belong to others": "3 of 4 belong to others.",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}
