//go:build !linux && !darwin

package main

// systemVersions gives nothing: they are not read on this system.
func systemVersions() (name, kernel string) { return "", "" }

// capabilities are none on this system.
func capabilities() []string { return nil }

// inApp says nothing: only macOS has apps that are folders.
func inApp() *bool { return nil }
