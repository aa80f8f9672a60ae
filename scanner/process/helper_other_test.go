//go:build !linux

package process

import "syscall"

func prepare(string) {}

func childAttr() *syscall.SysProcAttr { return nil }
