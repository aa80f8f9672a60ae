package desktop

import (
	"github.com/ebitengine/purego/objc"

	"portlight/app/desktop/cocoa"
)

// CheckBundle says why this process is not part of Portlight.app, or nil. Outside of a
// bundle macOS ends a process that asks for its notifications.
func CheckBundle() (err error) {
	cocoa.Pool(func() {
		if err = cocoa.Load(foundation); err != nil {
			return
		}
		var bundle, id, path objc.ID
		if bundle, err = cocoa.AskClass[objc.ID](classBundle, selMainBundle); err != nil {
			return
		}
		if id, err = cocoa.Ask[objc.ID](bundle, selBundleID); err != nil {
			return
		}
		if path, err = cocoa.Ask[objc.ID](bundle, selBundlePath); err == nil {
			err = bundleFault(cocoa.Text(id), cocoa.Text(path))
		}
	})
	return err
}
