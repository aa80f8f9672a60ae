package netlink

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

const (
	// bufferLen is more than the kernel puts into one datagram, 32 KiB.
	bufferLen = 64 << 10

	// dumpTries is how often a dump that was interrupted by changes is tried.
	dumpTries = 5
)

// Dump asks a netlink protocol (NETLINK_ROUTE and the like) for a whole table of
// the network namespace of the calling thread, and gives the bodies of the
// messages that answer. The error is the kernel's syscall.Errno, as EPERM, or
// ErrInterrupted if the table changes all the time; it waits 3 s at most for each
// part of the answer.
func Dump(protocol int, kind uint16, body []byte) ([][]byte, error) {
	fd, err := open(protocol)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var a answer
	for seq := range uint32(dumpTries) {
		a = answer{seq: seq + 1}
		if err = a.read(fd, request(kind, a.seq, body)); !errors.Is(err, ErrInterrupted) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return a.bodies, nil
}

func open(protocol int) (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, fmt.Errorf("open netlink socket: %w", err)
	}
	timeout := unix.Timeval{Sec: 3}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("set time-out of netlink socket: %w", err)
	}
	return fd, nil
}

// read sends a request and takes the whole answer.
func (a *answer) read(fd int, request []byte) error {
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	buf := make([]byte, bufferLen)
	for {
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_TRUNC)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("receive: %w", err)
		case n > len(buf):
			return ErrTruncated
		}
		if done, err := a.take(buf[:n]); done || err != nil {
			return err
		}
	}
}
