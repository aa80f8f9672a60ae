//go:build !linux && !darwin

package supervisor

import (
	"sync/atomic"
	"time"
)

// resolver knows nothing.
type resolver struct {
	wake chan struct{}
	news atomic.Bool
	home *background
}

func newResolver(Options) *resolver { return &resolver{home: newBackground()} }

func (*resolver) of(Socket) Manager { return Manager{} }

func (*resolver) tick(time.Time) {}

func (*resolver) notes(func(string, uint16) bool) []string { return nil }

func (*resolver) publishes(string, uint16) bool { return false }

func (*resolver) close() {}

func askers(Options) []asker { return nil }
