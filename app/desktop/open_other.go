//go:build !linux && !darwin

package desktop

import "os/exec"

func startOpener(address string) error { return start(exec.Command("xdg-open", address)) }
