package history

import (
	"errors"
	"fmt"
	"path/filepath"
)

// What Trouble says.

func textAside(cause error, name string, k keepsake) string {
	text := fmt.Sprintf("The history was damaged. It is kept as %s, and a new one was begun.", name)
	if errors.Is(cause, errForeign) {
		return fmt.Sprintf("%s was another program's file. It is kept as %s, and a new history was begun.", FileName, name)
	}
	if k.lost {
		return text + " Some or all rules, settings and names of ports could not be read from it."
	}
	return text + " Rules, settings and names of ports are still there."
}

// textFinished is for a new history of which an earlier process made all but the last
// step: what became of the old one is in its name.
func textFinished(path string) string {
	return fmt.Sprintf("The history in %s could not be read. It was put aside there, and a new one was begun.", filepath.Dir(path))
}

func textReplaced(path string) string {
	return fmt.Sprintf("%s was replaced by another file, which is the history from now on.", path)
}

func textRemoved(path string) string {
	return fmt.Sprintf("The history was removed from %s, and a new one was begun.", filepath.Dir(path))
}
