package history

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
)

// written makes a database with events and what a person made, and closes it.
func written(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s := store(t, dir, Agent)
	many(t, s, 600)
	must[int64](t)(s.AddRule(rule(alerts.Mute, "kept"), 0))
	check(t, s.Set("a", "1"))
	check(t, s.Close())
	return dir
}

// change rewrites a file of bytes.
func change(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	check(t, os.WriteFile(path, f(must[[]byte](t)(os.ReadFile(path))), 0o600))
}

// pageOf finds the first page of a table.
func pageOf(t *testing.T, dir, table string) int64 {
	t.Helper()
	c := raw(t, filepath.Join(dir, FileName))
	page, found, err := c.number(`SELECT rootpage FROM sqlite_schema WHERE name = ?`, table)
	if err != nil || !found {
		t.Fatal(table, err)
	}
	check(t, c.close())
	return page
}

func flip(page int64) func([]byte) []byte {
	return func(b []byte) []byte {
		for i := range b[(page-1)*4096 : page*4096] {
			b[(page-1)*4096+int64(i)] ^= 0xff
		}
		return b
	}
}

// TestDamagedAtOpen: the agent begins anew and loses nothing, the others say it and
// leave the file alone.
func TestDamagedAtOpen(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, dir string) func([]byte) []byte{
		"random": func(*testing.T, string) func([]byte) []byte {
			return func(b []byte) []byte {
				r := rand.New(rand.NewPCG(1, 2))
				for i := range b {
					b[i] = byte(r.Uint32())
				}
				return b
			}
		},
		"short": func(*testing.T, string) func([]byte) []byte {
			return func([]byte) []byte { return []byte("SQLite format 3") }
		},
		"a text": func(*testing.T, string) func([]byte) []byte {
			return func([]byte) []byte { return bytes.Repeat([]byte("text "), 50) }
		},
		"truncated": func(*testing.T, string) func([]byte) []byte {
			return func(b []byte) []byte { return b[:len(b)/2/4096*4096] }
		},
		"torn": func(*testing.T, string) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)/2-777] } },
		"schema": func(*testing.T, string) func([]byte) []byte {
			return func(b []byte) []byte { clear(b[100:4096]); return b }
		},
		"rules":        func(t *testing.T, dir string) func([]byte) []byte { return flip(pageOf(t, dir, "rules")) },
		"programs":     func(t *testing.T, dir string) func([]byte) []byte { return flip(pageOf(t, dir, "programs")) },
		"fingerprints": func(t *testing.T, dir string) func([]byte) []byte { return flip(pageOf(t, dir, "fingerprints")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := written(t)
			path := filepath.Join(dir, FileName)
			change(t, path, damage(t, dir))
			bad := files(t, dir)[FileName]
			if name != "rules" && name != "programs" && name != "fingerprints" {
				_, err := Open(dir, Other, Options{})
				wantError(t, err, ErrDamaged)
			}
			if files(t, dir)[FileName] != bad {
				t.Fatal("another process touched it")
			}
			wantAside(t, dir, "portlight-damaged-"+start().Format("2006-01-02T150405")+".db", bad)
		})
	}
}

// wantAside opens as the agent, which puts a file aside under a name.
func wantAside(t *testing.T, dir, name, content string) *Store {
	t.Helper()
	s := store(t, dir, Agent)
	if text := s.Trouble(); !strings.Contains(text, filepath.Join(dir, name)) || s.Trouble() != "" {
		t.Errorf("trouble %q", text)
	}
	if files(t, dir)[name] != content {
		t.Errorf("%s is not the old file; there are %v", name, names(t, dir))
	}
	if !must[bool](t)(s.First()) || must[Info](t)(s.Info()).Events != 0 {
		t.Error("it is not a new one")
	}
	check(t, s.Record(tick(start(), judged(1, listener("web", 80), alerts.New, start()))))
	wantModes(t, dir)
	wantIntact(t, dir)
	return s
}

// TestEndedWhileItBeginsAnew at each step: what a person made is still there, and
// nothing is left over.
func TestEndedWhileItBeginsAnew(t *testing.T) {
	steps := map[string]func(s *Store){
		"nothing is done": func(*Store) {},
		"part of the new one": func(s *Store) {
			for _, part := range parts() {
				check(t, os.WriteFile(s.path+endingPart+part, []byte("part"), 0o644))
			}
		},
		"the new one": func(s *Store) {
			saved := s.salvage(damageError("test"))
			check(t, makeNew(s.path, saved))
		},
		"the old one is aside": func(s *Store) {
			saved := s.salvage(damageError("test"))
			check(t, makeNew(s.path, saved))
			check(t, os.Rename(s.path, must[string](t)(s.freeName(damageError("test")))))
			check(t, os.WriteFile(s.path+"-wal", []byte("of the old one"), 0o600))
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			dir := written(t)
			change(t, filepath.Join(dir, FileName), flip(pageOf(t, dir, "programs")))
			step(&Store{path: filepath.Join(dir, FileName), role: Agent, now: start})
			s := store(t, dir, Agent)
			if text := s.Trouble(); !strings.Contains(text, "a new one was begun") || notes(t, s) != "kept" || must[map[string]string](t)(s.Settings())["a"] != "1" {
				t.Errorf("%q; rules %q", text, notes(t, s))
			}
			wantModes(t, dir)
			check(t, s.Close())
			for _, left := range names(t, dir) {
				if strings.Contains(left, FileName) && left != FileName {
					t.Errorf("%s is left", left)
				}
			}
			wantIntact(t, dir)
		})
	}
}

// TestNewOneIsNotTakenLate: what an attempt left is gone once there is a good file.
func TestNewOneIsNotTakenLate(t *testing.T) {
	dir := written(t)
	check(t, makeNew(filepath.Join(dir, FileName), keepsake{rules: []alerts.Rule{rule(alerts.Mute, "stale")}}))
	check(t, store(t, dir, Agent).Close())
	check(t, os.Remove(filepath.Join(dir, FileName)))
	if got := notes(t, store(t, dir, Agent)); got != "" {
		t.Errorf("rules %q", got)
	}
}

// TestRulesOutliveDamage, which is elsewhere.
func TestRulesOutliveDamage(t *testing.T) {
	dir := written(t)
	change(t, filepath.Join(dir, FileName), flip(pageOf(t, dir, "programs")))
	s := store(t, dir, Agent)
	if text := s.Trouble(); !strings.Contains(text, "still there") || notes(t, s) != "kept" || must[map[string]string](t)(s.Settings())["a"] != "1" {
		t.Errorf("%s; rules %q", text, notes(t, s))
	}
	dir = written(t)
	change(t, filepath.Join(dir, FileName), flip(pageOf(t, dir, "rules")))
	s = store(t, dir, Agent)
	if text := s.Trouble(); !strings.Contains(text, "could not be read") || notes(t, s) != "" || must[map[string]string](t)(s.Settings())["a"] != "1" {
		t.Errorf("%s; rules %q", text, notes(t, s))
	}
}

// TestAsideNeverOverwrites when there is trouble twice in a second.
func TestAsideNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	stem := "portlight-damaged-" + start().Format("2006-01-02T150405")
	check(t, os.WriteFile(filepath.Join(dir, stem+".db-wal"), []byte("precious"), 0o600))
	for _, name := range []string{stem + "-2.db", stem + "-3.db"} {
		check(t, os.WriteFile(filepath.Join(dir, FileName), bytes.Repeat([]byte(name), 10), 0o600))
		check(t, wantAside(t, dir, name, strings.Repeat(name, 10)).Close())
	}
	if files(t, dir)[stem+".db-wal"] != "precious" {
		t.Error("a file was overwritten")
	}
}

// TestForeign is another program's database of that name.
func TestForeign(t *testing.T) {
	for _, sql := range []string{`CREATE TABLE t (x)`, `PRAGMA application_id = 77`, `PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA application_id = 77`} {
		dir := t.TempDir()
		c := must[*sqlite3.Conn](t)(sqlite3.Open(filepath.Join(dir, FileName)))
		check(t, c.Exec(sql))
		check(t, c.Close())
		before := files(t, dir)[FileName]
		_, err := Open(dir, Other, Options{})
		wantError(t, err, ErrForeign)
		check(t, wantAside(t, dir, "portlight-foreign-"+start().Format("2006-01-02T150405")+".db", before).Close())
	}
}

// TestDamageWhileOpen is found by a read or a write in the middle of work. The call
// goes on in the new file, and the window finds it.
func TestDamageWhileOpen(t *testing.T) {
	for _, work := range []func(*Store) error{
		func(s *Store) error { _, err := s.Events(Query{Limit: 600}); return err },
		func(s *Store) error { _, err := s.Trim(1, 10, start().AddDate(1, 0, 0)); return err },
	} {
		dir := written(t)
		agent, window := store(t, dir, Agent), store(t, dir, Other)
		pages := func() (n []int64) {
			for page := int64(2); page <= int64(len(files(t, dir)[FileName]))/4096; page++ {
				n = append(n, page)
			}
			return n
		}()
		for _, table := range append(vital(), "sqlite_sequence", "spans") {
			keep := pageOf(t, dir, table)
			pages = slices.DeleteFunc(pages, func(p int64) bool { return p == keep })
		}
		f := must[*os.File](t)(os.OpenFile(filepath.Join(dir, FileName), os.O_RDWR, 0))
		for _, page := range pages {
			_, err := f.WriteAt(bytes.Repeat([]byte{0xa5}, 4096), (page-1)*4096)
			check(t, err)
		}
		f.Close()
		check(t, work(agent))
		if text := agent.Trouble(); !strings.Contains(text, "still there") || notes(t, agent) != "kept" {
			t.Errorf("trouble %q; rules %q", text, notes(t, agent))
		}
		if !must[bool](t)(window.Changed()) {
			t.Error("the window does not see it")
		}
		check(t, window.Set("b", "2"))
		wantSame(t, "settings", must[map[string]string](t)(agent.Settings()), map[string]string{"a": "1", "b": "2"})
		check(t, agent.Close())
		check(t, window.Close())
		wantIntact(t, dir)
	}
}

// TestDamageThatAnotherMeets: the window reads events that the agent never does.
func TestDamageThatAnotherMeets(t *testing.T) {
	dir := written(t)
	page := pageOf(t, dir, "events")
	change(t, filepath.Join(dir, FileName), flip(page))
	agent, window := store(t, dir, Agent), store(t, dir, Other)
	if text := agent.Trouble(); text != "" {
		t.Fatalf("the agent read the events: %s", text)
	}
	_, err := window.Events(Query{})
	wantError(t, err, ErrDamaged)
	if !must[bool](t)(agent.Changed()) {
		t.Error("the agent hears nothing")
	}
	if text := agent.Trouble(); text != "" || len(names(t, dir)) != 3 {
		t.Errorf("looking for changes did more: %s, %v", text, names(t, dir))
	}
	must[[]alerts.Rule](t)(agent.Rules())
	if text := agent.Trouble(); !strings.Contains(text, "still there") {
		t.Errorf("trouble %q", text)
	}
	if events := must[[]Event](t)(window.Events(Query{})); len(events) != 0 {
		t.Errorf("%d events", len(events))
	}
}

// TestAnyPageDamaged flips each page of a database in turn: whatever is called,
// there is an error, a bounded answer or a new database.
func TestAnyPageDamaged(t *testing.T) {
	dir := written(t)
	good := files(t, dir)[FileName]
	for page := int64(1); page <= int64(len(good))/4096; page += 1 + page/12 {
		dir := t.TempDir()
		check(t, os.WriteFile(filepath.Join(dir, FileName), flip(page)([]byte(good)), 0o600))
		if s, err := Open(dir, Other, Options{}); err == nil {
			s.Events(Query{Limit: 1000})
			s.Events(Query{Program: "web"})
			s.Alerts("", 0, 0)
			s.AddRule(rule(alerts.Mute, ""), 0)
			s.Close()
		}
		s := store(t, dir, Agent)
		for range 3 {
			check(t, s.Record(tick(start(), judged(1, listener("web", 80), alerts.New, start()))))
			must[[]Event](t)(s.Events(Query{Limit: 1000}))
			must[[]alerts.Sighting](t)(s.Known())
			must[bool](t)(s.Trim(30, 400, start()))
			must[bool](t)(s.Changed())
		}
		check(t, s.Close())
	}
}
