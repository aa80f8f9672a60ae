package power

import "bytes"

// drawsFromBattery reads what "pmset -g batt" of macOS prints, of which the first line
// tells the supply: "Now drawing from 'Battery Power'", or 'AC Power', 'UPS Power'.
func drawsFromBattery(b []byte) bool {
	first, _, _ := bytes.Cut(bytes.TrimLeft(b, " \t\r\n"), []byte("\n"))
	return bytes.Contains(first, []byte("'Battery Power'"))
}
