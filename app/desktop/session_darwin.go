package desktop

import (
	"context"
)

// CheckSession finds nothing missing: macOS always has a desktop.
func CheckSession(context.Context) (noWindow, err error) { return nil, nil }

// CheckDisplay finds nothing missing: macOS always has a screen to draw on.
func CheckDisplay(context.Context) error { return nil }

// HasTrayHost is always true: the menu bar is always there.
func HasTrayHost(context.Context) (bool, error) { return true, nil }

// UseBus does nothing: macOS has no session bus.
func UseBus() {}

// BusAddress fails: macOS has no session bus.
func BusAddress() (string, error) { return "", hintNotYet }
