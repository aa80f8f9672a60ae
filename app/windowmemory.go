//go:build !nowindow

package main

import (
	"context"
	"errors"
	"time"

	"portlight/app/desktop"
	"portlight/app/history"
	"portlight/app/window"
)

// windowMemory opens the memory for the window, and follows what others write to it.
type windowMemory struct {
	program *program
	dir     string
	names   *names
	again   chan struct{}     // names were given
	stored  map[string]string // as the window opened
	store   *history.Store
	why     string // why there is none, as it was told last
}

func newWindowMemory(p *program, dir string) *windowMemory {
	return &windowMemory{program: p, dir: dir, names: p.names(), again: make(chan struct{}, 1)}
}

// settings reads what is stored as the window opens; nil if there is no memory, which is
// told later.
func (m *windowMemory) settings() map[string]string {
	if s, err := openMemoryIn(m.dir, nil); err == nil {
		m.stored, _ = s.Settings()
		s.Close()
	}
	return m.stored
}

// renamed has the names read anew. It may be called from any goroutine.
func (m *windowMemory) renamed() {
	select {
	case m.again <- struct{}{}:
	default:
	}
}

// memoryPeriod is how often it is looked whether others have written.
const memoryPeriod = time.Second

// follow gives the window the memory, as soon as there is one, until ctx ends.
func (m *windowMemory) follow(ctx context.Context, w *window.Window) {
	tick := time.NewTicker(memoryPeriod)
	defer tick.Stop()
	defer m.close()
	for {
		m.look(w)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-m.again:
			m.readNames(w)
		}
	}
}

func (m *windowMemory) close() {
	if m.store != nil {
		m.store.Close()
	}
}

func (m *windowMemory) look(w *window.Window) {
	if m.store == nil {
		m.open(w)
		return
	}
	changed, err := m.store.Changed()
	switch {
	case err != nil:
		m.close()
		m.store = nil
		m.tell(w, err)
	case changed:
		w.MemoryChanged()
		m.readNames(w)
	}
}

// open opens the memory, if there is one by now. An error is told once.
func (m *windowMemory) open(w *window.Window) {
	s, err := openMemoryIn(m.dir, func() { tell(roleAgent, m.dir, desktop.Refresh) })
	if err != nil {
		m.tell(w, err)
		return
	}
	m.store, m.why = s, ""
	w.SetMemory(s, nil)
	m.readNames(w)
}

func (m *windowMemory) tell(w *window.Window, err error) {
	if m.why == err.Error() {
		return
	}
	m.why = err.Error()
	if errors.Is(err, errNoMemory) {
		err = nil
	}
	w.SetMemory(nil, err)
}

// readNames gives rows the user's own names.
func (m *windowMemory) readNames(w *window.Window) {
	if m.store == nil {
		return
	}
	own, err := m.store.Names()
	if err != nil {
		m.program.log.Warn("own names are not known", "error", err)
		return
	}
	if m.names.use(overlay(own)) {
		w.NamesChanged()
	}
}
