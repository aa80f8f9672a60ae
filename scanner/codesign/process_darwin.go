package codesign

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// sysCsops is the number of int csops(pid_t, uint32_t, user_addr_t, user_size_t) in
// bsd/kern/syscalls.master of xnu.
const sysCsops = 169

// kernelOf asks about a process by csops(2), which has no function in Go.
func kernelOf(pid int) csops {
	return func(op uintptr, buf []byte) error {
		_, _, errno := unix.Syscall6(sysCsops, uintptr(pid), op, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), 0, 0)
		if errno != 0 {
			return errno
		}
		return nil
	}
}
