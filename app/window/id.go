package window

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// isID reports whether a text has the form of a listener's ID, as scanner.Key
// makes it: "tcp:0.0.0.0:22", "udp:[fe80::1%25eth0]:546@wg0#NAMESPACE".
func isID(s string) bool {
	proto, rest, _ := strings.Cut(s, ":")
	host, port, ok := strings.Cut(rest, ":")
	if bracketed, is := strings.CutPrefix(rest, "["); is {
		host, port, ok = strings.Cut(bracketed, "]:")
	}
	if end := strings.IndexAny(port, "@#"); end >= 0 {
		port = port[:end]
	}
	if host, err := url.PathUnescape(host); !ok || err != nil || !isAddr(host) {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && (proto == "tcp" || proto == "udp")
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}
