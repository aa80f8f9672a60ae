package sockdiag

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
)

// State is a state of a TCP socket, as in the kernel's net/tcp_states.h.
type State uint8

// String is the state's name in RFC 9293, in the spelling of ss(8).
func (s State) String() string {
	if name, ok := stateNames()[s]; ok {
		return name
	}
	return "STATE-" + strconv.Itoa(int(s))
}

func stateNames() map[State]string {
	return map[State]string{
		stateEstablished: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECV", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2", 6: "TIME-WAIT",
		stateClose: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", stateListen: "LISTEN", 11: "CLOSING",
	}
}

// statesConnected are the states of connections that a listening socket has taken and
// a program or the kernel has still to do with: all but TIME-WAIT, of which there may
// be thousands that hold nothing.
const statesConnected = 1<<stateEstablished | 1<<3 | 1<<4 | 1<<5 | 1<<8 | 1<<9 | 1<<11

// Connection is a TCP connection to a listening socket, as the kernel describes it
// (struct inet_diag_msg).
type Connection struct {
	Local, Remote netip.AddrPort // without zone; IPv4-mapped addresses are IPv4
	Device        uint32         // index of the interface that it is bound to, as link-local ones are; 0 is none
	State         State
	UID           uint32 // of the socket's maker; 0 before a program can accept it
}

// Compare orders connections by their remote address and port.
func (c Connection) Compare(o Connection) int {
	return cmp.Or(c.Remote.Compare(o.Remote), c.Local.Compare(o.Local), cmp.Compare(c.State, o.State))
}

// connections takes those to one place.
type connections struct {
	listening
	at          Bound
	limit       int
	kept        []Connection
	established int
}

func (l *connections) visit(body []byte, _ bool) error {
	if at, ok := l.taker(body); ok && at == l.at {
		l.take(decodeConnection(body))
	}
	return l.ctx.Err()
}

// take keeps no more than twice the limit.
func (l *connections) take(c Connection) {
	if c.State == stateEstablished {
		l.established++
	}
	if l.limit == 0 {
		return
	}
	if l.kept = append(l.kept, c); len(l.kept) >= 2*l.limit {
		l.first()
	}
}

// first gives the first ones of those that were taken.
func (l *connections) first() []Connection {
	slices.SortFunc(l.kept, Connection.Compare)
	l.kept = l.kept[:min(len(l.kept), l.limit)]
	return l.kept
}

// decodeConnection reads struct inet_diag_msg of an internet socket, which is whole.
func decodeConnection(b []byte) Connection {
	addr := func(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b)).Unmap() }
	if b[0] == familyIPv4 {
		addr = func(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b[:4])) }
	}
	return Connection{
		Local:  netip.AddrPortFrom(addr(b[8:24]), binary.BigEndian.Uint16(b[4:])),
		Remote: netip.AddrPortFrom(addr(b[24:40]), binary.BigEndian.Uint16(b[6:])),
		Device: binary.NativeEndian.Uint32(b[40:]),
		State:  State(b[1]),
		UID:    binary.NativeEndian.Uint32(b[64:]),
	}
}
