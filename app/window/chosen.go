package window

import (
	"context"
	"maps"
	"slices"
	"time"

	"portlight/app/view"
	"portlight/scanner"
	"portlight/scanner/process"
)

// chosen is the listener whose details are shown, and what is known of it by now.
type chosen struct {
	row     *view.Row // as it was last seen, nil for none
	gone    bool      // it has closed
	goneAt  time.Time // when that was seen
	known   map[process.ID]reading
	asked   map[process.ID]bool
	clients *clients // nil while they are not known
	past    []pair   // what the memory tells

	asking bool               // for the clients
	drop   context.CancelFunc // ends what is read for this listener
	ctx    context.Context    // of that
}

// choose shows the details of a listener, which may have closed a moment ago.
func (w *Window) choose(id string) {
	c := &w.chosen
	e, ghost := w.model.find(id), w.model.ghost(id)
	if c.row != nil && c.row.ID == id && (e == nil) == c.gone || e == nil && ghost == nil {
		return
	}
	if c.drop != nil {
		c.drop()
	}
	asking := c.asking
	*c = chosen{known: map[process.ID]reading{}, asked: map[process.ID]bool{}, asking: asking}
	c.ctx, c.drop = context.WithCancel(context.Background())
	w.wish = wish{}
	if e == nil {
		c.row, c.gone, c.goneAt = &ghost.Row, true, ghost.since
		w.entitle()
		w.describe()
		w.recall()
		return
	}
	w.chosenIs(e)
	w.findClients()
	w.recall()
}

// follow keeps the details of the chosen listener true after a snapshot.
func (w *Window) follow() {
	c := &w.chosen
	if c.row == nil {
		return
	}
	e := w.model.find(c.row.ID)
	if e == nil {
		if !c.gone {
			c.gone, c.goneAt = true, w.now()
		}
		w.describe()
		return
	}
	w.chosenIs(e)
}

func (w *Window) chosenIs(e *entry) {
	row := e.Row
	w.chosen.row, w.chosen.gone = &row, false
	w.entitle()
	w.describe()
	w.read()
}

// Refresh looks anew at who is connected to the chosen listener, at what its processes
// take of the computer, and at how long ago everything was.
func (w *Window) Refresh() {
	w.do(func() {
		w.findClients()
		w.measure()
		switch w.nav.chosen {
		case tabListeners:
			w.list.list.Refresh()
		case tabAlerts:
			w.alerts.aged()
		}
	})
}

// findClients finds who is connected to the chosen listener, unless that is going on
// already.
func (w *Window) findClients() {
	c := &w.chosen
	if c.row == nil || c.gone || c.asking || c.row.Listener.Proto != scanner.TCP {
		return
	}
	c.asking = true
	ctx, l := c.ctx, c.row.Listener
	w.spawn(func() {
		list, total, err := w.opts.Connections(ctx, &l, maxClients)
		w.do(func() {
			c.asking = false
			if ctx.Err() != nil { // another one is chosen
				w.findClients()
				return
			}
			c.clients = &clients{list, total, err}
			w.describe()
		})
	})
}

func (w *Window) describe() {
	c := &w.chosen
	s := subject{
		row: c.row, gone: c.gone, goneAt: c.goneAt, network: w.model.snap.Network, all: w.model.all,
		known: c.known, clients: c.clients, past: c.past, now: w.now(),
	}
	w.list.details.show(s.describe())
}

// readPause is how long a listener is chosen before its processes are read: who goes
// through the table by the arrow keys reads none.
const readPause = 120 * time.Millisecond

// read reads the owners that have not been read yet, and forgets those that have gone.
func (w *Window) read() {
	c := &w.chosen
	holders := c.row.Listener.Owners[:min(len(c.row.Listener.Owners), maxOwners)]
	for id := range c.known {
		if !slices.ContainsFunc(holders, func(p scanner.Process) bool { return p.ID == id }) {
			delete(c.known, id)
			delete(c.asked, id)
		}
	}
	var owners []scanner.Process
	for _, o := range holders {
		if !c.asked[o.ID] {
			c.asked[o.ID] = true
			owners = append(owners, o)
		}
	}
	if len(owners) == 0 {
		return
	}
	ctx, known, inside := c.ctx, c.known, contained(&c.row.Listener)
	w.after(readPause, func() {
		w.spawn(func() { w.readAll(ctx, known, owners, inside) })
	})
}

// readAll reads processes, and which packages brought them unless they are inside of a
// container, until another listener is chosen.
func (w *Window) readAll(ctx context.Context, known map[process.ID]reading, owners []scanner.Process, inside bool) {
	packs := map[string]*pack{}
	for _, o := range owners {
		if ctx.Err() != nil {
			return
		}
		r := reading{}
		if r.details, r.err = w.opts.ReadDetails(ctx, o); r.err == nil {
			r.usage, _ = w.opts.Measure(o.ID) // the error is that it has ended, which the scan tells
		}
		w.do(func() { w.learn(ctx, known, o.ID, r) })
		if r.err != nil || r.details.Exe == "" || inside {
			continue
		}
		exe := r.details.Exe
		if packs[exe] == nil {
			packs[exe] = &pack{}
			packs[exe].Package, packs[exe].err = w.opts.Installed(ctx, exe)
		}
		r.pack = packs[exe]
		w.do(func() { w.learn(ctx, known, o.ID, r) })
	}
}

// learn takes what was read of a process, unless another listener is chosen by now.
func (w *Window) learn(ctx context.Context, known map[process.ID]reading, id process.ID, r reading) {
	if ctx.Err() != nil || !w.chosen.asked[id] {
		return
	}
	if was := known[id]; was.usage != nil {
		r.usage, r.before = was.usage, was.before
	}
	known[id] = r
	w.describe()
}

// measure looks anew at what the processes take of the computer.
func (w *Window) measure() {
	c := &w.chosen
	if c.row == nil || c.gone || len(c.known) == 0 {
		return
	}
	ctx, known, ids := c.ctx, c.known, slices.Collect(maps.Keys(c.known))
	w.spawn(func() {
		now := map[process.ID]*process.Usage{}
		for _, id := range ids {
			if u, err := w.opts.Measure(id); err == nil {
				now[id] = u
			}
		}
		w.do(func() {
			if ctx.Err() != nil {
				return
			}
			for id, u := range now {
				if r, ok := known[id]; ok {
					r.usage, r.before = u, r.usage
					known[id] = r
				}
			}
			w.describe()
		})
	})
}
