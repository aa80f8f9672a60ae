//go:build unix

package launchd

import (
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestReadPipe does not wait for someone to write.
func TestReadPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.plist")
	must(t, unix.Mkfifo(path, 0o600))
	if _, err := readFile(path); !errors.Is(err, errNotFile) {
		t.Errorf("got %v", err)
	}
}
