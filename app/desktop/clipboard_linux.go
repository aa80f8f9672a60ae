package desktop

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// maxCopy bounds a text for the clipboard, in bytes: it fits one X11 request.
const maxCopy = 64 << 10

// Copy puts a text of at most 64 KiB on the clipboard. On Wayland wl-copy does
// it, since only a focused window may; on X11, and for want of wl-copy through
// XWayland, this process serves the text until another program copies
// something or this process ends, which is how X11 clipboards are (ICCCM 2);
// where that fails xclip or xsel do. The error says what to install.
func Copy(text string) error {
	if len(text) > maxCopy {
		return failed(fmt.Errorf("text of %d bytes is too long", len(text)), triedCopy)
	}
	wayland, x11 := os.Getenv("WAYLAND_DISPLAY") != "", os.Getenv("DISPLAY") != ""
	return failed(copyBy(text, wayland, x11), triedCopy)
}

// copyBy tries what the session has. Its error is that of the first way that
// was tried.
func copyBy(text string, wayland, x11 bool) error {
	if !wayland && !x11 {
		return hintNoClipboard
	}
	var first error
	if wayland {
		err := pipe(text, nil, "wl-copy", "--type", "text/plain")
		if err == nil {
			return nil
		}
		first = explain(err, hintWayland)
	}
	if x11 {
		err := copyX11(text)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func copyX11(text string) error {
	err := ownSelection(text)
	if err == nil || pipe(text, nil, "xclip", "-selection", "clipboard", "-in") == nil ||
		pipe(text, nil, "xsel", "--clipboard", "--input") == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", err, hintX11)
}

// explain adds what to do about a program that is missing.
func explain(err, hint error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w: %w", err, hint)
	}
	return err
}
