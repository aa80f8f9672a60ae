package firewall

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
)

// setting is a switch in a file.
type setting byte

const (
	unset setting = iota
	off
	on
)

// parseUFW reads ufw.conf (ufw(8)): whether ufw is switched on at start. It is a list
// of NAME=value as a shell has, of which the last counts.
func parseUFW(b []byte) (s setting) {
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		name, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if !found || name != "ENABLED" {
			continue
		}
		value, _, _ = strings.Cut(value, "#")
		switch strings.ToLower(strings.Trim(value, " \t\"'")) {
		case "yes":
			s = on
		case "no":
			s = off
		default:
			s = unset
		}
	}
	return s
}

// signs are what Linux shows of firewalls.
type signs struct {
	ufw       setting
	firewalld bool     // it runs
	rules     *ruleset // nil when they are not readable
	legacy    []string // tables that iptables has in the kernel itself (iptables-legacy)
	hidden    bool     // these are not readable
}

// judge tells the state. What runs or is switched on is named; the rules, where they
// are readable, decide.
func (s *signs) judge() State {
	front := State{"firewalld", Active, ""}
	if !s.firewalld {
		front = State{"ufw", Active, wordSwitchedOn.String()}
	}
	named := s.firewalld || s.ufw == on
	switch {
	case s.rules == nil && named:
		return front
	case s.rules == nil && s.ufw == off:
		return State{"ufw", Unknown, wordOthersHidden.String()}
	case s.rules == nil:
		return State{"", Unknown, wordNotReadable.String()}
	}
	return s.readable(front, named)
}

// readable tells the state when the rules of nftables are known. Tables of
// iptables-legacy are there as soon as it has been used: what is in them is not read.
func (s *signs) readable(front State, named bool) State {
	state := s.rules.state()
	legacy := s.hidden || slices.ContainsFunc(s.legacy, func(table string) bool { return table != "nat" })
	switch {
	case state.Status == Active && named:
		return State{front.Name, Active, state.Detail}
	case state.Status == Active:
		return state
	case legacy && named:
		return front
	case legacy:
		return State{"iptables", Unknown, wordRulesNotRead.String()}
	}
	return state
}
