package process

import (
	"errors"
	"fmt"
)

// The ways in which reading or stopping fails. They come wrapped.
var (
	ErrGone         = errors.New("the process has ended already")
	ErrChanged      = errors.New("another program has taken the place of this one")
	ErrNotPermitted = errors.New("not permitted")
	ErrRefused      = errors.New("this process is not stopped from here")
)

// Why a fact is missing.
const (
	wordProtected = "protected from being read, even by its own user"
	wordKernel    = "a part of the kernel has none"
	wordEnded     = "it has ended and waits for its parent to notice"
	wordNone      = "the process shows none"
	wordUntold    = "the system does not tell it"
	wordCut       = "only the first megabyte is shown"
	wordParents   = "the parent cannot be read"
	wordChildren  = "not every process of this computer can be read"
	wordUncounted = "it is not counted on this system"
)

func wordForeign(user string) string {
	if user == "" {
		return "belongs to another user"
	}
	return "belongs to another user (" + user + ")"
}

func wordOutcome(o Outcome) string {
	switch o {
	case Ended:
		return "ended"
	case StillRunning:
		return "still running"
	}
	return "unknown"
}

// PermissionError says that a process may not be stopped by this user. It
// unwraps to ErrNotPermitted.
type PermissionError struct {
	PID     int
	User    string // to whom it belongs; "" when it is one's own and the system protects it
	Command string // what to run in a terminal instead
}

// Error names the user and the command.
func (e *PermissionError) Error() string {
	why := "the system does not allow it"
	if e.User != "" {
		why = "it belongs to " + e.User
	}
	return fmt.Sprintf("stop process %d: not permitted, %s; run instead: %s", e.PID, why, e.Command)
}

// Unwrap gives ErrNotPermitted.
func (e *PermissionError) Unwrap() error { return ErrNotPermitted }
