package main

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"portlight/scanner"
)

// owners gives the processes by listener, "tcp 127.0.0.1:80" or
// "udp [fe80::1%eth0]:546". The pids are sorted, each is there once.
type owners map[string][]int

func (o owners) add(listener string, pids ...int) {
	all := append(o[listener], pids...)
	slices.Sort(all)
	o[listener] = slices.Compact(all)
}

// ownersOf is what a snapshot says.
func ownersOf(s *scanner.Snapshot) owners {
	o := owners{}
	for _, l := range s.Listeners {
		if l.Namespace != "" {
			continue
		}
		device := l.Device
		if device == "" {
			device = l.Addr.Zone()
		}
		name := listenerName(l.Proto.String(), l.Addr.WithZone(""), device, l.Port)
		o.add(name)
		for _, p := range l.Owners {
			o.add(name, p.PID)
		}
	}
	return o
}

func listenerName(proto string, addr netip.Addr, device string, port uint16) string {
	host := addr.String()
	if device != "" {
		host += "%" + device
	}
	if addr.Is6() {
		host = "[" + host + "]"
	}
	return fmt.Sprintf("%s %s:%d", proto, host, port)
}

// parseSS reads the output of ss -H -lntup (ss(8)): the protocol, the state, two
// queues, the local and the peer's address, and the processes. It does not
// promise to take what other options print.
func parseSS(r io.Reader) (owners, error) {
	o := owners{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20) // thousands of processes may hold one socket
	for n := 1; lines.Scan(); n++ {
		f := strings.Fields(lines.Text())
		if len(f) < 6 {
			return nil, fmt.Errorf("line %d of ss has %d fields, not 6 or more", n, len(f))
		}
		addr, device, port, err := parseLocal(f[4])
		if err != nil {
			return nil, fmt.Errorf("line %d of ss: %w", n, err)
		}
		o.add(listenerName(f[0], addr, device, port), parsePIDs(lines.Text())...)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("output of ss: %w", err)
	}
	return o, nil
}

// parseLocal reads an address as ss writes it: "0.0.0.0:80", "[::1]:80",
// "[fe80::1]%eth0:546", and "*:80" for [::] that takes IPv4 too.
func parseLocal(s string) (addr netip.Addr, device string, port uint16, err error) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return addr, "", 0, fmt.Errorf("address %q has no port", s)
	}
	number, err := strconv.ParseUint(s[colon+1:], 10, 16)
	if err != nil {
		return addr, "", 0, fmt.Errorf("port of %q: %w", s, err)
	}
	host, device, _ := strings.Cut(s[:colon], "%")
	if host == "*" {
		return netip.IPv6Unspecified(), device, uint16(number), nil
	}
	addr, err = netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return addr.Unmap(), device, uint16(number), err
}

// inProcess is how ss writes one descriptor of a process, after its name. A name
// may imitate it, but not those of the programs that the benchmark starts.
var inProcess = regexp.MustCompile(`,pid=(\d+),fd=\d+\)`)

func parsePIDs(line string) []int {
	var pids []int
	for _, m := range inProcess.FindAllStringSubmatch(line, -1) {
		if pid, err := strconv.Atoi(m[1]); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// differences tells where two disagree, a line each, sorted.
func differences(ours, theirs owners) []string {
	var lines []string
	for name, pids := range ours {
		if other, ok := theirs[name]; !ok {
			lines = append(lines, fmt.Sprintf("%s: ss does not see it", name))
		} else if !slices.Equal(pids, other) {
			lines = append(lines, fmt.Sprintf("%s: owners %v, ss says %v", name, pids, other))
		}
	}
	for name := range theirs {
		if _, ok := ours[name]; !ok {
			lines = append(lines, fmt.Sprintf("%s: only ss sees it", name))
		}
	}
	slices.Sort(lines)
	return lines
}
