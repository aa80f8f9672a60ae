package scanner

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	gopsnet "github.com/shirou/gopsutil/v3/net"

	"portlight/assets/words"
	"portlight/scanner/sockdiag"
)

// Connection is a TCP connection that a listener has taken.
type Connection struct {
	Remote netip.AddrPort // of who has connected; a link-local address has its zone
	Local  netip.AddrPort // the address that was connected to
	State  string         // as ss(8) writes it: "ESTABLISHED", "SYN-RECV", "FIN-WAIT-1"
	UID    int            // user who made the socket, or UnknownUID
}

// ConnectionsOf lists the connections to one listener by their remote addresses: the
// first ones, limit at most, in all states but LISTEN and TIME-WAIT; total is how many
// of all are established, as ClientsOf counts them. It belongs to the listener as
// Clients.Of says. On Linux the kernel picks them by the port; elsewhere they are those
// of the listener's processes that can be seen. The error is ErrNoConnections where
// nobody is asked.
func ConnectionsOf(ctx context.Context, l *Listener, limit int) (conns []Connection, total int, err error) {
	if !l.hasClients() {
		return nil, 0, ErrNoConnections
	}
	at, ok := l.bound()
	if !ok {
		return nil, 0, nil
	}
	found, total, err := sockdiag.Connections(ctx, at, limit)
	if errors.Is(err, errors.ErrUnsupported) {
		return gopsutilConnections(ctx, l, limit)
	}
	zones := map[uint32]string{}
	for _, c := range found {
		conns = append(conns, Connection{zoned(c.Remote, c.Device, zones), zoned(c.Local, c.Device, zones), c.State.String(), int(c.UID)})
	}
	return conns, total, err
}

// zoned gives a link-local address the zone of its interface, by its index.
func zoned(a netip.AddrPort, device uint32, names map[uint32]string) netip.AddrPort {
	if device == 0 || !a.Addr().Is6() || !a.Addr().IsLinkLocalUnicast() {
		return a
	}
	if _, ok := names[device]; !ok {
		names[device] = ""
		if ifi, err := net.InterfaceByIndex(int(device)); err == nil {
			names[device] = ifi.Name
		}
	}
	return netip.AddrPortFrom(a.Addr().WithZone(names[device]), a.Port())
}

// gopsutilConnections are those of the processes that hold a listener.
func gopsutilConnections(ctx context.Context, l *Listener, limit int) (conns []Connection, total int, err error) {
	for _, p := range l.Owners {
		stats, failed := gopsnet.ConnectionsPidWithContext(ctx, "tcp", int32(p.PID))
		if failed != nil {
			err = errors.Join(err, words.Wrap(wordListOfFailed, failed, "PID", p.PID))
		}
		for _, s := range stats {
			if c, ok := gopsutilConnection(l, s); ok {
				conns = append(conns, c)
			}
		}
	}
	if len(conns) > 0 {
		err = nil // another owner has told
	}
	slices.SortFunc(conns, func(a, b Connection) int {
		return cmp.Or(a.Remote.Compare(b.Remote), a.Local.Compare(b.Local), strings.Compare(a.State, b.State))
	})
	conns = slices.Compact(conns) // processes share sockets
	for _, c := range conns {
		if c.State == stateEstablished {
			total++
		}
	}
	return conns[:min(len(conns), max(limit, 0))], total, err
}

const stateEstablished = "ESTABLISHED"

// gopsutilConnection gives a connection to a listener, if it is one.
func gopsutilConnection(l *Listener, s gopsnet.ConnectionStat) (c Connection, ok bool) {
	local, ok := gopsutilAddr(s)
	remote, err := netip.ParseAddr(s.Raddr.IP)
	switch {
	case !ok, err != nil, s.Laddr.Port != uint32(l.Port), s.Raddr.Port == 0, s.Raddr.Port > 65535:
		return c, false
	case l.Addr.IsUnspecified():
		if !l.DualStack && local.Is4() != l.Addr.Unmap().Is4() {
			return c, false
		}
	case local.WithZone("") != l.Addr.Unmap().WithZone(""):
		return c, false
	}
	c = Connection{
		Remote: netip.AddrPortFrom(remote.Unmap(), uint16(s.Raddr.Port)), Local: netip.AddrPortFrom(local, l.Port),
		State: stateName(s.Status), UID: UnknownUID,
	}
	if len(s.Uids) > 0 {
		c.UID = int(s.Uids[0])
	}
	return c, c.State != "LISTEN" && c.State != "TIME-WAIT"
}

// stateName spells a state of gopsutil, which are those of /proc/net/tcp or lsof(8),
// as ss(8) does.
func stateName(status string) string {
	name := strings.ReplaceAll(strings.ToUpper(status), "_", "-")
	switch name {
	case "FIN-WAIT1", "FIN-WAIT2":
		return strings.Replace(name, "WAIT", "WAIT-", 1)
	case "SYN-RCVD", "SYN-RECEIVED":
		return "SYN-RECV"
	case "CLOSE":
		return "CLOSED"
	}
	return name
}
