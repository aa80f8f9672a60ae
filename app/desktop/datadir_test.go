package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDataDirOverride(t *testing.T) {
	base := t.TempDir()
	file := filepath.Join(base, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	deep := filepath.Join(base, "a", "b")
	for range 2 {
		got, err := DataDir(deep)
		if got != deep || err != nil {
			t.Fatalf("DataDir = %q, %v, want %q", got, err, deep)
		}
		if info, err := os.Stat(deep); err != nil || info.Mode() != os.ModeDir|0o700 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	}
	t.Chdir(base)
	if got, err := DataDir("a"); got != filepath.Join(base, "a") || err != nil {
		t.Errorf("relative: %q, %v", got, err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below"), filepath.Join(base, strings.Repeat("x", 300))} {
		if got, err := DataDir(bad); err == nil || !strings.Contains(err.Error(), "data folder") {
			t.Errorf("DataDir(%.60q) = %q, %v", bad, got, err)
		}
	}
}

func TestNoHome(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	if got, err := DataDir(""); err == nil || !strings.Contains(err.Error(), "--data-dir") {
		t.Errorf("DataDir = %q, %v", got, err)
	}
}
