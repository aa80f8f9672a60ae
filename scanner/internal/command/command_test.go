package command

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestOutput(t *testing.T) {
	shell := func(ctx context.Context, limit int, line string) (string, error) {
		b, err := Output(ctx, limit, "/bin/sh", "-c", line)
		return string(b), err
	}
	if got, err := shell(t.Context(), 6, "echo hello"); got != "hello\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	var failed *exec.ExitError
	if got, err := shell(t.Context(), 100, "echo hello; exit 3"); got != "" || !errors.As(err, &failed) || failed.ExitCode() != 3 {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := shell(t.Context(), 5, "echo hello"); got != "" || !errors.Is(err, ErrLong) {
		t.Errorf("one byte too much: got %q, %v", got, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if got, err := shell(ctx, 1<<10, "while echo hello; do :; done"); got != "" || err == nil || ctx.Err() != nil {
		t.Errorf("without end: %d bytes, %v, %v", len(got), err, ctx.Err())
	}
	if _, err := shell(t.Context(), 100, "echo no way >&2"); err == nil || !strings.Contains(err.Error(), "no way") {
		t.Errorf("silent but for standard error: %v", err)
	}
	if _, err := shell(t.Context(), 100, "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 3"); !errors.As(err, &failed) || len(err.Error()) > 2*maxComplaint {
		t.Errorf("noisy failure: %v", err)
	}
	late, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer end()
	if _, err := shell(late, 100, "sleep 20"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("too late: %v", err)
	}
}
