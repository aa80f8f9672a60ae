package process

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// run sends the signal through a pidfd, pidfd_open(2). It is opened before the
// check: if the pid is the right process afterwards, it was it when the pidfd
// was opened, and the pidfd never becomes another one.
func (t target) run(ctx context.Context) (Outcome, error) {
	fd, err := unix.PidfdOpen(t.id.PID, 0)
	switch {
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM):
		return t.runByPID(ctx) // a kernel before 5.3, or a container's filter of system calls
	case errors.Is(err, unix.ESRCH), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOENT):
		return 0, t.fail(ErrGone) // no such pid, or that of a thread
	case err != nil:
		return 0, t.fail(err)
	}
	defer unix.Close(fd)
	f, err := t.check()
	if err != nil {
		return 0, err
	}
	if err := t.sent(f, unix.PidfdSendSignal(fd, t.signal, nil, 0)); err != nil {
		return 0, err
	}
	return t.await(ctx, fd)
}

// maxPoll bounds one wait in the kernel, so that the end of ctx is seen.
const maxPoll = 100 * time.Millisecond

// await polls the pidfd, which becomes readable when the last thread has ended.
func (t target) await(ctx context.Context, fd int) (Outcome, error) {
	deadline := time.Now().Add(t.wait)
	for {
		left := max(0, min(time.Until(deadline), maxPoll))
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int((left+time.Millisecond-1)/time.Millisecond))
		switch {
		case err != nil && !errors.Is(err, unix.EINTR):
			return StillRunning, t.fail(fmt.Errorf("wait: %w", err))
		case n > 0:
			return Ended, nil
		case ctx.Err() != nil:
			return StillRunning, t.fail(ctx.Err())
		case !time.Now().Before(deadline):
			return StillRunning, nil
		}
	}
}

// look reads the facts of whichever process has the pid.
func look(pid int) (facts, error) {
	s, st, err := proc.summaryAndStat(pid)
	if err != nil {
		return facts{}, err
	}
	return facts{start: s.Start, uid: s.UID, ended: st.Ended(), kernel: st.Kernel}, nil
}

func executable(pid int) (string, error) {
	path, _, err := Exe(pid)
	return path, err
}
