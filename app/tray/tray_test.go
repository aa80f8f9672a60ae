package tray

import (
	"testing"
	"time"
)

// TestEnding: the end waits for what is to be finished, but not for ever, and not for who
// draws.
func TestEnding(t *testing.T) {
	newTray(Options{}, holdFor).ending(time.Hour)

	finished := false
	tr := newTray(Options{OnEnd: func() { finished = true }}, holdFor)
	tr.mu.Lock() // somebody draws, and waits for the goroutine of Run
	tr.ending(time.Hour)
	tr.mu.Unlock()
	if !finished {
		t.Error("OnEnd had not returned")
	}

	stuck := make(chan struct{})
	defer close(stuck)
	newTray(Options{OnEnd: func() { <-stuck }}, holdFor).ending(time.Millisecond)
}
