// Package netlink reads tables of the Linux kernel by netlink(7): the messages of
// a dump and the attributes in them. The decoder is pure and builds on every
// system; only Dump needs Linux.
package netlink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"syscall"
)

// ErrTruncated says that a message is shorter than its header promises.
var ErrTruncated = errors.New("netlink message is cut short")

// ErrInterrupted says that a table changed during its dump, which may lack
// something (NLM_F_DUMP_INTR).
var ErrInterrupted = errors.New("dump was interrupted by changes")

// Message types, flags and sizes of linux/netlink.h.
const (
	typeError = 2
	typeDone  = 3

	flagRequest  = 0x1
	flagDumpIntr = 0x10
	flagDump     = 0x300

	headerLen  = 16
	maxMessage = 1 << 18 // bodies that are kept of one answer
)

// request builds a dump's request (struct nlmsghdr) with its body.
func request(kind uint16, seq uint32, body []byte) []byte {
	b := make([]byte, headerLen, headerLen+len(body))
	binary.NativeEndian.PutUint32(b, uint32(headerLen+len(body)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	binary.NativeEndian.PutUint16(b[6:], flagRequest|flagDump)
	binary.NativeEndian.PutUint32(b[8:], seq)
	return append(b, body...)
}

// answer gathers the datagrams that answer the request of one dump.
type answer struct {
	seq         uint32
	bodies      [][]byte
	interrupted bool
}

// take keeps what one datagram holds, which is only lent. Done reports the end of
// the dump. Messages that answer another request are passed over.
func (a *answer) take(b []byte) (done bool, err error) {
	b = slices.Clone(b)
	for len(b) > 0 {
		if len(b) < headerLen {
			return false, ErrTruncated
		}
		length := int(binary.NativeEndian.Uint32(b))
		if length < headerLen || length > len(b) {
			return false, ErrTruncated
		}
		message := b[:length]
		b = b[min((length+3)&^3, len(b)):]
		if binary.NativeEndian.Uint32(message[8:]) != a.seq {
			continue
		}
		if done, err := a.takeMessage(message); done || err != nil {
			return done, err
		}
	}
	return false, nil
}

func (a *answer) takeMessage(m []byte) (done bool, err error) {
	body := m[headerLen:]
	a.interrupted = a.interrupted || binary.NativeEndian.Uint16(m[6:])&flagDumpIntr != 0
	switch kind := binary.NativeEndian.Uint16(m[4:]); {
	case kind == typeError:
		return false, DecodeError(body)
	case kind == typeDone:
		return true, End(body, a.interrupted)
	case kind < 16: // NLMSG_MIN_TYPE: others are of netlink itself
		return false, nil
	}
	if len(a.bodies) == maxMessage {
		return false, fmt.Errorf("more than %d messages", maxMessage)
	}
	a.bodies = append(a.bodies, body)
	return false, nil
}

// End reads the body of the last message of a dump, which tells of one that failed
// on the way (netlink_dump_done in net/netlink/af_netlink.c). Interrupted is that
// NLM_F_DUMP_INTR was in one of the messages.
func End(body []byte, interrupted bool) error {
	if len(body) >= 4 && int32(binary.NativeEndian.Uint32(body)) < 0 {
		return DecodeError(body)
	}
	if interrupted {
		return ErrInterrupted
	}
	return nil
}

// DecodeError reads struct nlmsgerr, a negative errno: the error is a syscall.Errno,
// unless the body is malformed.
func DecodeError(body []byte) error {
	if len(body) < 4 {
		return ErrTruncated
	}
	errno := -int32(binary.NativeEndian.Uint32(body))
	if errno <= 0 {
		return fmt.Errorf("netlink answers with error number %d", errno)
	}
	return syscall.Errno(errno)
}

// Attribute gives the value of the first attribute (struct nlattr) of a type, nil
// when there is none before the end or before what is malformed. The value points
// into b.
func Attribute(b []byte, kind uint16) []byte {
	const typeMask = 0x3fff // NLA_TYPE_MASK
	for len(b) >= 4 {
		length := int(binary.NativeEndian.Uint16(b))
		if length < 4 || length > len(b) {
			return nil
		}
		if binary.NativeEndian.Uint16(b[2:])&typeMask == kind {
			return b[4:length]
		}
		b = b[min((length+3)&^3, len(b)):]
	}
	return nil
}

// Text gives an attribute that is a string, without the zero byte behind it; ""
// when there is none.
func Text(b []byte, kind uint16) string {
	value := Attribute(b, kind)
	if end := slices.Index(value, 0); end >= 0 {
		value = value[:end]
	}
	return string(value)
}

// Uint32 gives an attribute that is a number of 32 bits in an order of bytes.
func Uint32(b []byte, kind uint16, order binary.ByteOrder) (n uint32, ok bool) {
	value := Attribute(b, kind)
	if len(value) < 4 {
		return 0, false
	}
	return order.Uint32(value), true
}
