package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sys/unix"
)

// thisMachine says on what, and against what, the benchmark ran.
func thisMachine() string {
	parts := []string{"Linux " + kernelVersion(), fmt.Sprintf("%d cores", runtime.NumCPU()), runtime.Version()}
	return strings.Join(append(append(parts, modules()...), tools()...), ", ") + "."
}

func kernelVersion() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return "of unknown version"
	}
	return unix.ByteSliceToString(name.Release[:])
}

// modules gives the versions of the libraries.
func modules() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	wanted := map[string]string{
		"tailscale.com":                  "tailscale",
		"github.com/shirou/gopsutil/v3":  "gopsutil",
		"github.com/shirou/gopsutil/v4":  "gopsutil",
		"github.com/prometheus/procfs":   "prometheus/procfs",
		"github.com/vishvananda/netlink": "vishvananda/netlink",
	}
	var all []string
	for _, m := range info.Deps {
		if name := wanted[m.Path]; name != "" {
			all = append(all, name+" "+m.Version)
		}
	}
	return all
}

// tools gives the versions of the commands, as far as they tell.
func tools() []string {
	var all []string
	for _, t := range []struct {
		name, option string
		version      *regexp.Regexp
	}{
		{"ss", "-V", regexp.MustCompile(`iproute2[-\w]*?-([\d.]+)`)},
		{"netstat", "-V", regexp.MustCompile(`net-tools ([\d.]+)`)},
		{"lsof", "-v", regexp.MustCompile(`revision: ([\d.]+)`)},
	} {
		out, err := exec.Command(t.name, t.option).CombinedOutput()
		if m := t.version.FindSubmatch(out); err == nil && m != nil {
			all = append(all, t.name+" "+string(m[1]))
		}
	}
	return all
}
