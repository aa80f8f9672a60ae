package power

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/command"
)

// supply is asked by pmset(1): what it prints is told by IOKit, which has no way in
// without cgo.
var supply = later{ask: askSupply}

// The bounds of asking pmset.
const (
	pmsetTimeout = 2 * time.Second
	pmsetLimit   = 16 << 10 // bytes
)

func askSupply() bool {
	ctx, cancel := context.WithTimeout(context.Background(), pmsetTimeout)
	defer cancel()
	out, err := command.Output(ctx, pmsetLimit, "/usr/bin/pmset", "-g", "batt")
	return err == nil && drawsFromBattery(out)
}

func onBattery() bool { return supply.get() }

// slept compares the clock that goes on while the computer sleeps with the one that
// stands still, clock_gettime(3).
func slept() (time.Duration, bool) {
	return lead(func() (time.Duration, bool) { return clock(unix.CLOCK_MONOTONIC_RAW) },
		func() (time.Duration, bool) { return clock(unix.CLOCK_UPTIME_RAW) })
}
