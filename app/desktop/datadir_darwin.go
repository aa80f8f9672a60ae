package desktop

import "path/filepath"

func userDataDir() (string, error) {
	home, err := homeDir()
	return filepath.Join(home, "Library", "Application Support", "Portlight"), err
}
