//go:build !linux && !darwin

package desktop

import "path/filepath"

func revealFile(path string) error { return startOpener(filepath.Dir(path)) }
