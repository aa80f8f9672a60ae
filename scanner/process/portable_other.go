//go:build !darwin

package process

import (
	"slices"

	gops "github.com/shirou/gopsutil/v3/process"
)

func kernelName(p *gops.Process) (string, error) { return p.Name() }

func openFiles(p *gops.Process) (int32, error) { return p.NumFDs() }

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

func zombie(p *gops.Process) bool {
	status, err := p.Status()
	return err == nil && slices.Contains(status, gops.Zombie)
}
