package firewall

import (
	"cmp"
	"net/netip"
	"slices"
)

// Forward is what a rule of address translation does with ports of this computer:
// whoever connects to them comes out elsewhere, whether something listens on them
// or not.
type Forward struct {
	Proto     string     // "tcp" or "udp"
	Low, High uint16     // the ports, both ends included
	To        netip.Addr // where they lead to; of several places one; zero where that is not told
	Port      uint16     // there; 0 is the same one, or not told
	Here      bool       // they lead to Port of this computer itself
	By        string     // whose rule it is: "nftables", "iptables"
}

// Bounds of what is followed and kept.
const (
	maxForwards = 1 << 10
	maxSteps    = 1 << 20 // ranges of ports that are compared
	maxValues   = 1 << 20 // elements of sets that are looked at, all together
	maxJumps    = 16      // NFT_JUMP_STACK_SIZE of linux/netfilter/nf_tables.h
	maxSpans    = 1 << 10 // of one rule
)

// protocols are those of transport that have ports, as far as they are looked at.
type protocols byte

const (
	tcp protocols = 1 << iota
	udp
)

// protocolOf reads a name, or a number of IANA's registry.
func protocolOf(s string) protocols {
	switch s {
	case "tcp", "6":
		return tcp
	case "udp", "17":
		return udp
	case "all", "0":
		return tcp | udp
	}
	return 0
}

// span is a range of ports, both ends included.
type span struct{ low, high uint16 }

// match is which packets for this computer a rule is for. What else it may ask of
// them (where they are from, marks) is left out.
type match struct {
	protos protocols
	ports  []span
}

func everything() match { return match{tcp | udp, []span{{1, 65535}}} }

// and gives the packets that both are for; ok is false if there are none.
func (m match) and(o match) (both match, ok bool) {
	both.protos = m.protos & o.protos
	for _, a := range m.ports {
		for _, b := range o.ports {
			if s := (span{max(a.low, b.low), min(a.high, b.high)}); s.low <= s.high && len(both.ports) < maxSpans {
				both.ports = append(both.ports, s)
			}
		}
	}
	return both, both.protos != 0 && len(both.ports) > 0
}

// without gives the ports that are in none of the spans.
func without(spans []span) (rest []span) {
	next := 1
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.low, b.low) })
	for _, s := range spans {
		if int(s.low) > next {
			rest = append(rest, span{uint16(next), s.low - 1})
		}
		next = max(next, int(s.high)+1)
	}
	if next <= 65535 {
		rest = append(rest, span{uint16(next), 65535})
	}
	return rest[:min(len(rest), maxSpans)]
}

// place is where packets are led to, as Forward has it.
type place struct {
	to   netip.Addr
	port uint16
	here bool
}

// step is a way on from a rule: into another chain, or to a place.
type step struct {
	match
	chain string // "" where it is a place
	place
}

// owns reports whether one of a network's addresses is this computer's.
type owns func(netip.Prefix) bool

// walker follows rules from the chains that packets come to by themselves.
// Verdicts that end the way before are left out: a port may be kept from where it
// is said to lead.
type walker struct {
	by    string
	steps func(chain string) []step
	left  int
	seen  map[Forward]bool // without where they lead to
	found []Forward
}

// follow gives where ports lead to from some chains.
func follow(by string, steps func(chain string) []step, from ...string) []Forward {
	known := map[string][]step{}
	once := func(chain string) []step {
		if _, ok := known[chain]; !ok {
			known[chain] = steps(chain)
		}
		return known[chain]
	}
	w := walker{by: by, steps: once, left: maxSteps, seen: map[Forward]bool{}}
	for _, chain := range from {
		w.walk(chain, everything(), 0)
	}
	return w.found
}

func (w *walker) walk(chain string, m match, depth int) {
	if depth > maxJumps {
		return
	}
	for _, s := range w.steps(chain) {
		if w.left -= len(m.ports) * len(s.ports); w.left < 0 || len(w.found) >= maxForwards {
			return
		}
		switch both, ok := m.and(s.match); {
		case !ok:
		case s.chain != "":
			w.walk(s.chain, both, depth+1)
		default:
			w.add(both, s.place)
		}
	}
}

// add keeps the first place of ports. One that leads to the same port of this
// computer changes nothing for it.
func (w *walker) add(m match, p place) {
	if p.here && p.port == 0 {
		return
	}
	for _, proto := range []struct {
		is   protocols
		name string
	}{{tcp, "tcp"}, {udp, "udp"}} {
		for _, s := range m.ports {
			f := Forward{Proto: proto.name, Low: s.low, High: s.high, By: w.by}
			if m.protos&proto.is == 0 || w.seen[f] {
				continue
			}
			w.seen[f] = true
			f.To, f.Port, f.Here = p.to, p.port, p.here
			w.found = append(w.found, f)
		}
	}
}
