package netif

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// noticeStart is how much of a notice is looked at: all that come are of interfaces.
const noticeStart = 1

func ofInterfaces([]byte) bool { return true }

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
