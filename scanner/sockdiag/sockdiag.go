// Package sockdiag reads the listening sockets of this network namespace from
// Linux by netlink SOCK_DIAG (sock_diag(7)), which needs no rights. The decoder
// is pure and builds on every system; only Conn needs Linux.
package sockdiag

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"portlight/scanner/internal/netlink"
)

// Protocols of Socket, from linux/in.h.
const (
	protoTCP = 6
	protoUDP = 17
)

// Message types and flags of linux/netlink.h and linux/inet_diag.h.
const (
	typeError     = 2
	typeDone      = 3
	typeLegacyTCP = 18 // TCPDIAG_GETSOCK: both families in one dump
	typeByFamily  = 20 // SOCK_DIAG_BY_FAMILY

	flagRequest     = 0x1
	flagDumpIntr    = 0x10
	flagDump        = 0x300
	familyIPv4      = 2
	familyIPv6      = 10
	stateListen     = 10 // TCP_LISTEN
	stateClose      = 7  // TCP_CLOSE: of UDP, bound and not connected
	attrCgroupID    = 21 // INET_DIAG_CGROUP_ID
	attrSKV6Only    = 11 // INET_DIAG_SKV6ONLY
	headerLen       = 16
	inetDiagMsgLen  = 72
	maxSocketsADump = 1 << 20
	noCookie        = 1<<64 - 1 // INET_DIAG_NOCOOKIE, twice
)

// Socket is one listening socket as the kernel describes it (struct
// inet_diag_msg).
type Socket struct {
	UDP      bool
	V6       bool       // an AF_INET6 socket, also when Addr is IPv4
	V6Only   bool       // IPV6_V6ONLY is set
	Addr     netip.Addr // without zone; IPv4-mapped addresses are IPv4
	Port     uint16
	Device   uint32 // index of the bound interface, 0 is none
	UID      uint32 // of the socket's maker
	Inode    uint32 // in sockfs, recycled by the kernel; 0 is none
	Cookie   uint64 // never used again while the kernel runs
	Backlog  uint32 // limit of the accept queue, TCP only
	CgroupID uint64 // of the maker's cgroup v2, 0 is unknown
}

// ErrTruncated says that a message is shorter than its header promises.
var ErrTruncated = netlink.ErrTruncated

// ErrInterrupted says that the table changed so much during the dump that it
// may lack sockets (NLM_F_DUMP_INTR).
var ErrInterrupted = netlink.ErrInterrupted

// message is one netlink message (struct nlmsghdr).
type message struct {
	kind, flags uint16
	seq         uint32
	body        []byte
}

// cutMessage takes the first message off a datagram.
func cutMessage(b []byte) (m message, rest []byte, err error) {
	if len(b) < headerLen {
		return m, nil, ErrTruncated
	}
	length := int(binary.NativeEndian.Uint32(b))
	if length < headerLen || length > len(b) {
		return m, nil, ErrTruncated
	}
	m = message{
		kind:  binary.NativeEndian.Uint16(b[4:]),
		flags: binary.NativeEndian.Uint16(b[6:]),
		seq:   binary.NativeEndian.Uint32(b[8:]),
		body:  b[headerLen:length],
	}
	return m, b[min((length+3)&^3, len(b)):], nil
}

// visitor takes the sockets of a dump one by one; the bytes, of struct
// inet_diag_msg and its attributes, are only lent.
type visitor interface {
	visit(body []byte, udp bool) error
}

// answer follows the datagrams that answer the request of one dump.
type answer struct {
	seq         uint32
	udp         bool
	visited     int
	parts       int // datagrams with sockets
	interrupted bool
}

// take shows v the sockets of one datagram. Done reports the end of the dump.
// Messages that answer another request are passed over.
func (a *answer) take(b []byte, v visitor) (done bool, err error) {
	before := a.visited
	defer func() {
		if a.visited > before {
			a.parts++
		}
	}()
	for len(b) > 0 {
		var m message
		if m, b, err = cutMessage(b); err != nil {
			return false, err
		}
		if m.seq != a.seq {
			continue
		}
		a.interrupted = a.interrupted || m.flags&flagDumpIntr != 0
		switch m.kind {
		case typeDone:
			return true, netlink.End(m.body, a.interrupted)
		case typeError:
			return false, netlink.DecodeError(m.body)
		case typeByFamily, typeLegacyTCP:
			if err := a.visit(m.body, v); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

func (a *answer) visit(body []byte, v visitor) error {
	if len(body) < inetDiagMsgLen {
		return ErrTruncated
	}
	if a.visited++; a.visited > maxSocketsADump {
		return fmt.Errorf("more than %d sockets", maxSocketsADump)
	}
	return v.visit(body, a.udp)
}

// image is what of a message tells whether a socket is as it was: of struct
// inet_diag_msg all that Socket shows, and how much follows it. The attributes
// never change while a socket is bound.
type image [6]uint64

// imageOf expects inetDiagMsgLen bytes at least. What waits in the queues of a
// UDP socket stands where the backlog of a TCP one does, and is left out.
func imageOf(b []byte, udp bool) image {
	backlog := uint64(binary.NativeEndian.Uint32(b[60:]))
	if udp {
		backlog = 0
	}
	return image{
		uint64(binary.NativeEndian.Uint16(b)) | uint64(uint16(len(b)))<<16 | uint64(binary.NativeEndian.Uint32(b[4:]))<<32,
		binary.NativeEndian.Uint64(b[8:]),
		binary.NativeEndian.Uint64(b[16:]),
		uint64(binary.NativeEndian.Uint32(b[40:])) | backlog<<32,
		binary.NativeEndian.Uint64(b[44:]),
		binary.NativeEndian.Uint64(b[64:]),
	}
}

func (i *image) cookie() uint64 { return i[4] }

// decodeSocket reads struct inet_diag_msg and the attributes behind it. Of
// sockets of other families the port is 0, as of unbound ones.
func decodeSocket(b []byte, udp bool) (s Socket, err error) {
	if len(b) < inetDiagMsgLen {
		return s, ErrTruncated
	}
	s.UDP = udp
	s.Cookie = binary.NativeEndian.Uint64(b[44:])
	switch b[0] {
	case familyIPv4:
		s.Addr = netip.AddrFrom4([4]byte(b[8:12]))
	case familyIPv6:
		s.V6 = true
		s.Addr = netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	default:
		return s, nil
	}
	s.Port = binary.BigEndian.Uint16(b[4:])
	s.Device = binary.NativeEndian.Uint32(b[40:])
	s.UID = binary.NativeEndian.Uint32(b[64:])
	s.Inode = binary.NativeEndian.Uint32(b[68:])
	if b[1] == stateListen {
		s.Backlog = binary.NativeEndian.Uint32(b[60:])
	}
	decodeAttributes(b[inetDiagMsgLen:], &s)
	return s, nil
}

// decodeAttributes takes what it knows of the route attributes (struct nlattr);
// a malformed rest is ignored, the fixed part before it is sound.
func decodeAttributes(b []byte, s *Socket) {
	for len(b) >= 4 {
		length, kind := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])
		if length < 4 || length > len(b) {
			return
		}
		switch value := b[4:length]; {
		case kind == attrSKV6Only && len(value) >= 1:
			s.V6Only = value[0] != 0
		case kind == attrCgroupID && len(value) >= 8:
			s.CgroupID = binary.NativeEndian.Uint64(value)
		}
		b = b[min((length+3)&^3, len(b)):]
	}
}

// dumpRequest asks for all sockets of a protocol in some states, a bit each. Legacy asks for
// TCP of both families in the form of struct inet_diag_req, otherwise it is
// struct inet_diag_req_v2.
func dumpRequest(legacy bool, family, proto byte, states uint32) []byte {
	if !legacy {
		b := newRequest(typeByFamily, flagRequest|flagDump, 56)
		body := b[headerLen:]
		body[0], body[1] = family, proto
		binary.NativeEndian.PutUint32(body[4:], states)
		return b
	}
	b := newRequest(typeLegacyTCP, flagRequest|flagDump, 60)
	b[headerLen] = family
	binary.NativeEndian.PutUint32(b[headerLen+52:], states)
	return b
}

// lookupRequest asks for the one socket that would take what is sent to the
// address of s. Of UDP the kernel reads the local address where the remote one
// stands (udp_dump_one in net/ipv4/udp_diag.c).
func lookupRequest(s *Socket) []byte {
	b := newRequest(typeByFamily, flagRequest, 56)
	body := b[headerLen:]
	body[0], body[1] = familyIPv4, protoTCP
	local, port := body[12:28], body[8:10]
	if s.UDP {
		body[1] = protoUDP
		local, port = body[28:44], body[10:12]
	}
	if s.V6 {
		body[0] = familyIPv6
		addr := s.Addr.As16()
		copy(local, addr[:])
	} else {
		copy(local, s.Addr.AsSlice())
	}
	binary.BigEndian.PutUint16(port, s.Port)
	binary.NativeEndian.PutUint32(body[44:], s.Device)
	binary.NativeEndian.PutUint64(body[48:], noCookie)
	return b
}

func newRequest(kind, flags uint16, body int) []byte {
	b := make([]byte, headerLen+body)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], flags)
	return b
}
