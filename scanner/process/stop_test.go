package process

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

const patience = 20 * time.Second

// harmless asks whether a signal would be permitted, without one.
func harmless(id ID, exe string) (Outcome, error) {
	return target{id: id, exe: exe}.run(context.Background())
}

func TestStopEndsAProcess(t *testing.T) {
	c := start(t, "wait", nil)
	outcome, err := Stop(context.Background(), c.id, self(t), patience)
	if outcome != Ended || err != nil {
		t.Fatalf("got %v, %v", outcome, err)
	}
	c.Wait()
	if s := c.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != syscall.SIGTERM {
		t.Errorf("ended by %v", s.Signal())
	}
}

func TestKillEndsWhatIgnoresStop(t *testing.T) {
	c := start(t, "deaf", nil)
	if outcome, err := Stop(context.Background(), c.id, "", 20*time.Millisecond); outcome != StillRunning || err != nil {
		t.Fatalf("stop: %v, %v", outcome, err)
	}
	if outcome, err := Kill(context.Background(), c.id, self(t), patience); outcome != Ended || err != nil {
		t.Fatalf("kill: %v, %v", outcome, err)
	}
}

func TestStopWithoutPidfd(t *testing.T) {
	c := start(t, "deaf", nil)
	term := target{id: c.id, exe: self(t), signal: syscall.SIGTERM}
	if outcome, err := term.runByPID(context.Background()); outcome != StillRunning || err != nil {
		t.Fatalf("stop: %v, %v", outcome, err)
	}
	kill := target{id: c.id, wait: patience, signal: syscall.SIGKILL}
	if outcome, err := kill.runByPID(context.Background()); outcome != Ended || err != nil {
		t.Fatalf("kill: %v, %v", outcome, err)
	}
	if _, err := kill.runByPID(context.Background()); !errors.Is(err, ErrGone) {
		t.Errorf("a zombie: %v", err)
	}
	c.collect()
	if _, err := kill.runByPID(context.Background()); !errors.Is(err, ErrGone) {
		t.Errorf("collected: %v", err)
	}
}

func TestStopSparesAnotherProcess(t *testing.T) {
	c := start(t, "wait", nil)
	later := ID{PID: c.id.PID, Start: c.id.Start + 1}
	cases := []struct {
		name string
		id   ID
		exe  string
		want error
	}{
		{"start time", later, "", ErrChanged},
		{"start time and path", later, self(t), ErrChanged},
		{"path", c.id, "/usr/bin/other", ErrChanged},
		{"unknown start", ID{PID: c.id.PID}, self(t), ErrRefused},
		{"itself", ID{PID: os.Getpid(), Start: c.id.Start}, "", ErrRefused},
		{"init", ID{PID: 1, Start: 1}, "", ErrRefused},
		{"group", ID{PID: 0, Start: 1}, "", ErrRefused},
		{"everyone", ID{PID: -1, Start: 1}, "", ErrRefused},
		{"no such pid", ID{PID: 1 << 30, Start: 1}, "", ErrGone},
	}
	for _, tc := range cases {
		for name, stop := range map[string]func(context.Context, ID, string, time.Duration) (Outcome, error){"stop": Stop, "kill": Kill} {
			if outcome, err := stop(context.Background(), tc.id, tc.exe, 0); outcome != 0 || !errors.Is(err, tc.want) {
				t.Errorf("%s, %s: %v, %v", name, tc.name, outcome, err)
			}
		}
	}
	if outcome, err := Stop(context.Background(), c.id, self(t), patience); outcome != Ended || err != nil {
		t.Errorf("at last: %v, %v", outcome, err)
	}
}

func TestStopOfTheEnded(t *testing.T) {
	c := start(t, "wait", nil)
	if outcome, err := Kill(context.Background(), c.id, "", patience); outcome != Ended || err != nil {
		t.Fatalf("kill: %v, %v", outcome, err)
	}
	if _, err := Stop(context.Background(), c.id, self(t), 0); !errors.Is(err, ErrGone) {
		t.Errorf("a zombie: %v", err)
	}
	c.collect()
	if _, err := Stop(context.Background(), c.id, self(t), 0); !errors.Is(err, ErrGone) {
		t.Errorf("collected: %v", err)
	}
}

func TestStopHeedsItsContext(t *testing.T) {
	c := start(t, "deaf", nil)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if outcome, err := Kill(over, c.id, "", 0); outcome != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("before: %v, %v", outcome, err)
	}
	soon, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if outcome, err := Stop(soon, c.id, "", patience); outcome != StillRunning || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("meanwhile: %v, %v", outcome, err)
	}
	soon, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	term := target{id: c.id, wait: patience, signal: syscall.SIGTERM}
	if outcome, err := term.runByPID(soon); outcome != StillRunning || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("without pidfd: %v, %v", outcome, err)
	}
}

func TestStopAfterTheFileIsGone(t *testing.T) {
	path := copySelf(t, "short-lived")
	c := start(t, "wait", func(cmd *exec.Cmd) { cmd.Path = path })
	must(t, os.Remove(path))
	if outcome, err := Stop(context.Background(), c.id, path, patience); outcome != Ended || err != nil {
		t.Errorf("got %v, %v", outcome, err)
	}
}

func TestWhatSendingGave(t *testing.T) {
	odd := errors.New("odd")
	for _, tc := range []struct{ sent, want error }{
		{nil, nil},
		{os.ErrProcessDone, ErrGone},
		{syscall.ESRCH, ErrGone},
		{syscall.EPERM, ErrNotPermitted},
		{odd, odd},
	} {
		if got := (target{}).sent(facts{}, tc.sent); !errors.Is(got, tc.want) {
			t.Errorf("%v: %v", tc.sent, got)
		}
	}
}

func TestOutcomeString(t *testing.T) {
	for o, want := range map[Outcome]string{Ended: "ended", StillRunning: "still running", 0: "unknown"} {
		if got := o.String(); got != want {
			t.Errorf("%d: %q", o, got)
		}
	}
}

func TestPermissionErrorNamesAWayOut(t *testing.T) {
	kill := target{id: ID{PID: 812}, signal: syscall.SIGKILL}
	cases := []struct {
		err  error
		want string
	}{
		{&PermissionError{PID: 812, User: "root", Command: "sudo kill 812"}, "stop process 812: not permitted, it belongs to root; run instead: sudo kill 812"},
		{kill.notPermitted(facts{uid: os.Geteuid()}), "stop process 812: not permitted, the system does not allow it; run instead: sudo kill -KILL 812"},
	}
	for _, tc := range cases {
		if got := tc.err.Error(); got != tc.want || !errors.Is(tc.err, ErrNotPermitted) {
			t.Errorf("got %q", got)
		}
	}
}
