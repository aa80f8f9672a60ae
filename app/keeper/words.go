package keeper

import (
	"errors"

	"portlight/assets/words"
)

// The words that a person may read.
const (
	wordsAnew        = words.Text("What was remembered was damaged, and is begun anew")
	wordsNoMemory    = words.Text("Nothing is remembered: {{.Reason}}")
	wordsNotNotified = words.Text("Notifications are not shown: {{.Reason}}")
)

// errNotKept is that a decision holds for a while only.
const errNotKept = words.Error("kept only until Portlight ends: nothing can be remembered here, see `portlight doctor`")

// NoMemory says that nothing is remembered, and why.
func NoMemory(reason string) string { return wordsNoMemory.With("Reason", reason) }

// reasonOf is why something failed as it is stored, whatever language is in use: an
// English text that has translations, or else what the error says; "" for none.
func reasonOf(err error) string {
	var known words.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known):
		return string(known)
	}
	return err.Error()
}
