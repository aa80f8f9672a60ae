package desktop

import "time"

// quitReason is why macOS asks a process to quit, four characters: kAEQuitReason of the
// Apple event, by AERegistry.h. 0 is none, as where a person quits just this app.
type quitReason uint32

const (
	quitReasonKeyword = 'w'<<24 | 'h'<<16 | 'y'<<8 | '?'             // kAEQuitReason
	quitAll           = quitReason('q'<<24 | 'u'<<16 | 'i'<<8 | 'a') // kAEQuitAll: all apps, and the session goes on
)

// endsSession reports whether the session of the user ends. macOS says so by kAELogOut,
// kAEReallyLogOut, kAERestart, kAEShutDown and others; one that is not known counts too,
// for a log-out that is cancelled is worse than a window that ends at once.
func (r quitReason) endsSession() bool { return r != 0 && r != quitAll }

// logoutLasts is how long after the announcement of a log-out a request to quit belongs
// to it: other apps may be asked before, and a person may cancel it.
const logoutLasts = 2 * time.Minute

// mustQuit reports whether a request to quit may not be refused. Announced is when a
// log-out was announced last, the zero time for never.
func mustQuit(r quitReason, announced, now time.Time) bool {
	passed := now.Sub(announced)
	return r.endsSession() || !announced.IsZero() && passed >= 0 && passed < logoutLasts
}
