package main

import (
	"bufio"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// systemVersions gives the distribution by os-release(5) and the kernel's release.
func systemVersions() (name, kernel string) {
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		name = parseOSRelease(f)
		f.Close()
		break
	}
	var uname unix.Utsname
	if unix.Uname(&uname) == nil {
		kernel = unix.ByteSliceToString(uname.Release[:])
	}
	return name, kernel
}

// maxOSRelease bounds what is read of os-release, in bytes.
const maxOSRelease = 64 << 10

// parseOSRelease gives PRETTY_NAME, "" if it is not said. Of the quoting that a shell
// knows only the two kinds of quotes are taken off: names need no more.
func parseOSRelease(r io.Reader) (name string) {
	lines := bufio.NewScanner(io.LimitReader(r, maxOSRelease))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "PRETTY_NAME="); ok {
			name = strings.Trim(value, `"'`)
		}
	}
	return name
}

// used are the capabilities(7) that let Portlight see more, by their numbers in
// linux/capability.h.
var used = []struct {
	number int
	name   string
}{
	{unix.CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}, {unix.CAP_NET_ADMIN, "CAP_NET_ADMIN"},
	{unix.CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}, {unix.CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
}

// capabilities gives those of the effective set that Portlight makes use of.
func capabilities() []string {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if unix.Capget(&header, &sets[0]) != nil {
		return nil
	}
	var names []string
	for _, c := range used {
		if sets[c.number/32].Effective&(1<<(c.number%32)) != 0 {
			names = append(names, c.name)
		}
	}
	return names
}

// inApp says nothing: only macOS has apps that are folders.
func inApp() *bool { return nil }
