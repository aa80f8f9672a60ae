package desktop

import (
	"os/exec"
	"syscall"
)

// startOpener gives the opener a session of its own, so that neither Ctrl-C nor
// the end of this process ends the browser that it may become.
func startOpener(address string) error {
	path, err := exec.LookPath("xdg-open")
	if err != nil {
		return hintNoXDGOpen
	}
	cmd := exec.Command(path, address)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return start(cmd)
}
