//go:build !darwin

package desktop

// Present does nothing: only macOS has a choice.
func Present(Presence) error { return nil }

// OnReopen does nothing: a second start is a process of its own, which tells the first.
func OnReopen(Loop, func()) error { return nil }

// OnWake does nothing: what only macOS tells, the scans find out.
func OnWake(func()) error { return nil }

// AllowLogout does nothing: elsewhere a session ends without asking.
func AllowLogout() error { return nil }
