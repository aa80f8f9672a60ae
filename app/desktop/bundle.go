package desktop

import (
	"path/filepath"
)

// bundleFault says why a process is not part of an app for macOS, or nil. ID and path are
// those of its main bundle; a program that stands alone has the folder that it is in for a
// path, and may have an id all the same (a section __info_plist).
func bundleFault(id, path string) error {
	if id == "" || filepath.Ext(path) != ".app" {
		return hintNoBundle
	}
	return nil
}
