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

// zombie asks the kernel; gopsutil's Status would run ps.
func zombie(p *gops.Process) bool {
	k, err := unix.SysctlKinfoProc("kern.proc.pid", int(p.Pid))
	return err == nil && k.Proc.P_stat == szomb
}
