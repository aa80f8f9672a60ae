package sockdiag

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// Conn is a netlink socket for dumps, one at a time. It is not safe for
// concurrent use.
type Conn struct {
	fd       int
	buf      []byte
	requests []dump
}

// dump is one request and what it asks for.
type dump struct {
	name    string
	udp     bool
	request []byte
}

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
	return &Conn{fd: fd, buf: make([]byte, 64<<10), requests: []dump{
		{"tcp", false, request(true, 0, protoTCP, stateListen)},
		{"udp ipv4", true, request(false, familyIPv4, protoUDP, stateClose)},
		{"udp ipv6", true, request(false, familyIPv6, protoUDP, stateClose)},
	}}, nil
}

// Close frees the socket.
func (c *Conn) Close() error { return unix.Close(c.fd) }

// Listeners appends all TCP sockets in state LISTEN and all UDP sockets that
// are bound and not connected to out, each once, in the kernel's order. On an
// error the answer is incomplete, nothing may be concluded from it, and the Conn
// is only good for Close: the rest of the answer may still arrive.
func (c *Conn) Listeners(out []Socket) ([]Socket, error) {
	for i := 0; i < len(c.requests); i++ {
		var err error
		r := c.requests[i]
		before := len(out)
		if out, err = c.dump(r, out); err == nil {
			continue
		}
		var refused unix.Errno
		if r.request[4] != typeLegacyTCP || !errors.As(err, &refused) {
			return out, fmt.Errorf("dump of %s sockets: %w", r.name, err)
		}
		c.replaceLegacy(i)
		out = out[:before]
		i--
	}
	return out, nil
}

// replaceLegacy asks by family from now on, for a kernel that refuses the
// older request.
func (c *Conn) replaceLegacy(i int) {
	c.requests = slices.Replace(c.requests, i, i+1,
		dump{"tcp ipv4", false, request(false, familyIPv4, protoTCP, stateListen)},
		dump{"tcp ipv6", false, request(false, familyIPv6, protoTCP, stateListen)})
}

func (c *Conn) dump(d dump, out []Socket) ([]Socket, error) {
	if err := unix.Sendto(c.fd, d.request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return out, fmt.Errorf("send: %w", err)
	}
	first := len(out)
	for {
		n, err := c.receive()
		if err != nil {
			return out, err
		}
		var done bool
		if out, done, err = decode(c.buf[:n], d.udp, out); err != nil || done {
			return out, err
		}
		if len(out)-first > maxSocketsADump {
			return out, fmt.Errorf("more than %d sockets", maxSocketsADump)
		}
	}
}

// receive reads one datagram into c.buf.
func (c *Conn) receive() (int, error) {
	for {
		n, _, err := unix.Recvfrom(c.fd, c.buf, unix.MSG_TRUNC)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, fmt.Errorf("receive: %w", err)
		case n > len(c.buf):
			return 0, ErrTruncated
		}
		return n, nil
	}
}
