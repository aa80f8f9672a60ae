//go:build nowindow

package main

import (
	"context"
	"errors"
)

// hasWindow tells whether this build can open a window.
const hasWindow = false

func (p *program) window(context.Context, windowFlags) error { return errors.New(wordsNoWindow) }
