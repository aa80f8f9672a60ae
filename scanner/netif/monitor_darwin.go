package netif

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// noticeStart is how much of a notice is looked at.
const noticeStart = routeHeader

// ofInterfaces leaves out the notices of routes: there is one for each computer nearby
// that is spoken to.
func ofInterfaces(notice []byte) bool { return routeOfInterface(notice) }

// subscribe makes a socket that gets the notices, route(4). Those that find it full are
// dropped without an error.
func subscribe() (*os.File, error) {
	syscall.ForkLock.RLock() // a program started in between would inherit it
	fd, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("open routing socket: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("open routing socket: %w", err)
	}
	return os.NewFile(uintptr(fd), "route"), nil
}
