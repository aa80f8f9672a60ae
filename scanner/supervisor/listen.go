package supervisor

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// endpoint is where a socket is bound: protocol "tcp" or "udp", an address without
// a zone and never an IPv4 one in IPv6's clothes, port.
type endpoint struct {
	proto string
	addr  netip.Addr
	port  uint16
}

func newEndpoint(proto string, addr netip.Addr, port uint16) endpoint {
	return endpoint{proto, addr.WithZone("").Unmap(), port}
}

// parseListen reads one value of the property Listen of a socket unit
// (org.freedesktop.systemd1(5)), such as "Stream", "[::]:22". A port alone may
// stand for either family's wildcard. What is no port of TCP or UDP gives nothing.
func parseListen(kind, address string) []endpoint {
	proto := map[string]string{"Stream": "tcp", "Datagram": "udp"}[kind]
	if proto == "" || len(address) > maxName {
		return nil
	}
	if port, ok := parsePort(address); ok {
		return []endpoint{{proto, netip.IPv6Unspecified(), port}, {proto, netip.IPv4Unspecified(), port}}
	}
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return nil
	}
	text, _, _ := strings.Cut(address[i+1:], "%") // "[fe80::1]:22%eth0": sockaddr_pretty in socket-util.c
	port, ok := parsePort(text)
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(address[:i], "["), "]"))
	if !ok || err != nil {
		return nil
	}
	return []endpoint{newEndpoint(proto, addr, port)}
}

func parsePort(s string) (uint16, bool) {
	port, err := strconv.ParseUint(s, 10, 16)
	return uint16(port), err == nil && port > 0
}

// template is the unit that a socket unit with Accept=yes makes instances of, one
// a connection (systemd.socket(5)).
func template(socketUnit string) string {
	prefix := strings.TrimSuffix(socketUnit, ".socket")
	prefix, _, _ = strings.Cut(prefix, "@")
	return prefix + "@.service"
}

// parseBus finds the first address of a local socket in an address of D-Bus
// (D-Bus specification, Server Addresses): a path, or a name of Linux's abstract
// ones behind an @.
func parseBus(address string) (string, bool) {
	for one := range strings.SplitSeq(address, ";") {
		rest, ok := strings.CutPrefix(one, "unix:")
		if !ok {
			continue
		}
		for pair := range strings.SplitSeq(rest, ",") {
			key, value, _ := strings.Cut(pair, "=")
			value, err := url.PathUnescape(value)
			switch {
			case err != nil || value == "" || strings.Contains(value, "\x00"):
			case key == "path" && value[0] == '/':
				return value, true
			case key == "abstract":
				return "@" + value, true
			}
		}
	}
	return "", false
}
