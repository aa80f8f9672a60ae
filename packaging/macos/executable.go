package main

import (
	"debug/macho"
	"errors"
	"fmt"
	"io"
)

// executable is what a bundle says of the program in it.
type executable struct {
	Minimum string // the oldest macOS that all of its parts run on, "12.0"
}

// The load commands that name the oldest system, of mach-o/loader.h, and the platform
// macOS in the newer one.
const (
	loadVersionMinMacOS = 0x24 // struct version_min_command
	loadBuildVersion    = 0x32 // struct build_version_command
	platformMacOS       = 1
)

var errNotMacOS = errors.New("not an executable for macOS")

// readExecutable reads a Mach-O file, thin or universal.
func readExecutable(r io.ReaderAt) (executable, error) {
	parts, err := readParts(r)
	if err != nil {
		return executable{}, fmt.Errorf("%w: %w", errNotMacOS, err)
	}
	var newest uint32
	for _, part := range parts {
		minimum, ok := minimumSystem(part)
		if part.Type != macho.TypeExec || !ok {
			return executable{}, fmt.Errorf("%w: its part for %v does not say from which version on it runs", errNotMacOS, part.Cpu)
		}
		newest = max(newest, minimum)
	}
	return executable{Minimum: fmt.Sprintf("%d.%d", newest>>16, newest>>8&0xff)}, nil
}

func readParts(r io.ReaderAt) ([]*macho.File, error) {
	fat, err := macho.NewFatFile(r)
	if errors.Is(err, macho.ErrNotFat) {
		thin, err := macho.NewFile(r)
		return []*macho.File{thin}, err
	}
	if err != nil {
		return nil, err
	}
	var parts []*macho.File
	for _, a := range fat.Arches {
		parts = append(parts, a.File)
	}
	return parts, nil
}

// minimumSystem gives the oldest macOS that a part is linked for: the major version in
// the upper 16 bits, then 8 bits each for minor and patch.
func minimumSystem(part *macho.File) (version uint32, ok bool) {
	for _, load := range part.Loads {
		raw := load.Raw()
		word := func(i int) uint32 { return part.ByteOrder.Uint32(raw[4*i:]) }
		switch {
		case len(raw) >= 16 && word(0) == loadBuildVersion && word(2) == platformMacOS:
			return word(3), true
		case len(raw) >= 12 && word(0) == loadVersionMinMacOS:
			return word(2), true
		}
	}
	return 0, false
}
