// Package history is the memory of Portlight: what happened, which programs are
// known, rules, settings, alerts. It is one SQLite file in the data folder.
//
// Several processes use the file at once. One of them is the Agent: it records,
// migrates, trims, and puts a damaged file aside. The others read, and write rules,
// settings, names and the states of alerts. Each holds one connection and waits a
// few seconds at most for another's write (ErrBusy).
//
// Texts in it come from other programs and may hold any bytes; they are kept byte
// by byte, up to a bound. Rows that make no sense are skipped and counted, see
// Skipped.
package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// FileName is the database's name in the data folder.
const FileName = "portlight.db"

// Role is what a process may do with the database.
type Role int

// The roles. At most one process is the Agent of a data folder: the caller sees to
// that.
const (
	Other Role = iota // reads, and writes rules, settings, names and the states of alerts
	Agent             // does everything
)

// Options are for those who need other than the usual.
type Options struct {
	Now     func() time.Time // names files that are put aside; nil is time.Now
	Written func()           // called after each write, on the goroutine that wrote; nil is nothing
}

// Store is the database, safe for concurrent use. Every method but Changed may wait
// for another process for seconds, or for a call that does.
type Store struct {
	mu      sync.Mutex
	path    string
	role    Role
	now     func() time.Time
	written func()
	db      *conn // nil while there is no file, and once closed
	closed  bool
	files   sight       // as they were when it was connected
	told    fs.FileInfo // the file that Changed knows of, nil for none
	lost    bool        // the last attempt to connect failed
	changed bool        // for Changed to tell
	trouble string      // see Trouble
	skipped int         // rows that made no sense

	examined bool // no other process has written since examine
}

// Open opens the database in a data folder, which must be there. The Agent makes
// the file if there is none. For Other there is an empty memory then: reads give
// nothing, and the first write makes the file.
//
// The errors are ErrReadOnly, ErrFull, ErrBusy, ErrNewer; for Other also
// ErrDamaged, ErrForeign and ErrOlder. There is no Store then, and the caller goes
// on without memory.
func Open(dir string, role Role, opts Options) (*Store, error) {
	s := &Store{path: resolve(filepath.Join(dir, FileName)), role: role, now: opts.Now, written: opts.Written}
	if s.now == nil {
		s.now = time.Now
	}
	if s.written == nil {
		s.written = func() {}
	}
	if err := s.connect(role == Agent, nil); err != nil {
		return nil, s.explain("open", err)
	}
	s.changed = false
	return s, nil
}

// resolve follows links to the file, so that what stands beside it is found, or to
// its folder while there is no file: SQLite is told to follow none.
func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// Close ends the use of the database. The last process that closes it leaves one
// file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return s.explain("close", s.disconnect())
}

// Trouble says once, in words for a person, that the file was damaged, foreign,
// removed or replaced by another, and what became of it; else "". First tells whether
// the memory is empty then: what is in another file stays.
func (s *Store) Trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.trouble
	s.trouble = ""
	return text
}

// Skipped is how many rows were read that made no sense.
func (s *Store) Skipped() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}

// Changed reports, once, whether another process has changed anything since it was
// last asked, or the file is another. It takes microseconds, never writes, and does
// not wait: while another call is at work nothing is known yet, and a later Changed
// tells it. What there is to be done about it the next other call does.
func (s *Store) Changed() (bool, error) {
	if !s.mu.TryLock() {
		return false, nil
	}
	defer s.mu.Unlock()
	err := s.look()
	changed := s.changed
	s.changed = false
	return changed, s.explain("look for changes", err)
}

func (s *Store) look() error {
	if s.closed {
		return os.ErrClosed
	}
	if now := see(s.path); !isFile(now[0], s.told) {
		s.changed, s.told = true, now[0]
	}
	if s.db == nil || s.db.moved() {
		return nil
	}
	changed, err := s.db.changed()
	if err == nil && changed {
		s.changed, s.examined = true, false
	}
	return err
}

// ready sees to it that the connection is one to the file that is there now.
func (s *Store) ready(create bool) error {
	switch {
	case s.closed:
		return os.ErrClosed
	case s.db == nil:
		return s.connect(create, nil)
	case !s.db.moved():
		if err := s.db.rollback(); err != nil {
			return err
		}
		return s.examine()
	}
	if s.role == Agent {
		s.trouble = textRemoved(s.path)
		if see(s.path)[0] != nil {
			s.trouble = textReplaced(s.path)
		}
	}
	return s.connect(create, nil)
}

// connect makes a connection in place of the one there is. With a cause, the file
// is put aside before. Without create there may be no file, and no connection.
func (s *Store) connect(create bool, cause error) error {
	release, err := gate(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	defer release()
	if cause == nil {
		err = s.reopen(create)
		if s.role == Agent && (isDamage(err) || errors.Is(err, errForeign)) {
			cause = err
		}
	}
	if cause != nil {
		saved := s.salvage(cause)
		s.disconnect()
		err = s.startAnew(cause, saved)
	}
	s.connected(err)
	return err
}

// reopen makes a connection to what stands at the path, in place of the one there is.
func (s *Store) reopen(create bool) error {
	if s.db != nil && s.db.moved() {
		if err := s.files.removeOld(s.path); err != nil {
			return err
		}
	}
	s.disconnect()
	if create {
		done, err := finish(s.path)
		if err != nil {
			return err
		}
		if done && s.role == Agent {
			s.trouble = textFinished(s.path)
		}
	}
	var err error
	s.db, err = openConn(s.path, create, s.role == Agent)
	return err
}

// connected notes what the connection is to now, and whether Changed has to tell it.
func (s *Store) connected(err error) {
	files := see(s.path)
	s.changed = s.changed || err == nil && (s.lost || !isFile(files[0], s.told))
	s.lost, s.files, s.told, s.examined = err != nil, files, files[0], false
}

func (s *Store) disconnect() error {
	if s.db == nil {
		return nil
	}
	db := s.db
	s.db = nil
	return db.close()
}

// read gives what f reads, the zero value where there is no database.
func read[T any](s *Store, operation string, f func(*conn) (T, error)) (out T, err error) {
	err = s.do(operation, false, func(c *conn) error {
		var err error
		out, err = f(c)
		return err
	})
	return out, err
}

// write runs f in a transaction, whole or not at all. It may run twice, if the file
// is put aside meanwhile.
func (s *Store) write(operation string, f func(*conn) error) error {
	err := s.do(operation, true, f)
	if err == nil {
		s.written()
	}
	return err
}

// writeAsAgent is write for what only the agent may do.
func (s *Store) writeAsAgent(operation string, f func(*conn) error) error {
	if s.role != Agent {
		return s.explain(operation, errNotAgent)
	}
	return s.do(operation, true, f)
}

func (s *Store) do(operation string, writes bool, f func(*conn) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.try(writes, f)
	switch {
	case !isDamage(err):
	case s.role != Agent:
		s.report()
	case s.db != nil && s.db.moved():
		err = s.try(writes, f)
	default:
		if err = s.connect(true, err); err == nil {
			err = s.try(writes, f)
		}
	}
	return s.explain(operation, err)
}

func (s *Store) try(writes bool, f func(*conn) error) error {
	for range 3 { // the file is put aside so often only in a race
		if err := s.ready(writes || s.role == Agent); err != nil || s.db == nil {
			return err
		}
		if !writes {
			return f(s.db)
		}
		if err := s.db.transact(f); err != nil || !s.db.moved() {
			return err
		}
	}
	return errMoves
}
