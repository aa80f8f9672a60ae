package desktop

import (
	"os"
	"path/filepath"
)

func userDataDir() (string, error) {
	base, err := os.UserConfigDir()
	return filepath.Join(base, "Portlight"), err
}
