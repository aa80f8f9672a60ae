package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMachine(t *testing.T) {
	m := machine()
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if m.Kernel != strings.TrimSpace(string(release)) || m.Name == "" || m.Arch == "" || !strings.HasPrefix(m.Go, "go") {
		t.Errorf("%+v, want kernel %s", m, release)
	}
}

// TestRights compares with what the kernel says of this process in proc_pid_status(5).
func TestRights(t *testing.T) {
	r := rights()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "\nCapEff:\t")
	line, _, _ := strings.Cut(after, "\n")
	const all = "000001ffffffffff"
	if admin := slices.Contains(r.Capabilities, "CAP_NET_ADMIN"); len(line) != len(all) || admin != bit(line, unix.CAP_NET_ADMIN) {
		t.Errorf("%v, kernel: %s", r.Capabilities, line)
	}
	if r.UID != os.Geteuid() || r.App != nil {
		t.Errorf("%+v", r)
	}
}

// bit tells a bit of a hexadecimal number.
func bit(hex string, n int) bool {
	digit := strings.IndexByte("0123456789abcdef", hex[len(hex)-1-n/4])
	return digit&(1<<(n%4)) != 0
}

func TestParseOSRelease(t *testing.T) {
	for text, want := range map[string]string{
		"NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n": "Debian GNU/Linux 12 (bookworm)",
		"PRETTY_NAME='Arch Linux'": "Arch Linux", "  PRETTY_NAME=Void": "Void",
		"": "", "NAME=Void": "", "PRETTY_NAME=": "", "#PRETTY_NAME=x": "",
	} {
		if got := parseOSRelease(strings.NewReader(text)); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzParseOSRelease(f *testing.F) {
	f.Add("PRETTY_NAME=\"Debian\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if name := parseOSRelease(strings.NewReader(text)); !strings.Contains(text, name) {
			t.Errorf("%q: %q", text, name)
		}
	})
}
