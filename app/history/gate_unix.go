//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package history

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/sys/unix"
)

// gateRetry is how long to wait between two looks at the gate.
const gateRetry = 5 * time.Millisecond

// gate lets one process at a time open, make or replace the files of a folder, by
// flock(2) on the folder itself, which needs no file and no right to write. Else a
// process could open the write-ahead log of the old file beside the new one. Where
// the file system has no such locks everybody passes.
func gate(dir string) (release func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(busyTimeout)
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EINTR):
		case !errors.Is(err, unix.EWOULDBLOCK):
			return func() { f.Close() }, nil
		case time.Now().After(deadline):
			f.Close()
			return nil, sqlite3.BUSY
		default:
			time.Sleep(gateRetry)
		}
	}
}

// own gives a file the owner of another, where the process may choose: what root
// makes in a person's folder must be that person's.
func own(path string, like fs.FileInfo) error {
	stat, ok := like.Sys().(*syscall.Stat_t)
	if !ok || os.Geteuid() != 0 {
		return nil
	}
	return os.Lchown(path, int(stat.Uid), int(stat.Gid))
}
