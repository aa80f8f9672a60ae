package alerts

import (
	"net/netip"
	"time"

	"portlight/scanner"
)

// Fingerprint is what makes a listener the same as one before. It holds no
// address and no pid: a new lease or a restart is not new. It is comparable.
type Fingerprint struct {
	Program string // its identity, see Program
	Proto   scanner.Proto
	Port    uint16 // 0 for every ephemeral port
	Reach   Reach
}

// Reach is the class of who can reach a listener. IPv4, at whatever address,
// covers everything else that is external: that a program answers over IPv6 too,
// by dual stack or by another socket, is not news. IPv6 alone covers all but
// every IPv4 network: the step to 0.0.0.0, or to dual stack, is Wider. A specific
// IPv4 address in its place is none, it may be a new lease.
type Reach string

// The classes.
const (
	ReachLoopback  Reach = "loopback"
	ReachIPv6      Reach = "ipv6"      // others, by IPv6 only
	ReachIPv4      Reach = "ipv4"      // others, by IPv4 or both
	ReachContainer Reach = "container" // another namespace
)

// Sighting is a fingerprint with when it was seen.
type Sighting struct {
	Fingerprint
	First, Last time.Time
}

// Fingerprints gives those of all programs that hold a listener, at least one.
func Fingerprints(l *scanner.Listener) []Fingerprint {
	var all []Fingerprint
	for _, program := range programs(l) {
		all = append(all, newFingerprint(l, program))
	}
	return all
}

func newFingerprint(l *scanner.Listener, program string) Fingerprint {
	f := Fingerprint{Program: program, Proto: l.Proto, Port: l.Port}
	switch {
	case l.Namespace != "":
		f.Reach = ReachContainer
	case !l.External():
		f.Reach = ReachLoopback
	case l.DualStack, l.Addr.Unmap().Is4():
		f.Reach = ReachIPv4
	default:
		f.Reach = ReachIPv6
	}
	if l.Ephemeral {
		f.Port = 0
	}
	return f
}

// anyIPv4 reports whether a listener takes what comes for any IPv4 address.
func anyIPv4(l *scanner.Listener) bool {
	return l.DualStack || l.Addr.Unmap() == netip.IPv4Unspecified()
}
