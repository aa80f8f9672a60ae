//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package history

import "io/fs"

// gate has no lock here: two processes that begin in the same millisecond may hinder
// each other.
func gate(string) (release func(), err error) { return func() {}, nil }

// own leaves the owner as it is.
func own(string, fs.FileInfo) error { return nil }
