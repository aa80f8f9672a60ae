package process

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

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
		want Naming
	}{
		{[]string{"python3", "manage.py", "runserver"}, Naming{"python3 manage.py (shop)", dir + "/manage.py"}},
		{[]string{"python3", "-W", long, "app.py"}, Naming{"python3 app.py (shop)", dir + "/app.py"}},
		{[]string{"python3", "-W", long, "-W", long, "-W", long, "app.py"}, Naming{}},
		{[]string{"python3"}, Naming{}},
	}
	for _, tc := range cases {
		c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path, cmd.Dir, cmd.Args = python, dir, tc.args })
		s, err := Summarize(c.id.PID)
		must(t, err)
		title, err := ReadTitle(c.id)
		must(t, err)
		if title != tc.want || s.Name != "python3.11" || !s.Interpreted || s.Title != "" || s.Script != "" {
			t.Errorf("%.80q: got %+v of %+v, want %+v", tc.args, title, s, tc.want)
		}
		sameTitle(t, c.id, title)
	}
}

// sameTitle asks the other ways, which do not cut the arguments where ReadTitle does.
func sameTitle(t *testing.T, id ID, want Naming) {
	t.Helper()
	p, err := portableSummarize(id.PID)
	must(t, err)
	d, err := Read(id)
	must(t, err)
	e, err := portableRead(p.ID)
	must(t, err)
	title, err := portableTitle(p.ID)
	must(t, err)
	if !p.Interpreted || p.Title != d.Title || title != (Naming{p.Title, p.Script}) || e.Title != d.Title || want != (Naming{}) && title != want {
		t.Errorf("got %q, %+v, %q and %q, want %+v", p.Title, title, d.Title, e.Title, want)
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
		if got, err := d.title("", comm); err != nil || !strings.HasPrefix(got.Title, want) || (got == Naming{}) != (want == "") {
			t.Errorf("%s: got %+v, want %q", comm, got, want)
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
	if got, err := d.title("/usr/bin/python3", ""); got != (Naming{}) || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestReadTitleOfAnother asks for processes that are not there, and for one with
// the pid but another start.
func TestReadTitleOfAnother(t *testing.T) {
	c := start(t, "wait", func(cmd *exec.Cmd) {
		cmd.Path, cmd.Args = copySelf(t, "python3"), []string{"python3", "/srv/shop/reindex.py"}
	})
	p, err := portableSummarize(c.id.PID)
	must(t, err)
	if title, err := ReadTitle(ID{PID: c.id.PID}); title != (Naming{"python3 reindex.py", "/srv/shop/reindex.py"}) || err != nil {
		t.Errorf("unknown start: %+v, %v", title, err)
	}
	_, anotherErr := ReadTitle(ID{c.id.PID, c.id.Start + 1})
	_, portableAnotherErr := portableTitle(ID{c.id.PID, p.Start + 1})
	c.collect()
	_, goneErr := ReadTitle(c.id)
	_, portableGoneErr := portableTitle(p.ID)
	_, zeroErr := ReadTitle(ID{})
	for i, err := range []error{anotherErr, portableAnotherErr, goneErr, portableGoneErr, zeroErr} {
		if !errors.Is(err, ErrGone) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestReadTitleOfHiddenArguments fails, and only for an interpreter.
func TestReadTitleOfHiddenArguments(t *testing.T) {
	python := statLine(Stat{PID: 7, Comm: "python3", State: 'S', Threads: 1, Start: 1})
	nginx := statLine(Stat{PID: 8, Comm: "nginx", State: 'S', Threads: 1, Start: 1})
	root := fixture(t, map[string]string{"7/stat": python, "8/stat": nginx})
	if title, err := root.title(ID{7, 1}); title != (Naming{}) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an interpreter: %+v, %v", title, err)
	}
	if title, err := root.title(ID{8, 1}); title != (Naming{}) || err != nil {
		t.Errorf("another program: %+v, %v", title, err)
	}
}

// TestSummarizeBesideBlockedArguments has a FIFO without a writer for the
// arguments: whoever opens it waits.
func TestSummarizeBesideBlockedArguments(t *testing.T) {
	for _, comm := range []string{"python3", "MainThread", "systemd-resolve"} {
		root := fixture(t, map[string]string{"7/stat": statLine(Stat{PID: 7, Comm: comm, State: 'S', Threads: 1, Start: 1})})
		fifo := string(root) + "/7/cmdline"
		must(t, unix.Mkfifo(fifo, 0o600))
		done := make(chan Summary, 1)
		go func() {
			s, _ := root.summary(7)
			done <- s
		}()
		select {
		case s := <-done:
			if s.Name != comm || s.Interpreted != titled(comm) {
				t.Errorf("got %+v", s)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: waits for the arguments", comm)
		}
	}
}

// TestParentsWithLongNames completes what the kernel cut.
func TestParentsWithLongNames(t *testing.T) {
	root := fixture(t, map[string]string{
		"9/stat": statLine(Stat{PID: 9, Comm: "sh", State: 'S', PPID: 7, Threads: 1, Start: 5}),
		"7/stat": statLine(Stat{PID: 7, Comm: "gdm-session-wor", State: 'S', Threads: 1, Start: 1}), "7/cmdline": "gdm-session-worker [pam/gdm]\x00",
	})
	d, err := root.details(ID{PID: 9})
	if err != nil || len(d.Parents) != 1 || d.Parents[0].Name != "gdm-session-worker" {
		t.Errorf("got %+v, %v", d, err)
	}
}
