package installed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree makes a root of files. A content "-> x" is a link to x, one that begins with
// "#!" may be run.
func tree(t testing.TB, files map[string]string) root {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	for name, content := range files {
		file := filepath.Join(top, name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			must(t, os.Symlink(target, file))
		} else {
			must(t, os.WriteFile(file, []byte(content), 0o755))
		}
	}
	return root(top)
}

// expect finds an executable and compares; want "" is none.
func expect(t *testing.T, r root, exe, want string) {
	t.Helper()
	p, err := r.find(t.Context(), exe)
	got := strings.Join([]string{p.Manager, p.Name, p.Version}, " ")
	if want == "" {
		want = "  "
	}
	if got != want || (err == nil) != (p != Package{}) {
		t.Errorf("%s: got %q, %v, want %q", exe, got, err, want)
	}
}
