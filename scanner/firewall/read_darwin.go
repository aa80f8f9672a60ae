package firewall

import (
	"context"
	"os/exec"
	"time"
)

// socketFilter is the tool of macOS that tells the state to anybody.
const socketFilter = "/usr/libexec/ApplicationFirewall/socketfilterfw"

func read(ctx context.Context) State {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, socketFilter, "--getglobalstate")
	cmd.WaitDelay = 100 * time.Millisecond
	out, err := cmd.Output()
	if err != nil {
		out = nil
	}
	return parseGlobalState(out)
}

func legacyTables() []string { return nil }
