//go:build nowindow

package main

import "context"

// hasWindow tells whether this build can open a window.
const hasWindow = false

func (p *program) window(context.Context, windowFlags) error { return errNoWindow() }
