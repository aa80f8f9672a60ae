//go:build !linux

package execevents

import (
	"errors"
	"testing"
)

func TestDial(t *testing.T) {
	if _, err := Dial(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
