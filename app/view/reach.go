package view

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/firewall"
	"portlight/scanner/netif"
)

// reacher words who can reach listeners, by the network of the moment. Many
// listeners need few different words.
type reacher struct {
	net   *scanner.Network // nil while it is not known
	known map[reachKey]*reached
}

// reachKey is what the words depend on.
type reachKey struct {
	namespace, device string
	addr              netip.Addr
	dual              bool
}

// reached is who can reach a listener, a firewall aside.
type reached struct {
	reachText
	some, every []any  // what is filled in: of many networks the first, and all
	short       string // of some networks, for a row
	nobody      bool   // no network leads to it now
}

func reachedBy(t reachText, pairs ...any) *reached {
	return &reached{reachText: t, some: pairs, every: pairs, short: t.row.With(pairs...)}
}

// onlyHere is the reach of what no other computer can reach.
func onlyHere(t words.Text, pairs ...any) *reached { return reachedBy(reachText{t, t}, pairs...) }

func nobody(t words.Text, pairs ...any) *reached {
	r := onlyHere(t, pairs...)
	r.nobody = true
	return r
}

// whole is the sentence that names every network.
func (r *reached) whole() string { return r.sentence.With(r.every...) }

func newReacher(net *scanner.Network) *reacher {
	return &reacher{net: net, known: map[reachKey]*reached{}}
}

// of says who can reach a listener.
func (r *reacher) of(l *scanner.Listener) *reached {
	k := reachKey{l.Namespace, l.Device, l.Addr, l.DualStack}
	found, ok := r.known[k]
	if !ok {
		found = r.find(l)
		r.known[k] = found
	}
	return found
}

func (r *reacher) find(l *scanner.Listener) *reached {
	if l.Namespace != "" {
		return r.inside(l)
	}
	if why := r.cutOff(l); why != nil {
		return why
	}
	switch l.Scope() {
	case scanner.ScopeLoopback:
		return reachedBy(reachOwn)
	case scanner.ScopeLinkLocal:
		return r.onLink(l, reachLink, reachLinkOn)
	case scanner.ScopeInterface:
		return r.oneAddress(l)
	case scanner.ScopeMulticast:
		return r.group(l)
	}
	return r.anyone(l)
}

// cutOff says why nothing comes through the device that a listener is bound to, nil if
// something may.
func (r *reacher) cutOff(l *scanner.Listener) *reached {
	name := cmp.Or(l.Device, l.Addr.Zone())
	if name == "" || r.net == nil || len(r.net.Interfaces) == 0 {
		return nil
	}
	switch i := r.named(name); {
	case i == nil:
		return nobody(wordsNoNetwork, "Network", Clean(name, maxName))
	case !i.Up:
		return nobody(wordsNetworkDown, "Network", Clean(name, maxName))
	case l.Addr.Unmap().IsLoopback() && i.Kind != netif.Loopback && !has(i, l.Addr): // a VRF has it
		return nobody(wordsNotThrough, "Address", Clean(l.Addr.String(), maxName), "Network", Clean(name, maxName))
	}
	return nil
}

// inside words the reach of what listens in another network namespace: it is only
// there that it can be reached unless that has an address in a network of this
// computer.
func (r *reacher) inside(l *scanner.Listener) *reached {
	where := Clean(l.Namespace, maxName)
	addrs := r.insideAddrs(l)
	for _, a := range addrs {
		if i := r.neighbour(a); i != nil {
			return reachedBy(reachAddressOn, "Network", networkName(i, false), "Address", a.String())
		}
	}
	if len(addrs) == 0 {
		return onlyHere(wordsInside, "Place", where)
	}
	return reachedBy(reachAddressIn, "Address", addrs[0].String(), "Place", where)
}

// insideAddrs are the addresses of another network namespace at which a listener in
// it answers.
func (r *reacher) insideAddrs(l *scanner.Listener) []netip.Addr {
	var takes []netip.Addr
	if r.net == nil {
		return nil
	}
	for _, a := range r.net.Inside[l.Namespace] {
		if a == l.Addr.Unmap() || l.Scope() == scanner.ScopeAll && (l.DualStack || a.Is4() == l.Addr.Unmap().Is4()) {
			takes = append(takes, a)
		}
	}
	return takes
}

// neighbour is the interface in whose network another one has an address, or nil. An
// address that is this computer's own is a copy of it, as pasta(1) makes: that
// namespace has no other.
func (r *reacher) neighbour(a netip.Addr) *netif.Interface {
	if r.carrier(a) != nil {
		return nil
	}
	return r.interfaceWith(func(i *netif.Interface) bool {
		return i.Up && i.Kind != netif.Loopback && slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Contains(a) })
	})
}

// onLink is a reach on the network that a listener is bound to, if that is known.
func (r *reacher) onLink(l *scanner.Listener, anywhere, on reachText, pairs ...any) *reached {
	network := r.bound(l)
	if network == "" {
		return reachedBy(anywhere, pairs...)
	}
	return reachedBy(on, append(pairs, "Network", network)...)
}

// bound names the network that a listener is bound to, "Ethernet eth0", "" if that is
// not known.
func (r *reacher) bound(l *scanner.Listener) string {
	i := r.carrier(l.Addr)
	if l.Device != "" {
		if i = r.named(l.Device); i == nil {
			return Clean(l.Device, maxName)
		}
	}
	if i == nil {
		return ""
	}
	return networkName(i, false)
}

// group tells multicast from the limited broadcast of RFC 919, which no router passes
// on.
func (r *reacher) group(l *scanner.Listener) *reached {
	if a := l.Addr; a.IsMulticast() || a.Unmap().IsMulticast() {
		return r.onLink(l, reachGroup, reachGroupOn, "Group", Clean(a.String(), maxName))
	}
	return r.onLink(l, reachBroadcast, reachBroadcastOn)
}

// oneAddress words the reach of what is bound to one address.
func (r *reacher) oneAddress(l *scanner.Listener) *reached {
	a, i := l.Addr, r.carrier(l.Addr)
	if i != nil && l.Device != "" {
		i = r.named(l.Device)
	}
	text := Clean(a.String(), maxName)
	switch {
	case i == nil:
	case i.Kind == netif.Loopback:
		return reachedBy(reachAddress, "Address", text)
	case !i.Up: // others reach it all the same where they know a way
		return reachedBy(reachAddressDown, "Address", text, "Network", Clean(i.Name, maxName))
	default:
		return reachedBy(reachAddressOn, "Network", networkName(i, false), "Address", text)
	}
	if i := r.broadcastOf(a); i != nil {
		return reachedBy(reachBroadcastsOf, "Network", networkName(i, true))
	}
	if r.net != nil && len(r.net.Interfaces) > 0 {
		return nobody(wordsNoAddress, "Address", text)
	}
	return reachedBy(reachAddress, "Address", text)
}

// carrier is the interface that has an address, or nil.
func (r *reacher) carrier(a netip.Addr) *netif.Interface {
	return r.interfaceWith(func(i *netif.Interface) bool { return has(i, a) && (a.Zone() == "" || a.Zone() == i.Name) })
}

// has reports whether an address is one of an interface.
func has(i *netif.Interface, a netip.Addr) bool {
	a = a.WithZone("").Unmap()
	return slices.ContainsFunc(i.Addrs, func(p netip.Prefix) bool { return p.Addr() == a })
}

// named is the interface of this name, or nil.
func (r *reacher) named(name string) *netif.Interface {
	return r.interfaceWith(func(i *netif.Interface) bool { return i.Name == name })
}

// broadcastOf is the interface whose network has this broadcast address, or nil.
func (r *reacher) broadcastOf(a netip.Addr) *netif.Interface {
	return r.interfaceWith(func(i *netif.Interface) bool { return slices.Contains(i.Broadcast, a.Unmap()) })
}

func (r *reacher) interfaceWith(is func(*netif.Interface) bool) *netif.Interface {
	if r.net == nil {
		return nil
	}
	i := slices.IndexFunc(r.net.Interfaces, func(i netif.Interface) bool { return is(&i) })
	if i < 0 {
		return nil
	}
	return &r.net.Interfaces[i]
}

// anyone words the reach of what is bound to all addresses.
func (r *reacher) anyone(l *scanner.Listener) *reached {
	takes := familyOf(l)
	switch {
	case l.Device != "":
		return reachedBy(reachNetworks[takes], "Networks", r.device(l))
	case r.net == nil, len(r.net.Interfaces) == 0:
		return reachedBy(reachAll[takes])
	}
	names := r.networks(l)
	if len(names) == 0 {
		return nobody(wordsNoneUp)
	}
	found := reachedBy(reachNetworks[takes], "Networks", joinWords(names))
	found.every = []any{"Networks", words.List(names)}
	return found
}

// family is which of the two families of addresses a listener takes.
type family int

const (
	anyFamily family = iota
	ipv4Only
	ipv6Only
)

func familyOf(l *scanner.Listener) family {
	switch {
	case l.DualStack:
		return anyFamily
	case l.Addr.Unmap().Is4():
		return ipv4Only
	}
	return ipv6Only
}

func (r *reacher) device(l *scanner.Listener) string {
	if i := r.named(l.Device); i != nil {
		return networkName(i, takesIPv4(l))
	}
	return Clean(l.Device, maxName)
}

func takesIPv4(l *scanner.Listener) bool { return l.DualStack || l.Addr.Unmap().Is4() }

// networks names those that are up and carry an address that the listener takes,
// the ones that most people mean first.
func (r *reacher) networks(l *scanner.Listener) []string {
	var up []*netif.Interface
	for i := range r.net.Interfaces {
		if n := &r.net.Interfaces[i]; n.Up && n.Kind != netif.Loopback && len(reachable(n, l)) > 0 {
			up = append(up, n)
		}
	}
	slices.SortStableFunc(up, func(a, b *netif.Interface) int { return rank(a.Kind) - rank(b.Kind) })
	var names []string
	for _, n := range up {
		name := networkName(n, takesIPv4(l))
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// reachable gives the addresses of an interface at which others reach a listener
// on all addresses: of IPv6 those that are not link-local if there are any.
func reachable(n *netif.Interface, l *scanner.Listener) []netip.Addr {
	var all, links []netip.Addr
	for _, p := range n.Addrs {
		a := p.Addr().Unmap()
		switch {
		case a.Is4() != l.Addr.Unmap().Is4() && !l.DualStack:
		case a.IsLinkLocalUnicast():
			links = append(links, a.WithZone(n.Name))
		default:
			all = append(all, a)
		}
	}
	if len(all) == 0 {
		return links
	}
	return all
}

// Addresses gives what others would use to reach a listener now: a URL where a
// browser makes sense, else address and port, IPv6 in brackets.
func Addresses(l *scanner.Listener, network *scanner.Network, url string) []string {
	if network == nil {
		return nil
	}
	hosts := newReacher(network).hosts(l)
	port := strconv.Itoa(int(l.Port))
	scheme, _, web := strings.Cut(url, "://")
	var all []string
	for _, h := range hosts {
		place := net.JoinHostPort(Clean(h.String(), maxName), port)
		if web {
			place = scheme + "://" + strings.ReplaceAll(place, "%", "%25") + "/"
		}
		all = append(all, place)
	}
	return all
}

// hosts are the addresses at which others reach a listener.
func (r *reacher) hosts(l *scanner.Listener) (hosts []netip.Addr) {
	switch scope := l.Scope(); {
	case l.Namespace != "":
		for _, a := range r.insideAddrs(l) {
			if r.neighbour(a) != nil {
				hosts = append(hosts, a)
			}
		}
	case r.cutOff(l) != nil:
	case scope == scanner.ScopeInterface, scope == scanner.ScopeLinkLocal:
		return []netip.Addr{l.Addr.Unmap()}
	case scope == scanner.ScopeAll:
		for i := range r.net.Interfaces {
			if n := &r.net.Interfaces[i]; n.Up && n.Kind != netif.Loopback && (l.Device == "" || l.Device == n.Name) {
				hosts = append(hosts, reachable(n, l)...)
			}
		}
	}
	return hosts
}

// onDevice is an address at which this computer itself reaches a listener that is bound
// to a network device, zero if none is known: the kernel takes what goes to an address of
// its own for come in by the device that has it.
func (r *reacher) onDevice(l *scanner.Listener) netip.Addr {
	i := r.named(l.Device)
	if i == nil || !i.Up {
		return netip.Addr{}
	}
	for _, a := range reachable(i, l) {
		if !a.IsLoopback() && !a.IsLinkLocalUnicast() && (l.Addr.IsUnspecified() || a == l.Addr.Unmap()) {
			return a
		}
	}
	return netip.Addr{}
}

// ReachSentence is who can reach the listener of a row, with what is known of a
// firewall: "Anyone on Wi-Fi 192.168.1.12 can connect; ufw is on and may stop them".
func (r Row) ReachSentence() string { return r.withFirewall(r.reach.sentence.With(r.reach.some...)) }

func (r *Row) withFirewall(reach string) string {
	if r.Firewall == "" || r.reach.nobody {
		return reach
	}
	return wordsWithFirewall.With("Reach", reach, "Firewall", r.Firewall)
}

// firewallWords is empty where no other computer comes into question, and where
// nothing is known yet.
func firewallWords(l *scanner.Listener, network *scanner.Network) string {
	if network == nil || network.Firewall == (firewall.State{}) || !l.External() {
		return ""
	}
	f := network.Firewall
	switch f.Status {
	case firewall.Active:
		return wordsFirewallOn.With("Firewall", Clean(f.Name, maxName))
	case firewall.Inactive:
		return wordsFirewallOff.String()
	}
	return wordsFirewallUnknown.String()
}
