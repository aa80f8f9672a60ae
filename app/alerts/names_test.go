package alerts

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	for identity, want := range map[string][]string{
		"exe:/usr/bin/python3.11 /srv/shop/manage.py": {"/usr/bin/python3.11 /srv/shop/manage.py", "manage.py", "manage.py", "python3.11", "/srv/shop/manage.py", "manage.py"},
		"unit:nginx.service":                          {"nginx.service", "nginx.service", "nginx"},
		"":                                            {"", ".", "."},
	} {
		if got := Names(identity); !slices.Equal(got, want) {
			t.Errorf("names of %q: %q", identity, got)
		}
	}
}

// TestOfFile follows links: the kernel names the file that they lead to.
func TestOfFile(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file, link := filepath.Join(dir, "server"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if a, b := OfFile(file), OfFile(link); a != b || !IsIdentity(a) {
		t.Errorf("%q and %q", a, b)
	}
	if got := OfFile("/nowhere/at/../all"); got != "exe:/nowhere/all" {
		t.Errorf("a file that is not there: %q", got)
	}
}

func TestTomorrow(t *testing.T) {
	got := Tomorrow(time.Date(2026, time.December, 31, 23, 59, 0, 0, time.UTC))
	if want := time.Date(2027, time.January, 1, 6, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("%v", got)
	}
}
