//go:build !linux

package scanner

import "portlight/assets/words"

// execEvents says that no system but Linux tells when a program is started.
func execEvents() error { return words.Error("unsupported operation") }
