//go:build !linux

package power

import "time"

func onBattery() bool { return false }

func slept() (time.Duration, bool) { return 0, false }
