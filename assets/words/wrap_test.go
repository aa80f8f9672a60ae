package words

import (
	"errors"
	"io/fs"
	"testing"
)

func TestWrap(t *testing.T) {
	err := Wrap("{{.File}} cannot be read: {{.Reason}}", fs.ErrNotExist, "File", "{{.Reason}}")
	if got, want := err.Error(), "{{.Reason}} cannot be read: file does not exist"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("it wraps nothing")
	}
}
