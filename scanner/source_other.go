//go:build !linux

package scanner

// openers are the sources in the order of preference.
func openers() []opener {
	return []opener{{"gopsutil", openGopsutil}}
}

// readPortRange gives the dynamic ports of RFC 6335.
func readPortRange() portRange { return portRange{49152, 65535} }
