//go:build e2e && linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// trials is how often the way from bind to notification is measured.
const trials = 30

// TestLatency measures the time from bind to notification, each at a random
// moment of the agent's second.
func TestLatency(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	d.agent()
	took := make([]time.Duration, trials)
	for i := range took {
		time.Sleep(time.Duration(rand.Int64N(int64(time.Second)))) // the phase of the trial
		took[i] = d.bindToNote()
	}
	sorted := slices.Sorted(slices.Values(took))
	median, longest := sorted[trials/2], sorted[trials-1]
	t.Logf("bind to notification, %d trials: median %v, maximum %v", trials, median.Round(time.Millisecond), longest.Round(time.Millisecond))
	if median > 1500*time.Millisecond || longest > 3*time.Second {
		t.Errorf("too slow: %v", took)
	}
}

// bindToNote listens in this process until the notification is there.
func (d *desktop) bindToNote() time.Duration {
	d.t.Helper()
	n := freePort(d.t)
	open, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", n))
	if err != nil {
		d.t.Fatal(err)
	}
	defer open.Close()
	bound := time.Now()
	waitFor(d.t, "a notification about port "+port(n), 10*time.Second, func() bool { return len(d.notes.with(port(n))) > 0 })
	told := d.notes.with(port(n))[0]
	if told.folded() {
		d.t.Errorf("%q is about others too", told.summary)
	}
	open.Close()
	d.gone(port(n)) // its notification is over then
	return told.at.Sub(bound)
}

// TestIdle measures what the agent costs at rest, beside forty listeners.
func TestIdle(t *testing.T) {
	t.Parallel()
	d := fullDesktop(t)
	addrs := make([]string, 40)
	for i := range addrs {
		addrs[i] = fmt.Sprintf("tcp4 0.0.0.0:%d", freePort(t))
	}
	daemon(t, program(t, "portly-many"), nil, addrs...)
	agent := d.agent()
	seconds := idleSeconds(t)
	before := cpuTime(t, agent.Process.Pid)
	time.Sleep(time.Duration(seconds) * time.Second)
	cpu := cpuTime(t, agent.Process.Pid) - before
	share := 100 * cpu.Seconds() / float64(seconds)
	resident, anonymous := memory(t, agent.Process.Pid)
	t.Logf("idle agent over %d s: %.2f %% of a core (%v), resident %.1f MB, anonymous %.1f MB", seconds, share, cpu, resident, anonymous)
	if share > 2 || anonymous > 60 {
		t.Errorf("the idle agent costs too much")
	}
}

func idleSeconds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PORTLIGHT_IDLE")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PORTLIGHT_IDLE=%q is no number of seconds", text)
	}
	return n
}

// clockTick is the unit of the times in /proc/PID/stat: USER_HZ, 100 on every
// architecture that Go runs on.
const clockTick = 10 * time.Millisecond

// cpuTime is what a process has used, fields 14 and 15 of proc_pid_stat(5).
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks time.Duration
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * clockTick
}

// memory is what a process has in memory, in MB of 10^6 bytes, from
// /proc/PID/smaps_rollup.
func memory(t *testing.T, pid int) (resident, anonymous float64) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "smaps_rollup"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kib float64
		name, rest, _ := strings.Cut(line, ":")
		fmt.Sscan(rest, &kib)
		switch name {
		case "Rss":
			resident = kib * 1024 / 1e6
		case "Anonymous":
			anonymous = kib * 1024 / 1e6
		}
	}
	return resident, anonymous
}

// TestFirstFrame measures the time from the start of the window to its first
// drawn frame.
func TestFirstFrame(t *testing.T) {
	d := newDesktop(t)
	d.startDisplay()
	started := time.Now()
	d.start("window")
	waitFor(t, "a frame", 15*time.Second, func() bool {
		img := d.screen.shot(t)
		return colours(img, img.Bounds()) > 16
	})
	took := time.Since(started)
	t.Logf("portlight window to the first frame: %v", took.Round(time.Millisecond))
	if took > 10*time.Second {
		t.Error("too slow")
	}
}
