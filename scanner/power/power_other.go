//go:build !linux && !darwin

package power

import "time"

func onBattery() bool { return false }

func slept() (time.Duration, bool) { return 0, false }
