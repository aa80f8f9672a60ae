// Package fdmessage passes JSON and descriptors between the processes of a test,
// over a Unix socket of messages (SCM_RIGHTS, unix(7)).
package fdmessage

import (
	"encoding/json"
	"errors"

	"golang.org/x/sys/unix"
)

// Send writes a value as JSON, with a descriptor unless that is -1.
func Send(conn int, v any, fd int) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var rights []byte
	if fd >= 0 {
		rights = unix.UnixRights(fd)
	}
	return unix.Sendmsg(conn, b, rights, nil, 0)
}

// Receive reads into v what Send wrote, and gives the descriptor with it, or -1.
func Receive(conn int, v any) (fd int, err error) {
	b, rights := make([]byte, 4096), make([]byte, unix.CmsgSpace(4))
	n, nr, _, _, err := unix.Recvmsg(conn, b, rights, unix.MSG_CMSG_CLOEXEC)
	for errors.Is(err, unix.EINTR) {
		n, nr, _, _, err = unix.Recvmsg(conn, b, rights, unix.MSG_CMSG_CLOEXEC)
	}
	switch {
	case err != nil:
		return -1, err
	case n == 0:
		return -1, errors.New("the other side has closed")
	}
	if err := json.Unmarshal(b[:n], v); err != nil || nr == 0 {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:nr])
	if err != nil {
		return -1, err
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return -1, err
	}
	return fds[0], nil
}
