//go:build !darwin

// Package inner asks the system for a name.
package inner

// Name is the system's name.
func Name() string { return "" }
