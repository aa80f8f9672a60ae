package history

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"portlight/assets/words"
)

// What can be wrong with the database as a whole. The texts say what to do.
const (
	ErrReadOnly = words.Error("cannot be written: check who owns the folder and its files, and whether the disk is read-only")
	ErrFull     = words.Error("cannot be written: the disk is full, or fails; free some space on it")
	ErrBusy     = words.Error("another process keeps it locked: try again")
	ErrDamaged  = words.Error("damaged: the running Portlight puts it aside and begins a new one; start it, or restart it")
	ErrForeign  = words.Error("not a database of Portlight: move it away, or name another data folder")
	ErrNewer    = words.Error("written by a newer version of Portlight: update this one, or name another data folder")
	ErrOlder    = words.Error("written by an older version of Portlight: start or restart Portlight to bring it up to date")
)

// ErrNoRule is that there is no rule with this id.
const ErrNoRule = words.Error("no such rule")

var (
	errForeign  = errors.New("the database is another program's")
	errNotAgent = errors.New("only the agent may do this")
	errMoves    = errors.New("the file is replaced again and again")
)

// damageError is damage that SQLite itself did not complain of.
type damageError string

func (e damageError) Error() string { return string(e) }

// isDamage reports whether an error says that the file cannot be used any more.
func isDamage(err error) bool {
	var found damageError
	return errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.NOTADB) || errors.As(err, &found)
}

// explain puts the operation, the path and what to do to an error.
func (s *Store) explain(operation string, err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil {
		return fmt.Errorf("%s %s: %w (%w)", operation, s.path, kind, err)
	}
	return fmt.Errorf("%s %s: %w", operation, s.path, err)
}

// kindOf gives the sentinel that fits to an error, or nil.
func kindOf(err error) error {
	is := func(targets ...error) bool {
		for _, t := range targets {
			if errors.Is(err, t) {
				return true
			}
		}
		return false
	}
	switch {
	case isDamage(err):
		return ErrDamaged
	case is(errForeign):
		return ErrForeign
	case is(sqlite3.FULL, sqlite3.IOERR_WRITE, sqlite3.IOERR_SHMSIZE, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG):
		return ErrFull
	case is(sqlite3.BUSY, sqlite3.LOCKED, sqlite3.PROTOCOL):
		return ErrBusy
	case is(sqlite3.READONLY, sqlite3.PERM, sqlite3.CANTOPEN, fs.ErrPermission, syscall.EROFS, syscall.ENOTDIR, syscall.EISDIR, fs.ErrNotExist):
		return ErrReadOnly
	}
	return nil
}
