package firewall

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// parseSaved reads what iptables-save(8) and ip6tables-save(8) print of the table
// nat, and gives the ports of this computer that its rules lead elsewhere. Lines
// that are no rules are passed over, and rules that choose ports by a set of
// ipset(8) or in other ways that are not told.
func parseSaved(text string, own owns) []Forward {
	chains := map[string][]step{}
	inside := false
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "*"):
			inside = line == "*nat"
		case inside && strings.HasPrefix(line, "-A "):
			if words := savedWords(line); len(words) > 2 {
				if s, ok := savedRule(words[2:], own); ok {
					chains[words[1]] = append(chains[words[1]], s)
				}
			}
		}
	}
	return follow("iptables", func(chain string) []step { return chains[chain] }, "PREROUTING")
}

// savedWords splits a line at blanks. Text in double quotes is one word, and a
// backslash in it stands before a quote or another backslash
// (xtables_save_string).
func savedWords(line string) (words []string) {
	var word strings.Builder
	quoted, some := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == '"':
			quoted, some = !quoted, true
		case c == ' ' && !quoted:
			if some {
				words = append(words, word.String())
			}
			word.Reset()
			some = false
		default:
			word.WriteByte(c)
			some = true
		}
	}
	if some {
		words = append(words, word.String())
	}
	return words
}

// savedRule reads the words of a rule behind its chain; ok is false for one that
// leads nowhere, or not for ports of this computer that are told.
func savedRule(words []string, own owns) (s step, ok bool) {
	s.match, ok = everything(), true
	negated := false
	for i := 0; i < len(words) && ok; i++ {
		value := ""
		if i+1 < len(words) {
			value = words[i+1]
		}
		if words[i] == "!" {
			negated = true
			continue
		}
		if s.take(words[i], value) {
			i++
		} else if m, knows := savedMatch(words[i], value, negated, own); knows {
			s.match, ok = s.and(m)
			i++
		}
		negated = false
	}
	return s, ok && (s.chain != "" || s.here || s.to.IsValid())
}

// take reads an option that says where a rule leads to, and reports whether it is
// one. The targets of iptables-extensions(8) that are no chains lead to chains that
// nobody has, and so nowhere.
func (s *step) take(option, value string) bool {
	switch option {
	case "-j", "-g", "--jump", "--goto":
		switch value {
		case "DNAT":
		case "REDIRECT":
			s.here = true
		default:
			s.chain = value
		}
	case "--to-destination":
		s.to, s.port = savedPlace(value)
		s.here = !s.to.IsValid()
	case "--to-ports":
		s.port = firstPort(value)
	case "--comment":
	default:
		return false
	}
	return true
}

// savedMatch reads an option that chooses packets by what is looked at here.
func savedMatch(option, value string, negated bool, own owns) (m match, known bool) {
	m = everything()
	switch option {
	case "-p", "--protocol":
		m.protos = protocolOf(value)
		if negated {
			m.protos = (tcp | udp) &^ m.protos
		}
	case "--dport", "--dports", "--ctorigdstport":
		m.ports = savedPorts(value)
		if negated {
			m.ports = without(m.ports)
		}
	case "-d", "--destination":
		if p, err := prefixOf(value); err == nil && !negated && !own(p) {
			return match{}, true
		}
	case "--ports", "--match-set":
		m = match{}
	default:
		return m, false
	}
	return m, true
}

// prefixOf reads an address or a network.
func prefixOf(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		return netip.ParsePrefix(s)
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.WithZone("").Prefix(a.BitLen())
}

// savedPorts reads "53,5353:5355". What is no port is left out.
func savedPorts(s string) (ports []span) {
	for part := range strings.SplitSeq(s, ",") {
		low, high, ranged := strings.Cut(part, ":")
		if !ranged {
			high = low
		}
		from, errFrom := strconv.ParseUint(low, 10, 16)
		to, errTo := strconv.ParseUint(high, 10, 16)
		if errFrom == nil && errTo == nil && len(ports) < maxSpans {
			ports = append(ports, span{uint16(max(from, 1)), uint16(to)})
		}
	}
	return slices.DeleteFunc(ports, func(s span) bool { return s.low > s.high })
}

// firstPort reads "80" and "70-80".
func firstPort(s string) uint16 {
	first, _, _ := strings.Cut(s, "-")
	n, err := strconv.ParseUint(first, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// savedPlace reads "10.0.0.5:80", "[fd00::2]:80", "10.0.0.3-10.0.0.5:70-80", each
// part of which may be missing.
func savedPlace(s string) (netip.Addr, uint16) {
	host, port := s, ""
	if strings.HasPrefix(s, "[") {
		host, port, _ = strings.Cut(s[1:], "]")
		port = strings.TrimPrefix(port, ":")
	} else if strings.Count(s, ":") == 1 {
		host, port, _ = strings.Cut(s, ":")
	}
	host, _, _ = strings.Cut(host, "-")
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, firstPort(port)
	}
	return addr.WithZone(""), firstPort(port)
}
