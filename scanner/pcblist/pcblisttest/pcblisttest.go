// Package pcblisttest writes what the sysctls of package pcblist answer, for tests: as
// xnu does, at the offsets of its structs. It shares nothing with the decoder.
package pcblisttest

import (
	"encoding/binary"
	"net/netip"
)

// Socket is one as the kernel has it. The zero value is of no family.
type Socket struct {
	Vflag         byte
	Flags, Flags2 uint32
	Local, Remote string // addresses, "" is none
	Lport, Fport  uint16
	Scope         uint16 // embedded in Local
	NoSocket      bool   // the group has no xsocket_n
	NoBuffers     bool   // it has buffers without a kind
	So            uint64 // xso_so, 0 of a flow of Skywalk
	Proto         uint32
	UID           uint32
	Last, Behalf  int32
	Backlog       uint16
	State         uint32 // t_state
}

// Form is what differs between versions of macOS: lengths of records.
type Form struct{ Socket, TCP int }

// The forms there are.
var (
	Catalina = Form{76, 204} // the first
	Monterey = Form{80, 204} // the last before it grew
	Ventura  = Form{104, 208}
)

// Record is one of zeros, with its length and its kind.
func Record(size int, kind uint32) []byte {
	b := make([]byte, (size+7)/8*8)
	binary.LittleEndian.PutUint32(b, uint32(size))
	binary.LittleEndian.PutUint32(b[4:], kind)
	return b
}

// place writes an address into the 16 bytes of a struct in_addr_4in6 or in6_addr.
func place(b []byte, s string, vflag byte, scope uint16) {
	if s == "" {
		return
	}
	addr := netip.MustParseAddr(s)
	if addr.Is4() && vflag&2 == 0 {
		copy(b[12:], addr.AsSlice())
		return
	}
	all := addr.As16()
	copy(b, all[:])
	if scope != 0 {
		binary.BigEndian.PutUint16(b[2:], scope)
	}
}

// Group writes the records of one socket.
func (f Form) Group(udp bool, p Socket) []byte {
	in := Record(104, 0x10)
	binary.BigEndian.PutUint16(in[16:], p.Fport)
	binary.BigEndian.PutUint16(in[18:], p.Lport)
	binary.LittleEndian.PutUint32(in[36:], p.Flags)
	in[44] = p.Vflag
	place(in[48:64], p.Remote, p.Vflag, 0)
	place(in[64:80], p.Local, p.Vflag, p.Scope)
	binary.LittleEndian.PutUint32(in[100:], p.Flags2)
	out := in
	if !p.NoSocket {
		out = append(out, f.socketRecord(p)...)
	}
	for _, kind := range []uint32{2, 4} {
		if p.NoBuffers {
			kind = 0
		}
		out = append(out, Record(32, kind)...)
	}
	out = append(out, Record(136, 8)...)
	if !udp {
		tp := Record(f.TCP, 0x20)
		binary.LittleEndian.PutUint32(tp[36:], p.State)
		out = append(out, tp...)
	}
	return out
}

func (f Form) socketRecord(p Socket) []byte {
	so := Record(f.Socket, 1)
	binary.LittleEndian.PutUint64(so[8:], p.So)
	binary.LittleEndian.PutUint32(so[36:], p.Proto)
	binary.LittleEndian.PutUint16(so[48:], p.Backlog)
	binary.LittleEndian.PutUint32(so[64:], p.UID)
	binary.LittleEndian.PutUint32(so[68:], uint32(p.Last))
	binary.LittleEndian.PutUint32(so[72:], uint32(p.Behalf))
	return so
}

// Header is a struct xinpgen.
func Header(count uint32, generation uint64) []byte {
	b := make([]byte, 24)
	binary.LittleEndian.PutUint32(b, 24)
	binary.LittleEndian.PutUint32(b[4:], count)
	binary.LittleEndian.PutUint64(b[8:], generation)
	binary.LittleEndian.PutUint64(b[16:], 77)
	return b
}

// Answer writes all that a sysctl gives of some sockets.
func (f Form) Answer(udp bool, all ...Socket) []byte {
	b := Header(uint32(len(all)), 5000)
	for _, p := range all {
		b = append(b, f.Group(udp, p)...)
	}
	return append(b, Header(uint32(len(all)), 5000)...)
}
