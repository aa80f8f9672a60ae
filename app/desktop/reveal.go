package desktop

import (
	"os"
	"path/filepath"
	"strconv"

	"portlight/assets/words"
)

// Reveal shows a file in the file manager, where the desktop has one that can, else
// the folder that it is in. The error says that it is not there, or that none could
// be started.
func Reveal(path string) error { return showPlace(path, triedReveal, revealFile) }

// OpenFolder opens a folder in the file manager; errors are as those of Reveal.
func OpenFolder(path string) error {
	return showPlace(path, triedOpen, func(path string) error {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return hintNotFolder
		}
		return startOpener(path)
	})
}

// showPlace makes sure of a path before a file manager gets it: an absolute one is
// never taken for an option or an address.
func showPlace(path string, tried words.Text, show func(string) error) error {
	var err error = hintNotAbsolute
	if filepath.IsAbs(path) {
		path = filepath.Clean(path)
		if _, err = os.Stat(path); err == nil {
			err = show(path)
		}
	}
	return failed(err, tried, "Place", strconv.Quote(path))
}
