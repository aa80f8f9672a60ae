package process

import (
	"bytes"

	gops "github.com/shirou/gopsutil/v3/process"
	"golang.org/x/sys/unix"
)

// szomb is SZOMB in sys/proc.h.
const szomb = 5

// kernelName is p_comm, at most 16 bytes. gopsutil's Name puts the first
// argument in its place when it is long, and fails for other users' processes.
func kernelName(p *gops.Process) (string, error) {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", int(p.Pid))
	if err != nil {
		return "", err
	}
	name, _, _ := bytes.Cut(k.Proc.P_comm[:], []byte{0})
	return string(name), nil
}

// openFiles is not among what gopsutil tells here.
func openFiles(*gops.Process) (int32, error) { return 0, errUncounted }

// childPIDs asks the kernel; gopsutil's Children would run pgrep.
func childPIDs(pid int) ([]int, error) {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil, err
	}
	var pids []int
	for i := range all {
		if int(all[i].Eproc.Ppid) == pid {
			pids = append(pids, int(all[i].Proc.P_pid))
		}
	}
	return pids, nil
}

// zombie asks the kernel; gopsutil's Status would run ps.
func zombie(p *gops.Process) bool {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", int(p.Pid))
	return err == nil && k.Proc.P_stat == szomb
}
