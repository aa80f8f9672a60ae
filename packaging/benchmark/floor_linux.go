package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bareDumps asks the kernel what Portlight asks it, and looks at nothing of the
// answer but its end: no scan by SOCK_DIAG can be faster.
type bareDumps struct {
	fd       int
	requests [][]byte
	buf      []byte
}

// Of linux/netlink.h, linux/inet_diag.h and net/tcp_states.h.
const (
	legacyTCP = 18 // TCPDIAG_GETSOCK
	byFamily  = 20 // SOCK_DIAG_BY_FAMILY
	listening = 1 << 10
	unbound   = 1 << 7 // TCP_CLOSE, which for UDP is: not connected
	doneLen   = 20     // NLMSG_DONE with its error number
)

func openDumps() (*bareDumps, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 3}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("set time-out of netlink socket: %w", err)
	}
	return &bareDumps{fd: fd, buf: make([]byte, 64<<10), requests: [][]byte{
		legacyRequest(listening),
		familyRequest(unix.AF_INET, unix.IPPROTO_UDP, unbound),
		familyRequest(unix.AF_INET6, unix.IPPROTO_UDP, unbound),
	}}, nil
}

func (b *bareDumps) close() error { return unix.Close(b.fd) }

func dumpHeader(kind uint16, length int) []byte {
	r := make([]byte, length)
	binary.NativeEndian.PutUint32(r, uint32(length))
	binary.NativeEndian.PutUint16(r[4:], kind)
	binary.NativeEndian.PutUint16(r[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	return r
}

// legacyRequest asks for TCP sockets of both families: struct inet_diag_req
// behind the header.
func legacyRequest(states uint32) []byte {
	r := dumpHeader(legacyTCP, 16+60)
	r[16] = unix.AF_INET
	binary.NativeEndian.PutUint32(r[16+52:], states)
	return r
}

// familyRequest is struct inet_diag_req_v2 behind the header.
func familyRequest(family, proto byte, states uint32) []byte {
	r := dumpHeader(byFamily, 16+56)
	r[16], r[17] = family, proto
	binary.NativeEndian.PutUint32(r[16+4:], states)
	return r
}

// take takes the three dumps.
func (b *bareDumps) take() error {
	for _, r := range b.requests {
		if _, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(b.fd), uintptr(unsafe.Pointer(&r[0])), uintptr(len(r)), 0, 0, 0); errno != 0 {
			return fmt.Errorf("bare dump: send: %w", errno)
		}
		if err := b.drain(); err != nil {
			return fmt.Errorf("bare dump: %w", err)
		}
	}
	return nil
}

// drain receives until the end. The answer is there before it asks, so the calls
// do not wait.
func (b *bareDumps) drain() error {
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(b.fd), uintptr(unsafe.Pointer(&b.buf[0])), uintptr(len(b.buf)), 0, 0, 0)
		switch {
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return fmt.Errorf("receive: %w", errno)
		case n < 16 || binary.NativeEndian.Uint16(b.buf[4:]) == unix.NLMSG_ERROR:
			return errors.New("the kernel refuses")
		}
		if done, err := endOfDump(b.buf[:n]); done {
			return err
		}
	}
}

// endOfDump looks at the last message only: whether it is the end, and whether
// the kernel says there that it failed.
func endOfDump(b []byte) (done bool, err error) {
	if len(b) < doneLen {
		return false, nil
	}
	last := b[len(b)-doneLen:]
	if binary.NativeEndian.Uint32(last) != doneLen || binary.NativeEndian.Uint16(last[4:]) != unix.NLMSG_DONE {
		return false, nil
	}
	if number := int32(binary.NativeEndian.Uint32(last[16:])); number < 0 {
		return true, unix.Errno(-number)
	}
	return true, nil
}

// bareWalk reads every link in /proc/PID/fd that it may, in one thread, and looks
// at none.
type bareWalk struct {
	procs, fds [32 << 10]byte // directory entries
	link       [128]byte
	path       []byte
	links      int // that were read in the last walk
}

func (w *bareWalk) take() error {
	w.links = 0
	proc, err := unix.Open("/proc", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bare walk: %w", err)
	}
	defer unix.Close(proc)
	return eachEntry(proc, w.procs[:], func(name []byte) {
		if name[0] >= '0' && name[0] <= '9' {
			w.process(proc, name)
		}
	})
}

// process reads the links of one process, whose name ends with a zero byte.
func (w *bareWalk) process(proc int, pid []byte) {
	w.path = append(append(w.path[:0], pid[:len(pid)-1]...), "/fd\x00"...)
	dir, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, uintptr(proc), uintptr(unsafe.Pointer(&w.path[0])), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return // it is gone, or not to be looked into
	}
	// An error tells that the process is gone.
	_ = eachEntry(int(dir), w.fds[:], func(name []byte) {
		if name[0] == '.' {
			return
		}
		if _, _, errno := unix.RawSyscall6(unix.SYS_READLINKAT, dir, uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(&w.link[0])), uintptr(len(w.link)), 0, 0); errno == 0 {
			w.links++
		}
	})
	unix.RawSyscall(unix.SYS_CLOSE, dir, 0, 0)
}

// eachEntry calls f for the entries of a directory, struct linux_dirent64 of
// getdents64(2); the names end with a zero byte, and others may follow. A short
// answer is not the end: signals cut it.
func eachEntry(dir int, buf []byte, f func(name []byte)) error {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_GETDENTS64, uintptr(dir), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
		if errno != 0 {
			return fmt.Errorf("read directory: %w", errno)
		}
		if n == 0 {
			return nil
		}
		for rest := buf[:n]; len(rest) > 0; {
			length := binary.NativeEndian.Uint16(rest[16:])
			f(cString(rest[19:length]))
			rest = rest[length:]
		}
	}
}

// cString gives the bytes up to the zero byte, and that.
func cString(b []byte) []byte {
	for i, c := range b {
		if c == 0 {
			return b[:i+1]
		}
	}
	return b
}
