package view

import "portlight/assets/words"

// reachText says who can reach a listener: in a row, and in a sentence.
type reachText struct{ row, sentence words.Text }

// Who can reach a listener.
var (
	reachOwn          = reachText{"Only this computer", "Only this computer can connect"}
	reachLink         = reachText{"Computers on the same link", "Computers on the same link can connect"}
	reachLinkOn       = reachText{"Computers on the same link on {{.Network}}", "Computers on the same link on {{.Network}} can connect"}
	reachAddress      = reachText{"Anyone who can reach {{.Address}}", "Anyone who can reach {{.Address}} can connect"}
	reachAddressDown  = reachText{"Anyone who can reach {{.Address}}; its network {{.Network}} is down", "Anyone who can reach {{.Address}} can connect, but its network {{.Network}} is down"}
	reachAddressOn    = reachText{"Anyone on {{.Network}}, at {{.Address}}", "Anyone on {{.Network}}, at {{.Address}} can connect"}
	reachAddressIn    = reachText{"Anyone who can reach {{.Address}} in the network of {{.Place}}", "Anyone who can reach {{.Address}} in the network of {{.Place}} can connect"}
	reachGroup        = reachText{"Computers in the multicast group {{.Group}}", "Computers in the multicast group {{.Group}} can connect"}
	reachGroupOn      = reachText{"Computers in the multicast group {{.Group}} on {{.Network}}", "Computers in the multicast group {{.Group}} on {{.Network}} can connect"}
	reachBroadcast    = reachText{"Computers that broadcast on the same link", "Computers that broadcast on the same link can connect"}
	reachBroadcastOn  = reachText{"Computers that broadcast on the same link on {{.Network}}", "Computers that broadcast on the same link on {{.Network}} can connect"}
	reachBroadcastsOf = reachText{"Computers that broadcast on {{.Network}}", "Computers that broadcast on {{.Network}} can connect"}
)

// Who can reach what is bound to all addresses, by the families that it takes.
var (
	reachAll = map[family]reachText{
		anyFamily: {"Anyone on any network", "Anyone on any network can connect"},
		ipv4Only:  {"Anyone on any network (IPv4)", "Anyone on any network (IPv4) can connect"},
		ipv6Only:  {"Anyone on any network (IPv6)", "Anyone on any network (IPv6) can connect"},
	}
	reachNetworks = map[family]reachText{
		anyFamily: {"Anyone on {{.Networks}}", "Anyone on {{.Networks}} can connect"},
		ipv4Only:  {"Anyone on {{.Networks}} (IPv4)", "Anyone on {{.Networks}} (IPv4) can connect"},
		ipv6Only:  {"Anyone on {{.Networks}} (IPv6)", "Anyone on {{.Networks}} (IPv6) can connect"},
	}
)

// What no other computer can reach: sentences also in a row.
const (
	wordsInside      = words.Text("Only inside of {{.Place}}")
	wordsNoNetwork   = words.Text("Nobody now: there is no network {{.Network}}")
	wordsNetworkDown = words.Text("Nobody now: its network {{.Network}} is down")
	wordsNotThrough  = words.Text("Nobody now: {{.Address}} cannot be reached through {{.Network}}")
	wordsNoAddress   = words.Text("Nobody now: no network has the address {{.Address}}")
	wordsNoneUp      = words.Text("Nobody now: no network is up")
)

// What a firewall does to those that can reach a listener.
const (
	wordsFirewallOn      = words.Text("{{.Firewall}} is on and may stop them | who can reach a listener")
	wordsFirewallOff     = words.Text("no firewall on this computer stops them | who can reach a listener")
	wordsFirewallUnknown = words.Text("whether a firewall stops them cannot be read | who can reach a listener")
	wordsWithFirewall    = words.Text("{{.Reach}}; {{.Firewall}} | two sentences")
)

// The names of networks.
const (
	wordWiFi             = words.Text("Wi-Fi {{.Name}} | a network, by its address or name")
	wordEthernet         = words.Text("Ethernet {{.Name}} | a network, by its address or name")
	wordMobileNetwork    = words.Text("mobile network {{.Name}} | by its address or name")
	wordVPN              = words.Text("VPN {{.Name}} | a network, by its address or name")
	wordContainerNetwork = words.Text("container network {{.Name}}")
	wordBridge           = words.Text("bridge {{.Name}} | a network")
)
