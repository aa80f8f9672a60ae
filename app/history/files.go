package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
)

// The files of a database are those of its name with these endings: itself, the
// write-ahead log, its index, and what a foreign one may have.
func parts() []string { return []string{"", "-wal", "-shm", "-journal"} }

// fileMode is for the eyes of the user only.
const fileMode = 0o600

// removeLeftovers removes what stands beside a database that is gone. Processes that
// had it open share these files: they would disturb a new one.
func removeLeftovers(path string) error {
	for _, part := range parts()[1:] {
		if err := removeFile(path + part); err != nil {
			return err
		}
	}
	return nil
}

// removeFile removes a file, if there is one.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sight tells the files at a path from those that were there before: the database,
// its write-ahead log and the index of that, nil for none.
type sight [3]fs.FileInfo

// see looks at the files. One that is made but still empty is no database yet.
func see(path string) (s sight) {
	for i, part := range parts()[:len(s)] {
		if info, err := os.Stat(path + part); err == nil && (i > 0 || info.Size() > 0) {
			s[i] = info
		}
	}
	return s
}

// isFile reports whether two looks met the same file, or none both times.
func isFile(a, b fs.FileInfo) bool {
	return a == nil && b == nil || a != nil && b != nil && os.SameFile(a, b)
}

// removeOld removes the log of a database that another file was put in place of, and
// the log's index: SQLite would apply them to that file. Those that another process
// has made since for the new one stay.
func (s sight) removeOld(path string) error {
	now := see(path)
	if now[0] == nil || s[0] == nil || isFile(now[0], s[0]) {
		return nil
	}
	for i, part := range parts()[:len(s)] {
		if i > 0 && now[i] != nil && isFile(now[i], s[i]) {
			if err := removeFile(path + part); err != nil {
				return err
			}
		}
	}
	return nil
}

// prepareFiles makes the files that SQLite would make with the mode of the umask.
func prepareFiles(path string) error {
	like, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		like, err = os.Stat(filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	for _, part := range parts()[:3] {
		if err := prepareFile(path+part, like); err != nil {
			return err
		}
	}
	return nil
}

func prepareFile(path string, like fs.FileInfo) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(fileMode), f.Close(), own(path, like))
}

// protectFiles sets mode and owner of files that were there before, or that SQLite
// made anew.
func protectFiles(path string) error {
	like, err := os.Stat(path)
	if err != nil {
		return err
	}
	for _, part := range parts()[:3] {
		info, err := os.Stat(path + part)
		if err == nil && info.Mode().Perm() != fileMode {
			err = os.Chmod(path+part, fileMode)
		}
		if err == nil {
			err = own(path+part, like)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// The head of a database file. See "The Database Header" in SQLite's file format.
const (
	headSize        = 100
	headMagic       = "SQLite format 3\x00"
	headVersion     = 60 // user_version
	headApplication = 68 // application_id
)

// peek looks at a file before SQLite does, which would write beside it. It reports
// whether there is one.
func peek(path string) (found bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, headSize)
	switch n, err := io.ReadFull(f, head); {
	case n == 0 && errors.Is(err, io.EOF):
		return true, nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return true, sqlite3.NOTADB
	case err != nil:
		return true, err
	}
	return true, parseHead(head)
}

// parseHead judges the first headSize bytes of a file.
func parseHead(head []byte) error {
	application := binary.BigEndian.Uint32(head[headApplication:])
	version := binary.BigEndian.Uint32(head[headVersion:])
	switch {
	case string(head[:len(headMagic)]) != headMagic:
		return sqlite3.NOTADB
	case application != 0 && application != applicationID:
		return fmt.Errorf("%w: application %#x", errForeign, application)
	case application == applicationID && int64(version) > int64(len(migrations())):
		return fmt.Errorf("%w: version %d", ErrNewer, version)
	}
	return nil
}
