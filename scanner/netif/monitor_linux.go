package netif

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Monitor tells when interfaces come, go, or change, by the notices of
// rtnetlink(7) in the network namespace that it was opened in. A notice says that
// Read may have another answer, not that it has. Its methods may be called by any
// goroutine.
type Monitor struct {
	file *os.File // the socket, in Go's poller
	raw  syscall.RawConn
	look func(fd uintptr) // drain, made once: Changed costs no memory
	wake chan struct{}
	done chan struct{}

	mu      sync.Mutex
	changed bool
	first   [1]byte // of a notice
}

// Open begins to listen. What changes after it has returned is told. The Monitor
// must be closed. On systems other than Linux the error is errors.ErrUnsupported.
func Open() (*Monitor, error) {
	file, err := subscribe()
	if err != nil {
		return nil, fmt.Errorf("listen for changes of interfaces: %w", err)
	}
	m := &Monitor{file: file, wake: make(chan struct{}, 1), done: make(chan struct{})}
	m.look = func(fd uintptr) { m.drain(fd) }
	if m.raw, err = file.SyscallConn(); err != nil {
		file.Close()
		return nil, fmt.Errorf("listen for changes of interfaces: %w", err)
	}
	go m.listen()
	return m, nil
}

// subscribe makes a socket that gets the notices. Those that find it full are
// dropped without an error: it has others then, which tell the same.
func subscribe() (*os.File, error) {
	const kind = unix.SOCK_RAW | unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK
	fd, err := unix.Socket(unix.AF_NETLINK, kind, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	const groups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR
	if err = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_NO_ENOBUFS, 1); err == nil {
		err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups})
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("join multicast groups: %w", err)
	}
	return os.NewFile(uintptr(fd), "rtnetlink"), nil
}

// listen holds no thread while there is nothing to be told. It ends with Close.
func (m *Monitor) listen() {
	defer close(m.done)
	for m.raw.Read(m.drain) == nil {
	}
}

// drain takes all notices that have come, and reports whether there was one.
func (m *Monitor) drain(fd uintptr) (any bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.take(int(fd)) {
		any = true
	}
	if any {
		m.changed = true
		select {
		case m.wake <- struct{}{}:
		default:
		}
	}
	return any
}

// take drops one notice: what it says is read anew anyhow.
func (m *Monitor) take(fd int) bool {
	for {
		_, err := unix.Read(fd, m.first[:])
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// Changed reports whether there may have been a change since the last call, or
// since Open. It does not wait.
func (m *Monitor) Changed() bool {
	m.raw.Control(m.look) // after Close there is nothing to take
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.wake:
	default:
	}
	changed := m.changed
	m.changed = false
	return changed
}

// Wake gives a channel that delivers a value when Changed has become true. Several
// changes in a row may be one value. It is never closed.
func (m *Monitor) Wake() <-chan struct{} { return m.wake }

// Close ends it. The error of a second Close is os.ErrClosed.
func (m *Monitor) Close() error {
	err := m.file.Close()
	<-m.done
	if err != nil {
		return fmt.Errorf("close monitor of interfaces: %w", err)
	}
	return nil
}
