package pcblist

import (
	"encoding/binary"
	"net/netip"
)

// The encoder writes what xnu does, at the offsets of its structs: it shares nothing
// with the decoder.

// pcb is a socket as the kernel has it. The zero value is one of an unknown family.
type pcb struct {
	vflag         byte
	flags, flags2 uint32
	local, remote string // addresses, "" is none
	lport, fport  uint16
	scope         uint16 // embedded in local
	noSocket      bool   // the group has no xsocket_n
	noBuffers     bool   // it has buffers without a kind
	so            uint64 // xso_so, 0 of a flow of Skywalk
	proto         uint32
	uid           uint32
	last, behalf  int32
	backlog       uint16
	state         uint32 // t_state
}

// form is what differs between versions of macOS.
type form struct{ socket, tcp int }

var (
	monterey = form{76, 204} // with the four bytes behind a record
	bigSur   = form{80, 204}
	ventura  = form{104, 208}
)

func record(size int, kind uint32) []byte {
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

// group writes the records of one socket.
func (f form) group(udp bool, p pcb) []byte {
	in := record(104, 0x10)
	binary.BigEndian.PutUint16(in[16:], p.fport)
	binary.BigEndian.PutUint16(in[18:], p.lport)
	binary.LittleEndian.PutUint32(in[36:], p.flags)
	in[44] = p.vflag
	place(in[48:64], p.remote, p.vflag, 0)
	place(in[64:80], p.local, p.vflag, p.scope)
	binary.LittleEndian.PutUint32(in[100:], p.flags2)
	out := in
	if !p.noSocket {
		out = append(out, f.socketRecord(p)...)
	}
	for _, kind := range []uint32{2, 4} {
		if p.noBuffers {
			kind = 0
		}
		out = append(out, record(32, kind)...)
	}
	out = append(out, record(136, 8)...)
	if !udp {
		tp := record(f.tcp, 0x20)
		binary.LittleEndian.PutUint32(tp[36:], p.state)
		out = append(out, tp...)
	}
	return out
}

func (f form) socketRecord(p pcb) []byte {
	so := record(f.socket, 1)
	binary.LittleEndian.PutUint64(so[8:], p.so)
	binary.LittleEndian.PutUint32(so[36:], p.proto)
	binary.LittleEndian.PutUint16(so[48:], p.backlog)
	binary.LittleEndian.PutUint32(so[64:], p.uid)
	binary.LittleEndian.PutUint32(so[68:], uint32(p.last))
	binary.LittleEndian.PutUint32(so[72:], uint32(p.behalf))
	return so
}

func xinpgen(count uint32, generation uint64) []byte {
	b := make([]byte, 24)
	binary.LittleEndian.PutUint32(b, 24)
	binary.LittleEndian.PutUint32(b[4:], count)
	binary.LittleEndian.PutUint64(b[8:], generation)
	binary.LittleEndian.PutUint64(b[16:], 77)
	return b
}

// answer writes all that a sysctl gives of some sockets.
func (f form) answer(udp bool, all ...pcb) []byte {
	b := xinpgen(uint32(len(all)), 5000)
	for _, p := range all {
		b = append(b, f.group(udp, p)...)
	}
	return append(b, xinpgen(uint32(len(all)), 5000)...)
}
