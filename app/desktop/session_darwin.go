package desktop

import (
	"context"
	"errors"
)

// HasDisplay is always true: macOS always has a screen to draw on.
func HasDisplay() bool { return true }

// HasTrayHost is always true: the menu bar is always there.
func HasTrayHost(context.Context) (bool, error) { return true, nil }

// BusAddress fails: macOS has no session bus.
func BusAddress() (string, error) { return "", errors.New(hintNotYet) }
