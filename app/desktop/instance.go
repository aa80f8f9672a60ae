package desktop

import "errors"

var (
	// ErrRunning says that another instance holds the lock. Once Acquire has
	// returned it, Tell reaches that instance, unless it hangs.
	ErrRunning = errors.New("already running")
	// ErrNotRunning says that no instance listens.
	ErrNotRunning = errors.New("not running")
)
