package view

import (
	"strings"

	"portlight/scanner"
	"portlight/scanner/firewall"
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
	words := []string{i.Kind}
	if i.Detail != "" {
		words = append(words, i.Detail)
	}
	if !i.Up {
		words = append(words, "down")
	}
	return strings.Join(append(words, i.Addresses...), ", ")
}

func (f FirewallJSON) words() string {
	words := "whether one is on cannot be read"
	switch firewall.Status(f.Status) {
	case firewall.Active:
		words = f.Name + " is on; what it lets through is not judged"
	case firewall.Inactive:
		words = "none is on"
	}
	if f.Detail != "" {
		words += " (" + f.Detail + ")"
	}
	return words
}
