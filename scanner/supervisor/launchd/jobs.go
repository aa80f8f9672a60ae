package launchd

import (
	"maps"
	"net/netip"
	"slices"
)

// Jobs are the jobs with sockets at one moment. They do not change and may be
// shared.
type Jobs struct {
	Notes []Note // files and folders that could not be read
	all   []Job
	named map[serviceName][]uint16 // the ports of the names that they have
}

// Len is how many jobs there are.
func (j *Jobs) Len() int { return len(j.all) }

// serviceName is a name in services(5).
type serviceName struct{ proto, name string }

// Note says why a file or folder was left out.
type Note struct {
	Path string
	Err  error
}

// newJobs finds the ports of all names: that may ask other programs, which Find
// has no time for.
func newJobs(all []Job, notes []Note, ports func(proto, service string) []uint16) *Jobs {
	j := &Jobs{Notes: notes, all: all, named: map[serviceName][]uint16{}}
	for _, job := range all {
		for _, s := range job.Sockets {
			name := serviceName{s.Proto, s.Service}
			if _, known := j.named[name]; !known && s.Service != "" {
				j.named[name] = ports(s.Proto, s.Service)
			}
		}
	}
	return j
}

func (j *Jobs) equal(o *Jobs) bool {
	return slices.EqualFunc(j.Notes, o.Notes, Note.equal) && slices.EqualFunc(j.all, o.all, Job.equal) &&
		maps.EqualFunc(j.named, o.named, slices.Equal[[]uint16])
}

func (n Note) equal(o Note) bool { return n.Path == o.Path && n.Err.Error() == o.Err.Error() }

func (j Job) equal(o Job) bool {
	return j.Label == o.Label && j.Program == o.Program && j.Path == o.Path && j.Agent == o.Agent &&
		slices.Equal(j.Arguments, o.Arguments) && slices.Equal(j.Sockets, o.Sockets)
}

// Find gives the jobs that may be behind a socket that launchd holds: those with
// the protocol ("tcp" or "udp") and port whose node and family allow the address.
// A node that is a host's name allows every address but the unspecified one: it
// is not looked up. Jobs that are switched off are among them, see Enabled.
func (j *Jobs) Find(proto string, addr netip.Addr, port uint16) []Job {
	var found []Job
	for _, job := range j.all {
		if slices.ContainsFunc(job.Sockets, func(s Socket) bool { return j.has(s, proto, port) && s.allows(addr) }) {
			found = append(found, job)
		}
	}
	return found
}

func (j *Jobs) has(s Socket, proto string, port uint16) bool {
	switch {
	case s.Proto != proto:
		return false
	case s.Service == "":
		return s.Port == port
	}
	return slices.Contains(j.named[serviceName{proto, s.Service}], port)
}

// allows reports whether launchd may have bound an entry to the address. Its
// sockets for IPv6 never take IPv4 too.
func (s Socket) allows(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	if s.Family == IPv4 && !addr.Is4() || s.Family == IPv6 && addr.Is4() {
		return false
	}
	switch s.Node {
	case "", "*":
		return addr.IsUnspecified()
	case "localhost":
		return addr.IsLoopback()
	}
	node, err := netip.ParseAddr(s.Node)
	if err != nil {
		return !addr.IsUnspecified()
	}
	return node.WithZone("").Unmap() == addr
}

// Overrides is launchd's database of jobs that are switched on or off, by label, as
// ParseDisabled gives it: one of the system's jobs, one of this user's agents. Either is
// nil where it is not known.
type Overrides struct{ Daemons, Agents map[string]bool }

// Equal reports whether two say the same.
func (o Overrides) Equal(other Overrides) bool {
	return maps.Equal(o.Daemons, other.Daemons) && maps.Equal(o.Agents, other.Agents)
}

// Or takes from another database what this one does not know.
func (o Overrides) Or(other Overrides) Overrides {
	if o.Daemons == nil {
		o.Daemons = other.Daemons
	}
	if o.Agents == nil {
		o.Agents = other.Agents
	}
	return o
}

// off reports whether a job is switched off.
func (o Overrides) off(j Job) bool {
	if j.Agent {
		return o.Agents[j.Label]
	}
	return o.Daemons[j.Label]
}

// Enabled leaves out the jobs that are switched off: those hold no socket. If that
// would leave none, the database is older than the socket, or the agent is another
// user's, and all are given.
func Enabled(jobs []Job, o Overrides) []Job {
	on := slices.DeleteFunc(slices.Clone(jobs), o.off)
	if len(on) == 0 {
		return jobs
	}
	return on
}
