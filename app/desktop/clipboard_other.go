//go:build !linux && !darwin

package desktop

import (
	"fmt"
)

// Copy puts a text on the clipboard by xclip, which must be installed.
func Copy(text string) error {
	if err := pipe(text, nil, "xclip", "-selection", "clipboard", "-in"); err != nil {
		return fmt.Errorf("copy to the clipboard: %w", err)
	}
	return nil
}
