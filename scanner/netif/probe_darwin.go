package netif

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// prober asks about interfaces through a socket, which may be none.
type prober struct{ fd int }

func openProber() prober {
	syscall.ForkLock.RLock() // a program started in between would inherit it
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return prober{-1}
	}
	unix.CloseOnExec(fd)
	return prober{fd}
}

func (p prober) close() {
	if p.fd >= 0 {
		unix.Close(p.fd)
	}
}

// of asks for what the name does not tell. What the kernel refuses stays unknown.
func (p prober) of(name string) (told probe) {
	if p.fd < 0 || len(name) >= sizeName {
		return probe{}
	}
	var request [sizeRequest]byte
	copy(request[:], name)
	if p.ask(unix.SIOCGIFFUNCTIONALTYPE, unsafe.Pointer(&request)) {
		told.parseFunction(request[:])
	}
	var media [sizeMediaRequest]byte // its list of all media is not asked for: a count of 0
	copy(media[:], name)
	if p.ask(unix.SIOCGIFMEDIA, unsafe.Pointer(&media)) {
		told.parseMedia(media[:])
	}
	return told
}

// sysIoctl is the number of int ioctl(int, u_long, caddr_t) in
// bsd/kern/syscalls.master of xnu.
const sysIoctl = 54

// ask is ioctl(2).
func (p prober) ask(request uint, answer unsafe.Pointer) bool {
	_, _, errno := unix.Syscall(sysIoctl, uintptr(p.fd), uintptr(request), uintptr(answer))
	return errno == 0
}
