//go:build !darwin

package codesign

import "errors"

func kernelOf(int) csops {
	return func(uintptr, []byte) error { return errors.ErrUnsupported }
}
