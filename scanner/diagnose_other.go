//go:build !linux

package scanner

func execEvents() error { return errNoExecEvents }
