//go:build !darwin

package process

import (
	"slices"

	gops "github.com/shirou/gopsutil/v3/process"
)

func kernelName(p *gops.Process) (string, error) { return p.Name() }

func zombie(p *gops.Process) bool {
	status, err := p.Status()
	return err == nil && slices.Contains(status, gops.Zombie)
}
