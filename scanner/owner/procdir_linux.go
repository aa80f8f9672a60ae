package owner

import (
	"errors"
	"fmt"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// procDir is an open proc file system.
type procDir struct{ fd int }

func openProc(root string) (procDir, error) {
	fd, err := unix.Open(root, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return procDir{-1}, fmt.Errorf("open %s: %w", root, err)
	}
	return procDir{fd}, nil
}

func (d procDir) close() { unix.Close(d.fd) }

// entry is a process as the listing of /proc shows it. The inode is a hint
// whether it is the same process as before: a pid may be used again.
type entry struct {
	pid   int
	inode uint64
}

// list gives all processes, in the order of their pids.
func (d procDir) list(buf []byte, out []entry) ([]entry, error) {
	if _, err := unix.Seek(d.fd, 0, 0); err != nil {
		return out, fmt.Errorf("list processes: %w", err)
	}
	err := eachEntry(d.fd, buf, func(inode uint64, name []byte) error {
		if pid, ok := number(name); ok {
			out = append(out, entry{pid, inode})
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("list processes: %w", err)
	}
	return out, nil
}

func fdPath(pid int) string { return strconv.Itoa(pid) + "/fd" }

// count gives the number of descriptors of a process, which any user may ask
// for any process. Before Linux 6.2 it is 0.
func (d procDir) count(pid int) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(d.fd, fdPath(pid), &st, 0); err != nil {
		return 0, err
	}
	return int(st.Size), nil
}

// holds reports whether a descriptor of a process is the socket. It is not when
// the process has ended.
func (d procDir) holds(pid int, h hold) (bool, error) {
	var buf [linkLen]byte
	n, err := unix.Readlinkat(d.fd, fdPath(pid)+"/"+strconv.Itoa(h.fd), buf[:])
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH):
		return false, nil
	case err != nil:
		return false, err
	}
	inode, ok := socketInode(buf[:n])
	return ok && inode == h.inode, nil
}

// linkLen is more than "socket:[4294967295]" takes.
const linkLen = 32

// hold is a descriptor that is a socket.
type hold struct {
	fd    int
	inode uint32
}

// walker reads the descriptors of processes, one at a time.
type walker struct {
	dents [32 << 10]byte
	link  [linkLen]byte
	found []hold
}

// read gives how many descriptors a process has, and puts those that are wanted
// sockets into w.found.
func (w *walker) read(d procDir, pid int, wanted func(inode uint32) bool) (count int, err error) {
	w.found = w.found[:0]
	fd, err := unix.Openat(d.fd, fdPath(pid), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	err = eachEntry(fd, w.dents[:], func(_ uint64, name []byte) error {
		number, ok := number(name)
		if !ok {
			return nil
		}
		count++
		inode, err := w.socket(fd, name)
		if err == nil && inode != 0 && wanted(inode) {
			w.found = append(w.found, hold{number, inode})
		}
		return err
	})
	return count, err
}

// socket gives the inode behind a descriptor that is a socket, 0 if it is none
// or closed meanwhile. The name has a NUL behind it, as cutEntry says. The call
// is raw: it is short, and there may be ten thousands.
func (w *walker) socket(dir int, name []byte) (uint32, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])),
		uintptr(unsafe.Pointer(&w.link[0])), linkLen, 0, 0)
	if errno == unix.ENOENT {
		return 0, nil
	} else if errno != 0 {
		return 0, errno
	}
	inode, _ := socketInode(w.link[:n])
	return inode, nil
}
