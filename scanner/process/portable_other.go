//go:build !darwin

package process

import (
	"errors"
	"slices"

	gops "github.com/shirou/gopsutil/v3/process"

	"portlight/scanner/codesign"
)

// handle is a process as gopsutil tells of it.
type handle struct{ *gops.Process }

func openHandle(pid int) (h handle, start uint64, err error) {
	p, err := gops.NewProcess(int32(pid))
	if errors.Is(err, gops.ErrorProcessNotRunning) {
		err = ErrGone
	}
	if err != nil {
		return handle{}, 0, err
	}
	ms, err := p.CreateTime()
	return handle{p}, uint64(ms), err
}

func (h handle) kernelName() (string, error) { return h.Name() }

func (h handle) openFiles() (int32, error) { return h.NumFDs() }

func (h handle) zombie() bool {
	status, err := h.Status()
	return err == nil && slices.Contains(status, gops.Zombie)
}

func (handle) commandLine() string { return "" }

func (handle) image() uint64 { return 0 }

func (handle) signature() codesign.Signature { return codesign.Signature{} }

// childPIDs asks each process for its parent; gopsutil's Children would run pgrep.
func childPIDs(pid int) ([]int, error) {
	all, err := gops.Processes()
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, p := range all {
		if parent, err := p.Ppid(); err == nil && int(parent) == pid {
			pids = append(pids, int(p.Pid))
		}
	}
	return pids, nil
}
