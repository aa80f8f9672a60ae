package scanner

import (
	"context"
	"fmt"
	"net"

	"portlight/scanner/sockdiag"
)

// Clients are the connections to the host's TCP listeners at one moment, counted.
type Clients struct{ counts sockdiag.ClientCounts }

// CountClients counts the established TCP connections of the host's network. It
// goes through all of them, so it is for when somebody looks. The error says why
// the system does not tell.
func CountClients(ctx context.Context) (*Clients, error) { return countClients(ctx, 0) }

// ClientsOf counts the clients of one listener, as Clients.Of gives them. The kernel
// tells of its port only, which is cheaper than CountClients. Where ok is false
// nobody is asked.
func ClientsOf(ctx context.Context, l *Listener) (n int, ok bool, err error) {
	if !l.hasClients() {
		return 0, false, nil
	}
	clients, err := countClients(ctx, l.Port)
	if err != nil {
		return 0, false, err
	}
	n, ok = clients.Of(l)
	return n, ok, nil
}

// countClients counts those of a port, 0 is all.
func countClients(ctx context.Context, port uint16) (*Clients, error) {
	counts, err := sockdiag.Clients(ctx, port)
	if err != nil {
		return nil, fmt.Errorf("count clients: %w", err)
	}
	return &Clients{counts}, nil
}

// Of gives how many clients a listener has; ok is false for UDP, which has no
// connections, and for what listens in another network namespace.
func (c *Clients) Of(l *Listener) (n int, ok bool) {
	if !l.hasClients() {
		return 0, false
	}
	at, _ := l.bound() // with its interface all its connections are gone
	return c.counts[at], true
}

// bound is where a listener listens as sockdiag names it. Where the interface that it
// is bound to has gone ok is false.
func (l *Listener) bound() (at sockdiag.Bound, ok bool) {
	at = sockdiag.Bound{Addr: l.Addr.WithZone("").Unmap(), Port: l.Port}
	device := l.Device + l.Addr.Zone()
	if device == "" {
		return at, true
	}
	ifi, err := net.InterfaceByName(device)
	if err != nil {
		return sockdiag.Bound{}, false
	}
	at.Device = uint32(ifi.Index)
	return at, true
}

// hasClients reports whether connections to a listener may be counted.
func (l *Listener) hasClients() bool { return l.Proto == TCP && l.Namespace == "" }
