// Package services gives ports their names, and names their ports; and says
// where a port that is well known for one service is held by something else.
//
// Names come from several sources; the best one is named first and the others
// are kept, each with where it is from. A name says what a port is registered
// or usual for, or what a program is known for: it never vouches for the
// process that holds the port.
package services

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Name is one name of a port.
type Name struct {
	Port        uint16
	Proto       string // "tcp" or "udp"
	Name        string // as its source spells it: "ssh", "commplex-main", "AirPlay Receiver"
	Description string // in a few words, or ""
	Source      Source // the best of the sources that give this name
	Also        Sources
	Program     string // the program that the name holds for, of a hint or of a user's own name; "" is any
	Origin      string // where Source has it from: a registry's date, a document, a path, or ""
}

// Sources are all the sources that give this name, best first.
func (n *Name) Sources() []Source { return append([]Source{n.Source}, n.Also.List()...) }

// systemPath is where services(5) lies on every system we run on.
const systemPath = "/etc/services"

// Table looks names up. It never fails: a services(5) file that cannot be read
// has no names, and Problems says so. Open makes one; it is safe for concurrent
// use.
type Table struct {
	system  *systemFile
	iana    func() (registry, error)
	curated func() (curated, error)
	usual   func() *usuals
	ahead   sync.Once
}

// Open gives the table over a services(5) file, "" is /etc/services. Nothing is
// read before the first question. The file is read again once it has changed,
// which is looked at every few seconds at most.
func Open(path string) *Table {
	return open(cmp.Or(path, systemPath), time.Now)
}

func open(path string, now func() time.Time) *Table {
	t := &Table{
		system:  &systemFile{path: path, now: now},
		iana:    sync.OnceValues(loadIANA),
		curated: sync.OnceValues(loadCurated),
	}
	t.usual = sync.OnceValue(func() *usuals {
		c, _ := t.curated()
		return newUsuals(usualServices(), c.hints)
	})
	return t
}

// firstUserPort is where the ports begin that IANA registers for whoever asks (RFC
// 6335, section 6): what is registered there is often not in use any more.
const firstUserPort = 1024

// ByPort gives all names of a port: of TCP, then of UDP, each best first. What
// single programs use the port for stands behind the names that hold for any, but
// for a user port before those that are no more than registered.
func (t *Table) ByPort(port uint16) []Name {
	var all []Name
	c, _ := t.curated()
	behind := Apple
	if port >= firstUserPort {
		behind = Common
	}
	for _, p := range [...]protos{tcp, udp} {
		for _, s := range t.sources() {
			first, end := s.list.at(port)
			all = s.appendNames(all, first, end, p)
			if s.from == behind {
				all = c.appendHints(all, p, port)
			}
		}
	}
	return fold(all)
}

// ByName gives the ports that a name stands for, in ascending order, TCP first,
// and for one port the best source first. Capitals do not matter, nor which of
// "-", "_" and "." stands in it. An alias is found too, and Name is then the
// official name. What single programs use ports for is found behind the rest.
func (t *Table) ByName(name string) []Name {
	var found []Name
	for _, s := range t.sources() {
		found = s.appendCalled(found, name)
	}
	c, _ := t.curated()
	for i := range c.hints {
		h := &c.hints[i]
		if h.port == 0 || !h.called(name) {
			continue
		}
		for _, p := range [...]protos{tcp, udp} {
			found = h.appendName(found, p, h.port)
		}
	}
	slices.SortStableFunc(found, func(a, b Name) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto))
	})
	return fold(found)
}

// Problems says in a sentence each what is wrong with a source: the services(5)
// file is missing, cannot be read, or has lines that make no sense.
func (t *Table) Problems() []string {
	_, problems := t.system.current()
	problems = slices.Clone(problems)
	if _, err := t.iana(); err != nil {
		problems = append(problems, wordsIANA(err))
	}
	if _, err := t.curated(); err != nil {
		problems = append(problems, wordsCurated(err))
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
	from   Source
	origin string // of entries that give none
	list   list
}

// sources gives the lists of names that hold for any program, best first.
func (t *Table) sources() [4]sourced {
	t.ahead.Do(func() { go t.iana() }) // it unpacks while the file is read
	system, _ := t.system.current()
	iana, _ := t.iana()
	c, _ := t.curated()
	return [...]sourced{
		{Common, "", c.common},
		{System, t.system.path, system},
		{IANA, iana.date, iana.list},
		{Apple, "", c.apple},
	}
}

// appendNames adds the names for a protocol of some of the entries.
func (s *sourced) appendNames(all []Name, first, end int, p protos) []Name {
	for i := first; i < end; i++ {
		if s.list.rows[i].protos&p != 0 {
			all = append(all, s.name(i, p))
		}
	}
	return all
}

// appendCalled adds the names that are the asked one, or have it as an alias.
func (s *sourced) appendCalled(all []Name, name string) []Name {
	for i := range s.list.rows {
		if e := s.list.entry(i); !e.called(name) {
			continue
		}
		for _, p := range [...]protos{tcp, udp} {
			all = s.appendNames(all, i, i+1, p)
		}
	}
	return all
}

func (s *sourced) name(i int, p protos) Name {
	e := s.list.entry(i)
	return Name{
		Port: e.port, Proto: p.String(), Name: e.name, Description: e.description,
		Source: s.from, Origin: cmp.Or(e.origin, s.origin),
	}
}
