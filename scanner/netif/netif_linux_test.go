package netif

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// modeEnv makes the test binary a child that does what the mode says.
const modeEnv = "PORTLIGHT_TEST_CHILD"

func TestMain(m *testing.M) {
	modes := map[string]func() error{
		"kinds": runKinds, "monitor": runMonitor, "burst": runBurst, "wait": runWait,
		"": func() error { os.Exit(m.Run()); return nil },
	}
	if err := modes[os.Getenv(modeEnv)](); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// child is the test binary in a mode, in a network namespace of its own, where it
// may set devices up. Whoever is not root needs a user namespace for that.
func child(mode string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), modeEnv+"="+mode, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
	}
	return cmd
}

// runChild fails if the child does, or prints anything.
func runChild(t *testing.T, mode string) {
	t.Helper()
	runtime.LockOSThread() // Pdeathsig speaks of the thread that starts the child
	defer runtime.UnlockOSThread()
	if out, err := child(mode).Output(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// ip runs ip(8) with some words.
func ip(format string, args ...any) error {
	words := strings.Fields(fmt.Sprintf(format, args...))
	if out, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(words, " "), err, out)
	}
	return nil
}

// runWait is the inhabitant of another network namespace.
func runWait() error {
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

func TestKindsOfRealDevices(t *testing.T) { runChild(t, "kinds") }

// runKinds makes devices and compares what is told of them.
func runKinds() error {
	container := child("wait")
	in, err := container.StdinPipe()
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	if err := container.Start(); err != nil {
		return err
	}
	err = makeDevices(container.Process.Pid)
	if err == nil {
		err = checkDevices()
	}
	return errors.Join(err, in.Close(), container.Wait())
}

func makeDevices(container int) error {
	for _, words := range []string{
		"link set lo up",
		"link add docker0 type bridge",
		"link add br-lan type bridge",
		"link add toContainer type veth peer name eth0 netns " + strconv.Itoa(container),
		"link set toContainer master docker0 up",
		"link add here type veth peer name there",
		"link set here up", "link set there up", // both ends have a carrier then
		"address add 192.0.2.9/24 broadcast 192.0.2.255 dev here",
		"address add 192.0.2.10/24 dev here", // the second of its network
		"address add 198.51.100.1 peer 198.51.100.2 dev there",
		"address add 2001:db8::1/64 dev here nodad",
	} {
		if err := ip("%s", words); err != nil {
			return err
		}
	}
	return nil
}

func checkDevices() error {
	all, err := Read()
	if err != nil {
		return err
	}
	want := []Interface{
		{Name: "lo", Kind: Loopback, Up: true, Addrs: prefixes("127.0.0.1/8", "::1/128")},
		{Name: "docker0", Kind: Container, Detail: "Docker bridge"},
		{Name: "br-lan", Kind: Bridge},
		{Name: "toContainer", Kind: Container},
		{Name: "here", Kind: Virtual, Detail: "veth", Up: true, Addrs: prefixes("192.0.2.9/24", "192.0.2.10/24", "2001:db8::1/64"),
			Broadcast: []netip.Addr{netip.MustParseAddr("192.0.2.255")}},
		{Name: "there", Kind: Virtual, Detail: "veth", Up: true, Addrs: prefixes("198.51.100.1/32")},
	}
	for _, w := range want {
		i := slices.IndexFunc(all, func(i Interface) bool { return i.Name == w.Name })
		if i < 0 {
			return fmt.Errorf("%s is missing", w.Name)
		}
		got := all[i]
		got.Index = 0
		got.Addrs = slices.DeleteFunc(got.Addrs, func(p netip.Prefix) bool { return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() })
		if !got.Equal(&w) && !(got.Name == "lo" && got.Kind == Loopback && got.Up) { // without IPv6 it has no ::1
			return fmt.Errorf("got  %+v\nwant %+v", got, w)
		}
	}
	return checkTun()
}

func prefixes(all ...string) (p []netip.Prefix) {
	for _, s := range all {
		p = append(p, netip.MustParsePrefix(s))
	}
	return p
}

// checkTun makes tunnels, where this user may open /dev/net/tun.
func checkTun() error {
	f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	f.Close()
	for name, want := range map[string]nature{
		"tailscale0": {VPN, "Tailscale"}, "tun7": {VPN, "tun"}, "vnet0": {Virtual, "tap"}, "ztabcdefgh": {VPN, "ZeroTier"},
	} {
		mode := "tun"
		if name == "vnet0" || name == "ztabcdefgh" {
			mode = "tap"
		}
		if err := ip("tuntap add %s mode %s", name, mode); err != nil {
			return err
		}
		all, err := Read()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(i Interface) bool { return i.Name == name })
		if i < 0 || all[i].Kind != want.kind || all[i].Detail != want.detail || all[i].Up {
			return fmt.Errorf("%s: got %+v", name, all)
		}
	}
	return nil
}

// TestRead compares with what package net tells.
func TestRead(t *testing.T) {
	all, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read()
	if err != nil || !Equal(all, again) {
		t.Errorf("two answers differ: %+v %+v, error %v", all, again, err)
	}
	list, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		j := slices.IndexFunc(all, func(o Interface) bool { return o.Index == i.Index })
		if j < 0 || all[j].Name != i.Name || all[j].Kind == "" || (all[j].Kind == Loopback) != (i.Flags&net.FlagLoopback != 0) ||
			all[j].Up != (i.Flags&net.FlagUp != 0 && i.Flags&net.FlagRunning != 0) {
			t.Errorf("%+v: got %+v", i, all)
		}
	}
	if !slices.IsSortedFunc(all, func(a, b Interface) int { return a.Index - b.Index }) {
		t.Errorf("%+v are not in order", all)
	}
}

// TestReadFolder has folders as /sys/class/net does.
func TestReadFolder(t *testing.T) {
	root := t.TempDir()
	for _, f := range []struct{ path, text string }{
		{"wlan0/uevent", "DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n"}, {"wlan0/phy80211/x", ""}, {"wlan0/device/x", ""},
		{"old0/uevent", "INTERFACE=old0\nIFINDEX=4\n"}, {"old0/wireless/x", ""},
		{"veth0/uevent", "INTERFACE=veth0\nIFINDEX=5\n"},
	} {
		path := filepath.Join(root, f.path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(f.text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		index int
		want  folder
	}{
		{"wlan0", 3, folder{known: true, devtype: "wlan", device: true, wireless: true}},
		{"wlan0", 4, folder{}}, // one of another namespace
		{"old0", 4, folder{known: true, wireless: true}},
		{"veth0", 5, folder{known: true}},
		{"none", 6, folder{}},
		{"../" + filepath.Base(root) + "/veth0", 5, folder{}},
	} {
		if got := readFolder(root, &link{name: c.name, index: c.index}); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(); err != nil {
			b.Fatal(err)
		}
	}
}

const patience = 20 * time.Second

func TestMonitorOfRealDevices(t *testing.T) { runChild(t, "monitor") }

// runMonitor changes a device in every way that matters.
func runMonitor() error {
	m, err := Open()
	if err != nil {
		return err
	}
	if m.Changed() {
		return errors.New("a change at the beginning")
	}
	for _, words := range []string{
		"link add here type veth peer name there", "link set there up", "link set here up", "address add 192.0.2.9/24 dev here",
		"address add 2001:db8::1/64 dev here nodad", "link set here down", "link set here name renamed",
		"address del 192.0.2.9/24 dev renamed", "link del renamed",
	} {
		if err := expectChange(m, words); err != nil {
			return err
		}
	}
	if err := m.Close(); err != nil {
		return err
	}
	if err := m.Close(); !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("second Close: %v", err)
	}
	if m.Changed() {
		return errors.New("a change after the end")
	}
	return nil
}

// expectChange sees by Changed at once, and then by Wake and Changed, what ip(8)
// does. A second time it does and undoes something else.
func expectChange(m *Monitor, words string) error {
	if err := ip("%s", words); err != nil {
		return err
	}
	if !changed(m, words) {
		return fmt.Errorf("%s: no change", words)
	}
	if err := errors.Join(ip("link add other type bridge"), awaken(m), ip("link del other")); err != nil {
		return fmt.Errorf("after %s: %w", words, err)
	}
	return settle(m)
}

// changed waits only for an address of IPv6, which the kernel announces by and by
// (addrconf_dad_work in addrconf.c): all else it has announced before ip(8) ends.
func changed(m *Monitor, words string) bool {
	deadline := time.Now()
	if strings.Contains(words, "2001:db8::") {
		deadline = deadline.Add(patience)
	}
	for !m.Changed() {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func awaken(m *Monitor) error {
	select {
	case <-m.Wake():
		return nil
	case <-time.After(patience):
		return errors.New("no wake-up")
	}
}

// settle waits for the end of what the kernel still has to say: a device is taken
// down, and its carrier is watched, by and by.
func settle(m *Monitor) error {
	quiet := 0
	for deadline := time.Now().Add(patience); quiet < 1000; quiet++ {
		if m.Changed() {
			quiet = 0
		}
		if time.Now().After(deadline) {
			return errors.New("changes have no end")
		}
	}
	return nil
}

func TestMonitorOfABurst(t *testing.T) { runChild(t, "burst") }

// runBurst has more notices than the socket takes, while nobody reads them.
func runBurst() error {
	m, err := Open()
	if err != nil {
		return err
	}
	defer m.Close()
	if err := ip("link add here type veth peer name there"); err != nil {
		return err
	}
	m.mu.Lock() // so that nothing is taken
	err = flood()
	m.mu.Unlock()
	if err != nil {
		return err
	}
	if err := awaken(m); err != nil {
		return err
	}
	if !m.Changed() {
		return errors.New("no change")
	}
	if err := settle(m); err != nil {
		return err
	}
	return expectChange(m, "link del here")
}

// flood changes addresses, in one run of ip(8).
func flood() error {
	var script strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&script, "address add 10.0.%d.%d/32 dev here\n", i/250, 1+i%250)
	}
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(script.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip -batch: %w: %s", err, out)
	}
	return nil
}

// TestMonitorOfNothing costs no memory.
func TestMonitorOfNothing(t *testing.T) {
	m, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if perRun := testing.AllocsPerRun(1000, func() { m.Changed() }); perRun >= 1 {
		t.Errorf("%v allocations", perRun)
	}
}

func BenchmarkChanged(b *testing.B) {
	m, err := Open()
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	b.ReportAllocs()
	for b.Loop() {
		m.Changed()
	}
}
