package process

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unsafe"

	gops "github.com/shirou/gopsutil/v3/process"
	"golang.org/x/sys/unix"

	"portlight/scanner/codesign"
	"portlight/scanner/internal/command"
)

// handle is a process with what the kernel tells of everyone's without any right.
// It never starts another program, as gopsutil does for some facts: those are
// told here in its place.
type handle struct {
	*gops.Process
	known *unix.KinfoProc
}

func openHandle(pid int) (h handle, start uint64, err error) {
	k, err := kernelProcess(pid)
	if err != nil {
		return handle{}, 0, err
	}
	began := k.Proc.P_starttime
	return handle{&gops.Process{Pid: int32(pid)}, k}, uint64(began.Sec*1000 + int64(began.Usec)/1000), nil
}

// kernelProcess asks sysctl(3) kern.proc.pid, which answers with nothing where there is
// no such process: unix.EIO. Any pid but that of the process at hand is an error too.
func kernelProcess(pid int) (*unix.KinfoProc, error) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	switch {
	case errors.Is(err, unix.EIO), errors.Is(err, unix.ESRCH), err == nil && int(k.Proc.P_pid) != pid:
		return nil, ErrGone
	case err != nil:
		return nil, fmt.Errorf("sysctl kern.proc.pid: %w", err)
	}
	return k, nil
}

// zombieState is SZOMB in bsd/sys/proc.h.
const zombieState = 5

func (h handle) Uids() ([]int32, error) { return []int32{int32(h.known.Eproc.Ucred.Uid)}, nil }

func (h handle) Ppid() (int32, error) { return h.known.Eproc.Ppid, nil }

func (h handle) kernelName() (string, error) { return cString(h.known.Proc.P_comm[:]), nil }

// zombie asks again: a process that ran when it was opened may have ended.
func (h handle) zombie() bool {
	k, err := kernelProcess(int(h.Pid))
	return err == nil && k.Proc.P_stat == zombieState
}

// Exe is told of everyone's processes.
func (h handle) Exe() (string, error) {
	var buf [sizePath]byte
	if _, err := processInfo(int(h.Pid), infoPath, buf[:]); err != nil {
		return "", fmt.Errorf("ask for executable: %w", err)
	}
	return parsePath(buf[:])
}

// Cwd is told of one's own processes.
func (h handle) Cwd() (string, error) {
	var buf [sizeFolders]byte
	n, err := processInfo(int(h.Pid), infoFolders, buf[:])
	if err != nil {
		return "", fmt.Errorf("ask for working folder: %w", err)
	}
	return parseFolders(buf[:n])
}

// CmdlineSlice is told of one's own processes. The kernel answers EINVAL for others.
func (h handle) CmdlineSlice() ([]string, error) {
	b, err := unix.SysctlRaw("kern.procargs2", int(h.Pid))
	if err != nil {
		return nil, fmt.Errorf("sysctl kern.procargs2: %w", err)
	}
	return parseProcArgs(b)
}

// The bounds of asking ps.
const (
	psTimeout = 2 * time.Second
	psLimit   = 2 << 20 // bytes: the kernel keeps a megabyte of arguments, of which ps writes some bytes as several
)

// commandLine is all arguments as one text, which ps(1) of macOS tells of everyone's
// processes: it runs with the rights of root. It takes some milliseconds, so it is for
// the details of one process only.
func (h handle) commandLine() string {
	ctx, cancel := context.WithTimeout(context.Background(), psTimeout)
	defer cancel()
	out, err := command.Output(ctx, psLimit, "/bin/ps", "-ww", "-o", "command=", "-p", strconv.Itoa(int(h.Pid)))
	if err != nil {
		return ""
	}
	return parseCommand(out)
}

// image is a number that each execve(2) changes.
func (h handle) image() uint64 {
	var buf [sizeUnique]byte
	n, err := processInfo(int(h.Pid), infoUnique, buf[:])
	if err != nil {
		return 0
	}
	return parseUnique(buf[:n])
}

func (h handle) signature() codesign.Signature {
	s, _ := codesign.OfProcess(int(h.Pid))
	return s
}

// maxFiles bounds a list of open files.
const maxFiles = 1 << 18

// openFiles counts those of one's own processes in a list that the kernel fills, as far
// as the buffer goes.
func (h handle) openFiles() (int32, error) {
	for buf := make([]byte, 256*sizeFile); ; buf = make([]byte, 4*len(buf)) {
		n, err := processInfo(int(h.Pid), infoFiles, buf)
		switch {
		case err != nil:
			return 0, fmt.Errorf("ask for open files: %w", err)
		case n < len(buf):
			return int32(n / sizeFile), nil
		case len(buf) >= maxFiles*sizeFile:
			return 0, errUncounted
		}
	}
}

// The flavors of proc_info(2), by their names without PROC_PID in bsd/sys/proc_info.h
// and proc_info_private.h of xnu.
const (
	infoFiles   = 1  // LISTFDS
	infoFolders = 9  // VNODEPATHINFO
	infoPath    = 11 // PATHINFO
	infoUnique  = 17 // UNIQIDENTIFIERINFO
)

// sizeFile is that of struct proc_fdinfo, of which there is one for each open file.
const sizeFile = 8

// sysProcInfo is the number of int proc_info(int32_t callnum, int32_t pid, uint32_t
// flavor, uint64_t arg, user_addr_t buffer, int32_t buffersize) in
// bsd/kern/syscalls.master of xnu.
const sysProcInfo = 336

// processInfo asks proc_info(2) about a process and gives the size of the answer.
func processInfo(pid int, flavor uintptr, buf []byte) (int, error) {
	const callPIDInfo = 2 // PROC_INFO_CALL_PIDINFO of bsd/sys/proc_info_private.h
	n, _, errno := unix.Syscall6(sysProcInfo, callPIDInfo, uintptr(pid), flavor, 0, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	switch {
	case errno == unix.ESRCH:
		return 0, ErrGone
	case errno != 0:
		return 0, errno
	}
	return min(int(n), len(buf)), nil
}

// childPIDs asks the kernel; gopsutil's Children would run pgrep.
func childPIDs(pid int) ([]int, error) {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, fmt.Errorf("sysctl kern.proc.all: %w", err)
	}
	var pids []int
	for i := range all {
		if int(all[i].Eproc.Ppid) == pid {
			pids = append(pids, int(all[i].Proc.P_pid))
		}
	}
	return pids, nil
}
