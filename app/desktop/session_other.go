//go:build !linux && !darwin

package desktop

import (
	"context"
	"errors"
	"os"
)

// HasDisplay reports whether a display is named; it is not tried.
func HasDisplay() bool { return os.Getenv("DISPLAY") != "" }

// HasTrayHost fails: it is not known here.
func HasTrayHost(context.Context) (bool, error) { return false, errors.New(hintNotYet) }

// BusAddress fails: it is not known here.
func BusAddress() (string, error) { return "", errors.New(hintNotYet) }
