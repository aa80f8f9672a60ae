package desktop

import (
	"net/url"
	"os/exec"
	"strconv"
)

// OpenURL opens an http or https address in the user's browser. It does not
// wait for the browser, so the error tells only that none could be started.
func OpenURL(address string) error {
	clean, err := webURL(address)
	if err == nil {
		err = startOpener(clean)
	}
	return failed(err, triedOpen, "Place", strconv.Quote(address))
}

// webURL gives the address in its normal form, which begins with its scheme and
// so is never taken for an option.
func webURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", hintNotWeb
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", hintNotWeb
	}
	return u.String(), nil
}

// start runs a program without waiting for it and takes note of its end.
func start(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait()
	return nil
}
