// Package netif tells the network interfaces of this computer, what kind of
// network each leads to, and on Linux and macOS when they change.
package netif

import (
	"cmp"
	"net/netip"
	"slices"
)

// Kind is the kind of network that an interface leads to, as far as the system
// tells.
type Kind string

// The kinds.
const (
	Loopback  Kind = "loopback"  // this computer
	Ethernet  Kind = "ethernet"  // a cable; a bond, a VLAN and the like on it too
	WiFi      Kind = "wifi"      //
	VPN       Kind = "vpn"       // a tunnel to others: WireGuard, Tailscale, tun, IPsec
	Bridge    Kind = "bridge"    // a switch in this computer; Detail says if a cable is in it
	Container Kind = "container" // containers on this computer: their bridge, or a cable to one
	Virtual   Kind = "virtual"   // another device of software: for virtual machines, for tests, for tunnels without a cipher
	Cellular  Kind = "cellular"  // a mobile network
	Other     Kind = "other"     // not told, or rare: Detail may say more
)

// The details of a Bridge by which others are reached.
const (
	WithEthernet = "Ethernet" // a cable is in it
	WithWiFi     = "Wi-Fi"
)

// Interface is a network interface.
type Interface struct {
	Index  int
	Name   string
	Kind   Kind
	Detail string // a name for it, in the language in use when it was read, to be shown behind the kind: "Tailscale", "Docker bridge", "VLAN"; or ""
	Up     bool   // switched on, and there is a carrier

	// Addrs are its addresses that answer, with the length of their network's
	// prefix. They are without zone: that of a link-local one is Name. IPv4 comes
	// first; of a family those first that are best passed on: link-local ones, and
	// those that are temporary or on their way out, come last.
	Addrs []netip.Prefix

	// Broadcast are the addresses by which all in its IPv4 networks are spoken to.
	Broadcast []netip.Addr
}

// Equal reports whether all facts are the same.
func (i *Interface) Equal(o *Interface) bool {
	return i.Index == o.Index && i.Name == o.Name && i.Kind == o.Kind && i.Detail == o.Detail && i.Up == o.Up &&
		slices.Equal(i.Addrs, o.Addrs) && slices.Equal(i.Broadcast, o.Broadcast)
}

// Equal reports whether two answers of Read are the same.
func Equal(a, b []Interface) bool {
	return slices.EqualFunc(a, b, func(x, y Interface) bool { return x.Equal(&y) })
}

// Read gives the interfaces of the network namespace of the calling thread, sorted
// by index.
//
// Linux tells all by rtnetlink(7) and /sys/class/net. On other systems the kind is
// told by the name, so far as that is sure: of an "en0", which may be Ethernet or
// Wi-Fi, macOS's kernel is asked; and the broadcast address is taken to be the last of
// its network.
func Read() ([]Interface, error) { return read() }

// address is an address of an interface.
type address struct {
	index     int
	prefix    netip.Prefix
	broadcast netip.Addr // or none
	passing   bool       // temporary, deprecated, or not the first of its network
}

// attach gives interfaces their addresses, and sorts all.
func attach(all []Interface, addrs []address) {
	slices.SortFunc(all, func(a, b Interface) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(addrs, address.compare)
	for _, a := range addrs {
		i, found := slices.BinarySearchFunc(all, a.index, func(i Interface, index int) int { return cmp.Compare(i.Index, index) })
		if !found { // it came after the interfaces were read
			continue
		}
		all[i].Addrs = append(all[i].Addrs, a.prefix)
		if a.broadcast.IsValid() && !slices.Contains(all[i].Broadcast, a.broadcast) {
			all[i].Broadcast = append(all[i].Broadcast, a.broadcast)
		}
	}
}

func (a address) compare(b address) int {
	return cmp.Or(
		cmp.Compare(a.prefix.Addr().BitLen(), b.prefix.Addr().BitLen()),
		cmp.Compare(a.rank(), b.rank()),
		a.prefix.Addr().Compare(b.prefix.Addr()),
		cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
	)
}

// rank is 0 for what is best passed on.
func (a address) rank() (rank int) {
	if a.prefix.Addr().IsLinkLocalUnicast() {
		rank += 2
	}
	if a.passing {
		rank++
	}
	return rank
}
