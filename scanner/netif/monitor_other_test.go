//go:build !linux && !darwin

package netif

import (
	"errors"
	"testing"
)

func TestNoMonitor(t *testing.T) {
	m, err := Open()
	if m != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, %v", m, err)
	}
	if m.Changed() || m.Wake() != nil || m.Close() != nil {
		t.Error("no Monitor tells of a change")
	}
}
