package supervisor

import (
	"net/netip"
	"time"

	"portlight/scanner/process"
)

// Options say where a Resolver looks. All may be left out, and Linux alone has use
// for them.
type Options struct {
	// Members gives the processes of a cgroup, as Tree of package cgroup does. It
	// is called by Of alone. Without it the forwarders of other users, which hold
	// sockets that nobody is seen to hold, are known by their published ports only.
	Members func(cgroup string) []int
	// SystemBus and SessionBus are addresses of D-Bus, of which those of sockets
	// in the file system or in Linux's abstract names are used. "" is what the
	// environment says, or the usual place.
	SystemBus, SessionBus string
	// Engines are sockets of the Docker Engine API; nil stands for the usual ones
	// of Docker and Podman, and that of DOCKER_HOST. One with "podman" in its path
	// is Podman's.
	Engines []string
	// Stores are files like containers.json of Podman; nil stands for the usual ones.
	Stores []string

	pace pace // zero is usualPace; for tests
}

// Socket is what a Resolver is asked about.
type Socket struct {
	Cgroup  string     // path of the cgroup that it was made in, as Tree of package cgroup gives it; "" is unknown
	Proto   string     // "tcp" or "udp"
	Addr    netip.Addr // bind address
	Port    uint16
	UID     uint32   // user who made it
	Holders []Holder // those that can be seen; only read during the call
}

// Holder is a process that holds a socket.
type Holder struct {
	process.ID
	Name string // of the program
}

// Resolver finds who stands behind sockets. Of, Tick and Notes are for one
// goroutine.
//
// Of answers at once, from what is known. It asks in the background for what is
// missing: systemd for the sockets that it holds or that its socket units have
// made, the engines for containers and forwarders that it has no name for, launchd's
// files for the sockets that launchd holds. Each is asked at most every five seconds,
// and given two for its answer; when it tells something new, Wake and News say so,
// and Of may answer better.
type Resolver struct{ r *resolver }

// New gives a Resolver that has asked nobody yet. Close ends it.
func New(o Options) *Resolver { return &Resolver{newResolver(o)} }

// Of gives who stands behind a socket.
func (r *Resolver) Of(s Socket) Manager { return r.r.of(s) }

// Tick is for each scan, and mostly does nothing. It lists the processes of
// Docker's daemon after Of has met a forwarder of it that cannot be seen, and once
// in a minute it asks Docker for the ports that it publishes, if the daemon runs
// and its socket may be opened.
func (r *Resolver) Tick(now time.Time) { r.r.tick(now) }

// Wake receives a value after something new is known. Several are one.
func (r *Resolver) Wake() <-chan struct{} { return r.r.wake }

// News reports whether something new is known since it was last called.
func (r *Resolver) News() bool { return r.r.news.Swap(false) }

// Asking reports whether an answer may come soon: somebody is asked for the first
// time.
func (r *Resolver) Asking() bool { return r.r.home.untried.Load() > 0 }

// Notes gives a sentence for each that was asked and does not answer, and for each
// port that Docker publishes without a listener: the firewall leads it to a
// container. On macOS it is one about the jobs of launchd that could not be read.
// They are at most 16, and names in them are raw. Has reports whether a listener is
// known.
func (r *Resolver) Notes(has func(proto string, port uint16) bool) []string { return r.r.notes(has) }

// Publishes reports whether Docker has told that it publishes a port.
func (r *Resolver) Publishes(proto string, port uint16) bool { return r.r.publishes(proto, port) }

// Close stops all questions and waits for their end, at most as long as an answer
// may take.
func (r *Resolver) Close() { r.r.close() }
