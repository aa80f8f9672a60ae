package desktop

import "os/exec"

// revealFile selects a file in the Finder, open(1).
func revealFile(path string) error { return start(exec.Command("/usr/bin/open", "-R", path)) }
