package services

import "strings"

// Own is a name that the user gives a port.
type Own struct {
	Program string // base name of the program that it holds for, as in Query; "" is any
	Proto   string // "tcp" or "udp"; "" is both
	Port    uint16
	Name    string
}

// Overlay holds the user's own names. NewOverlay makes one; it does not change,
// and nil is one without names.
type Overlay map[ownKey]string

type ownKey struct {
	program string
	proto   protos
	port    uint16
}

// NewOverlay gives the overlay of these names. Of two for the same program,
// protocol and port the later one counts. What cannot be shown is left out of a
// name, and a name that is empty then, or for another protocol than TCP and
// UDP, is no name.
func NewOverlay(names ...Own) Overlay {
	o := make(Overlay, len(names))
	for _, n := range names {
		name := shorten(strings.TrimSpace(clean(n.Name)))
		if name == "" {
			continue
		}
		for _, p := range [...]protos{tcp, udp} {
			if n.Proto == "" || protoOf(n.Proto) == p {
				o[ownKey{n.Program, p, n.Port}] = name
			}
		}
	}
	return o
}

// appendNames adds the names of a port: that for one of the programs first.
func (o Overlay) appendNames(all []Name, programs []string, p protos, port uint16) []Name {
	if len(o) == 0 {
		return all
	}
	for _, program := range programs {
		if name, ok := o[ownKey{program, p, port}]; ok && program != "" {
			all = append(all, Name{Port: port, Proto: p.String(), Name: name, Source: User, Program: program})
		}
	}
	if name, ok := o[ownKey{"", p, port}]; ok {
		all = append(all, Name{Port: port, Proto: p.String(), Name: name, Source: User})
	}
	return all
}
