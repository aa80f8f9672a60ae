package desktop

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// DataDir gives the folder with the user's state, absolute, and makes it (mode
// 0700) if it is not there. Override names another folder, "" means the
// system's convention: $XDG_DATA_HOME/portlight or ~/.local/share/portlight
// (XDG Base Directory Specification), on macOS
// ~/Library/Application Support/Portlight.
func DataDir(override string) (string, error) {
	dir, err := FindDataDir(override)
	if err != nil {
		return "", err
	}
	if err := makeDir(dir); err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	return dir, nil
}

// FindDataDir is DataDir, but for that it makes nothing: the folder may be missing.
func FindDataDir(override string) (string, error) {
	dir, err := override, error(nil)
	if dir == "" {
		dir, err = userDataDir()
	}
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return "", fmt.Errorf("find data folder: %w", err)
	}
	return dir, nil
}

func makeDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return os.MkdirAll(dir, 0o700)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s: %w", dir, hintNotFolder)
	}
	return err
}

// homeDir is $HOME, said plainly when it is missing.
func homeDir() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return "", hintNoHome
	}
	return home, nil
}
