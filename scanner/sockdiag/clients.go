package sockdiag

import (
	"context"
	"encoding/binary"
	"net/netip"
	"slices"
)

// stateEstablished is TCP_ESTABLISHED.
const stateEstablished = 1

// Bound is where TCP sockets listen: as Socket, one for all that share it.
type Bound struct {
	Addr   netip.Addr // without zone; IPv4-mapped addresses are IPv4
	Port   uint16
	Device uint32 // index of the bound interface, 0 is none
}

// ClientCounts are the TCP connections to listening sockets, counted by where these
// listen. Whoever has none is not in it.
//
// A connection counts while it is ESTABLISHED, also before the program has accepted
// it; not while it is being made, nor once one side has ended it. It belongs to the
// listening socket that would take such a connection now: of those on its local port
// one bound to its address rather than one bound to all, and then one bound to its
// interface. Connections that a program on this computer has made itself have
// another local port, so only their other end counts, if that is here too.
type ClientCounts map[Bound]int

// client is a connection, as its listening socket sees it.
type client struct {
	addr   netip.Addr // its local one, without zone; IPv4-mapped addresses are IPv4
	device uint32     // index of the interface that it is bound to, as link-local ones are; 0 is none
}

// listening are the sockets that connections are counted for. A connection is of
// the family of the socket that took it, also when its addresses are IPv4-mapped.
type listening struct {
	ctx   context.Context
	socks map[familyPort][]Bound
	count ClientCounts
}

type familyPort struct {
	family byte
	port   uint16
}

// visit takes a listening socket.
func (l *listening) visit(body []byte, _ bool) error {
	s, err := decodeSocket(body, false)
	if err != nil || s.Port == 0 {
		return err
	}
	at, k := Bound{s.Addr, s.Port, s.Device}, familyPort{body[0], s.Port}
	if !slices.Contains(l.socks[k], at) {
		l.socks[k] = append(l.socks[k], at)
	}
	return l.ctx.Err()
}

// connected takes the connections to them.
type connected listening

func (l *connected) visit(body []byte, _ bool) error {
	if at, ok := (*listening)(l).taker(body); ok {
		l.count[at]++
	}
	return l.ctx.Err()
}

// taker gives the listening socket that a connection belongs to.
func (l *listening) taker(body []byte) (best Bound, ok bool) {
	socks := l.socks[familyPort{body[0], binary.BigEndian.Uint16(body[4:])}]
	if len(socks) == 0 {
		return best, false
	}
	c, ok := decodeClient(body)
	if !ok {
		return best, false
	}
	score := 0
	for _, s := range socks {
		if n := fit(s, c); n > score {
			best, score = s, n
		}
	}
	return best, score > 0
}

// fit is the higher the better a listening socket fits a connection on its port, 0
// when it does not.
func fit(s Bound, c client) (score int) {
	switch s.Addr {
	case c.addr:
		score = 3
	case netip.IPv4Unspecified(), netip.IPv6Unspecified():
		score = 1
	default:
		return 0
	}
	switch s.Device {
	case 0:
	case c.device:
		score++
	default:
		return 0
	}
	return score
}

// decodeClient reads struct inet_diag_msg; of another family ok is false.
func decodeClient(b []byte) (c client, ok bool) {
	if len(b) < inetDiagMsgLen {
		return c, false
	}
	switch b[0] {
	case familyIPv4:
		c.addr = netip.AddrFrom4([4]byte(b[8:]))
	case familyIPv6:
		c.addr = netip.AddrFrom16([16]byte(b[8:])).Unmap()
	default:
		return c, false
	}
	c.device = binary.NativeEndian.Uint32(b[40:])
	return c, true
}
