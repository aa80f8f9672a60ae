//go:build !linux

package scanner

// openers are the sources in the order of preference.
func openers() []opener {
	return []opener{{"gopsutil", openGopsutil}}
}

// ephemeralPort says whether the port lies in the dynamic range of RFC 6335.
func ephemeralPort(port uint16) bool { return port >= 49152 }
