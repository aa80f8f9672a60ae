//go:build !darwin

package desktop

import (
	"os"
	"path/filepath"
)

func userDataDir() (string, error) {
	base, err := xdgDir("XDG_DATA_HOME", ".local", "share")
	return filepath.Join(base, "portlight"), err
}

// xdgDir is the folder that an environment variable names, or else one below
// the home folder. A relative path in the variable counts as none, as the XDG
// Base Directory Specification says.
func xdgDir(variable string, below ...string) (string, error) {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := homeDir()
	return filepath.Join(append([]string{home}, below...)...), err
}
