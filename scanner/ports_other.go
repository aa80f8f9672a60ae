//go:build !linux

package scanner

// readPortRange gives the dynamic ports of RFC 6335.
func readPortRange() portRange { return portRange{49152, 65535} }
