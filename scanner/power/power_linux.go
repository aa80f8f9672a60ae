package power

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func onBattery() bool { return readSupplies("/sys/class/power_supply").onBattery() }

// readSupplies reads the folder of all power supplies; there is none on many
// computers without a battery.
func readSupplies(root string) supplies {
	d, err := os.Open(root)
	if err != nil {
		return supplies{}
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	return supplies{names, func(name, fact string) string { return readFact(root + "/" + name + "/" + fact) }}
}

// readFact is a short word in a file, "" when there is none.
func readFact(path string) string {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return ""
	}
	defer unix.Close(fd)
	var b [32]byte
	n, err := unix.Read(fd, b[:])
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b[:n]))
}

func slept() (time.Duration, bool) {
	return lead(func() (time.Duration, bool) { return clock(unix.CLOCK_BOOTTIME) },
		func() (time.Duration, bool) { return clock(unix.CLOCK_MONOTONIC) })
}
