// Package power tells what a program should know that wants to spare a
// battery or to notice that the computer has slept.
package power

import "time"

// OnBattery reports whether the computer runs on its battery: it has one of its
// own, not that of a mouse, and no supply from outside. Where that cannot be
// known it is false, as it is on every system but Linux and macOS. It reads a few
// small files of sysfs (sysfs-class-power in the kernel's ABI), of the battery none
// that makes the firmware work unless no supply from outside is told. On macOS
// each call has pmset(1) asked on the side, and gives the answer of the last time;
// the first is false.
func OnBattery() bool { return onBattery() }

// Slept is how long the computer has been suspended since it started, good to a
// millisecond: the lead of CLOCK_BOOTTIME over CLOCK_MONOTONIC,
// clock_gettime(2), on macOS of CLOCK_MONOTONIC_RAW over CLOCK_UPTIME_RAW. In a
// time namespace it is off by a constant, so only the difference of two answers
// tells something everywhere. Virtual machines that are paused from outside do
// not count it. It is not ok where it is unknown, as on every system but Linux and
// macOS.
func Slept() (total time.Duration, ok bool) { return slept() }
