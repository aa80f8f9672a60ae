package desktop

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// sameUser checks that the process at the other end runs as uid
// (LOCAL_PEERCRED, sys/un.h).
func sameUser(conn *net.UnixConn, uid int) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Xucred
	var credErr error
	err = raw.Control(func(fd uintptr) {
		cred, credErr = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	})
	if err := errors.Join(err, credErr); err != nil {
		return err
	}
	if int(cred.Uid) != uid {
		return errOtherUser
	}
	return nil
}
