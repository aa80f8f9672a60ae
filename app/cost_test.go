package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"portlight/app/desktop"
	"portlight/app/view"
)

// TestDoctorTellsOfTheRecorder that runs: what it has used, and that it notifies of
// nothing.
func TestDoctorTellsOfTheRecorder(t *testing.T) {
	dir := t.TempDir()
	if _, err := agentCost(dir); !errors.Is(err, desktop.ErrNotRunning) {
		t.Errorf("with nobody there: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	watching, ended := make(chan struct{}), make(chan int, 1)
	go func() {
		code, _ := watch(ctx, io.Discard, "", func() { close(watching) }, "--record", "--data-dir", dir)
		ended <- code
	}()
	<-watching
	in(t, dir, "alerts pause 2h")
	d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json"))
	text := in(t, dir, "doctor")
	cancel()
	if code := <-ended; code != exitFine {
		t.Errorf("exit %d", code)
	}
	if c := d.Cost; c == nil || c.Notifies || c.Scans < 1 || c.CPUSeconds <= 0 || c.Seconds <= 0 || c.LastScan <= 0 || c.MeanScan <= 0 || c.ResidentBytes < 1<<20 || time.Since(c.Since) > time.Hour {
		t.Errorf("%+v", c)
	}
	if n := d.Notifications; !n.Agent || !n.Silent || n.PausedUntil == nil || time.Until(*n.PausedUntil) > 2*time.Hour {
		t.Errorf("%+v", n)
	}
	if free := d.Memory.Free; free == nil || *free <= 0 {
		t.Error("the free space of the disk is not told")
	}
	for _, want := range []string{"\nCost\n", " of the processor in ", " on average\n", "`portlight watch --record` runs: it records", "alerts are paused until "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json")); d.Cost != nil || d.Notifications.Agent || d.Notifications.PausedUntil == nil {
		t.Errorf("after its end: %+v, %+v", d.Cost, d.Notifications)
	}
}

func TestCostOfTheAgent(t *testing.T) {
	a := newAgent(newProgram(io.Discard, &bytes.Buffer{}))
	c, err := view.ParseCost(a.answer(desktop.Cost))
	if err != nil || !c.Notifies || c.Scans != 0 || c.ResidentBytes < 1<<20 {
		t.Errorf("before it scans: %+v, %v", c, err)
	}
	if got := a.answer("cost of all"); !strings.HasPrefix(got, answerError) {
		t.Errorf("%q", got)
	}
}

// TestOlderAgentHasNoCost: it does not know the question, or does not answer.
func TestOlderAgentHasNoCost(t *testing.T) {
	dir := t.TempDir()
	instance, err := desktop.Acquire(roleAgent, dir, func(string) string { return answerError + wordsNotUnderstood.String() })
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	if _, err := agentCost(dir); err == nil || errors.Is(err, desktop.ErrNotRunning) || errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
	if d := parsed[view.Diagnosis](t, in(t, dir, "doctor --json")); d.Cost != nil || !d.Notifications.Agent || d.Notifications.Silent {
		t.Errorf("%+v", d)
	}
}
