package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v3/process"

	"portlight/app/desktop"
	"portlight/app/view"
	"portlight/scanner"
)

// cost is what this process has used, with the scans of its watcher, which may be nil.
func (p *program) cost(w *scanner.Watcher) view.CostJSON {
	var scans scanner.Cost
	if w != nil {
		scans = w.Cost()
	}
	return view.NewCostJSON(p.began, time.Since(p.began), usedCPU(), residentMemory(), scans)
}

// usedCPU is the time that this process has had of the processors, see getrusage(2).
func usedCPU() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// residentMemory is in bytes, 0 if it is not told.
func residentMemory() int64 {
	self, err := process.NewProcess(int32(os.Getpid()))
	if err != nil {
		return 0
	}
	memory, err := self.MemoryInfo()
	if err != nil {
		return 0
	}
	return int64(memory.RSS)
}

// agentCost asks the agent of a data folder what it has used. It waits two seconds at
// most. The error wraps desktop.ErrNotRunning where there is none.
func agentCost(dir string) (view.CostJSON, error) {
	answer, err := desktop.Tell(roleAgent, dir, desktop.Cost)
	if err != nil {
		return view.CostJSON{}, fmt.Errorf("ask for the cost: %w", err)
	}
	return view.ParseCost(answer)
}
