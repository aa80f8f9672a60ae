//go:build linux || darwin

package power

import (
	"time"

	"golang.org/x/sys/unix"
)

func clock(id int32) (time.Duration, bool) {
	var ts unix.Timespec
	err := unix.ClockGettime(id, &ts)
	return time.Duration(ts.Nano()), err == nil
}
