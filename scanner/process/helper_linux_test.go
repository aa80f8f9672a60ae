package process

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hostileName ends a line and looks like the end of the name in stat.
const hostileName = "a) Z 1 (\n\x1b\xffb"

func init() {
	runtime.LockOSThread() // main then runs on the first thread
}

func prepare(mode string) {
	switch mode {
	case "hostile":
		name := []byte(hostileName + "\x00")
		if err := unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&name[0])), 0, 0, 0); err != nil {
			panic(err)
		}
	case "headless":
		go func() {
			for first := (Stat{State: 'R'}); first.State != 'Z'; {
				first, _ = ReadStat(os.Getpid())
			}
			os.Stdout.WriteString("ready\n")
		}()
		unix.Syscall(unix.SYS_EXIT, 0, 0, 0)
	}
}

func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
