package firewall

import (
	"context"
	"time"

	"portlight/scanner/internal/command"
)

// socketFilter is the tool of macOS that tells the state to anybody.
const socketFilter = "/usr/libexec/ApplicationFirewall/socketfilterfw"

// The bounds of asking it.
const (
	socketFilterTimeout = 2 * time.Second // for all questions together
	socketFilterLimit   = 4 << 10         // bytes of an answer
)

func read(ctx context.Context) State {
	ctx, cancel := context.WithTimeout(ctx, socketFilterTimeout)
	defer cancel()
	ask := func(question string) []byte {
		answer, _ := command.Output(ctx, socketFilterLimit, socketFilter, question) // without one it is unknown
		return answer
	}
	global := ask("--getglobalstate")
	if parseGlobalState(global).Status != Active {
		return applicationState(global, nil, nil)
	}
	return applicationState(global, ask("--getblockall"), ask("--getstealthmode"))
}

func legacyTables() []string { return nil }
