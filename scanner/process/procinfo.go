package process

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// Here is how the answers of macOS's kernel are read: those of proc_info(2), as
// bsd/sys/proc_info.h of xnu has them, and of sysctl(3) kern.procargs2. Structures are
// those of 64 bits, the same on both of its processors and little-endian.

// The sizes of answers.
const (
	sizePath    = 4096                            // PROC_PIDPATHINFO_MAXSIZE: a larger buffer is refused
	sizeFolders = 2 * (sizeVnode + sizeVnodePath) // struct proc_vnodepathinfo
	sizeUnique  = 56                              // struct proc_uniqidentifierinfo of proc_info_private.h

	sizeVnode     = 152  // struct vnode_info, before the path
	sizeVnodePath = 1024 // MAXPATHLEN
)

var (
	errShort   = errors.New("the kernel's answer is too short")
	errNoPath  = errors.New("the kernel knows no path")
	errNoCount = errors.New("the kernel's count of arguments is wrong")
)

// cString is a text up to the first NUL, or all of it.
func cString(b []byte) string {
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}

// parsePath reads the path of an executable. The kernel does not tell how long it is.
func parsePath(b []byte) (string, error) {
	if path := cString(b); path != "" {
		return path, nil
	}
	return "", errNoPath
}

// parseFolders reads the working folder: of the two paths it is the first, the root of
// the process is the other.
func parseFolders(b []byte) (string, error) {
	if len(b) < sizeFolders {
		return "", errShort
	}
	return parsePath(b[sizeVnode : sizeVnode+sizeVnodePath])
}

// parseUnique reads p_idversion, which each execve(2) changes; 0 where it is not told.
func parseUnique(b []byte) uint64 {
	if len(b) < sizeUnique {
		return 0
	}
	return uint64(binary.LittleEndian.Uint32(b[32:]))
}

// parseProcArgs reads the arguments: how many there are, the path of the executable,
// NULs up to the first argument, then the arguments, each with a NUL behind it, and the
// environment. Where the first one is empty, it cannot be told from those NULs. Of
// arguments that do not all fit the first ones are given.
func parseProcArgs(b []byte) ([]string, error) {
	if len(b) < 4 {
		return nil, errShort
	}
	count := int32(binary.LittleEndian.Uint32(b))
	if count < 0 {
		return nil, errNoCount
	}
	_, rest, _ := bytes.Cut(b[4:], []byte{0})
	rest = bytes.TrimLeft(rest, "\x00")
	var args []string
	for ; count > 0 && len(rest) > 0; count-- {
		var arg []byte
		arg, rest, _ = bytes.Cut(rest, []byte{0})
		args = append(args, string(arg))
	}
	return args, nil
}

// parseCommand reads what "ps -o command=" prints of one process. A name in brackets
// stands where it does not know the arguments either.
func parseCommand(b []byte) string {
	line := strings.TrimSpace(string(b))
	if strings.HasPrefix(line, "(") && strings.HasSuffix(line, ")") {
		return ""
	}
	return line
}
