package services

import (
	"slices"
	"strings"
)

// program is a program that has a place in the tables of usual services, or in
// the hints.
type program struct {
	name     string
	service  string   // it is known for, or ""
	known    bool     // for a service, or as a tool that serves none
	anywhere bool     // it holds ports for others: socket activation, relays of containers
	home     []uint16 // further ports that it uses for its service
	hints    []hint
}

// index finds programs by the names that systems show them with.
type index map[string]*program

// comm(5) has 15 bytes of a program's name, and macOS 16 of it.
const (
	linuxComm = 15
	macComm   = 16
)

// add gives the program of this name, a new one if there is none yet.
func (x index) add(name string) *program {
	if p := x[name]; p != nil && p.name == name {
		return p
	}
	p := &program{name: name}
	x[name] = p
	for _, n := range [...]int{linuxComm, macComm} {
		if len(name) > n && x[name[:n]] == nil {
			x[name[:n]] = p
		}
	}
	return p
}

// find gives the program that a process's name stands for, or nil. The name may
// be cut to the length of comm, have a title behind it ("nginx: master
// process", "redis-server *:6379") or end in a version ("php-fpm8.2").
func (x index) find(name string) *program {
	if p := x[name]; p != nil {
		return p
	}
	if i := strings.IndexAny(name, ": "); i > 0 {
		name = name[:i]
		if p := x[name]; p != nil {
			return p
		}
	}
	return x[strings.TrimRight(name, "0123456789.-")]
}

// usuals is what ports are relied on for and what programs are known for.
type usuals struct {
	index
	ports map[portKey]*relied
}

// relied is what a port is relied on for.
type relied struct {
	*usual
	serve   []string   // programs
	holders []*program // programs and also
}

type portKey struct {
	proto protos
	port  uint16
}

func newUsuals(services []usual, hints []hint) *usuals {
	u := &usuals{index{}, map[portKey]*relied{}}
	for name := range strings.FieldsSeq(anywhere) {
		u.add(name).anywhere = true
	}
	for name := range strings.FieldsSeq(tools) {
		u.add(name).known = true
	}
	for _, h := range hints {
		p := u.add(h.program)
		p.hints = append(p.hints, h)
	}
	for i := range services {
		u.addUsual(&services[i])
	}
	return u
}

// addUsual takes a service in. A program is known for the first one that names it.
func (u *usuals) addUsual(s *usual) {
	r := &relied{usual: s, serve: strings.Fields(s.programs)}
	for _, name := range r.serve {
		p := u.add(name)
		r.holders = append(r.holders, p)
		p.home = append(p.home, s.home...)
		if !p.known {
			p.known, p.service = true, s.service
		}
	}
	for name := range strings.FieldsSeq(s.also) {
		r.holders = append(r.holders, u.add(name))
	}
	for _, port := range s.tcp {
		u.ports[portKey{tcp, port}] = r
	}
	for _, port := range s.udp {
		u.ports[portKey{udp, port}] = r
	}
}

// atHome reports whether a program holds a port whose own names say what it does.
func (u *usuals) atHome(p *program, proto protos, port uint16) bool {
	r := u.ports[portKey{proto, port}]
	return slices.Contains(p.home, port) || r != nil && (p.anywhere || slices.Contains(r.holders, p))
}

// appendNear adds what the programs use this very port for; for one that is away
// from its usual ports, what it is known for.
func (u *usuals) appendNear(all []Name, q *Query, proto protos) []Name {
	for _, name := range q.Programs {
		p := u.find(name)
		if p == nil {
			continue
		}
		before := len(all)
		for i := range p.hints {
			if p.hints[i].port == q.Port {
				all = p.hints[i].appendName(all, proto, q.Port)
			}
		}
		if len(all) == before && p.service != "" && !u.atHome(p, proto, q.Port) {
			all = append(all, Name{Port: q.Port, Proto: proto.String(), Name: p.service, Source: Hint, Program: p.name})
		}
	}
	return all
}

// appendAny adds what the programs use any port for, unless they are usual on it.
func (u *usuals) appendAny(all []Name, q *Query, proto protos) []Name {
	for _, name := range q.Programs {
		p := u.find(name)
		if p == nil || len(p.hints) == 0 || u.atHome(p, proto, q.Port) {
			continue
		}
		for i := range p.hints {
			if p.hints[i].port == 0 {
				all = p.hints[i].appendName(all, proto, q.Port)
			}
		}
	}
	return all
}
