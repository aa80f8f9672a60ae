package owner

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// Offsets of struct linux_dirent64, getdents(2).
const (
	direntInode  = 0
	direntLength = 16
	direntName   = 19
)

var errDirent = errors.New("malformed directory entry")

// cutEntry takes the first entry off what getdents64 gave. The name is lent, a
// NUL stands behind it.
func cutEntry(b []byte) (inode uint64, name, rest []byte, err error) {
	if len(b) < direntName+1 {
		return 0, nil, nil, errDirent
	}
	length := int(binary.NativeEndian.Uint16(b[direntLength:]))
	if length < direntName+1 || length > len(b) {
		return 0, nil, nil, errDirent
	}
	name = b[direntName:length]
	end := bytes.IndexByte(name, 0)
	if end < 0 {
		return 0, nil, nil, errDirent
	}
	return binary.NativeEndian.Uint64(b[direntInode:]), name[:end], b[length:], nil
}

// number reads a name of digits only: "." and ".." are none.
func number(name []byte) (int, bool) {
	n := 0
	for _, c := range name {
		if c < '0' || c > '9' || n > 1<<27 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(name) > 0
}

// getdents reads the next entries of a directory, 0 bytes at its end. A short
// answer is not the end: a signal may cut it, and the runtime sends them.
func getdents(fd int, buf []byte) (int, error) {
	for {
		if n, err := unix.Getdents(fd, buf); err != unix.EINTR {
			return n, err
		}
	}
}

// eachEntry reads a directory to its end.
func eachEntry(fd int, buf []byte, each func(inode uint64, name []byte) error) error {
	for {
		n, err := getdents(fd, buf)
		if n == 0 || err != nil {
			return err
		}
		for b := buf[:n]; len(b) > 0; {
			var inode uint64
			var name []byte
			if inode, name, b, err = cutEntry(b); err != nil {
				return err
			}
			if err := each(inode, name); err != nil {
				return err
			}
		}
	}
}
