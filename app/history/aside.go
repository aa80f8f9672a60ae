package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
)

// asideTime is the form of the date in the name of a file that was put aside.
const asideTime = "2006-01-02T150405"

// A new database has these endings behind its name: while it is made, and once it is
// whole but not yet in its place.
const (
	endingPart = ".part"
	endingNew  = ".new"
)

// startAnew begins a new database with what could be saved, and puts the files aside.
// Wherever it is ended, what was saved stands in a file: see finish.
func (s *Store) startAnew(cause error, saved keepsake) error {
	if err := makeNew(s.path, saved); err != nil {
		return fmt.Errorf("make a new database: %w", err)
	}
	name, err := s.freeName(cause)
	if err == nil {
		err = moveFiles(s.path, name)
	}
	if err == nil {
		err = os.Rename(s.path+endingNew, s.path)
	}
	if err != nil {
		return fmt.Errorf("put aside (%w): %w", cause, err)
	}
	if s.db, err = openConn(s.path, true, true); err != nil {
		return fmt.Errorf("begin a new database in place of %s: %w", name, err)
	}
	s.trouble = textAside(cause, name, saved)
	return nil
}

// makeNew makes a whole database beside a path.
func makeNew(path string, saved keepsake) error {
	if err := removeUnfinished(path); err != nil {
		return err
	}
	c, err := openConn(path+endingPart, true, true)
	if err != nil {
		return err
	}
	err = c.transact(saved.restore)
	if err == nil {
		_, _, err = c.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	}
	if err = errors.Join(err, c.close()); err != nil {
		return err
	}
	return os.Rename(path+endingPart, path+endingNew)
}

// finish puts a whole new database into its place, where startAnew was ended before
// it could do so, and reports whether it did. Else it removes what startAnew left.
func finish(path string) (bool, error) {
	_, missing := os.Lstat(path)
	if _, err := os.Lstat(path + endingNew); err != nil || !errors.Is(missing, fs.ErrNotExist) {
		return false, removeUnfinished(path)
	}
	if err := removeLeftovers(path); err != nil {
		return false, err
	}
	return true, os.Rename(path+endingNew, path)
}

func removeUnfinished(path string) error {
	for _, name := range []string{path + endingPart, path + endingNew} {
		if isFree(name) { // on a read-only disk removing nothing is an error too
			continue
		}
		if err := errors.Join(removeFile(name), removeLeftovers(name)); err != nil {
			return err
		}
	}
	return nil
}

// freeName gives a dated name that no file has, with any ending.
func (s *Store) freeName(cause error) (string, error) {
	word := "damaged"
	if errors.Is(cause, errForeign) {
		word = "foreign"
	}
	stem := strings.TrimSuffix(s.path, filepath.Ext(s.path)) + "-" + word + "-" + s.now().Format(asideTime)
	for n := 1; n < 1000; n++ {
		name := stem + ".db"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.db", stem, n)
		}
		if isFree(name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("no free name like %s.db", stem)
}

func isFree(name string) bool {
	for _, part := range parts() {
		if _, err := os.Lstat(name + part); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

func moveFiles(from, to string) error {
	for _, part := range parts() {
		if err := os.Rename(from+part, to+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// keepsake is what a person made, as far as it can be read from a damaged database.
type keepsake struct {
	rules    []alerts.Rule
	settings map[string]string
	names    []Name
	lost     bool // not everything could be read
}

// salvage reads what can be saved. Of another program's database that is nothing.
func (s *Store) salvage(cause error) (k keepsake) {
	if errors.Is(cause, errForeign) {
		return k
	}
	c := s.db
	if c == nil {
		var err error
		if c, err = dial(s.path); err != nil {
			return keepsake{lost: true}
		}
		defer c.close()
	}
	var errs [4]error
	errs[0] = c.rollback()
	k.rules, _, errs[1] = c.rules()
	k.settings, errs[2] = c.settings()
	k.names, _, errs[3] = c.names()
	k.lost = errors.Join(errs[:]...) != nil
	return k
}

func (k keepsake) restore(c *conn) error {
	for i, r := range k.rules {
		if err := c.insertRule(r, i); err != nil {
			return err
		}
	}
	if err := c.setAll(k.settings); err != nil {
		return err
	}
	for _, n := range k.names {
		if err := c.setName(n); err != nil {
			return err
		}
	}
	return nil
}

// report leaves word for the agent that there is damage, as well as that goes.
func (s *Store) report() {
	if s.db != nil {
		_ = s.db.transact(func(c *conn) error { return c.exec(`UPDATE state SET suspect = 1`) })
	}
}

// examine looks for the damage that another process has met, if one has, after
// another process wrote.
func (s *Store) examine() error {
	if s.role != Agent || s.examined {
		return nil
	}
	suspect, _, err := s.db.number(`SELECT suspect FROM state`)
	if err == nil && suspect != 0 {
		err = s.db.quickCheck("")
		if err == nil {
			err = s.db.transact(func(c *conn) error { return c.exec(`UPDATE state SET suspect = 0`) })
		}
	}
	s.examined = err == nil
	return err
}
