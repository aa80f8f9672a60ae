package scanner

import (
	"fmt"
	"net/netip"
	"strconv"

	"portlight/scanner/firewall"
)

const (
	wordsForwardsUnknown = "ports that the packet filter leads elsewhere are not, or not all, known: %s"
	wordsMoreForwards    = "the packet filter leads %d more ports or ranges of ports elsewhere, without a listener"
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
