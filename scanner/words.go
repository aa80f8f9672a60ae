package scanner

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"

	"portlight/scanner/firewall"
)

const (
	wordsForwardsUnknown = "ports that the packet filter leads elsewhere are not, or not all, known: %s"
	wordsMoreForwards    = "the packet filter leads %d more ports or ranges of ports elsewhere, without a listener"

	wordsLastUser    = "macOS names the process that used a socket last: mostly, but not surely, the one that holds it"
	wordsOnlyOwn     = "what other users' programs listen on is hidden: macOS shows this user only its own sockets (%d of %d), and %v"
	wordsJoined      = "macOS shows this user only its own sockets at once; those of other users come from netstat, some seconds late, and their ephemeral ports are an estimate"
	wordsJoinedThis  = "macOS shows Portlight only its own sockets at once; those of all other programs come from netstat, some seconds late, and their ephemeral ports are an estimate"
	wordsOnlyNetstat = "all comes from netstat, some seconds late; users are those of the processes, ephemeral ports an estimate"
	wordsRestFails   = "what comes from netstat is not up to date: it fails: %v"
	wordsGuessedDual = "dual-stack sockets are an estimate, this source does not tell them"
	wordsOnlyLsof    = "what other users' programs listen on is hidden: lsof shows this user only its own programs"
	wordsSkippedRows = "%d rows of netstat could not be read"
)

var (
	errNoMore    = errors.New("netstat shows no more")
	errOnlyThis  = errors.New("the kernel shows Portlight only its own sockets")
	errNoAnswer  = errors.New("no answer yet")
	errBusy      = errors.New("the one before still runs")
	errNoSockets = errors.New("the kernel shows no socket at all")
	errNoneAtAll = errors.New("lsof lists no socket at all")
)

// forwardWords tells where ports lead to, of which some may have a listener all the
// same.
func forwardWords(f firewall.Forward, listened int) string {
	to := "elsewhere"
	switch {
	case f.Here:
		to = "to port " + strconv.Itoa(int(f.Port))
	case f.To.IsValid() && f.Port != 0:
		to = "to " + netip.AddrPortFrom(f.To, f.Port).String()
	case f.To.IsValid():
		to = "to " + f.To.String()
	}
	rule := "by a rule of the packet filter (" + f.By + ")"
	if f.Low == f.High {
		return fmt.Sprintf("port %d/%s leads %s %s; nothing listens on it here", f.Low, f.Proto, to, rule)
	}
	here := "nothing listens on them here"
	if listened > 0 {
		here = fmt.Sprintf("something listens here on %d of them", listened)
	}
	return fmt.Sprintf("ports %d-%d/%s lead %s %s; %s", f.Low, f.High, f.Proto, to, rule, here)
}
