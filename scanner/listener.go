package scanner

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"portlight/scanner/codesign"
	"portlight/scanner/process"
	"portlight/scanner/supervisor"
)

// Proto is a transport protocol.
type Proto uint8

// The protocols that are scanned.
const (
	TCP Proto = iota + 1
	UDP
)

// String gives "tcp" or "udp", the names of services(5).
func (p Proto) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	}
	return "proto" + strconv.Itoa(int(p))
}

// UnknownUID is the UID of a socket whose user the source does not tell.
const UnknownUID = -1

// Key tells one listener from another. It is comparable.
type Key struct {
	Namespace string     // network namespace, "" is the host's own
	Proto     Proto      //
	Addr      netip.Addr // bind address; a link-local one has its zone
	Port      uint16     // 1 … 65535
	Device    string     // the interface that the socket is bound to (SO_BINDTODEVICE), or ""
}

// ID is the key as one word, stable from run to run: "tcp:0.0.0.0:22",
// "udp:[fe80::1%25eth0]:546@wg0". It holds no blanks and no control characters.
func (k Key) ID() string {
	var b strings.Builder
	b.WriteString(k.Proto.String())
	b.WriteByte(':')
	host := url.PathEscape(k.Addr.String())
	if k.Addr.Is6() {
		host = "[" + host + "]"
	}
	b.WriteString(host)
	b.WriteByte(':')
	b.WriteString(strconv.Itoa(int(k.Port)))
	if k.Device != "" {
		b.WriteString("@" + url.PathEscape(k.Device))
	}
	if k.Namespace != "" {
		b.WriteString("#" + url.PathEscape(k.Namespace))
	}
	return b.String()
}

// Compare orders keys as a person reads them: the host's own first, then by
// port, protocol, address and device.
func (k Key) Compare(o Key) int {
	if k.Namespace == o.Namespace && k.Port != o.Port { // the most frequent case
		return cmp.Compare(k.Port, o.Port)
	}
	return cmp.Or(
		cmp.Compare(k.Namespace, o.Namespace),
		cmp.Compare(k.Port, o.Port),
		cmp.Compare(k.Proto, o.Proto),
		k.Addr.Compare(o.Addr),
		cmp.Compare(k.Device, o.Device),
	)
}

// Scope is the reach that the key's address and device allow.
func (k Key) Scope() Scope { return ScopeOf(k.Addr, k.Device) }

// External reports whether another computer may reach the listener: any scope
// but loopback, in the host's own namespace. A firewall is not considered.
func (k Key) External() bool { return k.Namespace == "" && k.Scope() != ScopeLoopback }

// Process is one holder of a listening socket.
type Process struct {
	process.ID
	Name    string    // the program's name: the base name of Path where it is known, else the kernel's short name
	Title   string    // what a person calls it, where the name is an interpreter's: "python3 manage.py"; else ""
	Script  string    // what an interpreter runs, by its path: "/srv/shop/manage.py", see process.Script; else ""
	Comm    string    // the kernel's short name, cut to 15 bytes; "" where it is not told. As it was when the process was last looked at: a change of it alone is none
	Path    string    // executable, "" if it cannot be read; without " (deleted)"
	UID     int       // effective user id, or UnknownUID
	User    string    // name of UID, or its number where it has none
	Started time.Time // when the process began, to the kernel's clock tick

	Signature codesign.Signature // who signed the program; zero where that is not known, as on every system but macOS
}

// Listener is an address that takes connections or datagrams. Several sockets
// with one Key (SO_REUSEPORT) are one Listener with several Owners.
type Listener struct {
	Key
	DualStack bool      // bound to [::] and takes IPv4 too
	UID       int       // user who made the socket, or UnknownUID
	User      string    // name of UID, or its number where it has none
	Owners    []Process // those that can be seen, by pid
	Unseen    int       // sockets of this key that a process holds which cannot be seen with the rights at hand
	Kernel    bool      // held by the kernel (NFS, WireGuard), by no process
	Ephemeral bool      // the kernel chose the port (on Linux an estimate: the port lies in ip_local_port_range)
	Backlog   int       // limit of the accept queue, TCP only

	Behind *supervisor.Manager // who stands behind it, see Manager; nil while nobody is known
}

// noManager stands behind a listener of which nobody is known. It is never changed.
var noManager supervisor.Manager

// Manager is who stands behind a listener: a service's unit, a container. More may
// become known of it later. It must not be changed.
func (l *Listener) Manager() *supervisor.Manager {
	if l.Behind == nil {
		return &noManager
	}
	return l.Behind
}

// behind gives a manager as Listener.Behind has it, by another that may be equal.
func behind(m supervisor.Manager, like *supervisor.Manager) *supervisor.Manager {
	switch {
	case m == noManager:
		return nil
	case like != nil && *like == m:
		return like
	}
	own := m
	return &own
}

// Family is "ipv4", "ipv6" or "dual".
func (l *Listener) Family() string {
	switch {
	case l.DualStack:
		return "dual"
	case l.Addr.Is4():
		return "ipv4"
	}
	return "ipv6"
}

// Hidden reports whether there is an owner that cannot be seen.
func (l *Listener) Hidden() bool { return l.Unseen > 0 || len(l.Owners) == 0 && !l.Kernel }

// Equal reports whether two listeners are the same in every fact.
func (l *Listener) Equal(o *Listener) bool {
	return l.Key == o.Key && l.DualStack == o.DualStack && l.UID == o.UID && l.User == o.User && l.Unseen == o.Unseen &&
		l.Kernel == o.Kernel && *l.Manager() == *o.Manager() && l.Ephemeral == o.Ephemeral && l.Backlog == o.Backlog &&
		slices.EqualFunc(l.Owners, o.Owners, Process.equal)
}

// equal leaves out Started, which follows from the identity and moves with the
// wall clock, and Comm, which a process may rewrite as often as it likes. Title
// and Script are read now and then only.
func (p Process) equal(o Process) bool {
	return p.ID == o.ID && p.Name == o.Name && p.naming() == o.naming() && p.Path == o.Path && p.UID == o.UID && p.Signature == o.Signature
}

func (p Process) naming() process.Naming { return process.Naming{Title: p.Title, Script: p.Script} }

func (p *Process) take(n process.Naming) { p.Title, p.Script = n.Title, n.Script }
