// Package sockdiag reads the listening sockets of this network namespace from
// Linux by netlink SOCK_DIAG (sock_diag(7)), which needs no rights. The decoder
// is pure and builds on every system; only Conn needs Linux.
package sockdiag

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
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
var ErrTruncated = errors.New("netlink message is cut short")

// ErrInterrupted says that the table changed so much during the dump that it
// may lack sockets (NLM_F_DUMP_INTR).
var ErrInterrupted = errors.New("dump was interrupted by changes")

// decode appends the sockets of one datagram to out. Done reports the dump's
// last message.
func decode(b []byte, udp bool, out []Socket) (socks []Socket, done bool, err error) {
	for len(b) > 0 {
		if len(b) < headerLen {
			return out, false, ErrTruncated
		}
		length := int(binary.NativeEndian.Uint32(b))
		kind, flags := binary.NativeEndian.Uint16(b[4:]), binary.NativeEndian.Uint16(b[6:])
		if length < headerLen || length > len(b) {
			return out, false, ErrTruncated
		}
		body := b[headerLen:length]
		switch {
		case flags&flagDumpIntr != 0:
			return out, false, ErrInterrupted
		case kind == typeDone:
			return out, true, nil
		case kind == typeError:
			return out, false, decodeError(body)
		case kind == typeByFamily || kind == typeLegacyTCP:
			s, ok, err := decodeSocket(body)
			if err != nil {
				return out, false, err
			}
			if s.UDP = udp; ok {
				out = append(out, s)
			}
		}
		b = b[min((length+3)&^3, len(b)):]
	}
	return out, false, nil
}

// decodeError reads struct nlmsgerr: a negative errno.
func decodeError(body []byte) error {
	if len(body) < 4 {
		return ErrTruncated
	}
	errno := -int32(binary.NativeEndian.Uint32(body))
	if errno <= 0 {
		return fmt.Errorf("netlink answers with error number %d", errno)
	}
	return syscall.Errno(errno)
}

// decodeSocket reads struct inet_diag_msg and the attributes behind it. Sockets
// of other families and unbound ones are not ok.
func decodeSocket(b []byte) (s Socket, ok bool, err error) {
	if len(b) < inetDiagMsgLen {
		return s, false, ErrTruncated
	}
	switch b[0] {
	case familyIPv4:
		s.Addr = netip.AddrFrom4([4]byte(b[8:12]))
	case familyIPv6:
		s.V6 = true
		s.Addr = netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	default:
		return s, false, nil
	}
	s.Port = binary.BigEndian.Uint16(b[4:])
	s.Device = binary.NativeEndian.Uint32(b[40:])
	s.Cookie = binary.NativeEndian.Uint64(b[44:])
	s.UID = binary.NativeEndian.Uint32(b[64:])
	s.Inode = binary.NativeEndian.Uint32(b[68:])
	if b[1] == stateListen {
		s.Backlog = binary.NativeEndian.Uint32(b[60:])
	}
	decodeAttributes(b[inetDiagMsgLen:], &s)
	return s, s.Port != 0, nil
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

// request is one dump request. Legacy asks for TCP of both families in the form
// of struct inet_diag_req, otherwise it is struct inet_diag_req_v2.
func request(legacy bool, family, proto byte, state uint) []byte {
	b := make([]byte, headerLen+56, headerLen+60)
	kind := uint16(typeByFamily)
	body := b[headerLen:]
	if legacy {
		b = append(b, 0, 0, 0, 0)
		kind, body = typeLegacyTCP, b[headerLen:]
		body[0] = family
		binary.NativeEndian.PutUint32(body[52:], 1<<state)
	} else {
		body[0], body[1] = family, proto
		binary.NativeEndian.PutUint32(body[4:], 1<<state)
	}
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], flagRequest|flagDump)
	return b
}
