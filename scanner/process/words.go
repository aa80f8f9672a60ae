package process

import (
	"errors"

	"portlight/assets/words"
)

// The ways in which reading or stopping fails. They come wrapped.
const (
	ErrGone    = words.Error("the process has ended already")
	ErrChanged = words.Error("another program has taken the place of this one")
	ErrRefused = words.Error("this process is not stopped from here")
)

// ErrNotPermitted is in a PermissionError, which says more.
var ErrNotPermitted = errors.New("not permitted")

const (
	wordReadFailed    = words.Text("read process {{.PID}}: {{.Reason}}")
	wordMeasureFailed = words.Text("measure process {{.PID}}: {{.Reason}}")
	wordStopFailed    = words.Text("stop process {{.PID}}: {{.Reason}}")
	wordNotAllowed    = words.Text("stop process {{.PID}}: not permitted, the system does not allow it; run instead: {{.Command}}")
	wordOthersProcess = words.Text("stop process {{.PID}}: not permitted, it belongs to {{.User}}; run instead: {{.Command}}")
)

func readFailed(pid int, err error) error    { return words.Wrap(wordReadFailed, err, "PID", pid) }
func measureFailed(pid int, err error) error { return words.Wrap(wordMeasureFailed, err, "PID", pid) }
func stopFailed(pid int, err error) error    { return words.Wrap(wordStopFailed, err, "PID", pid) }

// Why a fact is missing.
const (
	wordProtected = words.Text("protected from being read, even by its own user")
	wordKernel    = words.Text("a part of the kernel has none")
	wordEnded     = words.Text("it has ended and waits for its parent to notice")
	wordNone      = words.Text("the process shows none")
	wordUntold    = words.Text("the system does not tell it")
	wordCut       = words.Text("only the first megabyte is shown")
	wordParents   = words.Text("the parent cannot be read")
	wordChildren  = words.Text("not every process of this computer can be read")
	wordUncounted = words.Text("it is not counted on this system")
	wordForeign   = words.Text("belongs to another user")
	wordForeignTo = words.Text("belongs to another user ({{.User}})")
)

func foreignWords(user string) string {
	if user == "" {
		return wordForeign.String()
	}
	return wordForeignTo.With("User", user)
}

const (
	wordOutcomeEnded = words.Text("ended | of a process")
	wordOutcomeRuns  = words.Text("still running | of a process")
	wordOutcomeNone  = words.Text("unknown | what came of stopping a process")
)

func outcomeWords(o Outcome) string {
	switch o {
	case Ended:
		return wordOutcomeEnded.String()
	case StillRunning:
		return wordOutcomeRuns.String()
	}
	return wordOutcomeNone.String()
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
	if e.User == "" {
		return wordNotAllowed.With("PID", e.PID, "Command", e.Command)
	}
	return wordOthersProcess.With("PID", e.PID, "User", e.User, "Command", e.Command)
}

// Unwrap gives ErrNotPermitted.
func (e *PermissionError) Unwrap() error { return ErrNotPermitted }
