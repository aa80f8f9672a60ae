// Package scanner finds what listens on this computer: TCP sockets in state
// LISTEN and UDP sockets that are bound and not connected, with the processes
// that hold them.
//
// A Source reads the kernel, a Snapshot is what it saw, Diff says what came and
// went between two of them, and a Watcher repeats this for as long as its
// context lives. The package needs no rights: what an ordinary user may not see
// is counted in Visibility and never passed over in silence.
package scanner
