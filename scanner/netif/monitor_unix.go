//go:build linux || darwin

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
// rtnetlink(7) in the network namespace that it was opened in, on macOS by those of
// route(4). A notice says that Read may have another answer, not that it has. Its
// methods may be called by any goroutine.
type Monitor struct {
	file *os.File // the socket, in Go's poller
	raw  syscall.RawConn
	look func(fd uintptr) // drain, made once: Changed costs no memory
	wake chan struct{}
	done chan struct{}

	mu      sync.Mutex
	changed bool
	first   [noticeStart]byte // of a notice
}

// Open begins to listen. What changes after it has returned is told. The Monitor
// must be closed. On systems other than Linux
// and macOS the error is errors.ErrUnsupported.
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

// listen holds no thread while there is nothing to be told. It ends with Close.
func (m *Monitor) listen() {
	defer close(m.done)
	for m.raw.Read(m.drain) == nil {
	}
}

// drain takes all notices that have come, and reports whether there was one that
// tells of interfaces.
func (m *Monitor) drain(fd uintptr) (any bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		n, err := m.take(int(fd))
		if err != nil {
			break
		}
		any = any || ofInterfaces(m.first[:n])
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

// take drops one notice: what it says is read anew anyhow. Its start stays in first.
func (m *Monitor) take(fd int) (n int, err error) {
	for {
		n, err = unix.Read(fd, m.first[:])
		if !errors.Is(err, unix.EINTR) {
			return n, err
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
