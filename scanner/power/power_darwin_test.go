package power

import (
	"testing"
	"time"
)

// TestSlept: the two clocks are there, and the difference does not run.
func TestSlept(t *testing.T) {
	first, ok := Slept()
	next, nextOK := Slept()
	if !ok || !nextOK || first < -maxGap || (next-first).Abs() > 2*time.Millisecond {
		t.Errorf("%v, %v and then %v, %v", first, ok, next, nextOK)
	}
}
