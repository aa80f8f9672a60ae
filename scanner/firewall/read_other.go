//go:build !linux && !darwin

package firewall

import "context"

func read(context.Context) State { return State{"", Unknown, wordNotReadable.String()} }

func legacyTables() []string { return nil }
