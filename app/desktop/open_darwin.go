package desktop

import "os/exec"

func startOpener(address string) error { return start(exec.Command("/usr/bin/open", address)) }
