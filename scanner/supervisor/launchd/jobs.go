package launchd

import (
	"net/netip"
	"slices"
)

// Jobs are the jobs with sockets at one moment. They do not change and may be
// shared.
type Jobs struct {
	Notes []Note // files and folders that could not be read
	all   []Job
	ports func(proto, name string) []uint16
}

// Note says why a file or folder was left out.
type Note struct {
	Path string
	Err  error
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
	return slices.Contains(j.ports(proto, s.Service), port)
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

// Enabled leaves out the system's jobs that are switched off in launchd's
// database, as ParseDisabled gives it: those hold no socket. If that would leave
// none, the database is older than the socket, and all are given. The database of
// the system says nothing of agents.
func Enabled(jobs []Job, disabled map[string]bool) []Job {
	var on []Job
	for _, j := range jobs {
		if j.Agent || !disabled[j.Label] {
			on = append(on, j)
		}
	}
	if len(on) == 0 {
		return jobs
	}
	return on
}
