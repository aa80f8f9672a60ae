package view

import (
	"slices"
	"strings"

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
	return words.Facts(append(facts, i.Addresses...)...)
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
		return words.Noted(state, f.Detail)
	}
	return state
}

// rank orders kinds of networks.
func rank(k netif.Kind) int {
	order := []netif.Kind{netif.WiFi, netif.Ethernet, netif.Cellular, netif.VPN, netif.Other, netif.Bridge, netif.Virtual, netif.Container}
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}

// networkName is "Wi-Fi 192.168.1.12", "Tailscale 100.64.0.7", "container network docker0",
// with the interface's name in place of the address if that is not asked for. A network
// inside of this computer goes by its name alone.
func networkName(n *netif.Interface, address bool) string {
	name := Clean(n.Name, maxName)
	switch n.Kind {
	case netif.WiFi:
		return wordWiFi.With("Name", called(n, name, address))
	case netif.Ethernet:
		return wordEthernet.With("Name", called(n, name, address))
	case netif.Cellular:
		return wordMobileNetwork.With("Name", called(n, name, address))
	case netif.VPN:
		if n.Detail != "" {
			return Clean(n.Detail, maxName) + " " + called(n, name, address)
		}
		return wordVPN.With("Name", called(n, name, address))
	case netif.Container:
		return wordContainerNetwork.With("Name", name)
	case netif.Bridge:
		return bridgeName(n, name, address)
	}
	if known := called(n, name, address); known != name {
		return name + " " + known
	}
	return name
}

// bridgeName calls a bridge with a cable in it as that: its address is this computer's
// in that network.
func bridgeName(n *netif.Interface, name string, address bool) string {
	switch n.Detail {
	case netif.WithEthernet:
		return wordEthernet.With("Name", called(n, name, address))
	case netif.WithWiFi:
		return wordWiFi.With("Name", called(n, name, address))
	}
	if strings.HasPrefix(name, "bridge") {
		return name
	}
	return wordBridge.With("Name", name)
}

// called is what people know a network by: its IPv4 address, else its name.
func called(n *netif.Interface, name string, address bool) string {
	for _, p := range n.Addrs {
		if a := p.Addr(); a.Is4() && address {
			return a.String()
		}
	}
	return name
}
