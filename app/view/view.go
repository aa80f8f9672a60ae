// Package view turns a snapshot, the names of services and the verdicts into
// what is shown: menu rows, table rows, sentences, text and JSON. It holds
// plain values and the words; it knows no screen.
package view

import (
	"iter"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"portlight/scanner"
	"portlight/services"
)

// Namer gives ports their names. *services.Table is one.
type Namer interface {
	Lookup(services.Query) services.Answer
}

// Facts are what rows are made with, beside the listener itself.
type Facts struct {
	Names   Namer
	Network *scanner.Network // nil while it is not known
}

// Row is one listener as a person reads it. All its texts are Clean.
type Row struct {
	Listener scanner.Listener
	ID       string          // Listener.ID()
	Port     string          // "22"
	Proto    string          // "tcp", "udp"
	Address  string          // "0.0.0.0:22", "[::1]:631", as a person would paste it
	Service  string          // best name of the port, or ""
	Source   string          // where Service is from, or ""
	Answer   services.Answer // all names of the port, and whether its program is an unusual one
	Mismatch string          // the sentence on an unusual program, or ""
	Program  string          // "nginx", "nginx +3" for several processes, "nginx + hidden", "smbd.service (hidden)", "kernel", "hidden (root)"
	Unit     string          // the supervisor's name for what holds it, or ""
	User     string          // user of the socket
	PID      string          // "812", "812 +3", or ""
	Reach    string          // one short sentence: who can reach it; of many networks it names the first
	Firewall string          // what is known of a firewall in front of it, or ""
	Clients  *int            // connected now; nil where it was not asked for
	URL      string          // what a browser can open, or ""
	External bool            // others can reach it
	CanStop  bool            // a process is known that could be stopped

	reach   *reached         // what Reach is made of
	network *scanner.Network // nil while it is not known
}

// Rows gives the rows of a snapshot in its order.
func Rows(s *scanner.Snapshot, names Namer) []Row {
	rows := make([]Row, 0, len(s.Listeners))
	return slices.AppendSeq(rows, EachRow(s, names))
}

// EachRow gives the rows of a snapshot, which may be nil, one at a time.
func EachRow(s *scanner.Snapshot, names Namer) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		if s == nil {
			return
		}
		facts, reach := FactsOf(s, names), newReacher(s.Network)
		for i := range s.Listeners {
			if !yield(newRow(s.Listeners[i], facts, reach)) {
				return
			}
		}
	}
}

// FactsOf gives the facts that the rows of a snapshot are made with, which may be
// nil.
func FactsOf(s *scanner.Snapshot, names Namer) Facts {
	if s == nil {
		return Facts{Names: names}
	}
	return Facts{names, s.Network}
}

// NewRow gives the row of one listener.
func NewRow(l scanner.Listener, f Facts) Row { return newRow(l, f, newReacher(f.Network)) }

func newRow(l scanner.Listener, f Facts, reach *reacher) Row {
	answer := f.Names.Lookup(services.Query{Proto: l.Proto.String(), Port: l.Port, Programs: programNames(&l)})
	reached := reach.of(&l)
	return Row{
		Listener: l,
		ID:       l.ID(),
		Port:     strconv.Itoa(int(l.Port)),
		Proto:    l.Proto.String(),
		Address:  Address(&l),
		Service:  Clean(answer.Best.Name, maxName),
		Source:   string(answer.Best.Source),
		Answer:   answer,
		Mismatch: mismatchWords(answer.Mismatch, &l),
		Program:  Program(&l),
		Unit:     unitWords(&l),
		User:     Clean(l.User, maxName),
		PID:      pids(&l),
		Reach:    reached.short,
		Firewall: firewallWords(&l, f.Network),
		URL:      browserURL(&l, answer.Best.Name, reach),
		External: l.External(),
		CanStop:  len(l.Owners) > 0 && l.Namespace == "",
		reach:    reached,
		network:  f.Network,
	}
}

// programNames gives the names of the programs that hold a listener, each once. Of
// one with a hidden owner it gives none: that may be the usual one.
func programNames(l *scanner.Listener) []string {
	if l.Unseen > 0 {
		return nil
	}
	var names []string
	for i := range l.Owners {
		if n := l.Owners[i].Name; n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// Address is the bind address with the port, IPv6 in brackets (RFC 3986 3.2.2). The
// interface that the socket is bound to stands behind the address, as a zone does
// (RFC 4007 11.2) and as ss(8) shows it: "0.0.0.0%br0:80", "[ff02::fb%eth0]:5353".
func Address(l *scanner.Listener) string {
	host := l.Addr.String()
	if l.Device != "" {
		host += "%" + l.Device
	}
	return net.JoinHostPort(Clean(host, maxName), strconv.Itoa(int(l.Port)))
}

func pids(l *scanner.Listener) string {
	if len(l.Owners) == 0 {
		return ""
	}
	return strconv.Itoa(l.Owners[0].PID) + more(len(l.Owners))
}

func more(n int) string {
	if n < 2 {
		return ""
	}
	return " +" + strconv.Itoa(n-1)
}

// webPorts are ports that serve pages though their names do not say so.
var webPorts = map[uint16]bool{3000: true, 4200: true, 5000: true, 5173: true, 8000: true, 8080: true, 8081: true, 8443: true, 8888: true, 9000: true, 9090: true}

// browserURL is what a browser on this computer can open: TCP ports that are
// named for HTTP or usual for it.
func browserURL(l *scanner.Listener, service string, reach *reacher) string {
	web := strings.HasPrefix(service, "http") || strings.HasSuffix(service, "-http") || strings.HasSuffix(service, "-https") || webPorts[l.Port]
	if l.Proto != scanner.TCP || !web || l.Namespace != "" {
		return ""
	}
	scheme := "http"
	if strings.Contains(service, "https") || l.Port == 443 || l.Port == 8443 {
		scheme = "https"
	}
	host := browserHost(l.Addr, l.DualStack)
	if l.Device != "" && scanner.ScopeOf(netip.IPv4Unspecified(), l.Device) != scanner.ScopeLoopback {
		a := reach.onDevice(l)
		if !a.IsValid() {
			return ""
		}
		host = a.String()
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(l.Port))) + "/"
}

// browserHost is the address to connect to from here; a zone in a URL is
// escaped (RFC 6874).
func browserHost(a netip.Addr, dual bool) string {
	switch {
	case a.Is6() && a.IsUnspecified() && !dual:
		return "::1"
	case a.IsUnspecified():
		return "localhost"
	}
	return strings.ReplaceAll(a.String(), "%", "%25")
}
