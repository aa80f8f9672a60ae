package process

import (
	"path"
	"strings"
)

// commLen is from how many bytes on a short name may be cut: Linux keeps 15
// (TASK_COMM_LEN in sched.h, without the final NUL), macOS 16.
const commLen = 15

// programName is the base name of the executable, or where that is hidden the
// kernel's short name, completed if it was cut. The arguments serve for nothing
// else: daemons rewrite them to titles ("sshd: /usr/sbin/sshd [listener]").
func programName(exe, comm string, args []string) string {
	if exe != "" {
		return path.Base(exe)
	}
	if len(comm) < commLen {
		return comm
	}
	for _, arg := range args[:min(len(args), 2)] {
		if full, ok := complete(comm, arg); ok {
			return full
		}
	}
	return comm
}

// complete finds the whole of a cut name in an argument: the program itself, the
// script that an interpreter runs, or a title that begins with the name.
func complete(comm, arg string) (string, bool) {
	if !strings.HasPrefix(arg, comm) {
		arg = path.Base(arg)
	}
	rest, ok := strings.CutPrefix(arg, comm)
	if !ok {
		return "", false
	}
	if end := strings.IndexAny(rest, " :/"); end >= 0 {
		rest = rest[:end]
	}
	return comm + rest, true
}
