package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"portlight/app/desktop"
	"portlight/app/history"
)

// TestIntervalOfSettings: who records looks at the stored interval, and at another one as
// soon as whoever stores it has told, though it would have waited for a minute.
func TestIntervalOfSettings(t *testing.T) {
	const key, calm, brisk = "scan.interval", "1m", "250ms"
	dir := t.TempDir()
	s, err := history.Open(dir, history.Agent, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(key, calm); err != nil {
		t.Fatal(err)
	}
	s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	began, ended := make(chan struct{}), make(chan int, 1)
	u := &until{want: "every 1m0s", then: func() { close(began) }}
	go func() {
		ended <- newProgram(&bytes.Buffer{}, u).run(ctx, []string{"watch", "--record", "--data-dir", dir})
	}()
	defer func() {
		cancel()
		if code := <-ended; code != exitFine {
			t.Errorf("exit %d", code)
		}
	}()
	select {
	case <-began:
	case <-ctx.Done():
		t.Fatal("it does not look at the stored interval")
	}
	other, err := openMemoryIn(dir, func() {
		if err := tell(roleAgent, dir, desktop.Refresh); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Set(key, brisk); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if c, err := agentCost(dir); err == nil && c.Scans > 10 {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%d scans, %v", c.Scans, err)
		}
	}
}

// TestWriteIsTold: a command that has written has the agent look at it.
func TestWriteIsTold(t *testing.T) {
	dir := remembered(t)
	told := make(chan string, 8)
	instance, err := desktop.Acquire(roleAgent, dir, func(line string) string { told <- line; return answerFine })
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	in(t, dir, "rules list")
	in(t, dir, "rules add allow --port 80")
	if len(told) != 1 || <-told != desktop.Refresh {
		t.Errorf("told %d times", len(told))
	}
}
