package services

import (
	"slices"

	"portlight/assets/words"
)

// Mismatch says that a port which is well known for one service is held by a
// program that is none of the usual ones for it. That proves nothing: a program
// may have any name, and another one may serve the same service.
type Mismatch struct {
	Port    uint16
	Service string   // what people rely on the port for: "ssh"
	Usual   []string // programs that serve it, the most usual first
	Program string   // the first of those that hold it, as in the Query
}

// String is the mismatch as a sentence: "22 is usual for ssh (sshd, dropbear),
// but nc holds it". The program's name may hold any bytes.
func (m Mismatch) String() string {
	return wordMismatch.With("Port", m.Port, "Service", m.Service, "Programs", m.SayUsual(), "Program", m.Program)
}

// maxSaid bounds the programs that a sentence names.
const maxSaid = 3

// SayUsual lists the programs that serve it, the first three of them.
func (m Mismatch) SayUsual() string {
	programs := m.Usual
	if len(programs) > maxSaid {
		programs = append(slices.Clone(programs[:maxSaid]), "…")
	}
	return words.Enumerate(programs)
}

// mismatch gives what is unusual about the programs that hold a port, or nil.
// One usual program among them is enough: a group of processes shares a socket.
func (u *usuals) mismatch(q *Query, proto protos) *Mismatch {
	r := u.ports[portKey{proto, q.Port}]
	if r == nil {
		return nil
	}
	odd := ""
	for _, name := range q.Programs {
		if name == "" || u.isUsual(r, name, proto, q.Port) {
			return nil
		}
		if odd == "" {
			odd = name
		}
	}
	if odd == "" {
		return nil
	}
	return &Mismatch{q.Port, r.service, slices.Clone(r.serve), odd}
}

func (u *usuals) isUsual(r *relied, name string, proto protos, port uint16) bool {
	p := u.find(name)
	switch {
	case p == nil:
		return r.open
	case slices.Contains(r.holders, p) || p.hasHint(proto, port):
		return true
	case r.open:
		return !p.known
	}
	return p.anywhere
}

func (p *program) hasHint(proto protos, port uint16) bool {
	return slices.ContainsFunc(p.hints, func(h hint) bool { return h.port == port && h.protos&proto != 0 })
}
