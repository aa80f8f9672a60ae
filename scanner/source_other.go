//go:build !linux && !darwin

package scanner

// openers are the sources in the order of preference.
func openers() []opener {
	return []opener{{"gopsutil", openGopsutil}}
}
