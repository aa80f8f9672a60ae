//go:build !linux && !darwin

package desktop

import ()

// LoginItem fails: it comes with a later version.
func LoginItem() (on bool, err error) {
	return false, failed(hintNotYet, triedReadLogin)
}

// SetLoginItem fails: it comes with a later version.
func SetLoginItem(on bool) error {
	return failed(hintNotYet, triedSetLogin)
}
