package process

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ReadStat reads /proc/PID/stat, which any user may for any process. The error
// is ErrGone when there is none.
func ReadStat(pid int) (Stat, error) {
	s, err := proc.readStat(pid)
	if err != nil {
		return Stat{}, fmt.Errorf("read state of process %d: %w", pid, err)
	}
	return s, nil
}

func (p procfs) readStat(pid int) (Stat, error) {
	d, err := p.open(pid)
	if err != nil {
		return Stat{}, err
	}
	defer d.close()
	return d.stat()
}

// Exe gives the executable of a process, without the mark of the kernel for a
// file that has been removed or replaced: that is deleted. The error is
// ErrGone, matches os.ErrPermission for a process of another user, or
// os.ErrNotExist for a thread of the kernel.
func Exe(pid int) (exe string, deleted bool, err error) {
	d, err := proc.open(pid)
	if err == nil {
		defer d.close()
		exe, deleted, err = d.exe()
	}
	if err != nil {
		return "", false, fmt.Errorf("read executable of process %d: %w", pid, err)
	}
	return exe, deleted, nil
}

// procfs is the root of a proc file system.
type procfs string

const proc procfs = "/proc"

// pidDir is the directory of one process. It stays with that process: after its
// end everything fails, whoever gets the pid.
type pidDir struct{ fd int }

func (p procfs) open(pid int) (pidDir, error) {
	if pid <= 0 {
		return pidDir{-1}, ErrGone
	}
	fd, err := unix.Open(string(p)+"/"+strconv.Itoa(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return pidDir{fd}, orGone(err)
}

func (d pidDir) close() { unix.Close(d.fd) }

// orGone turns the two errors for an ended process into ErrGone.
func orGone(err error) error {
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) {
		return ErrGone
	}
	return err
}

// maxStat holds 52 numbers of 20 digits and the longest name.
const maxStat = 2048

func (d pidDir) stat() (Stat, error) {
	var buf [maxStat]byte
	n, err := d.read("stat", buf[:])
	if err != nil {
		return Stat{}, orGone(err)
	}
	return parseStat(buf[:n])
}

// uid is the effective user id: the kernel gives the directory to it, always
// (task_dump_owner in fs/proc/base.c). For an ended process it is a wrong 0:
// stat must succeed afterwards.
func (d pidDir) uid() (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(d.fd, &st); err != nil {
		return unknownUID, err
	}
	return int(st.Uid), nil
}

// read fills buf with the beginning of a file.
func (d pidDir) read(name string, buf []byte) (n int, err error) {
	fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	for n < len(buf) {
		m, err := unix.Read(fd, buf[n:])
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case m == 0:
			return n, nil
		default:
			n += m
		}
	}
	return n, nil
}

// link reads a symbolic link; the kernel bounds it to a page.
func (d pidDir) link(name string) (string, error) {
	var buf [unix.PathMax]byte
	n, err := unix.Readlinkat(d.fd, name, buf[:])
	if err != nil {
		return "", err
	}
	return string(buf[:n]), nil
}

func (d pidDir) exe() (exe string, deleted bool, err error) {
	target, err := d.link("exe")
	if err != nil {
		return "", false, err
	}
	exe, marked := strings.CutSuffix(target, " (deleted)")
	if !marked || d.runs(target) {
		return target, false, nil
	}
	return exe, true, nil
}

// runs reports whether the executable is the file with this name, so that
// " (deleted)" belongs to it. The name is looked up where the process sees it, as far
// as this user may: it may have mounts of its own.
func (d pidDir) runs(name string) bool {
	var file, running unix.Stat_t
	if unix.Fstatat(d.fd, "root"+name, &file, 0) != nil && unix.Stat(name, &file) != nil {
		return false
	}
	return unix.Fstatat(d.fd, "exe", &running, 0) == nil && file.Dev == running.Dev && file.Ino == running.Ino
}

// invoked is the executable by the name that it was started with, if that is
// another name of the same file beside it: Debian's redis-server is a link to
// redis-check-rdb. The short name alone proves nothing, a process may choose it.
func (d pidDir) invoked(exe, comm string) string {
	if exe == "" || comm == "" || len(comm) >= commLen || path.Base(exe) == comm {
		return exe
	}
	if link := path.Join(path.Dir(exe), path.Base(comm)); d.runs(link) {
		return link
	}
	return exe
}

// How much is read of the arguments: a process can make them as long as its
// address space.
const (
	maxArgs  = 1 << 20 // for the details
	someArgs = 4 << 10 // to complete a name
)

// args reads the arguments; cut says that there are more than limit bytes.
func (d pidDir) args(limit int) (args []string, cut bool, err error) {
	buf := make([]byte, min(limit, someArgs))
	n, err := d.read("cmdline", buf)
	if n == len(buf) && limit > len(buf) && err == nil {
		buf = make([]byte, limit)
		n, err = d.read("cmdline", buf)
	}
	return parseArgs(buf[:n]), n == limit, err
}

// parseArgs splits /proc/PID/cmdline, proc_pid_cmdline(5). A title that a daemon
// wrote over its arguments is one argument: the padding behind it goes.
func parseArgs(b []byte) []string {
	title := bytes.TrimRight(b, "\x00")
	if len(title) == 0 {
		return nil
	}
	if bytes.IndexByte(title, 0) < 0 {
		return []string{string(title)}
	}
	return strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00")
}
