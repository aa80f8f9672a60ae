package netns

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"strconv"
)

// file is one of the tables in /proc/PID/net.
type file struct {
	name    string
	udp, v6 bool
}

// States of tcp_states.h as the tables write them.
const (
	stateListen = "0A" // TCP_LISTEN
	stateClose  = "07" // TCP_CLOSE: of UDP, bound and not connected
)

func (f file) state() string {
	if f.udp {
		return stateClose
	}
	return stateListen
}

// parse reads one table into t, line by line without keeping them. Lines that
// are malformed, cut or longer than the reader's buffer are counted as bad.
func (t *Table) parse(r *bufio.Reader, f file) error {
	for {
		line, err := r.ReadSlice('\n')
		if err == nil {
			if t.take(line[:len(line)-1], f) {
				return nil
			}
			continue
		}
		if len(line) > 0 {
			t.Bad++
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.ReadSlice('\n')
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// take adds the listener of a line, if it is one. The end is reached with the
// first TCP socket in another state: proc_net_tcp.rst promises that all
// listening ones come before, and there may be very many behind.
func (t *Table) take(line []byte, f file) (end bool) {
	slot, rest := cutField(line)
	if string(slot) == "sl" {
		return false // the head of the table
	}
	local, rest := cutField(rest)
	remote, rest := cutField(rest)
	state, rest := cutField(rest)
	if string(state) != f.state() {
		if _, ok := parseHex(state, 2); !ok {
			t.Bad++
			return false
		}
		return !f.udp
	}
	s, ok := f.socket(local, rest)
	peer, peerOK := f.address(remote)
	switch {
	case !ok || !peerOK:
		t.Bad++
	case s.Port != 0 && peer.Port() == 0:
		t.Sockets = append(t.Sockets, s)
	}
	return false
}

// socket reads the local address and the fields behind the state: queues, timer,
// retransmissions, user, time-out, inode.
func (f file) socket(local, rest []byte) (Socket, bool) {
	at, ok := f.address(local)
	for range 3 {
		_, rest = cutField(rest)
	}
	user, rest := cutField(rest)
	_, rest = cutField(rest)
	number, _ := cutField(rest)
	uid, uidErr := strconv.ParseUint(string(user), 10, 32)
	inode, inodeErr := strconv.ParseUint(string(number), 10, 32)
	return Socket{
		UDP: f.udp, V6: f.v6, Addr: at.Addr(), Port: at.Port(), UID: uint32(uid), Inode: uint32(inode),
	}, ok && uidErr == nil && inodeErr == nil
}

// address reads an address, which is one or four words as the machine stores
// them, and the port behind it.
func (f file) address(b []byte) (netip.AddrPort, bool) {
	size := 4
	if f.v6 {
		size = 16
	}
	if len(b) != 2*size+5 || b[2*size] != ':' {
		return netip.AddrPort{}, false
	}
	var raw [16]byte
	for at := 0; at < size; at += 4 {
		word, ok := parseHex(b[2*at:2*at+8], 8)
		if !ok {
			return netip.AddrPort{}, false
		}
		binary.NativeEndian.PutUint32(raw[at:], word)
	}
	port, ok := parseHex(b[2*size+1:], 4)
	addr := netip.AddrFrom16(raw).Unmap()
	if !f.v6 {
		addr = netip.AddrFrom4([4]byte(raw[:4]))
	}
	return netip.AddrPortFrom(addr, uint16(port)), ok
}

// parseHex takes a number of exactly so many digits.
func parseHex(b []byte, digits int) (uint32, bool) {
	n, err := strconv.ParseUint(string(b), 16, 32)
	return uint32(n), err == nil && len(b) == digits
}

// cutField splits at the first blank behind a field.
func cutField(b []byte) (field, rest []byte) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if end := bytes.IndexByte(b, ' '); end >= 0 {
		return b[:end], b[end+1:]
	}
	return b, nil
}
