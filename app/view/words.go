package view

import "portlight/scanner"

// The words that rows, menu and sentences are made of.
const (
	wordKernel = "kernel"
	wordHidden = "hidden"
)

// Reach says in a short sentence who can reach a listener, from its address
// alone: a firewall may still be in the way.
func Reach(l *scanner.Listener) string {
	if l.Namespace != "" {
		return "Inside its container only"
	}
	on := ""
	if l.Device != "" {
		on = " through " + Clean(l.Device, maxName)
	}
	switch l.Scope() {
	case scanner.ScopeLoopback:
		return "Only this computer"
	case scanner.ScopeLinkLocal:
		return "Computers on the same link" + on
	case scanner.ScopeInterface:
		return "Anyone who can reach " + Clean(l.Addr.String(), maxName) + on
	case scanner.ScopeMulticast:
		return "Computers in the multicast group " + Clean(l.Addr.String(), maxName) + on
	}
	switch {
	case l.DualStack:
		return "Anyone on any network" + on
	case l.Addr.Is4():
		return "Anyone on any network, by IPv4" + on
	}
	return "Anyone on any network, by IPv6" + on
}
