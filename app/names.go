package main

import (
	"maps"
	"sync/atomic"

	"portlight/app/history"
	"portlight/services"
)

// names gives ports their names, those that the user has given first. It is safe for
// concurrent use.
type names struct {
	*services.Table
	own atomic.Pointer[services.Overlay]
}

// newNames gives names with the own ones of a store, which may be nil.
func (p *program) newNames(s *history.Store) *names {
	n := &names{Table: services.Open(p.services)}
	if s == nil {
		return n
	}
	own, err := s.Names()
	if err != nil {
		p.log.Warn("own names are not known", "error", err)
	}
	n.use(overlay(own))
	return n
}

// use gives the user's own names, and reports whether they are others than before.
func (n *names) use(own services.Overlay) (changed bool) {
	before := n.own.Swap(&own)
	return before == nil && len(own) > 0 || before != nil && !maps.Equal(*before, own)
}

// Lookup is that of the table, with the user's own names.
func (n *names) Lookup(q services.Query) services.Answer {
	if own := n.own.Load(); own != nil {
		q.Own = *own
	}
	return n.Table.Lookup(q)
}

// overlay gives own names as the table takes them.
func overlay(all []history.Name) services.Overlay {
	var own []services.Own
	for _, n := range all {
		own = append(own, services.Own{Proto: n.Proto.String(), Port: n.Port, Program: n.Program, Name: n.Name})
	}
	return services.NewOverlay(own...)
}
