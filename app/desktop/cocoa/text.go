package cocoa

import "strings"

// maxText bounds a text on its way to macOS and back, in bytes.
const maxText = 4096

// plain makes a text fit for stringWithUTF8String:, which takes bytes up to the first
// NUL and gives no string for what is not UTF-8.
func plain(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s[:min(len(s), maxText)], "\x00", "\uFFFD"), "\uFFFD")
}
