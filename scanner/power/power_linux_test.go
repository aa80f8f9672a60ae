package power

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// folder stands for a file that cannot be read, by root neither.
const folder = "<folder>"

// tree makes a folder of power supplies.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		if content == folder {
			must(t, os.Mkdir(path, 0o755))
		} else {
			must(t, os.WriteFile(path, []byte(content), 0o644))
		}
	}
	return root
}

func TestOnBattery(t *testing.T) {
	type files = map[string]string
	for _, c := range []struct {
		name  string
		files files
		want  bool
	}{
		{"laptop on mains", files{"AC/type": "Mains\n", "AC/online": "1\n", "BAT0/type": "Battery\n", "BAT0/status": "Discharging\n"}, false},
		{"laptop on battery", files{"AC/type": "Mains\n", "AC/online": "0\n", "BAT0/type": "Battery\n", "BAT0/status": "Not charging\n"}, true},
		{"laptop that lists no mains", files{"BAT0/type": "Battery\n", "BAT0/status": "Discharging\n"}, true},
		{"laptop that lists no mains, charging", files{"BAT0/type": "Battery\n", "BAT0/status": "Charging\n"}, false},
		{"two batteries, the second in use", files{"BAT0/type": "Battery\n", "BAT0/status": "Unknown\n", "BAT1/type": "Battery\n", "BAT1/status": "Discharging\n"}, true},
		{"charging by USB-C", files{"AC/type": "Mains\n", "AC/online": "0\n", "BAT0/type": "Battery\n", "ucsi/type": "USB\n", "ucsi/online": "1\n"}, false},
		{"charging by USB-C, programmable", files{"BAT0/type": "Battery\n", "ucsi/type": "USB_PD\n", "ucsi/online": "2\n"}, false},
		{"USB-C unplugged", files{"BAT0/type": "Battery\n", "a/type": "USB\n", "a/online": "0\n", "b/type": "USB\n", "b/online": "0\n"}, true},
		{"tablet on a pad", files{"BAT0/type": "Battery\n", "pad/type": "Wireless\n", "pad/online": "1\n"}, false},
		{"desktop", files{"AC/type": "Mains\n", "AC/online": "0\n"}, false},
		{"desktop with a mouse", files{"mouse/type": "Battery\n", "mouse/scope": "Device\n", "mouse/status": "Discharging\n"}, false},
		{"laptop on battery with a tablet pen that charges", files{"BAT0/type": "Battery\n", "AC/type": "Mains\n", "AC/online": "0\n",
			"pen/type": "Mains\n", "pen/scope": "Device\n", "pen/online": "1\n"}, true},
		{"mains cannot be read, discharging", files{"AC/type": "Mains\n", "AC/online": folder, "BAT0/type": "Battery\n", "BAT0/status": "Discharging\n"}, true},
		{"mains cannot be read, charging", files{"AC/type": "Mains\n", "AC/online": folder, "BAT0/type": "Battery\n", "BAT0/status": "Charging\n"}, false},
		{"nothing can be read", files{"AC/type": folder, "AC/online": folder, "BAT0/type": folder, "BAT0/status": folder}, false},
		{"empty files", files{"AC/type": "", "AC/online": "", "BAT0/type": "", "BAT0/status": ""}, false},
		{"status cannot be read", files{"BAT0/type": "Battery\n", "BAT0/status": folder}, false},
		{"hostile content", files{"AC/type": "Mains\x00\n", "AC/online": "1\n", "BAT0/type": "Battery\n",
			"BAT0/status": "Discharging" + strings.Repeat("!", 1<<20)}, false},
		{"hostile online", files{"AC/type": "Mains\n", "AC/online": "-1\x1b[2J\n", "BAT0/type": "Battery\n", "BAT0/status": "Discharging\n"}, true},
		{"a file among the supplies", files{"type": "Battery\n", "status": "Discharging\n"}, false},
		{"no supplies", files{}, false},
	} {
		if got := readSupplies(tree(t, c.files)).onBattery(); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestOnBatteryWithoutSysfs also has a supply that is gone, a link to nowhere.
func TestOnBatteryWithoutSysfs(t *testing.T) {
	root := tree(t, map[string]string{"BAT0/type": "Battery\n", "BAT0/status": "Discharging\n"})
	must(t, os.Symlink("/nowhere/at/all", filepath.Join(root, "AC")))
	if !readSupplies(root).onBattery() {
		t.Error("a supply that is gone counts")
	}
	if readSupplies(filepath.Join(root, "none")).onBattery() {
		t.Error("a battery in a folder that does not exist")
	}
}

// TestSlept compares with the time since the start in /proc/uptime, which has
// hundredths of a second.
func TestSlept(t *testing.T) {
	before, _ := clock(unix.CLOCK_MONOTONIC)
	b, err := os.ReadFile("/proc/uptime")
	must(t, err)
	after, _ := clock(unix.CLOCK_MONOTONIC)
	var seconds float64
	_, err = fmt.Sscan(string(b), &seconds)
	must(t, err)
	up := time.Duration(seconds * float64(time.Second))
	const fault, cut = 2 * time.Millisecond, 10 * time.Millisecond
	if got, ok := Slept(); !ok || got < up-after-fault || got > up+cut-before+fault {
		t.Errorf("got %v, %v, want about %v", got, ok, up-before)
	}
}

func TestSleptDoesNotJump(t *testing.T) {
	first, ok := Slept()
	for range 10000 {
		next, nextOK := Slept()
		if !ok || !nextOK || (next-first).Abs() > maxGap {
			t.Fatalf("%v, %v and then %v, %v", first, ok, next, nextOK)
		}
	}
}

func TestSleptAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Slept() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSlept(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Slept()
	}
}

func BenchmarkOnBattery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		OnBattery()
	}
}

func BenchmarkOnBatteryOfALaptop(b *testing.B) {
	root := tree(b, map[string]string{"AC/type": "Mains\n", "AC/online": "0\n", "BAT0/type": "Battery\n"})
	b.ReportAllocs()
	for b.Loop() {
		readSupplies(root).onBattery()
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
