package codesign

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
)

// ErrNotMachO is the error for a file that is no program of macOS: a script, say.
var ErrNotMachO = errors.New("not a program of macOS")

var errHeader = errors.New("parse program: its header is damaged")

// OfFile tells what the signature in a file claims, without checking it: whoever
// changes the file can change that too. The error is ErrNotMachO, that of the system,
// or that the file is damaged.
func OfFile(path string) (Signature, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // not to wait at a FIFO
	if err != nil {
		return Signature{}, fmt.Errorf("read signature: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = ErrNotMachO
	}
	if err != nil {
		return Signature{}, fmt.Errorf("read signature of %s: %w", path, err)
	}
	s, err := Parse(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return Signature{}, fmt.Errorf("read signature of %s: %w", path, err)
	}
	return s, nil
}

// The magic numbers of files, <mach-o/loader.h> and <mach-o/fat.h>. Those of a program
// are in the order of the machine, that of all Macs is little-endian.
const (
	magic32    = 0xfeedface
	magic64    = 0xfeedfacf
	magicFat   = 0xcafebabe
	magicFat64 = 0xcafebabf
)

// The bounds of what is believed of a file.
const (
	maxArchs    = 32
	maxCommands = 1 << 20 // bytes
	maxBlobs    = 64
)

// Parse is OfFile for a file that is open. It reads some kilobytes, whatever the file
// says of itself. Of a file for several processors it is the program for this one,
// else the first.
func Parse(r *io.SectionReader) (Signature, error) {
	var magic [4]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil {
		return Signature{}, notMachO(err)
	}
	switch fat := binary.BigEndian.Uint32(magic[:]); fat {
	case magicFat, magicFat64:
		thin, err := ofArch(r, fat == magicFat64, cpuTypes[runtime.GOARCH])
		if err != nil {
			return Signature{}, err
		}
		return parseThin(thin)
	}
	return parseThin(r)
}

// notMachO words that a file is too short to be a program.
func notMachO(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrNotMachO
	}
	return err
}

// cpuTypes are CPU_TYPE_* of <mach/machine.h>.
var cpuTypes = map[string]uint32{"amd64": 0x01000007, "arm64": 0x0100000c}

// ofArch finds the program for a processor in a file for several. A class of Java
// begins with the same number: it has what would be too many of them.
func ofArch(r *io.SectionReader, wide bool, cpu uint32) (*io.SectionReader, error) {
	var count [4]byte
	if _, err := r.ReadAt(count[:], 4); err != nil {
		return nil, notMachO(err)
	}
	n := binary.BigEndian.Uint32(count[:])
	if n == 0 || n > maxArchs {
		return nil, ErrNotMachO
	}
	size := 20 // struct fat_arch
	if wide {
		size = 32 // struct fat_arch_64
	}
	archs := make([]byte, int(n)*size)
	if _, err := r.ReadAt(archs, 8); err != nil {
		return nil, errHeader
	}
	at := 0
	for i := 0; i < len(archs); i += size {
		if binary.BigEndian.Uint32(archs[i:]) == cpu {
			at = i
			break
		}
	}
	return part(r, fatRange(archs[at:], wide))
}

// span is a part of a file.
type span struct{ offset, length uint64 }

func fatRange(arch []byte, wide bool) span {
	if wide {
		return span{binary.BigEndian.Uint64(arch[8:]), binary.BigEndian.Uint64(arch[16:])}
	}
	return span{uint64(binary.BigEndian.Uint32(arch[8:])), uint64(binary.BigEndian.Uint32(arch[12:]))}
}

// part is a part of a reader, which must lie in it.
func part(r *io.SectionReader, s span) (*io.SectionReader, error) {
	size := uint64(r.Size())
	if s.offset > size || s.length > size-s.offset {
		return nil, errHeader
	}
	return io.NewSectionReader(r, int64(s.offset), int64(s.length)), nil
}

// parseThin reads the program for one processor.
func parseThin(r *io.SectionReader) (Signature, error) {
	commands, err := readCommands(r)
	if err != nil {
		return Signature{}, err
	}
	where, found, err := findSignature(commands)
	switch {
	case err != nil:
		return Signature{}, err
	case !found:
		return Signature{Evidence: File, Signer: Unsigned}, nil
	}
	blob, err := part(r, where)
	if err != nil {
		return Signature{}, err
	}
	return parseSuperBlob(blob)
}

// readCommands gives the load commands behind a header, struct mach_header.
func readCommands(r *io.SectionReader) ([]byte, error) {
	var header [24]byte // its beginning, the same in both sizes
	if _, err := r.ReadAt(header[:], 0); err != nil {
		return nil, notMachO(err)
	}
	at := int64(28)
	switch binary.LittleEndian.Uint32(header[:]) {
	case magic32:
	case magic64:
		at = 32
	default:
		return nil, ErrNotMachO
	}
	size := binary.LittleEndian.Uint32(header[20:])
	if size > maxCommands || int64(size) > r.Size() {
		return nil, errHeader
	}
	commands := make([]byte, size)
	if _, err := r.ReadAt(commands, at); err != nil {
		return nil, errHeader
	}
	return commands, nil
}

// loadSignature is LC_CODE_SIGNATURE, a struct linkedit_data_command.
const loadSignature = 0x1d

// findSignature finds where load commands say that the signature is.
func findSignature(commands []byte) (where span, found bool, err error) {
	for len(commands) >= 8 {
		size := uint64(binary.LittleEndian.Uint32(commands[4:]))
		if size < 8 || size > uint64(len(commands)) {
			return span{}, false, errHeader
		}
		if binary.LittleEndian.Uint32(commands) == loadSignature {
			if size < 16 {
				return span{}, false, errHeader
			}
			return span{uint64(binary.LittleEndian.Uint32(commands[8:])), uint64(binary.LittleEndian.Uint32(commands[12:]))}, true, nil
		}
		commands = commands[size:]
	}
	return span{}, false, nil
}
