//go:build !linux

package firewall

import "context"

type translation struct{}

func (*translation) read(context.Context) ([]Forward, error) { return nil, nil }
