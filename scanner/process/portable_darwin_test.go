package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portlight/scanner/codesign"
)

// TestOfLaunchd: what the kernel tells of a process of root without any right.
func TestOfLaunchd(t *testing.T) {
	s, err := Summarize(1)
	must(t, err)
	if s.Name != "launchd" || s.Comm != "launchd" || s.Path != "/sbin/launchd" || s.UID != 0 || s.User != "root" || s.Image == 0 || s.Started.IsZero() {
		t.Errorf("got %+v", s)
	}
	if !strings.HasPrefix(s.Signature.Identity(), "apple/") {
		t.Errorf("signed: %+v", s.Signature)
	}
	d, err := Read(s.ID)
	must(t, err)
	if d.Exe != s.Path || d.Signature != s.Signature || len(d.Children) == 0 || len(d.Parents) > 0 {
		t.Errorf("got %+v", d)
	}
	if os.Geteuid() != 0 && d.Missing[FieldCwd] != foreignWords("root") {
		t.Errorf("its folder: %q, %q", d.Cwd, d.Missing[FieldCwd])
	}
}

// TestOfChild: what the kernel tells of one's own processes.
func TestOfChild(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	c := start(t, "files", func(cmd *exec.Cmd) { cmd.Dir, cmd.Args = dir, []string{"title", "x y", "", "z"} })
	d, err := Read(c.id)
	must(t, err)
	if d.Cwd != dir || !slices.Equal(d.Args, c.Args) || d.Exe != self(t) || d.Signature.Evidence != codesign.Kernel || d.Signature.Identity() != "" {
		t.Errorf("got %+v", d)
	}
	u, err := Measure(c.id)
	must(t, err)
	if u.OpenFiles < some || u.Missing[FieldOpenFiles] != "" {
		t.Errorf("%d open files, %q", u.OpenFiles, u.Missing[FieldOpenFiles])
	}
}
