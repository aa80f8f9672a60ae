package desktop

import (
	"errors"
	"os"
	"path/filepath"
)

// loginFlag tells Portlight that the desktop started it.
const loginFlag = "--login"

// replaceFile writes a file whole or not at all.
func replaceFile(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".portlight-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// serviceStatus is what macOS says of an app that wants to start at login,
// SMAppServiceStatus in ServiceManagement/SMAppService.h.
type serviceStatus int

const (
	serviceOff serviceStatus = iota
	serviceOn
	serviceUnapproved
	serviceNotFound // macOS has never heard of it
)

// registered reports whether there is something to take back.
func (s serviceStatus) registered() bool { return s == serviceOn || s == serviceUnapproved }

// after says how a change went, by what macOS says afterwards and by the change's own
// error: that is one too where only the user's approval is missing.
func (s serviceStatus) after(on bool, fault error) error {
	switch {
	case on && s == serviceOn, !on && !s.registered():
		return nil
	case on && s == serviceUnapproved:
		return hintUnapproved
	case fault != nil:
		return fault
	}
	return hintNotChanged
}
