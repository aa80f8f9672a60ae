//go:build !linux && !darwin

package power

import "testing"

func TestNothingIsKnown(t *testing.T) {
	if total, ok := Slept(); OnBattery() || total != 0 || ok {
		t.Errorf("got %v, %v, %v", OnBattery(), total, ok)
	}
}
