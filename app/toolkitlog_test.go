//go:build !nowindow

package main

import (
	"bytes"
	"errors"
	stdlog "log"
	"log/slog"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

func newTestToolkitLog(t *testing.T) (*toolkitLog, *bytes.Buffer) {
	var out bytes.Buffer
	l := newToolkitLog(slog.New(slog.NewTextHandler(&out, nil)))
	t.Cleanup(l.close)
	return l, &out
}

func TestToolkitLogDropsWhatIsNotUsed(t *testing.T) {
	l, out := newTestToolkitLog(t)
	for _, reason := range []string{
		"Preferences load error:", "Failed on saving preferences", "Failed to create fyne cache space",
		"Failed to create app cache space", "Failed to create app storage space", "Unable to create settings storage:",
		"Settings watch error:", "failed to watch theme settings",
	} {
		fyne.LogError(reason, errors.New("EOF"))
	}
	stdlog.Println("PlatformError: X11: something")
	l.pass()
	fyne.LogError("Preferences load error:", errors.New("EOF"))
	fyne.LogError("image is broken", errors.New("no data"))
	got := out.String()
	for _, want := range []string{"X11: something", "image is broken", "Cause: no data", "toolkitlog_test.go"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Count(got, "\n") != 4 {
		t.Errorf("want 4 lines, got\n%s", got)
	}
}

func TestToolkitLogFailure(t *testing.T) {
	l, out := newTestToolkitLog(t)
	fyne.LogError("Preferences load error:", errors.New("EOF"))
	if got := l.failure("nothing was said").Error(); got != "open the window: nothing was said" {
		t.Errorf("without a word: %q", got)
	}
	fyne.LogError("window creation error", errors.New("GLX is not there"))
	if got := l.failure("").Error(); got != "open the window: window creation error: GLX is not there" || out.Len() > 0 {
		t.Errorf("got %q, log %q", got, out)
	}
}

func TestToolkitLogCatches(t *testing.T) {
	l, _ := newTestToolkitLog(t)
	run := func(f func()) (err error) {
		defer l.catch(&err)
		f()
		return nil
	}
	if err := run(func() { panic(errors.New("not initialized")) }); err == nil || !strings.Contains(err.Error(), "not initialized") {
		t.Errorf("an error: %v", err)
	}
	if err := run(func() {}); err != nil {
		t.Errorf("no panic: %v", err)
	}
	for name, fault := range map[string]func(){
		"a fault of the program": func() { var none []int; none[len(none)]++ },
		"a word":                 func() { panic("a word") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was caught", name)
				}
			}()
			run(fault)
		}()
	}
}
