package view

import (
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/firewall"
	"portlight/scanner/netif"
)

// NetworkJSON is what decides who can reach listeners.
type NetworkJSON struct {
	Error      string          `json:"error"`
	Interfaces []InterfaceJSON `json:"interfaces"`
	Firewall   FirewallJSON    `json:"firewall"`
}

// InterfaceJSON is a network interface.
type InterfaceJSON struct {
	Name      string   `json:"name"`
	Kind      string   `json:"kind"`
	Detail    string   `json:"detail"`
	Up        bool     `json:"up"`
	Addresses []string `json:"addresses"`
}

// FirewallJSON is what is known of the firewall; the status is "active", "inactive"
// or "unknown".
type FirewallJSON struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Detail string `json:"detail"`

	LegacyTables []string `json:"legacy_tables"` // of iptables-legacy, whose rules are not read
}

func newNetworkJSON(n *scanner.Network, err error) NetworkJSON {
	out := NetworkJSON{Error: errorText(err), Interfaces: []InterfaceJSON{}, Firewall: FirewallJSON{Status: string(firewall.Unknown), LegacyTables: []string{}}}
	if n == nil {
		return out
	}
	for i := range n.Interfaces {
		x := &n.Interfaces[i]
		card := InterfaceJSON{Clean(x.Name, maxName), string(x.Kind), Clean(x.Detail, maxName), x.Up, []string{}}
		for _, p := range x.Addrs {
			card.Addresses = append(card.Addresses, p.String())
		}
		out.Interfaces = append(out.Interfaces, card)
	}
	out.Firewall = FirewallJSON{Clean(n.Firewall.Name, maxName), string(n.Firewall.Status), Clean(n.Firewall.Detail, maxPath), []string{}}
	return out
}

// line is "eth0  ethernet, up, 192.0.2.2/24".
func (i InterfaceJSON) line() string {
	facts := []string{i.Kind}
	if kind, ok := kindTexts[netif.Kind(i.Kind)]; ok {
		facts[0] = kind.String()
	}
	if i.Detail != "" {
		facts = append(facts, i.Detail)
	}
	if !i.Up {
		facts = append(facts, wordDown.String())
	}
	return words.Enumerate(append(facts, i.Addresses...))
}

func (f FirewallJSON) words() string {
	state := wordsFirewallUnread.String()
	switch firewall.Status(f.Status) {
	case firewall.Active:
		state = wordsFirewallActive.With("Firewall", f.Name)
	case firewall.Inactive:
		state = wordsFirewallNone.String()
	}
	if f.Detail != "" {
		return state + " (" + f.Detail + ")"
	}
	return state
}
