package owner

import (
	"fmt"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// deaths tells which of the watched processes have ended, by a pidfd each in one
// epoll instance (pidfd_open(2)).
type deaths struct {
	epoll  *os.File
	fd     int
	limit  int         // of watched processes
	pids   map[int]int // by pidfd
	some   atomic.Bool // some have ended that were not collected
	wake   chan struct{}
	resume chan struct{}
	closed chan struct{}
}

// newDeaths starts a goroutine that waits for ends until close.
func newDeaths() (*deaths, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("watch for the end of processes: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // makes package os wait for it
		unix.Close(fd)
		return nil, fmt.Errorf("watch for the end of processes: %w", err)
	}
	d := &deaths{
		epoll: os.NewFile(uintptr(fd), "epoll"), fd: fd, limit: pidfdLimit(), pids: map[int]int{},
		wake: make(chan struct{}, 1), resume: make(chan struct{}, 1), closed: make(chan struct{}),
	}
	conn, err := d.epoll.SyscallConn()
	if err != nil {
		d.epoll.Close()
		return nil, fmt.Errorf("watch for the end of processes: %w", err)
	}
	go d.wait(conn.Read)
	return d, nil
}

// pidfdLimit is half of the descriptors that this process may have: the rest is
// for everything else.
func pidfdLimit() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return int(min(limit.Cur/2, 1<<20))
}

// wait says once that some have ended, and again after they were collected.
func (d *deaths) wait(read func(func(fd uintptr) bool) error) {
	var events [1]unix.EpollEvent
	for {
		err := read(func(fd uintptr) bool {
			n, err := unix.EpollWait(int(fd), events[:], 0)
			return n > 0 || err != nil && err != unix.EINTR
		})
		if err != nil {
			return
		}
		d.some.Store(true)
		select {
		case d.wake <- struct{}{}:
		default:
		}
		select {
		case <-d.resume:
		case <-d.closed:
			return
		}
	}
}

// watch gives the pidfd of a process, or -1 where there is none to be had: then
// its end is not told.
func (d *deaths) watch(pid int) int {
	if len(d.pids) >= d.limit {
		return -1
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return -1
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	if err := unix.EpollCtl(d.fd, unix.EPOLL_CTL_ADD, fd, &event); err != nil {
		unix.Close(fd)
		return -1
	}
	d.pids[fd] = pid
	return fd
}

// unwatch ends it; -1 is ignored. That the pidfd is closed is not enough: a child
// of this process that was forked and runs no program yet holds it too.
func (d *deaths) unwatch(pidfd int) {
	if pidfd >= 0 {
		delete(d.pids, pidfd)
		unix.EpollCtl(d.fd, unix.EPOLL_CTL_DEL, pidfd, nil)
		unix.Close(pidfd)
	}
}

// collect calls ended for each process that has ended; that must unwatch it.
func (d *deaths) collect(ended func(pid int)) {
	if !d.some.CompareAndSwap(true, false) {
		return
	}
	var events [64]unix.EpollEvent
	for {
		n, err := unix.EpollWait(d.fd, events[:], 0)
		if n <= 0 && err != unix.EINTR {
			break
		}
		for _, e := range events[:max(n, 0)] {
			ended(d.pids[int(e.Fd)])
		}
	}
	select {
	case d.resume <- struct{}{}:
	default:
	}
}

func (d *deaths) close() {
	close(d.closed)
	d.epoll.Close()
	for fd := range d.pids {
		unix.Close(fd)
	}
}
