//go:build !linux && !darwin

package desktop

// Copy puts a text on the clipboard by xclip, which must be installed.
func Copy(text string) error {
	return failed(pipe(text, nil, "xclip", "-selection", "clipboard", "-in"), triedCopy)
}
