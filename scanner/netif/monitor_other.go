//go:build !linux

package netif

// Monitor tells when interfaces come, go, or change. On this system it never does:
// whoever needs to know has to Read again.
type Monitor struct{}

// Open gives a Monitor that tells nothing.
func Open() (*Monitor, error) { return &Monitor{}, nil }

// Changed is false always.
func (m *Monitor) Changed() bool { return false }

// Wake gives nil, a channel that never delivers.
func (m *Monitor) Wake() <-chan struct{} { return nil }

// Close does nothing.
func (m *Monitor) Close() error { return nil }
