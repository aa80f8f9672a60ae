package scanner

import (
	"context"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/command"
	"portlight/scanner/process"
)

// netstatOutput is how much netstat may print, in bytes: some 200 a socket.
const netstatOutput = 16 << 20

// openers are the sources in the order of preference.
func openers() []opener {
	return newMacOS(unix.SysctlRaw, runNetstat, process.Summarize, readPortRange()).openers()
}

func runNetstat(ctx context.Context, proto string) ([]byte, error) {
	return command.Output(ctx, netstatOutput, "/usr/sbin/netstat", "-anvl", "-p", proto)
}
