//go:build !linux

package process

import "context"

func (t target) run(ctx context.Context) (Outcome, error) { return t.runByPID(ctx) }

func look(pid int) (facts, error) { return portableLook(pid) }

func executable(pid int) (string, error) { return portableExe(pid) }
