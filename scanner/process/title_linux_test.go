package process

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTitleOfProcess reads the title of a program that has an interpreter's name.
func TestTitleOfProcess(t *testing.T) {
	dir := t.TempDir() + "/shop"
	must(t, os.Mkdir(dir, 0o755))
	python := copySelf(t, "python3.11")
	long := strings.Repeat("x", 100<<10)
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"python3", "manage.py", "runserver"}, "python3 manage.py (shop)"},
		{[]string{"python3", "-W", long, "app.py"}, "python3 app.py (shop)"},
		{[]string{"python3", "-W", long, "-W", long, "-W", long, "app.py"}, ""},
		{[]string{"python3"}, ""},
	}
	for _, tc := range cases {
		c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path, cmd.Dir, cmd.Args = python, dir, tc.args })
		s, err := Summarize(c.id.PID)
		must(t, err)
		if s.Title != tc.want || s.Name != "python3.11" {
			t.Errorf("%.80q: got %q of %s, want %q", tc.args, s.Title, s.Name, tc.want)
		}
		sameTitle(t, c.id, s.Title)
	}
}

// sameTitle asks the other ways, which do not cut the arguments where Summarize does.
func sameTitle(t *testing.T, id ID, want string) {
	t.Helper()
	p, err := portableSummarize(id.PID)
	must(t, err)
	d, err := Read(id)
	must(t, err)
	e, err := portableRead(p.ID)
	must(t, err)
	if p.Title != d.Title || e.Title != d.Title || want != "" && d.Title != want {
		t.Errorf("got %q, %q and %q, want %q", p.Title, d.Title, e.Title, want)
	}
}

// TestTitleOfAnother finds the title by the kernel's short name alone, as for a
// process of another user.
func TestTitleOfAnother(t *testing.T) {
	c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Args = []string{"/usr/bin/node", "server.js"} })
	d, err := proc.open(c.id.PID)
	must(t, err)
	defer d.close()
	for comm, want := range map[string]string{"node": "node server.js", "MainThread": "node server.js", "nginx": ""} {
		if got := d.title("", comm); !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: got %q, want %q", comm, got, want)
		}
	}
}

// TestTitleOfNothing overwrites the arguments with NUL alone.
func TestTitleOfNothing(t *testing.T) {
	root := procfs(t.TempDir())
	must(t, os.Mkdir(string(root)+"/7", 0o755))
	must(t, os.WriteFile(string(root)+"/7/cmdline", make([]byte, maxTitled+1), 0o644))
	d, err := root.open(7)
	must(t, err)
	defer unix.Close(d.fd)
	if got := d.title("/usr/bin/python3", ""); got != "" {
		t.Errorf("got %q", got)
	}
}
