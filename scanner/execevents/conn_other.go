//go:build !linux

package execevents

import (
	"errors"
	"os"

	"portlight/assets/words"
)

// Conn delivers exec events. Only Linux has them, so there is none here.
type Conn struct{}

// Dial gives errors.ErrUnsupported.
func Dial() (*Conn, error) {
	return nil, words.Wrap(wordSubscribeFailed, errors.ErrUnsupported)
}

// Wait gives os.ErrClosed.
func (c *Conn) Wait() error { return os.ErrClosed }

// Close gives os.ErrClosed.
func (c *Conn) Close() error { return os.ErrClosed }
