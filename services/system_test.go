package services

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct{ nanos atomic.Int64 }

func (c *clock) now() time.Time       { return time.Unix(1, c.nanos.Load()) }
func (c *clock) pass(d time.Duration) { c.nanos.Add(int64(d)) }
func write(path, text string) error   { return os.WriteFile(path, []byte(text), 0o600) }
func bestName(t *Table, port uint16) string {
	return t.Lookup(Query{Proto: "tcp", Port: port}).Best.Name
}

func TestFileIsLive(t *testing.T) {
	var c clock
	path := filepath.Join(t.TempDir(), "services")
	table := open(path, c.now)
	step := func(what, want string, pass time.Duration, change error) {
		t.Helper()
		if change != nil {
			t.Fatal(change)
		}
		c.pass(pass)
		if got := bestName(table, 60000); got != want {
			t.Errorf("%s: port 60000 is %q, want %q", what, got, want)
		}
	}
	old := time.Unix(1e9, 0)
	step("written after Open, before the first question", "first", 0, write(path, "first 60000/tcp\n"))
	step("changed just now", "first", recheck-1, write(path, "longer 60000/tcp\n"))
	step("another size", "longer", 1, nil)
	step("another time", "larger", recheck, errors.Join(write(path, "larger 60000/tcp\n"), os.Chtimes(path, old, old)))
	next := path + ".new"
	step("replaced by a file as large and as old", "bigger", recheck,
		errors.Join(write(next, "bigger 60000/tcp\n"), os.Chtimes(next, old, old), os.Rename(next, path)))
	step("removed", "", recheck, os.Remove(path))
	step("back again", "first", recheck, write(path, "first 60000/tcp\n"))
}

func TestFileIsReadOnce(t *testing.T) {
	var c clock
	path := filepath.Join(t.TempDir(), "services")
	if err := write(path, "first 60000/tcp\n"); err != nil {
		t.Fatal(err)
	}
	table := open(path, c.now)
	before, _ := table.system.current()
	c.pass(time.Hour)
	if after, _ := table.system.current(); &before.rows[0] != &after.rows[0] {
		t.Error("a file that did not change is read again")
	}
}

func TestProblems(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := write(path, text); err != nil {
			t.Fatal(err)
		}
		return path
	}
	loop, pipe := filepath.Join(folder, "loop"), filepath.Join(folder, "pipe")
	if err := errors.Join(os.Symlink("loop", loop), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, want string }{
		{file("good", "ssh 22/tcp\n"), ""},
		{file("empty", ""), ""},
		{filepath.Join(folder, "none"), " is missing: names of services come from the embedded lists alone."},
		{folder, " cannot be read whole: not a regular file."},
		{pipe, " cannot be read whole: not a regular file."},
		{loop, " cannot be read whole: too many levels of symbolic links."},
		{filepath.Join(folder, "good", "under a file"), " cannot be read whole: not a directory."},
		{file("typo", "\nssh 22\n"), ": line 2 names no service and is skipped."},
		{file("typos", "ssh\nssh 22/tcp\nssh 22\n"), ": 2 lines name no service and are skipped: 1, 3."},
		{file("binary", strings.Repeat("\x00\n", 100)), ": 100 lines name no service and are skipped: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …."},
		{file("large", strings.Repeat("#", maxFile+1)), " is larger than 2 MB: the rest of it is not read."},
	} {
		table := Open(tc.path)
		var want []string
		if tc.want != "" {
			want = []string{tc.path + tc.want}
		}
		if got := table.Problems(); !slices.Equal(got, want) {
			t.Errorf("problems %q, want %q", got, want)
		}
		if got := bestName(table, 22); got != "ssh" {
			t.Errorf("%s: port 22 is %q", tc.path, got)
		}
	}
}

func TestForbiddenFile(t *testing.T) {
	var c clock
	path := filepath.Join(t.TempDir(), "services")
	if err := errors.Join(write(path, "mine 60000/tcp\n"), os.Chmod(path, 0)); err != nil {
		t.Fatal(err)
	}
	wantName, wantProblems := "", []string{path + " cannot be read whole: permission denied."}
	if _, err := os.ReadFile(path); !errors.Is(err, fs.ErrPermission) { // root may read all
		wantName, wantProblems = "mine", nil
	}
	table := open(path, c.now)
	if got := bestName(table, 60000); got != wantName {
		t.Errorf("port 60000 is %q, want %q", got, wantName)
	}
	if got := table.Problems(); !slices.Equal(got, wantProblems) {
		t.Errorf("problems %q, want %q", got, wantProblems)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	c.pass(recheck)
	if got := bestName(table, 60000); got != "mine" {
		t.Errorf("with rights port 60000 is %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	var c clock
	path := filepath.Join(t.TempDir(), "services")
	if err := write(path, "live 22/tcp\n"); err != nil {
		t.Fatal(err)
	}
	table := open(path, c.now)
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 50 {
				table.Lookup(Query{Proto: "tcp", Port: 22})
				table.ByPort(80)
				table.ByName("ssh")
				table.Problems()
				c.pass(recheck)
			}
		}()
	}
	for i := range 50 {
		if err := write(path, strings.Repeat("#\n", i)+"live 22/tcp\n"); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	c.pass(recheck)
	if got := bestName(table, 22); got != "live" {
		t.Errorf("port 22 is %q", got)
	}
}
