// Package services gives ports their names, and names their ports.
//
// Names come from several sources; the best one is named first and the others
// are kept, each with where it is from. A name says what a port is registered
// or usual for: it never vouches for the process that holds it.
package services

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Source is where a name is from.
type Source string

// The sources, best first.
const (
	User   Source = "user"   // the user's own name
	Hint   Source = "hint"   // what this program uses this port for
	Common Source = "common" // usual, registered or not
	System Source = "system" // the live /etc/services, services(5)
	IANA   Source = "iana"   // IANA Service Name and Transport Protocol Port Number Registry
)

// Name is one name of a port.
type Name struct {
	Port        uint16
	Proto       string // "tcp" or "udp"
	Name        string // as registered: "ssh", "commplex-main"
	Description string // in a few words, or ""
	Source      Source
}

// systemPath is where services(5) lies on every system we run on.
const systemPath = "/etc/services"

// Table looks names up, first in the live services(5) file, then in the
// embedded IANA registry. It never fails: a file that cannot be read has no
// names, and Problems says so. Open makes one; it is safe for concurrent use.
type Table struct {
	system *systemFile
	iana   func() (registry, error)
}

// Open gives the table over a services(5) file, "" is /etc/services. Nothing is
// read before the first question. The file is read again once it has changed,
// which is looked at every few seconds at most.
func Open(path string) *Table {
	return open(cmp.Or(path, systemPath), time.Now)
}

func open(path string, now func() time.Time) *Table {
	return &Table{system: &systemFile{path: path, now: now}, iana: sync.OnceValues(loadIANA)}
}

// Lookup gives the best name of a port and all of them, best first. A name that
// several sources know is there once for each. Without a name best is the zero
// Name and all is empty; so it is for any proto but "tcp" and "udp". Process is
// the name of the program that holds the port, "" if unknown; neither of the
// two sources looks at it.
func (t *Table) Lookup(proto string, port uint16, process string) (best Name, all []Name) {
	all = t.names(protoOf(proto), port)
	if len(all) == 0 {
		return Name{}, nil
	}
	return all[0], all
}

// ByPort gives all names of a port: of TCP, then of UDP, each best first.
func (t *Table) ByPort(port uint16) []Name {
	return append(t.names(tcp, port), t.names(udp, port)...)
}

// ByName gives the ports that a name stands for, in ascending order, TCP first,
// and for one port the best source first. Capitals do not matter. An alias in
// the services(5) file is found too, and Name is then the official name.
func (t *Table) ByName(name string) []Name {
	var found []Name
	for _, s := range t.sources() {
		for _, e := range s.list {
			if !e.called(name) {
				continue
			}
			for _, p := range [...]protos{tcp, udp} {
				found = e.appendName(found, p, s.from)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Name) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto))
	})
	return found
}

// Problems says in a sentence each what is wrong with a source: the services(5)
// file is missing, cannot be read, or has lines that make no sense.
func (t *Table) Problems() []string {
	_, problems := t.system.current()
	problems = slices.Clone(problems)
	if _, err := t.iana(); err != nil {
		problems = append(problems, wordsIANA(err))
	}
	return problems
}

// Registry is the date of the embedded IANA registry, "2026-04-23".
func (t *Table) Registry() string {
	r, _ := t.iana()
	return r.date
}

// sourced is a list with where it is from.
type sourced struct {
	from Source
	list list
}

// sources gives the lists, best first.
func (t *Table) sources() [2]sourced {
	system, _ := t.system.current()
	iana, _ := t.iana()
	return [...]sourced{{System, system}, {IANA, iana.list}}
}

func (t *Table) names(p protos, port uint16) []Name {
	sources := t.sources()
	n := 0
	for i := range sources {
		sources[i].list = sources[i].list.at(port)
		n += len(sources[i].list)
	}
	if n == 0 {
		return nil
	}
	all := make([]Name, 0, n)
	for _, s := range sources {
		for _, e := range s.list {
			all = e.appendName(all, p, s.from)
		}
	}
	return all
}
