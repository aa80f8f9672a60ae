package history

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"portlight/scanner"
)

// asUser runs f with the file rights of an ordinary user (setfsuid(2)), which an
// ordinary user has anyway. The thread is not used again.
func asUser(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		var err error
		if os.Geteuid() == 0 {
			err = unix.Setfsuid(65534)
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	check(t, <-done)
}

// openFolder makes a folder that every user may enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(os.TempDir(), "portlight")
	check(t, err)
	t.Cleanup(func() { os.Chmod(dir, 0o700); os.RemoveAll(dir) })
	return dir
}

// TestNoRights has folders and files that this user may not write, or not read.
func TestNoRights(t *testing.T) {
	for name, prepare := range map[string]func(dir string){
		"folder is empty": func(dir string) { os.Chmod(dir, 0o555) },
		"folder":          func(dir string) { write(t, dir); os.Chmod(dir, 0o555) },
		"file": func(dir string) {
			write(t, dir)
			os.Chmod(filepath.Join(dir, FileName), 0o000)
			os.Chmod(dir, 0o777)
		},
		"file cannot be written": func(dir string) {
			write(t, dir)
			os.Chmod(filepath.Join(dir, FileName), 0o444)
			os.Chmod(dir, 0o777)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := openFolder(t)
			prepare(dir)
			before := names(t, dir)
			asUser(t, func() {
				s, err := Open(dir, Agent, Options{})
				if err == nil {
					err = s.Set("a", "1")
					s.Close()
				}
				if err == nil || !strings.Contains(err.Error(), ErrReadOnly.Error()) || !strings.Contains(err.Error(), filepath.Join(dir, FileName)) {
					t.Errorf("error %v", err)
				}
			})
			for _, file := range names(t, dir) {
				if strings.Contains(file, "damaged") {
					t.Errorf("%v became %v", before, names(t, dir))
				}
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600))
	for _, role := range []Role{Agent, Other} {
		_, err := Open(file, role, Options{})
		wantError(t, err, ErrReadOnly)
		_, err = Open(file+"-missing", role, Options{})
		wantError(t, err, ErrReadOnly)
	}
}

func write(t *testing.T, dir string) {
	t.Helper()
	check(t, store(t, dir, Agent).Close())
}

// TestIdleWritesNothing: looking for changes, and reading, causes no write and no
// new time of a file. It is another process that does so: go test logs each file that
// this one looks at.
func TestIdleWritesNothing(t *testing.T) {
	dir := t.TempDir()
	many(t, store(t, dir, Agent), 100)
	cmd, out := run(t, "idle", dir)
	text := string(must[[]byte](t)(io.ReadAll(out)))
	check(t, cmd.Wait())
	before, after, _ := strings.Cut(text, "--")
	if before != after || !strings.Contains(before, "write_bytes: ") {
		t.Errorf("wrote:\n%s", text)
	}
}

// TestRootMakesNoRootFiles: what root makes in a person's folder is that person's.
func TestRootMakesNoRootFiles(t *testing.T) {
	dir := t.TempDir()
	uid := os.Geteuid()
	if uid == 0 {
		uid = 1234
		check(t, os.Chown(dir, uid, -1))
	}
	s := store(t, dir, Other)
	check(t, s.SetName(Name{scanner.TCP, 80, "", "web"}))
	for _, name := range names(t, dir) {
		var stat unix.Stat_t
		check(t, unix.Stat(filepath.Join(dir, name), &stat))
		if int(stat.Uid) != uid {
			t.Errorf("%s belongs to %d", name, stat.Uid)
		}
	}
}
