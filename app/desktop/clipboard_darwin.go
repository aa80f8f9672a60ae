package desktop

import (
	"os"
)

// Copy puts a text on the clipboard by pbcopy(1), which reads its input in the
// encoding of the locale; an app that launchd started has none.
func Copy(text string) error {
	return failed(pipe(text, append(os.Environ(), "LC_ALL=en_US.UTF-8"), "/usr/bin/pbcopy"), triedCopy)
}
