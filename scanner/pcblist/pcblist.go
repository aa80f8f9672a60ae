// Package pcblist decodes what the sysctls net.inet.tcp.pcblist_n and
// net.inet.udp.pcblist_n of macOS tell of sockets, IPv6 ones included. It is pure and
// builds on every system. The layout is that of xnu's bsd/netinet/in_pcb.h,
// bsd/sys/socketvar.h and bsd/netinet/tcp_var.h, where the structs have 4-byte packing
// and are the same on arm64 and x86_64.
package pcblist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Kinds of records (XSO_… in socketvar.h). Others are passed over.
const (
	kindSocket = 0x01 // struct xsocket_n
	kindPCB    = 0x10 // struct xinpcb_n, the first record of each socket
	kindTCP    = 0x20 // struct xtcpcb_n
)

// Lengths in bytes. Of struct xsocket_n it is that of the first macOS that had it: it
// has grown since.
const (
	headerLen = 24  // struct xinpgen, which has no kind: all records are longer
	recordLen = 8   // len and kind, at the start of each record
	pcbLen    = 104 // struct xinpcb_n
	socketLen = 76  // struct xsocket_n
	tcpLen    = 40  // struct xtcpcb_n up to t_state
)

// Flags and states.
const (
	vflagIPv4 = 0x1 // INP_IPV4
	vflagIPv6 = 0x2 // INP_IPV6

	flagAnonPort = 0x40   // INP_ANONPORT
	flagV6Only   = 0x8000 // IN6P_IPV6_V6ONLY

	flag2External = 0x400 // INP2_EXTERNAL_PORT

	stateListen = 1 // TCPS_LISTEN
	protoUDP    = 17
)

// UnknownUID is the UID of what is no socket of the BSD layer.
const UnknownUID = -1

// Socket is one that listens.
type Socket struct {
	Addr      netip.Addr // without zone; one that is IPv4 in IPv6's clothes is IPv4
	Interface uint16     // index of the interface that a link-local address belongs to, 0 is none
	Port      uint16
	DualStack bool // bound to [::] and takes IPv4 too
	Anonymous bool // the kernel chose the port
	External  bool // the port was reserved from outside of the socket
	Flow      bool // a flow of Skywalk, the network stack in user space, and no BSD socket: its user is not told
	UID       int  // of the socket's maker, or UnknownUID
	Backlog   int  // limit of the accept queue, TCP only

	// LastPID is the process that has bound, listened, accepted, sent or polled last:
	// mostly, but not surely, one that holds the socket. 0 is the kernel, or unknown of a Flow.
	LastPID int
	// OnBehalf is the process for which LastPID does so, 0 is none.
	OnBehalf int
}

// Kernel reports whether the kernel made the socket for itself.
func (s *Socket) Kernel() bool { return s.LastPID == 0 && !s.Flow }

// Answer is what one sysctl tells.
type Answer struct {
	Listening  []Socket // in the kernel's order
	Shown      int      // sockets in the answer, listening or not
	Count      int      // sockets that the kernel says there are: it may show fewer, to some
	Generation uint64   // another one after each socket that was opened or closed
	Changed    bool     // that happened during the answer, which may lack sockets
	UIDs       []int    // the makers of all that is shown, each once
	Launchd    bool     // process 1 is the last user of one that is shown
}

// The errors of Decode.
var (
	ErrTruncated = errors.New("truncated answer")
	ErrOutOfStep = errors.New("answer in an unknown form")
)

// Decode reads the answer of pcblist_n about TCP, or about UDP: a struct xinpgen, for
// each socket a group of records that begins with a struct xinpcb_n, and a closing
// struct xinpgen. A part of an answer is an error.
func Decode(b []byte, udp bool) (Answer, error) {
	d := decoder{udp: udp}
	if err := d.decode(b); err != nil {
		return Answer{}, fmt.Errorf("decode sockets: %w", err)
	}
	return d.Answer, nil
}

type decoder struct {
	Answer
	udp   bool
	group group
}

// group are the records of one socket, nil where it has none.
type group struct{ pcb, socket, tcp []byte }

func (d *decoder) decode(b []byte) error {
	size, err := cut(b)
	if err != nil {
		return err
	}
	if size != headerLen {
		return fmt.Errorf("header of %d bytes: %w", size, ErrOutOfStep)
	}
	d.Count, d.Generation = int(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint64(b[8:])
	if len(b) == headerLen && d.Count == 0 {
		return nil
	}
	for at := headerLen; ; at += aligned(size) {
		if size, err = cut(b[min(at, len(b)):]); err != nil {
			return fmt.Errorf("record at byte %d: %w", at, err)
		}
		if record := b[at : at+size]; size > headerLen {
			err = d.take(record)
		} else {
			return d.close(record, len(b)-at)
		}
		if err != nil {
			return fmt.Errorf("record at byte %d: %w", at, err)
		}
	}
}

// aligned is where the record behind one begins.
func aligned(size int) int { return (size + 7) &^ 7 }

// cut gives the length of the first record, which is whole.
func cut(b []byte) (size int, err error) {
	if len(b) < recordLen {
		return 0, ErrTruncated
	}
	n := binary.LittleEndian.Uint32(b)
	switch {
	case n < headerLen:
		return 0, fmt.Errorf("length %d: %w", n, ErrOutOfStep)
	case uint64(n) > uint64(len(b)):
		return 0, ErrTruncated
	}
	return int(n), nil
}

// close takes the closing xinpgen, with which the answer ends.
func (d *decoder) close(header []byte, left int) error {
	d.flush()
	generation := binary.LittleEndian.Uint64(header[8:])
	if left != headerLen || generation < d.Generation {
		return fmt.Errorf("unexpected end: %w", ErrOutOfStep)
	}
	d.Changed = generation != d.Generation
	return nil
}

func (d *decoder) take(record []byte) error {
	g, least := &d.group, 0
	var slot *[]byte
	switch binary.LittleEndian.Uint32(record[4:]) {
	case kindPCB:
		d.flush()
		slot, least = &g.pcb, pcbLen
	case kindSocket:
		slot, least = &g.socket, socketLen
	case kindTCP:
		slot, least = &g.tcp, tcpLen
	default:
		return nil
	}
	switch {
	case len(record) < least:
		return fmt.Errorf("%d bytes of %d: %w", len(record), least, ErrOutOfStep)
	case *slot != nil, g.pcb == nil && slot != &g.pcb:
		return fmt.Errorf("not in its place: %w", ErrOutOfStep)
	}
	*slot = record
	return nil
}

// flush ends a group.
func (d *decoder) flush() {
	g := d.group
	if g.pcb == nil {
		return
	}
	d.group = group{}
	d.Shown++
	s, listens := g.place(d.udp)
	g.maker(&s, d.udp)
	if s.UID != UnknownUID && !slices.Contains(d.UIDs, s.UID) {
		d.UIDs = append(d.UIDs, s.UID)
	}
	d.Launchd = d.Launchd || s.LastPID == 1
	if listens {
		d.Listening = append(d.Listening, s)
	}
}

// place tells where a socket is bound, and whether it listens there: a TCP one by its
// state, a UDP one that has a port and no peer.
func (g *group) place(udp bool) (s Socket, listens bool) {
	b := g.pcb
	flags, vflag := binary.LittleEndian.Uint32(b[36:]), b[44]
	s.Port = binary.BigEndian.Uint16(b[18:])
	s.Anonymous = flags&flagAnonPort != 0
	s.External = binary.LittleEndian.Uint32(b[100:])&flag2External != 0
	switch {
	case vflag&vflagIPv6 != 0:
		s.Addr, s.Interface = address([16]byte(b[64:80]))
		s.DualStack = vflag&vflagIPv4 != 0 && flags&flagV6Only == 0 && s.Addr == netip.IPv6Unspecified()
	case vflag&vflagIPv4 != 0:
		s.Addr = netip.AddrFrom4([4]byte(b[76:80]))
	default:
		return s, false
	}
	if udp {
		return s, s.Port != 0 && !g.connected() && g.isUDP()
	}
	return s, s.Port != 0 && g.tcp != nil && binary.LittleEndian.Uint32(g.tcp[36:]) == stateListen
}

// connected reports whether there is a peer.
func (g *group) connected() bool {
	if binary.BigEndian.Uint16(g.pcb[16:]) != 0 {
		return true
	}
	if g.pcb[44]&vflagIPv6 == 0 {
		return [4]byte(g.pcb[60:64]) != [4]byte{}
	}
	return [16]byte(g.pcb[48:64]) != [16]byte{}
}

// isUDP reports whether the protocol is UDP, as far as it is told.
func (g *group) isUDP() bool {
	if g.socket == nil {
		return true
	}
	p := binary.LittleEndian.Uint32(g.socket[36:])
	return p == protoUDP || p == 0
}

// maker tells who made and who uses a socket.
func (g *group) maker(s *Socket, udp bool) {
	s.UID, s.Flow = UnknownUID, true
	if g.socket == nil {
		return
	}
	s.Flow = binary.LittleEndian.Uint64(g.socket[8:]) == 0 // xso_so
	if !s.Flow {
		s.UID = int(binary.LittleEndian.Uint32(g.socket[64:]))
	}
	if !udp {
		s.Backlog = int(binary.LittleEndian.Uint16(g.socket[48:]))
	}
	s.LastPID = pid(g.socket[68:])
	s.OnBehalf = pid(g.socket[72:])
}

// pid reads one; a negative one is none.
func pid(b []byte) int { return int(max(0, int32(binary.LittleEndian.Uint32(b)))) }

// address takes out of one the index of the interface that the kernel embeds in those
// that are good on one interface or link only (sa6_embedscope in bsd/netinet6/scope6.c).
func address(b [16]byte) (addr netip.Addr, ifindex uint16) {
	linkLocal := b[0] == 0xfe && b[1]&0xc0 == 0x80
	narrow := b[0] == 0xff && (b[1]&0x0f == 1 || b[1]&0x0f == 2)
	if linkLocal || narrow {
		ifindex = binary.BigEndian.Uint16(b[2:])
		b[2], b[3] = 0, 0
	}
	return netip.AddrFrom16(b).Unmap(), ifindex
}
