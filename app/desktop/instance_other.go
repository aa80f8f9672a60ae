//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package desktop

import (
	"errors"
	"fmt"
)

// Instance is this process as the only one of its role and data folder.
type Instance struct{}

// Acquire fails: a single instance is not available here.
func Acquire(role, dataDir string, handle func(line string) (answer string)) (*Instance, error) {
	return nil, fmt.Errorf("acquire %s: %w", role, errors.New(hintNotYet))
}

// Close does nothing.
func (i *Instance) Close() error { return nil }

// Tell finds nobody.
func Tell(role, dataDir, line string) (answer string, err error) {
	return "", fmt.Errorf("tell %s: %w: %s", role, ErrNotRunning, hintNotYet)
}
