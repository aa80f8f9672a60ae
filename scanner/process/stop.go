package process

import (
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Outcome is what came of a signal.
type Outcome uint8

// The outcomes. Without an error it is one of them.
const (
	Ended        Outcome = iota + 1 // gone, or a zombie that its parent has not collected
	StillRunning                    // it had the signal and runs on
)

// String gives the outcome in words.
func (o Outcome) String() string { return outcomeWords(o) }

// Stop asks a process to end (SIGTERM) and waits for that, for at most wait.
//
// Right before the signal it is made sure that the pid still has the start time
// of id and, unless exe is "", that it runs this executable; on Linux a pidfd
// keeps the pid from meaning another process in between, elsewhere some
// microseconds remain. Without an Outcome no signal was sent: the error is
// ErrGone, ErrChanged, ErrNotPermitted (a *PermissionError), ErrRefused for
// pid 1, for this process itself, for the kernel's threads and for an unknown
// start time, or that of ctx. When ctx ends the wait, the outcome is
// StillRunning with the error of ctx.
func Stop(ctx context.Context, id ID, exe string, wait time.Duration) (Outcome, error) {
	return end(ctx, target{id: id, exe: exe, wait: wait, signal: syscall.SIGTERM})
}

// Kill is Stop with SIGKILL, which the process cannot refuse.
func Kill(ctx context.Context, id ID, exe string, wait time.Duration) (Outcome, error) {
	return end(ctx, target{id: id, exe: exe, wait: wait, signal: syscall.SIGKILL})
}

// target is a process to be sent a signal.
type target struct {
	id     ID
	exe    string // expected executable, "" for any
	wait   time.Duration
	signal syscall.Signal
}

func end(ctx context.Context, t target) (Outcome, error) {
	if t.id.PID <= 1 || t.id.PID == os.Getpid() || t.id.Start == 0 {
		return 0, t.fail(ErrRefused)
	}
	if err := ctx.Err(); err != nil {
		return 0, t.fail(err)
	}
	return t.run(ctx)
}

func (t target) fail(err error) error {
	return stopFailed(t.id.PID, err)
}

// facts is what is looked at right before and after a signal.
type facts struct {
	start  uint64
	uid    int
	ended  bool // only the exit status is left
	kernel bool // a thread of the kernel
}

// check makes sure that the pid is still the process that is meant.
func (t target) check() (facts, error) {
	f, err := look(t.id.PID)
	switch {
	case errors.Is(err, ErrGone):
		return f, t.fail(ErrGone)
	case errors.Is(err, os.ErrPermission):
		return f, t.notPermitted(facts{uid: unknownUID})
	case err != nil:
		return f, err
	case f.start != t.id.Start:
		return f, t.fail(ErrChanged)
	case f.ended:
		return f, t.fail(ErrGone)
	case f.kernel:
		return f, t.fail(ErrRefused)
	case t.exe == "":
		return f, nil
	}
	exe, err := executable(t.id.PID)
	switch {
	case errors.Is(err, ErrGone):
		return f, t.fail(ErrGone)
	case errors.Is(err, os.ErrPermission):
		return f, t.notPermitted(f)
	case err != nil, exe != t.exe:
		return f, t.fail(ErrChanged)
	}
	return f, nil
}

// sent words what sending the signal gave.
func (t target) sent(f facts, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrProcessDone), errors.Is(err, syscall.ESRCH):
		return t.fail(ErrGone)
	case errors.Is(err, os.ErrPermission):
		return t.notPermitted(f)
	}
	return t.fail(err)
}

func (t target) notPermitted(f facts) error {
	e := &PermissionError{PID: t.id.PID, Command: "sudo kill " + strconv.Itoa(t.id.PID)}
	if t.signal == syscall.SIGKILL {
		e.Command = "sudo kill -KILL " + strconv.Itoa(t.id.PID)
	}
	if f.uid != os.Geteuid() {
		e.User = UserName(f.uid)
	}
	return e
}

// runByPID sends the signal by pid: the way of systems without pidfd.
func (t target) runByPID(ctx context.Context) (Outcome, error) {
	f, err := t.check()
	if err != nil {
		return 0, err
	}
	p, err := os.FindProcess(t.id.PID)
	if err != nil {
		return 0, t.sent(f, err)
	}
	defer p.Release()
	if err := t.sent(f, p.Signal(t.signal)); err != nil {
		return 0, err
	}
	return t.watch(ctx)
}

// watchPeriod is how often a process without pidfd is looked at.
const watchPeriod = 50 * time.Millisecond

// watch waits for the end by looking again and again.
func (t target) watch(ctx context.Context) (Outcome, error) {
	ticker := time.NewTicker(watchPeriod)
	defer ticker.Stop()
	deadline := time.NewTimer(t.wait)
	defer deadline.Stop()
	for {
		f, err := look(t.id.PID)
		if errors.Is(err, ErrGone) || err == nil && (f.ended || f.start != t.id.Start) {
			return Ended, nil
		}
		select {
		case <-ctx.Done():
			return StillRunning, t.fail(ctx.Err())
		case <-deadline.C:
			return StillRunning, nil
		case <-ticker.C:
		}
	}
}
