package desktop

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// copyTimeout bounds the wait for a program or a server that takes the text.
const copyTimeout = 3 * time.Second

// pipe gives a text to a program on its standard input. The program's other
// streams are left closed to us, because those that stay behind to serve the
// clipboard would keep a pipe open.
func pipe(text string, env []string, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), copyTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.Env = env
	cmd.WaitDelay = copyTimeout
	return cmd.Run()
}
