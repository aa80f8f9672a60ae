package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestNoDesktopNoHome: where there is neither, events are printed all the same.
func TestNoDesktopNoHome(t *testing.T) {
	for _, unset := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME"} {
		t.Setenv(unset, "")
	}
	t.Setenv("XDG_RUNTIME_DIR", "/nonexistent")
	t.Setenv("HOME", "/dev/null")
	ctx, cancel := context.WithCancel(context.Background())
	w := &until{want: " by sockdiag", then: cancel}
	if code := newProgram(&bytes.Buffer{}, w).run(ctx, []string{"--interval", "250ms"}); code != exitFine {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"/dev/null", "No desktop", "listener"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("%q is missing in %q", want, w.String())
		}
	}
}
