package desktop

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// sameUser checks that the process at the other end runs as uid (SO_PEERCRED,
// unix(7)).
func sameUser(conn *net.UnixConn, uid int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err := errors.Join(err, credErr); err != nil {
		return err
	}
	if int(cred.Uid) != uid {
		return errOtherUser
	}
	return nil
}
