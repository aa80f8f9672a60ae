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

func textRemoved(path string) string {
	return fmt.Sprintf("The history was removed from %s, and a new one was begun.", filepath.Dir(path))
}
