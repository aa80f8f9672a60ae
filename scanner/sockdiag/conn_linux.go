package sockdiag

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"portlight/scanner/internal/netlink"
)

// Conn is a netlink socket for one question at a time. It is not safe for
// concurrent use. After an error it is only good for Close: the rest of the
// answer may still arrive.
type Conn struct {
	fd    int
	seq   uint32
	split bool // a dump since the last call of dumpAll came in several datagrams
	buf   []byte
	dumps []dump
}

// dump is one request and what it asks for.
type dump struct {
	name    string
	udp     bool
	request []byte
	probe   []byte // the same for sockets in no state: it shows nothing
}

func newDump(name string, legacy bool, family, proto byte, state uint) dump {
	return dump{name, proto == protoUDP, dumpRequest(legacy, family, proto, 1<<state), dumpRequest(legacy, family, proto, 0)}
}

// bufferLen is more than the kernel puts into one datagram: it makes them as
// large as the last receive allowed, up to 32 KiB.
const bufferLen = 64 << 10

// Dial opens the socket in the network namespace of the calling thread.
func Dial() (*Conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open netlink socket: %w", err)
	}
	timeout := unix.Timeval{Sec: 3}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("set time-out of netlink socket: %w", err)
	}
	return &Conn{fd: fd, buf: make([]byte, bufferLen), dumps: []dump{
		newDump("tcp", true, 0, protoTCP, stateListen),
		newDump("udp ipv4", false, familyIPv4, protoUDP, stateClose),
		newDump("udp ipv6", false, familyIPv6, protoUDP, stateClose),
	}}, nil
}

// Close frees the socket.
func (c *Conn) Close() error { return unix.Close(c.fd) }

// dumpAll shows v all TCP sockets in state LISTEN and all UDP sockets that are
// bound and not connected.
func (c *Conn) dumpAll(v visitor) error {
	c.split = false
	return c.askAll(v, func(d *dump) []byte { return d.request })
}

// Probe proves that the kernel answers the requests, at little cost.
func (c *Conn) Probe() error {
	return c.askAll(&Table{}, func(d *dump) []byte { return d.probe })
}

// askAll makes a request for each dump. A kernel that refuses the older request
// for TCP is asked by family from then on.
func (c *Conn) askAll(v visitor, request func(*dump) []byte) error {
	for i := 0; i < len(c.dumps); i++ {
		d := &c.dumps[i]
		err := c.dump(d.udp, request(d), v)
		if err == nil {
			continue
		}
		_, refused := err.(unix.Errno) // the kernel's answer, not an error on the way
		if binary.NativeEndian.Uint16(d.request[4:]) != typeLegacyTCP || !refused {
			return fmt.Errorf("dump of %s sockets: %w", d.name, err)
		}
		c.replaceLegacy(i)
		i--
	}
	return nil
}

// replaceLegacy asks by family from now on.
func (c *Conn) replaceLegacy(i int) {
	c.dumps = slices.Replace(c.dumps, i, i+1,
		newDump("tcp ipv4", false, familyIPv4, protoTCP, stateListen),
		newDump("tcp ipv6", false, familyIPv6, protoTCP, stateListen))
}

func (c *Conn) dump(udp bool, request []byte, v visitor) error {
	if err := c.send(request); err != nil {
		return err
	}
	a := answer{seq: c.seq, udp: udp}
	for {
		b, err := c.receive()
		if err != nil {
			return err
		}
		done, err := a.take(b, v)
		c.split = c.split || a.parts > 1
		if done || err != nil {
			return err
		}
	}
}

// whole reports whether each dump of the last dumpAll came in one datagram: the
// kernel has then gone through each of its lists under that list's lock, and
// nothing that was there all the time can be missing.
func (c *Conn) whole() bool { return !c.split }

// lookup gives the cookie of the socket that would take what is sent to the
// address of s, which may be another one. The error is ENOENT when there is none.
func (c *Conn) lookup(s *Socket) (cookie uint64, err error) {
	if err := c.send(lookupRequest(s)); err != nil {
		return 0, err
	}
	for {
		b, err := c.receive()
		if err != nil {
			return 0, err
		}
		for len(b) > 0 {
			var m message
			if m, b, err = cutMessage(b); err != nil {
				return 0, err
			}
			switch {
			case m.seq != c.seq:
			case m.kind == typeError:
				return 0, netlink.DecodeError(m.body)
			case m.kind == typeByFamily:
				s, err := decodeSocket(m.body, s.UDP)
				return s.Cookie, err
			}
		}
	}
}

// send writes a request, under a new number that its answer carries too.
//
// The kernel makes the answer of a dump while it is asked and read, so neither
// call waits, but for the first one, that may load a module: as raw calls they
// spare the runtime's scheduler, which at a calm pace costs as much as the dump.
func (c *Conn) send(request []byte) error {
	c.seq++
	binary.NativeEndian.PutUint32(request[8:], c.seq)
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(c.fd), uintptr(unsafe.Pointer(&request[0])), uintptr(len(request)))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return fmt.Errorf("send: %w", errno)
		}
	}
}

// receive reads one datagram. Should there be none yet it waits, up to the
// time-out of the socket. It calls recvfrom itself: package unix would allocate
// the address of the sender each time.
func (c *Conn) receive() ([]byte, error) {
	fd, buf, size := uintptr(c.fd), unsafe.Pointer(&c.buf[0]), uintptr(len(c.buf))
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(buf), size, unix.MSG_TRUNC|unix.MSG_DONTWAIT, 0, 0)
	if errno == unix.EAGAIN {
		n, _, errno = unix.Syscall6(unix.SYS_RECVFROM, fd, uintptr(buf), size, unix.MSG_TRUNC, 0, 0)
	}
	for errno == unix.EINTR {
		n, _, errno = unix.Syscall6(unix.SYS_RECVFROM, fd, uintptr(buf), size, unix.MSG_TRUNC, 0, 0)
	}
	switch {
	case errno != 0:
		return nil, fmt.Errorf("receive: %w", errno)
	case int(n) > len(c.buf):
		return nil, ErrTruncated
	}
	return c.buf[:n], nil
}

// Refresh takes a dump and reports whether anything has changed since the one
// before: Added and Gone tell what. Held is asked about sockets that a large dump
// may have missed. On an error nothing may be concluded; what
// had changed is told with the next success, on another Conn if need be.
func (t *Table) Refresh(c *Conn, held Held) (changed bool, err error) {
	t.start()
	if err := t.dump(c); err != nil {
		return false, fmt.Errorf("read sockets: %w", err)
	}
	if err := t.finish(c, held); err != nil {
		return false, fmt.Errorf("look up a socket: %w", err)
	}
	t.finished()
	return len(t.added) > 0 || len(t.gone) > 0, nil
}

// dumpTries is how often a dump that was interrupted by changes is tried.
const dumpTries = 3

func (t *Table) dump(c *Conn) (err error) {
	for range dumpTries {
		t.begin()
		if err = c.dumpAll(t); !errors.Is(err, ErrInterrupted) {
			return err
		}
	}
	return err
}
