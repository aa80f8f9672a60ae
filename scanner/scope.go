package scanner

import "net/netip"

// Scope says from where a bind address can be reached at all. It looks at the
// address and the bound device only: interfaces that are up and firewalls are
// facts of the moment and judged elsewhere.
type Scope uint8

// The scopes, from the narrowest to the widest.
const (
	ScopeLoopback  Scope = iota // this computer only
	ScopeLinkLocal              // one link: 169.254/16, fe80::/10
	ScopeInterface              // one specific address
	ScopeMulticast              // a multicast or the broadcast address
	ScopeAll                    // 0.0.0.0 or [::]
)

var scopeNames = [...]string{"loopback", "link-local", "interface", "multicast", "all"}

// String is the scope's name in JSON.
func (s Scope) String() string {
	if int(s) < len(scopeNames) {
		return scopeNames[s]
	}
	return "unknown"
}

// ScopeOf gives the scope of a bind address (RFC 4291 and RFC 6890 name the
// ranges). A socket bound to the loopback device is loopback whatever its
// address; an IPv4-mapped address counts as its IPv4 address.
func ScopeOf(addr netip.Addr, device string) Scope {
	addr = addr.Unmap()
	switch {
	case addr.IsLoopback(), device == "lo", device == "lo0":
		return ScopeLoopback
	case addr.IsUnspecified():
		return ScopeAll
	case addr.IsMulticast(), addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return ScopeMulticast
	case addr.IsLinkLocalUnicast():
		return ScopeLinkLocal
	}
	return ScopeInterface
}
