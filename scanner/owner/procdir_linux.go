package owner

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
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

func (e entry) compare(pid int) int { return e.pid - pid }

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

// lastPID is the pid that was given last in this pid namespace, the end of
// /proc/loadavg (proc_loadavg(5)), or 0 if it is not told.
func (d procDir) lastPID() int {
	fd, err := unix.Openat(d.fd, "loadavg", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	var buf [128]byte
	n, err := unix.Read(fd, buf[:])
	if err != nil {
		return 0
	}
	line := bytes.TrimRight(buf[:n], "\n")
	pid, _ := number(line[bytes.LastIndexByte(line, ' ')+1:])
	return pid
}

// process gives the entry of a pid as list does, ok only if it is a process and
// no thread of one.
func (d procDir) process(pid int) (e entry, ok bool) {
	fd, err := unix.PidfdOpen(pid, 0) // EINVAL for a thread
	if err != nil {
		return e, false
	}
	unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstatat(d.fd, strconv.Itoa(pid), &st, 0); err != nil {
		return e, false
	}
	return entry{pid, st.Ino}, true
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

// folder opens the folder of a process's descriptors for folderCount, which is
// three times as fast as count; -1 on any error. It stays with the process.
func (d procDir) folder(pid int) int {
	fd, err := unix.Openat(d.fd, fdPath(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}

// folderCount is count by an open folder. The error is ENOENT when the process has
// ended.
func folderCount(folder int) (int, error) {
	var st unix.Stat_t
	if err := unix.Fstat(folder, &st); err != nil {
		return 0, err
	}
	return int(st.Size), nil
}

// user is the effective user of a process, or root where the process is closed to
// its own user: the directory of its descriptors belongs to that, unlike that of
// the process (task_dump_owner in fs/proc/base.c).
func (d procDir) user(pid int) (uint32, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(d.fd, fdPath(pid), &st, 0); err != nil {
		return 0, err
	}
	return st.Uid, nil
}

// holds reports whether a descriptor of a process is the socket. It is not when
// the process has ended, nor when the descriptor is a file of a path too long.
func (d procDir) holds(pid int, h hold) (bool, error) {
	var buf [linkLen]byte
	n, err := unix.Readlinkat(d.fd, fdPath(pid)+"/"+strconv.Itoa(h.fd), buf[:])
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ESRCH), errors.Is(err, unix.ENAMETOOLONG):
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
	dents [direntsLen]byte
	names []int // where the entries in dents begin
	link  [linkLen]byte
	found []hold
}

// direntsLen takes some thousand entries of a folder of descriptors.
const direntsLen = 32 << 10

// visitor says of each socket whether it is kept, and whether it was the last
// that is wanted.
type visitor func(inode uint32) (keep, last bool)

// read gives how many descriptors a process has, and puts the sockets that visit
// keeps into w.found, the newest descriptors first as far as their numbers tell.
// It is not whole if visit ended it.
func (w *walker) read(d procDir, pid int, visit visitor) (count int, whole bool, err error) {
	w.found = w.found[:0]
	dir, err := d.openFDs(pid)
	if err != nil {
		return 0, false, err
	}
	defer unix.Close(dir)
	for {
		n, err := getdents(dir, w.dents[:])
		switch {
		case err != nil:
			return count, false, err
		case n == 0:
			return count, true, nil
		}
		links, last, err := w.readLinks(dir, w.dents[:n], visit)
		count += links
		if last || err != nil {
			return count, false, err
		}
	}
}

func (d procDir) openFDs(pid int) (int, error) {
	return unix.Openat(d.fd, fdPath(pid), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}

// readLinks reads the descriptors of some entries, the last first.
func (w *walker) readLinks(dir int, dents []byte, visit visitor) (count int, last bool, err error) {
	w.names = w.names[:0]
	for at := 0; at < len(dents); {
		_, name, rest, err := cutEntry(dents[at:])
		if err != nil {
			return 0, false, err
		}
		if _, ok := number(name); ok {
			w.names = append(w.names, at)
		}
		at = len(dents) - len(rest)
	}
	for _, at := range slices.Backward(w.names) {
		_, name, _, _ := cutEntry(dents[at:])
		inode, err := w.socket(dir, name)
		if err != nil {
			return len(w.names), false, err
		}
		if inode == 0 {
			continue
		}
		keep, last := visit(inode)
		if keep {
			fd, _ := number(name)
			w.found = append(w.found, hold{fd, inode})
		}
		if last {
			return len(w.names), true, nil
		}
	}
	return len(w.names), false, nil
}

// socket gives the inode behind a descriptor that is a socket, 0 if it is none
// or closed meanwhile: the kernel cannot tell the path of some files, as it is
// too long. The name has a NUL behind it, as cutEntry says. The call is raw: it
// is short, and there may be ten thousands.
func (w *walker) socket(dir int, name []byte) (uint32, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_READLINKAT, uintptr(dir), uintptr(unsafe.Pointer(&name[0])),
		uintptr(unsafe.Pointer(&w.link[0])), linkLen, 0, 0)
	if errno == unix.ENOENT || errno == unix.ENAMETOOLONG {
		return 0, nil
	} else if errno != 0 {
		return 0, errno
	}
	inode, _ := socketInode(w.link[:n])
	return inode, nil
}
