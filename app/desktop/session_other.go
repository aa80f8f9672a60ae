//go:build !linux && !darwin

package desktop

import (
	"context"
	"os"
)

// CheckSession takes a desktop for given.
func CheckSession(ctx context.Context) (noWindow, err error) { return CheckDisplay(ctx), nil }

// CheckDisplay says that no display is named, or nil; it is not tried.
func CheckDisplay(context.Context) error {
	if os.Getenv("DISPLAY") == "" {
		return hintNoDisplay
	}
	return nil
}

// HasTrayHost fails: it is not known here.
func HasTrayHost(context.Context) (bool, error) { return false, hintNotYet }

// UseBus does nothing.
func UseBus() {}

// BusAddress fails: it is not known here.
func BusAddress() (string, error) { return "", hintNotYet }
