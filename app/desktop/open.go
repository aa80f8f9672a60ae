package desktop

import (
	"errors"
	"fmt"
	"net/url"
	"os/exec"
)

// OpenURL opens an http or https address in the user's browser. It does not
// wait for the browser, so the error tells only that none could be started.
func OpenURL(address string) error {
	clean, err := webURL(address)
	if err == nil {
		err = startOpener(clean)
	}
	if err != nil {
		return fmt.Errorf("open %q: %w", address, err)
	}
	return nil
}

// webURL gives the address in its normal form, which begins with its scheme and
// so is never taken for an option.
func webURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New(hintNotWeb)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", errors.New(hintNotWeb)
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
