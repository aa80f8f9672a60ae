//go:build !linux && !darwin

package desktop

import (
	"errors"
	"fmt"
)

// LoginItem fails: it comes with a later version.
func LoginItem() (on bool, err error) {
	return false, fmt.Errorf("read login item: %w", errors.New(hintNotYet))
}

// SetLoginItem fails: it comes with a later version.
func SetLoginItem(on bool) error {
	return fmt.Errorf("set login item: %w", errors.New(hintNotYet))
}
