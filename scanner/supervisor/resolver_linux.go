package supervisor

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"portlight/scanner/process"
)

// Bounds and periods of a resolver.
const (
	maxKnown  = 16 << 10 // places, and things that were asked for
	staleAge  = time.Minute
	maxNotes  = 16
	maxLooked = 4 << 10 // processes whose arguments are read
)

// resolver ties paths, questions and answers together.
type resolver struct {
	wake chan struct{}
	news atomic.Bool

	members func(string) []int
	home    *background
	limit   time.Duration
	places  map[string]Place
	served  map[endpoint]process.ID // forwarders' sockets that were asked for
	missed  map[string]bool         // ids of containers that were asked for

	euid     uint32
	system   *question[units]
	session  *question[units]
	engines  []*engine
	stores   []*engine
	forwards *forwardReader
	ticked   time.Time
	unlisted string // cgroup of Docker's daemon, with a forwarder that is not known
	listed   time.Time
}

func newResolver(o Options) *resolver {
	if o.pace == (pace{}) {
		o.pace = usualPace()
	}
	r := &resolver{
		wake: make(chan struct{}, 1), members: o.Members, home: newBackground(), limit: o.pace.limit,
		places: map[string]Place{}, served: map[endpoint]process.ID{}, missed: map[string]bool{},
		euid: uint32(os.Geteuid()),
	}
	r.pose(o)
	return r
}

// pose makes the questions, of which none is asked yet.
func (r *resolver) pose(o Options) {
	r.system = newQuestion(r, o.pace, busAsker(firstOf(o.SystemBus, systemBus())), (*units).same)
	r.session = newQuestion(r, o.pace, busAsker(firstOf(o.SessionBus, sessionBus())), (*units).same)
	if o.Engines == nil {
		o.Engines = usualEngines()
	}
	for _, path := range o.Engines {
		r.engines = append(r.engines, newEngine(r, o.pace, engineAt(path), path, askEngine))
	}
	if o.Stores == nil {
		o.Stores = usualStores()
	}
	for _, path := range o.Stores {
		r.stores = append(r.stores, newEngine(r, o.pace, "podman", path, askStore))
	}
	r.forwards = newForwardReader(r, o.pace)
}

// tell says that something new is known.
func (r *resolver) tell() {
	r.news.Store(true)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *resolver) close() { r.home.close(r.limit) }

func (r *resolver) of(s Socket) Manager {
	p := r.place(s.Cgroup)
	m := p.Manager()
	switch {
	case p.Kind == Systemd || p.Kind == Activated:
		r.activate(&m, p, s)
	case m.Container.ID != "":
		m.Container = r.identify(m.Container, p.UID)
	}
	r.forward(&m, p, s)
	return m
}

// place remembers what paths tell.
func (r *resolver) place(cgroup string) Place {
	if cgroup == "" {
		return Place{}
	}
	p, ok := r.places[cgroup]
	if !ok {
		p = ParseCgroup(cgroup)
		remember(r.places, cgroup, p)
	}
	return p
}

// remember forgets the rest where that has become too much.
func remember[K comparable, V any](m map[K]V, k K, v V) {
	if len(m) >= maxKnown {
		clear(m)
	}
	m[k] = v
}

// activate names the socket unit that systemd listens for, and what that starts.
// Of the managers of users one can ask one's own only.
func (r *resolver) activate(m *Manager, p Place, s Socket) {
	if p.Kind == Activated {
		m.By = bySystemd
	}
	q := r.system
	if p.User {
		q = r.session
		if p.UID != r.euid {
			return
		}
	}
	a, ok := q.answer.Load().find(p, newEndpoint(s.Proto, s.Addr, s.Port))
	if !ok {
		q.wish()
		return
	}
	m.Kind, m.By, m.Unit, m.Starts = Activated, bySystemd, a.unit, a.starts
	q.refresh(staleAge)
}

// identify completes what is known of a container of a user, 0 for the system.
func (r *resolver) identify(c Container, uid uint32) Container {
	if c.Name != "" || !isID(c.ID) || c.Engine == "" && c.Pod != "" {
		return c
	}
	for _, e := range r.stores {
		if k, ok := e.container(c, uid); ok {
			return c.with(k)
		}
	}
	for _, e := range r.engines {
		if k, ok := e.container(c, uid); ok {
			return c.with(k)
		}
	}
	r.askContainer(c)
	return c
}

// askContainer asks the engines that may know a container. Podman's files are read
// first: its socket starts a program each time.
func (r *resolver) askContainer(c Container) {
	again := r.missed[c.ID]
	remember(r.missed, c.ID, true)
	files := false
	for _, e := range r.stores {
		if e.serves(c.Engine) {
			e.want(!again)
			answer := e.answer.Load()
			files = files || answer == nil || answer.there
		}
	}
	for _, e := range r.engines {
		if e.serves(c.Engine) && !(files && e.name == "podman") {
			e.want(!again)
		}
	}
}

// with takes over what an engine tells.
func (c Container) with(told Container) Container {
	told.Engine = firstOf(c.Engine, told.Engine)
	told.Pod, told.Unit = c.Pod, c.Unit
	return told
}

// forward finds the container that a forwarder serves. Unit is again what the path
// told, should the forwarder have its socket from systemd.
func (r *resolver) forward(m *Manager, p Place, s Socket) {
	at := newEndpoint(s.Proto, s.Addr, s.Port)
	f, id, ok := r.forwarder(p, s, at)
	if !ok {
		return
	}
	if m.Container.ID != "" { // conmon's cgroup tells its container; others forward within theirs
		if f.ID == m.Container.ID {
			m.Container.Name, m.Forwarded = firstOf(m.Container.Name, f.Name), true
		}
		return
	}
	m.Target, m.Forwarded = f.Target, f.Target.IsValid()
	if c, target, ok := r.serves(f, at, s.UID); ok {
		m.Kind, m.Container, m.Forwarded = Contained, c, true
		m.By, m.Unit, m.Starts = "", p.Unit, ""
		if !m.Target.IsValid() {
			m.Target = target
		}
	}
	r.askForwarded(f, at, id)
}

// forwarder recognises one among the holders, or behind a socket that Docker's
// daemon has made and that nobody is seen to hold.
func (r *resolver) forwarder(p Place, s Socket, at endpoint) (Forward, process.ID, bool) {
	for _, h := range s.Holders {
		if f, ok := Forwarder(h.Name, nil); ok {
			if told, ok := r.forwards.of(h); ok {
				f = told
			}
			return f, h.ID, true
		}
	}
	if len(s.Holders) > 0 || p.Unit != "docker.service" && p.Unit != "snap.docker.dockerd.service" {
		return Forward{}, process.ID{}, false
	}
	f, id, ok := r.forwards.at(at)
	if !ok {
		f = Forward{Engine: "docker"}
		r.unlisted = s.Cgroup
	}
	return f, id, true
}

// serves finds the container of a forwarder that a user runs: by its id, by the
// published port, by its address.
func (r *resolver) serves(f Forward, at endpoint, uid uint32) (c Container, target netip.AddrPort, ok bool) {
	if f.ID != "" {
		c := r.identify(Container{Engine: f.Engine, ID: f.ID}, uid)
		c.Name = firstOf(c.Name, f.Name)
		return c, target, true
	}
	for _, e := range r.engines {
		answer := e.answer.Load()
		if answer == nil || answer.uid != uid || !e.serves(f.Engine) {
			continue
		}
		if k, ok := answer.published(at); ok {
			return k.Container, k.inside, true
		}
		if k, ok := answer.byAddr[f.Target.Addr()]; ok {
			return k, target, true
		}
	}
	return c, target, false
}

// askForwarded asks the engines for a port that a forwarder has begun to serve.
func (r *resolver) askForwarded(f Forward, at endpoint, id process.ID) {
	before, again := r.served[at]
	again = again && before == id
	if !again {
		remember(r.served, at, id)
	}
	for _, e := range r.engines {
		if e.serves(f.Engine) && f.ID == "" {
			e.want(!again)
		}
	}
}

func (r *resolver) tick(now time.Time) {
	if r.unlisted != "" && r.members != nil && passed(now, r.listed, r.forwards.pace.pause) {
		r.forwards.among(r.members(r.unlisted))
		r.unlisted, r.listed = "", now
	}
	if !passed(now, r.ticked, staleAge) {
		return
	}
	r.ticked = now
	for _, e := range r.engines {
		if e.runs() {
			e.want(false)
		}
	}
}

// passed reports whether so much time has passed, or the clock was set back.
func passed(now, since time.Time, d time.Duration) bool {
	p := now.Sub(since)
	return p < 0 || p >= d
}

func (r *resolver) notes(has func(proto string, port uint16) bool) []string {
	notes := r.faults()
	for _, e := range r.engines {
		answer := e.answer.Load()
		if answer == nil || !e.runs() {
			continue
		}
		for _, p := range Unlistened(answer.ports, has) {
			if len(notes) == maxNotes {
				return notes
			}
			notes = append(notes, noteUnlistened(p))
		}
	}
	return notes
}

func (r *resolver) publishes(proto string, port uint16) bool {
	return slices.ContainsFunc(r.engines, func(e *engine) bool {
		answer := e.answer.Load()
		return answer != nil && e.runs() && slices.ContainsFunc(answer.ports, func(p Published) bool { return p.Port == port && p.Proto == proto })
	})
}

// faults tells who does not answer.
func (r *resolver) faults() (notes []string) {
	for _, q := range [...]*question[units]{r.system, r.session} {
		if why := q.failure(); why != "" {
			notes = append(notes, wordUnitsUnknown.With("Reason", why))
		}
	}
	for _, e := range slices.Concat(r.stores, r.engines) {
		if why := e.failure(); why != "" {
			notes = append(notes, wordContainersUnknown.With("Engine", e.name, "Reason", why))
		}
	}
	return notes[:min(len(notes), maxNotes)]
}

func noteUnlistened(p Published) string {
	c, port := &p.Container, strconv.Itoa(int(p.Port))+"/"+p.Proto
	if c.Image == "" {
		return wordUnlistened.With("Engine", c.Engine, "Port", port, "Container", c.Label())
	}
	return wordUnlistenedOf.With("Engine", c.Engine, "Port", port, "Container", c.Label(), "Image", c.Image)
}

// askers are all that a resolver may ask, but for the forwarders.
func askers(o Options) []asker {
	r := newResolver(o)
	units := func(name string, q *question[units]) asker {
		return asker{name, "", func(ctx context.Context) (int, error) {
			u, err := q.ask(ctx)
			if err != nil {
				return 0, err
			}
			return len(u.byName), nil
		}}
	}
	all := []asker{units("systemd", r.system), units("systemd (user)", r.session)}
	for _, e := range slices.Concat(r.engines, r.stores) {
		all = append(all, asker{e.name, e.path, func(ctx context.Context) (int, error) {
			c, err := e.list(ctx, e.name, e.path)
			if err != nil {
				return 0, err
			}
			return len(c.list), nil
		}})
	}
	return all
}
