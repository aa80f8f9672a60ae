//go:build !linux

package scanner

import "errors"

func execEvents() error { return errors.ErrUnsupported }
