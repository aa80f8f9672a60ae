package keeper

// The words that a person may read.
const (
	wordsNotKept     = "kept only until Portlight ends: nothing can be remembered here, see `portlight doctor`"
	wordsAnew        = "What was remembered was damaged, and is begun anew"
	wordsNoMemory    = "Nothing is remembered: "
	wordsNotNotified = "Notifications are not shown: "
)

// NoMemory says that nothing is remembered, and why.
func NoMemory(reason string) string { return wordsNoMemory + reason }
