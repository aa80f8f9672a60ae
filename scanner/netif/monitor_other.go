//go:build !linux && !darwin

package netif

import (
	"errors"
	"fmt"
)

// Monitor tells when interfaces come, go, or change. There is none on this system,
// see Open.
type Monitor struct{}

// Open gives errors.ErrUnsupported: changes are not told here, and whoever needs to
// know has to Read again at a pace of its own.
func Open() (*Monitor, error) {
	return nil, fmt.Errorf("listen for changes of interfaces: not told here: %w", errors.ErrUnsupported)
}

// Changed is false always.
func (*Monitor) Changed() bool { return false }

// Wake gives nil, a channel that never delivers.
func (*Monitor) Wake() <-chan struct{} { return nil }

// Close does nothing.
func (*Monitor) Close() error { return nil }
