package netstat

import "portlight/assets/words"

// The errors of Parse.
const (
	ErrEmpty      = words.Error("netstat tells of no socket")
	ErrUnreadable = words.Error("netstat prints rows in an unknown form")
)
