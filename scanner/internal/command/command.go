// Package command runs other programs for what they print.
package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"
	"time"
)

// ErrLong says that a program prints more than it may.
var ErrLong = errors.New("output is too long")

// limited keeps what is written to it, up to so many bytes.
type limited struct {
	kept bytes.Buffer
	left int
}

func (l *limited) Write(b []byte) (int, error) {
	if len(b) > l.left {
		return 0, ErrLong
	}
	l.left -= len(b)
	return l.kept.Write(b)
}

// maxComplaint is how much of the first line of standard error an error tells.
const maxComplaint = 200

// complaint keeps the start of what is written to it, and takes the rest for written.
type complaint []byte

func (c *complaint) Write(b []byte) (int, error) {
	*c = append(*c, b[:min(len(b), maxComplaint-len(*c))]...)
	return len(b), nil
}

// Output gives what a program prints. One that prints more than limit bytes is an
// error, and is cut off there; one that ctx ends before its time is one too. What the
// program says on standard error stands in the error, of one that ends well without
// any output too.
func Output(ctx context.Context, limit int, name string, args ...string) ([]byte, error) {
	out, complained := &limited{left: limit}, complaint{}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = out, &complained, time.Second // a child of its may hold the pipes longer
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(complained)), "\n")
	switch {
	case err == nil && (out.kept.Len() > 0 || first == ""):
		return out.kept.Bytes(), nil
	case err == nil:
		return nil, fmt.Errorf("run %s: %q", path.Base(name), first)
	case first != "":
		return nil, fmt.Errorf("run %s: %w: %q", path.Base(name), err, first)
	}
	return nil, fmt.Errorf("run %s: %w", path.Base(name), err)
}
