// Package bustest starts real message buses for tests: a dbus-daemon of their
// own, away from the desktop's and from its services.
package bustest
