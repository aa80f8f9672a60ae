package desktop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Reveal shows a file in the file manager, where the desktop has one that can, else
// the folder that it is in. The error says that it is not there, or that none could
// be started.
func Reveal(path string) error { return showPlace(path, "reveal", revealFile) }

// OpenFolder opens a folder in the file manager; errors are as those of Reveal.
func OpenFolder(path string) error {
	return showPlace(path, "open", func(path string) error {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return errors.New(hintNotFolder)
		}
		return startOpener(path)
	})
}

// showPlace makes sure of a path before a file manager gets it: an absolute one is
// never taken for an option or an address.
func showPlace(path, what string, show func(string) error) error {
	err := errors.New(hintNotAbsolute)
	if filepath.IsAbs(path) {
		path = filepath.Clean(path)
		if _, err = os.Stat(path); err == nil {
			err = show(path)
		}
	}
	if err != nil {
		return fmt.Errorf("%s %q: %w", what, path, err)
	}
	return nil
}
