package execevents

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"portlight/assets/words"
)

// ackLimit is how long Dial waits for the kernel, which answers at once or
// never.
const ackLimit = 200 * time.Millisecond

// Conn delivers exec events. One goroutine at a time may Wait; Close may be
// called by any. A Conn must be closed: the kernel counts its listeners and
// does not notice that one has ended.
type Conn struct {
	file   *os.File // the socket, in Go's poller
	raw    syscall.RawConn
	token  uint32 // marks requests, so that their acknowledgements are known
	closed atomic.Bool
	buf    [128]byte // a message has 76 bytes
}

// Dial subscribes to exec events. The error tells why there are none: this
// user may not have them (before Linux 6.6), the kernel has no connector, or it
// did not acknowledge within 200 ms, as it does in other than the initial
// namespaces.
func Dial() (*Conn, error) {
	c, err := open(1 << (indexProc - 1))
	if err != nil {
		return nil, words.Wrap(wordSubscribeFailed, err)
	}
	if err := c.subscribe(request(opListen, c.token)); err != nil {
		c.file.Close()
		return nil, words.Wrap(wordSubscribeFailed, err)
	}
	return c, nil
}

// open makes a socket in these multicast groups that lets through nothing but
// the acknowledgement of its own requests.
func open(groups uint32) (*Conn, error) {
	const kind = unix.SOCK_DGRAM | unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK
	fd, err := unix.Socket(unix.AF_NETLINK, kind, unix.NETLINK_CONNECTOR)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	token := rand.Uint32()
	if err := prepare(fd, groups, token); err != nil {
		unix.Close(fd)
		return nil, err
	}
	c := &Conn{file: os.NewFile(uintptr(fd), "proc connector"), token: token}
	if c.raw, err = c.file.SyscallConn(); err != nil {
		c.file.Close()
		return nil, err
	}
	return c, nil
}

// prepare bounds what an owner who does not Wait costs: the buffer gets the
// kernel's minimum, about two messages, and what finds it full is dropped without a
// wake-up. An error for it (ENOBUFS) would tell nothing new, since a full
// buffer holds events, and Go's poller could take it for a broken socket.
func prepare(fd int, groups, token uint32) error {
	if err := attach(fd, onlyAck(token)); err != nil {
		return fmt.Errorf("attach filter: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 1); err != nil {
		return fmt.Errorf("set receive buffer: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_NO_ENOBUFS, 1); err != nil {
		return fmt.Errorf("turn off overflow errors: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return fmt.Errorf("join multicast group: %w", err)
	}
	return nil
}

// subscribe sends the request to listen and, when it is acknowledged, lets exec
// events through. If that fails it takes the request back, also where only the
// acknowledgement may have been lost; what the kernel refused it did not count.
func (c *Conn) subscribe(listen []byte) error {
	if err := c.send(listen); err != nil {
		return err
	}
	ack, err := c.acknowledgement()
	if err == nil && ack.errno != 0 {
		return words.Wrap(wordRefused, syscall.Errno(ack.errno))
	}
	if err == nil {
		err = c.control(func(fd int) error { return attach(fd, onlyExec()) })
	}
	if err != nil {
		return errors.Join(err, c.send(request(opIgnore, c.token)))
	}
	return nil
}

func (c *Conn) send(request []byte) error {
	return c.control(func(fd int) error {
		if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
			return fmt.Errorf("send: %w", err)
		}
		return nil
	})
}

func (c *Conn) control(do func(fd int) error) (err error) {
	if e := c.raw.Control(func(fd uintptr) { err = do(int(fd)) }); e != nil {
		return e
	}
	return err
}

func (c *Conn) acknowledgement() (e event, err error) {
	if err := c.file.SetReadDeadline(time.Now().Add(ackLimit)); err != nil {
		return event{}, err
	}
	defer c.file.SetReadDeadline(time.Time{})
	var failed error
	err = c.raw.Read(func(fd uintptr) (ok bool) {
		e, ok, failed = c.receive(int(fd))
		return ok || failed != nil
	})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = words.Wrap(wordNoAcknowledging, err)
	}
	return e, errors.Join(err, failed)
}

// receive reads one message of the kernel; ok is false when none is queued. It
// passes over what processes send to this socket, as root may.
func (c *Conn) receive(fd int) (e event, ok bool, err error) {
	for {
		n, from, err := unix.Recvfrom(fd, c.buf[:], 0)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return event{}, false, nil
		case err != nil:
			return event{}, false, fmt.Errorf("receive: %w", err)
		}
		if sender, _ := from.(*unix.SockaddrNetlink); sender == nil || sender.Pid != 0 {
			continue
		}
		e, err := decode(c.buf[:n])
		return e, err == nil, err
	}
}

// Wait blocks until at least one program has been started since the last Wait,
// or since Dial, and takes all events that are queued by then. While it blocks
// it holds no thread. It says nothing about which programs, and a program may
// have ended already. After Close the error is os.ErrClosed; after any other
// the Conn is only good for Close.
func (c *Conn) Wait() error {
	var seen bool
	var failed error
	err := c.raw.Read(func(fd uintptr) bool {
		seen, failed = c.take(int(fd))
		return seen || failed != nil
	})
	if c.closed.Load() {
		return os.ErrClosed
	}
	if err := errors.Join(err, failed); err != nil {
		return fmt.Errorf("wait for exec events: %w", err)
	}
	return nil
}

// take empties the queue and reports whether an exec event was in it.
func (c *Conn) take(fd int) (seen bool, err error) {
	for {
		e, ok, err := c.receive(fd)
		if err != nil || !ok {
			return seen, err
		}
		seen = seen || e.what == whatExec
	}
}

// Close unsubscribes, wakes Wait and frees the socket. The error of a second
// Close is os.ErrClosed.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return os.ErrClosed
	}
	return errors.Join(c.send(request(opIgnore, c.token)), c.file.Close())
}
