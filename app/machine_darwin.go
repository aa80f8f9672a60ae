package main

import (
	"golang.org/x/sys/unix"

	"portlight/app/desktop"
)

// systemVersions gives the versions of macOS and of its kernel, sysctl(3).
func systemVersions() (name, kernel string) {
	if version, err := unix.Sysctl("kern.osproductversion"); err == nil {
		name = "macOS " + version
	}
	kernel, _ = unix.Sysctl("kern.osrelease")
	return name, kernel
}

// capabilities are none: on macOS root may look into all, others into their own.
func capabilities() []string { return nil }

// inApp reports whether this process is part of Portlight.app.
func inApp() *bool {
	is := desktop.CheckBundle() == nil
	return &is
}
