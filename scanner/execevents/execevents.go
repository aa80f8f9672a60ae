// Package execevents tells when a program has been started on this computer,
// of whichever user or container, by the proc connector of Linux (linux/cn_proc.h
// over linux/connector.h). The kernel serves only the initial pid, user and
// network namespaces; before Linux 6.6 it also wants CAP_NET_ADMIN. The decoder
// is pure and builds on every system; only Conn needs Linux.
package execevents

import (
	"encoding/binary"
	"errors"
)

// From linux/netlink.h, linux/connector.h and linux/cn_proc.h. A message is a
// struct nlmsghdr, a struct cn_msg and a struct proc_event; the kernel sends one
// a datagram.
const (
	typeDone  = 3 // NLMSG_DONE, of every message of the connector
	indexProc = 1 // CN_IDX_PROC, also the multicast group
	valueProc = 1 // CN_VAL_PROC

	opListen = 1 // PROC_CN_MCAST_LISTEN
	opIgnore = 2 // PROC_CN_MCAST_IGNORE

	whatAck  = 0 // PROC_EVENT_NONE
	whatExec = 2 // PROC_EVENT_EXEC

	headerLen   = 16 // struct nlmsghdr
	offsetToken = headerLen + 12
	offsetSize  = headerLen + 16
	offsetEvent = headerLen + 20 // behind struct cn_msg
	offsetData  = offsetEvent + 16
	minLen      = offsetData + 4 // with the error number of an acknowledgement
)

var (
	errTruncated = errors.New("message is cut short")
	errForeign   = errors.New("message is not of the proc connector")
)

// event is what one message tells.
type event struct {
	what  uint32 // PROC_EVENT_*
	errno uint32 // of an acknowledgement: why the request was refused, 0 if it was not
}

// decode reads one message.
func decode(b []byte) (event, error) {
	if len(b) < minLen {
		return event{}, errTruncated
	}
	word := func(offset int) uint32 { return binary.NativeEndian.Uint32(b[offset:]) }
	length, size := int(word(0)), int(binary.NativeEndian.Uint16(b[offsetSize:]))
	if length < minLen || length > len(b) || size < minLen-offsetEvent || size > length-offsetEvent {
		return event{}, errTruncated
	}
	kind := binary.NativeEndian.Uint16(b[4:])
	if kind != typeDone || word(headerLen) != indexProc || word(headerLen+4) != valueProc {
		return event{}, errForeign
	}
	e := event{what: word(offsetEvent)}
	if e.what == whatAck {
		e.errno = word(offsetData)
	}
	return e, nil
}

// request asks the connector for an operation. Its acknowledgement goes to all
// listeners, with the token plus 1: the token tells whose it is, since the kernel
// replaces the sequence number.
func request(op, token uint32) []byte {
	b := make([]byte, offsetEvent+4)
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], typeDone)
	binary.NativeEndian.PutUint32(b[headerLen:], indexProc)
	binary.NativeEndian.PutUint32(b[headerLen+4:], valueProc)
	binary.NativeEndian.PutUint32(b[offsetToken:], token)
	binary.NativeEndian.PutUint16(b[offsetSize:], 4)
	binary.NativeEndian.PutUint32(b[offsetEvent:], op)
	return b
}
