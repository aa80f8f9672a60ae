package history

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// raw opens a database without any check.
func raw(t *testing.T, path string) *conn {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE, 0o600)
	check(t, err)
	f.Close()
	c, err := dial(path)
	check(t, err)
	t.Cleanup(func() { c.close() })
	return c
}

// schema tells all tables and indexes of a database.
func schema(t *testing.T, c *conn) string {
	t.Helper()
	var b strings.Builder
	check(t, c.each(`SELECT name, sql FROM sqlite_schema ORDER BY name`, func(s *sqlite3.Stmt) error {
		fmt.Fprintln(&b, s.ColumnText(0), s.ColumnText(1))
		return nil
	}))
	return b.String()
}

// TestMigrations begins at every version that there was.
func TestMigrations(t *testing.T) {
	dir := t.TempDir()
	fresh := schema(t, store(t, dir, Agent).db)
	for version := range migrations() {
		dir := t.TempDir()
		c := raw(t, filepath.Join(dir, FileName))
		check(t, c.migrate(migrations()[:version]))
		check(t, c.close())
		s := store(t, dir, Agent)
		if got := schema(t, s.db); got != fresh {
			t.Errorf("from version %d:\n%s", version, got)
		}
		if text := s.Trouble(); text != "" {
			t.Errorf("from version %d: %s", version, text)
		}
	}
}

// TestMigrateWhole has a later version: all of it is done, or nothing.
func TestMigrateWhole(t *testing.T) {
	c := raw(t, filepath.Join(t.TempDir(), FileName))
	check(t, c.migrate(migrations()))
	before := schema(t, c)
	latest := int64(len(migrations()))
	if err := c.migrate(append(migrations(), `CREATE TABLE more (x) STRICT; CREATE TABLE rules (y)`)); err == nil {
		t.Error("a step that fails gives no error")
	}
	if version, _, err := c.number(`PRAGMA user_version`); version != latest || err != nil || schema(t, c) != before {
		t.Errorf("version %d (%v) after a step that failed", version, err)
	}
	_, err := c.identify(latest+1, false)
	wantError(t, err, ErrOlder)
	_, err = c.identify(latest+1, true)
	check(t, err)
	check(t, c.migrate(append(migrations(), `CREATE TABLE more (x INTEGER) STRICT`)))
	check(t, c.migrate(append(migrations(), `this is not done again`)))
	if version, _, _ := c.number(`PRAGMA user_version`); version != latest+1 {
		t.Errorf("version %d", version)
	}
	_, err = c.identify(latest, true)
	wantError(t, err, ErrNewer)
	empty, err := raw(t, filepath.Join(t.TempDir(), FileName)).identify(latest, false)
	if !empty || err != nil {
		t.Errorf("an empty file: %v, %v", empty, err)
	}
}

// TestNewerIsNotTouched whoever opens it.
func TestNewerIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	c := raw(t, filepath.Join(dir, FileName))
	check(t, c.migrate(append(migrations(), `CREATE TABLE more (x INTEGER) STRICT`)))
	check(t, c.close())
	before := files(t, dir)
	for _, role := range []Role{Agent, Other} {
		_, err := Open(dir, role, Options{})
		wantError(t, err, ErrNewer)
		wantSame(t, "files", files(t, dir), before)
	}
}

// TestNewerInTheLog is one whose version stands in the write-ahead log only.
func TestNewerInTheLog(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	_, err := s.db.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true)
	check(t, err)
	_, _, err = s.db.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	check(t, err)
	check(t, s.db.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, len(migrations())+1)))
	check(t, s.Close())
	before := files(t, dir)
	for _, role := range []Role{Agent, Other} {
		_, err := Open(dir, role, Options{})
		wantError(t, err, ErrNewer)
		after := files(t, dir)
		if after[FileName] != before[FileName] || after[FileName+"-wal"] != before[FileName+"-wal"] {
			t.Error("it was touched")
		}
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte(headMagic + strings.Repeat("\x00", headSize)))
	head := append([]byte(headMagic), make([]byte, headSize)...)
	binary.BigEndian.PutUint32(head[headApplication:], applicationID)
	f.Add(head)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < headSize {
			return
		}
		if err := parseHead(b); err == nil && string(b[:16]) != headMagic {
			t.Errorf("%q is a database", b[:16])
		}
	})
}
