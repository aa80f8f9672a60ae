//go:build !nowindow

package main

import (
	"errors"
	"io"
	stdlog "log"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// toolkitLog takes what Fyne and GLFW write to the standard logger, a call for
// each line: "Fyne error:  REASON", "  Cause: ERROR", "  At: FILE:LINE". Until
// pass it keeps the lines, as they may be why there is no window; then they go
// to the program's log. What Fyne says of files that Portlight keeps nothing in
// is dropped.
type toolkitLog struct {
	log   *slog.Logger
	to    io.Writer // of the standard logger before, for close
	flags int

	mu      sync.Mutex
	passing bool
	idle    bool // the message at hand is dropped
	kept    []string
}

func newToolkitLog(log *slog.Logger) *toolkitLog {
	l := &toolkitLog{log: log, to: stdlog.Writer(), flags: stdlog.Flags()}
	stdlog.SetFlags(0)
	stdlog.SetOutput(l)
	return l
}

func (l *toolkitLog) close() {
	stdlog.SetFlags(l.flags)
	stdlog.SetOutput(l.to)
}

// The beginnings of the lines.
const (
	toolkitReason = "Fyne error:"
	toolkitCause  = "Cause:"
	toolkitPlace  = "At:"
)

// idleWords tell what Fyne's preferences, cache, storage and settings are
// complained about by. Portlight uses none of them.
var idleWords = []string{"preferences", "cache space", "storage space", "settings"}

func (l *toolkitLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := strings.TrimSpace(string(b))
	reason, begins := strings.CutPrefix(line, toolkitReason)
	follows := strings.HasPrefix(line, toolkitCause) || strings.HasPrefix(line, toolkitPlace)
	if !follows {
		l.idle = begins && slices.ContainsFunc(idleWords, func(w string) bool { return strings.Contains(strings.ToLower(reason), w) })
	}
	switch {
	case l.idle || line == "":
	case l.passing:
		l.log.Warn("window toolkit", "says", line)
	default:
		l.kept = append(l.kept, line)
	}
	return len(b), nil
}

// pass lets the lines go to the log, as the window is there.
func (l *toolkitLog) pass() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.kept {
		l.log.Warn("window toolkit", "says", line)
	}
	l.kept, l.passing = nil, true
}

// failure is the error of a window that does not open: what was said, or else
// this.
func (l *toolkitLog) failure(otherwise string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var said []string
	for _, line := range l.kept {
		if !strings.HasPrefix(line, toolkitPlace) {
			line = strings.TrimPrefix(strings.TrimPrefix(line, toolkitReason), toolkitCause)
			said = append(said, strings.TrimSpace(line))
		}
	}
	if len(said) == 0 {
		said = []string{otherwise}
	}
	return errors.New(wordsOpenWindow.With("Reason", strings.Join(said, ": ")))
}

// catch, deferred, turns a panic of GLFW into an error: it panics with its errors
// where it could not be set up. Faults of the program itself go on.
func (l *toolkitLog) catch(err *error) {
	fault := recover()
	if fault == nil {
		return
	}
	cause, is := fault.(error)
	var own runtime.Error
	if !is || errors.As(cause, &own) {
		panic(fault)
	}
	*err = l.failure(cause.Error())
}
