package window

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/codesign"
	"portlight/scanner/process"
)

// text writes details as lines, for golden files.
func (d *details) golden() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s external=%v\n%s %s\n", d.title, d.headline, d.reach, d.external, d.address, d.url)
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

// rowOf is the row of a listener in a snapshot.
func rowOf(t *testing.T, s *scanner.Snapshot, id string) *view.Row {
	t.Helper()
	e := newTestModel(s).find(id)
	if e == nil {
		t.Fatalf("no listener %s", id)
	}
	return &e.Row
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
	partial := known(node)
	partial[node.ID].details.Name = ""
	partial[node.ID].details.Parents = ancestors("bash", "")
	partial[node.ID].details.Missing = map[string]string{
		process.FieldName:    "the system does not tell it",
		process.FieldArgs:    "only the first megabyte is shown",
		process.FieldParents: "the parent cannot be read",
	}
	orphan := known(node)
	orphan[node.ID].details.Parents = nil
	orphan[node.ID].details.Missing[process.FieldParents] = "the parent cannot be read"
	signed := known(node)
	signed[node.ID].details.Signature = codesign.Signature{ID: "org.nodejs\u202e.node", Team: "HX7739G8FX", Evidence: codesign.Kernel, Signer: codesign.Developer, Category: codesign.DeveloperID}
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
		{"partial", household(), "tcp:127.0.0.1:8080", false, partial},
		{"orphan", household(), "tcp:127.0.0.1:8080", false, orphan},
		{"signed", household(), "tcp:127.0.0.1:8080", false, signed},
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
			about := subject{row: rowOf(t, c.s, c.id), gone: c.gone, goneAt: noon, all: newTestModel(c.s).all, known: c.known, now: noon}
			d := about.describe()
			golden(t, "details-"+c.name+".txt", d.golden())
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
	const title = "nginx: master process /usr/sbin/nginx -g daemon on;"
	for _, c := range []struct {
		args []string
		cut  bool
		want string
	}{
		{nil, false, ""},
		{nil, true, ""},
		{[]string{"nginx"}, false, wordNoArguments.String()},
		{[]string{"/opt/bin/nginx"}, false, wordNoArguments.String()},
		{[]string{"/usr/sbin/nginx-1.26"}, false, wordNoArguments.String()},
		{[]string{title}, false, title},
		{[]string{"sshd: /usr/sbin/sshd -D [listener]"}, false, "sshd: /usr/sbin/sshd -D [listener]"},
		{[]string{"nginx"}, true, "nginx …"},
		{[]string{"nginx", "-g", "daemon off;"}, false, "-g 'daemon off;'"},
		{[]string{"nginx", "-g", "daemon off;"}, true, "-g 'daemon off;' …"},
		{[]string{"sh", "", "it's"}, false, `'' 'it'\''s'`},
		{[]string{"sh", "a\x00b\u202ec"}, false, "a\ufffdb\ufffdc"},
	} {
		d := &process.Details{Name: "nginx", Exe: "/usr/sbin/nginx-1.26", Args: c.args, Missing: map[string]string{}}
		if c.cut {
			d.Missing[process.FieldArgs] = "only the first megabyte is shown"
		}
		if got := argumentWords(d); got != c.want {
			t.Errorf("arguments %q, cut %v, give %q, want %q", c.args, c.cut, got, c.want)
		}
	}
}

// What is too long is cut to maxText runes and says so, whatever it is made of.
func TestLongArguments(t *testing.T) {
	many := make([]string, 1<<19)
	for i := range many {
		many[i] = "y"
	}
	for name, args := range map[string][]string{
		"title":    {strings.Repeat("y", 1<<20)},
		"argument": {"x", strings.Repeat("y", 1<<20)},
		"quoted":   {"x", strings.Repeat("y '", 1<<18)},
		"wide":     {"x", strings.Repeat("\U0001F680", 1<<18)},
		"broken":   {"x", strings.Repeat("\xff", 1<<20)},
		"blank":    {"x", "-a" + strings.Repeat("\u3000", 1<<18) + "--more"},
		"many":     many,
	} {
		got := []rune(argumentWords(&process.Details{Name: "x", Args: args}))
		if len(got) != maxText || got[maxText-1] != '…' {
			t.Errorf("%s: %d runes that end in %q", name, len(got), got[max(len(got)-3, 0):])
		}
	}
}

// BenchmarkLongArguments is a megabyte of them.
func BenchmarkLongArguments(b *testing.B) {
	d := &process.Details{Name: "x", Args: strings.Split(strings.Repeat("it's ", 1<<20/5), " ")}
	for b.Loop() {
		argumentWords(d)
	}
}

// ancestors are parents with pids that count down to 1; one without a name could
// not be read.
func ancestors(names ...string) []process.Relative {
	as := make([]process.Relative, len(names))
	for i, name := range names {
		as[i] = process.Relative{ID: process.ID{PID: len(names) - i}, Name: name}
	}
	return as
}

func TestTree(t *testing.T) {
	for _, c := range []struct {
		parents, children string
		more              int
		broken            bool
		want              string
	}{
		{"systemd", "", 0, false, "systemd (1)|└ node ←"},
		{"e d c b systemd", "", 0, false, "systemd (1)|└ b (2)| └ c (3)|  └ d (4)|   └ e (5)|    └ node ←"},
		{"f e d c b systemd", "", 0, false, "systemd (1)|└ …| └ d (4)|  └ e (5)|   └ f (6)|    └ node ←"},
		{"b a", "", 0, true, "…|└ a (1)| └ b (2)|  └ node ←"},
		{"", "x y", 0, false, "node ←|└ x (2)|└ y (1)"},
		{"systemd", "a b c d e f g h i", 5, false, "systemd (1)|└ node ←| └ a (9)| └ b (8)| └ c (7)| └ d (6)| └ e (5)| └ f (4)| └ g (3)| └ h (2)| └ and 6 more"},
	} {
		d := &process.Details{
			Name: "node", Parents: ancestors(strings.Fields(c.parents)...), Children: ancestors(strings.Fields(c.children)...),
			MoreChildren: c.more, Missing: map[string]string{},
		}
		if c.broken {
			d.Missing[process.FieldParents] = "the parent cannot be read"
		}
		got := strings.NewReplacer("\u2003", " ", wordThisOne.With("Process", "node"), "node ←").Replace(strings.Join(tree(d), "|"))
		if got != c.want {
			t.Errorf("parents %s, children %s: %q, want %q", c.parents, c.children, got, c.want)
		}
	}
}

func TestPlan(t *testing.T) {
	s := household()
	row := func(id string) *view.Row { return rowOf(t, s, id) }
	p := newPlan(&node, row("tcp:127.0.0.1:8080"), s, names, 0)
	if len(p.also) != 3 || p.more != 0 || len(p.notes) != 0 {
		t.Errorf("node takes down %q and %d more, with notes %q", p.also, p.more, p.notes)
	}
	if !strings.Contains(p.text, "node (pid 28411)") || !strings.Contains(p.text, "8080") {
		t.Errorf("the question is %q", p.text)
	}
	for id, want := range map[string]string{"tcp:0.0.0.0:22": "TCP port 22 (ssh), address 0.0.0.0.", "tcp:[::]:22": "TCP port 22 (ssh), address ::."} {
		if p := newPlan(&sshd, row(id), s, names, 0); !strings.Contains(p.text, want) {
			t.Errorf("the question about %s is %q", id, p.text)
		}
	}
	wg := row("tcp:127.0.0.1:8080")
	wg.Listener.Device = "wg0"
	if p := newPlan(&node, wg, s, names, 0); !strings.Contains(p.text, "address 127.0.0.1, interface wg0.") {
		t.Errorf("the question about one interface is %q", p.text)
	}
	p = newPlan(&nginx, row("tcp:[::]:80"), s, names, 0)
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
	row := view.NewRow(s.Listeners[0], view.FactsOf(s, names))
	p := newPlan(&node, &row, s, names, 0)
	if len(p.also) != maxAlso || p.more != 19-maxAlso {
		t.Errorf("%d listed and %d more", len(p.also), p.more)
	}
}

// TestStays names those that hold the port too, but not all of very many.
func TestStays(t *testing.T) {
	many := make([]scanner.Process, 5000)
	for i := range many {
		many[i] = owner(900+i, "nginx", "www-data", 33)
	}
	for n, want := range map[int]string{
		1: "The port stays open: nginx (pid 900) holds it too.",
		2: "The port stays open: nginx (pid 900) and nginx (pid 901) hold it too.",
	} {
		if got := stopStays(many[:n]); got != want {
			t.Errorf("of %d it says %q, want %q", n, got, want)
		}
	}
	if got := stopStays(many); !strings.HasSuffix(got, "nginx (pid 907) and 4992 more hold it too.") {
		t.Errorf("of 5000 it says %q", got)
	}
}

func TestDurationWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 850 * time.Millisecond: "850 ms", 2430 * time.Millisecond: "2.4 s", 59 * time.Second: "59 s",
		5*time.Minute + 3*time.Second: "5 min 3 s", 3*time.Hour + 2*time.Minute: "3 h 2 min", 99*time.Hour + time.Minute: "4 d 3 h",
	} {
		if got := durationWords(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestFooter(t *testing.T) {
	for _, c := range []struct {
		v          scanner.Visibility
		shown, all int
		want       string
	}{
		{scanner.Visibility{Listeners: 1}, 1, 1, "1 listener"},
		{scanner.Visibility{Listeners: 14}, 2, 14, "2 of 14 listeners"},
		{scanner.Visibility{Listeners: 1}, 2, 2, "2 listeners, 1 of them in other namespaces"},
		{scanner.Visibility{Listeners: 14, Hidden: 3}, 14, 14, "14 listeners · 3 owners hidden"},
		{scanner.Visibility{Listeners: 14, Hidden: 3, Notes: []string{"3 of 14 belong to others", "a\nb"}}, 14, 14, "14 listeners · 3 of 14 belong to others · a b"},
	} {
		if got := footer(c.v, c.shown, c.all); got != c.want {
			t.Errorf("footer is %q, want %q", got, c.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"read sockets: denied":    "Read sockets: denied.",
		"nginx has ended.":        "Nginx has ended.",
		"終了しました。":                 "終了しました。",
		"über\x1b":                "Über\ufffd.",
		"3 of 4 belong to others": "3 of 4 belong to others.",
	} {
		if got := sentence(in); got != want {
			t.Errorf("sentence(%q) = %q, want %q", in, got, want)
		}
	}
}
