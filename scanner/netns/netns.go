// Package netns finds the network namespaces of other processes, those of
// containers above all, and reads the listeners in them. All of it an ordinary
// user may do, for processes of every user. The parser is pure and builds on
// every system; the rest needs Linux.
//
// A namespace is told by the inode number of /proc/PID/net/tcp: each namespace
// has its own files there, which are made with it and keep their numbers when
// the kernel drops its caches, and stat(2) of them needs no rights. The links
// /proc/PID/ns/net (namespaces(7)) are shown to the owner of the process only.
package netns

import "net/netip"

// Socket is a listener as proc_net_tcp.rst of the kernel shows it: TCP in state
// LISTEN, or UDP that is bound and not connected. The table does not tell the
// bound device, the zone of a link-local address, whether an IPv6 wildcard takes
// IPv4 too, and the limit of the accept queue.
type Socket struct {
	UDP   bool
	V6    bool       // an AF_INET6 socket, also when Addr is IPv4
	Addr  netip.Addr // without zone; IPv4-mapped addresses are IPv4
	Port  uint16
	UID   uint32 // of the socket's maker, as the reader's user namespace counts; 65534 where it has no number there
	Inode uint32 // in sockfs, recycled by the kernel; 0 is none
}

// Table is what one network namespace listens on.
type Table struct {
	Namespace uint64       // its ID, as in Namespace
	Sockets   []Socket     // in the kernel's order; one may be there twice when the table changed meanwhile
	Addrs     []netip.Addr // of the namespace itself, IPv4 first: neither loopback nor for one link alone
	Bad       int          // lines of sockets that were skipped as they could not be read
}

// Namespace is a network namespace other than that of the calling process.
type Namespace struct {
	ID   uint64 // inode number of /proc/PID/net/tcp; the kernel uses it again when the namespace is gone
	PIDs []int  // members by their first threads, the oldest first; never empty
}
