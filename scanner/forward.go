package scanner

import (
	"cmp"
	"slices"

	"portlight/scanner/firewall"
)

// maxForwardNotes bounds the notes on ports that rules lead elsewhere.
const maxForwardNotes = 12

// forwardNotes tells of ports that rules lead elsewhere: those without a listener, and
// that nothing has told of.
func forwardNotes(f forwards, host []Listener, told func(proto string, port uint16) bool) (notes []string) {
	if f.why != "" {
		notes = append(notes, wordForwardsUnknown.With("Reason", f.why))
	}
	if len(f.all) == 0 {
		return notes
	}
	ports := portsOf(host)
	left := 0
	for _, x := range inOrder(f.all) {
		listened := within(ports[x.Proto], x)
		switch {
		case listened > int(x.High-x.Low), x.Low == x.High && told(x.Proto, x.Low):
		case len(notes) < maxForwardNotes:
			notes = append(notes, forwardWords(x, listened))
		default:
			left++
		}
	}
	if left > 0 {
		notes = append(notes, wordMoreForwards.Of(left))
	}
	return notes
}

// inOrder gives the ports by their numbers, and of those with the same ones the first.
func inOrder(all []firewall.Forward) []firewall.Forward {
	order := func(a, b firewall.Forward) int {
		return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High), cmp.Compare(a.Proto, b.Proto))
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, order)
	return slices.CompactFunc(all, func(a, b firewall.Forward) bool { return order(a, b) == 0 })
}

// portsOf gives the ports that have a listener, sorted, by protocol.
func portsOf(listeners []Listener) map[string][]uint16 {
	ports := map[string][]uint16{}
	for i := range listeners {
		proto := listeners[i].Proto.String()
		ports[proto] = append(ports[proto], listeners[i].Port)
	}
	for proto, list := range ports {
		slices.Sort(list)
		ports[proto] = slices.Compact(list)
	}
	return ports
}

// within counts the ports, sorted, that a rule leads elsewhere.
func within(ports []uint16, f firewall.Forward) int {
	from, _ := slices.BinarySearch(ports, f.Low)
	to, both := slices.BinarySearch(ports, f.High)
	if both {
		to++
	}
	return to - from
}
