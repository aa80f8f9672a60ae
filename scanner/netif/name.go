package netif

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// ethernetOrWiFi is what a name as "en0" says.
var ethernetOrWiFi = nature{Other, string(wordEthernetOrWiFi)}

// appleNames are the names of interfaces of macOS without the number behind them,
// so far as a name is sure.
var appleNames = map[string]nature{
	"lo":        {Loopback, ""},
	"en":        ethernetOrWiFi,
	"utun":      {VPN, "utun"},
	"ipsec":     {VPN, "IPsec"},
	"ppp":       {Other, "PPP"},
	"bridge":    {Bridge, ""},
	"awdl":      {Other, "Apple Wireless Direct Link"},
	"llw":       {Other, string(wordLowLatency)},
	"ap":        {WiFi, string(wordAccessPoint)},
	"anpi":      {Virtual, string(wordPrivate)},
	"pdp_ip":    {Cellular, ""},
	"feth":      {Virtual, ""},
	"vmenet":    {Virtual, string(wordMachines)},
	"vmnet":     {Virtual, "VMware"},
	"vboxnet":   {Virtual, "VirtualBox"},
	"vlan":      {Other, "VLAN"},
	"bond":      {Other, "bond"},
	"tailscale": {VPN, "Tailscale"},
	"wg":        {VPN, "WireGuard"},
	"tun":       {VPN, "tun"},
	"gif":       {Virtual, "gif"},
	"stf":       {Virtual, "6to4"},
}

// firstShared is the number of the bridge that macOS makes for Internet Sharing and
// for virtual machines; "bridge0" is that of the Thunderbolt ports.
const firstShared = "bridge100"

// natureByName tells what the name of an interface alone does.
func natureByName(name string, loopback bool) nature {
	base := strings.TrimRight(name, "0123456789")
	switch n, known := appleNames[base]; {
	case loopback:
		return nature{Loopback, ""}
	case base == "bridge" && len(name) >= len(firstShared):
		return nature{Bridge, string(wordShared)}
	case name == "bridge0":
		return nature{Bridge, "Thunderbolt"}
	case known:
		return n
	}
	return nature{Other, ""}
}

// newAddress is an address of which no more is told. The broadcast address is taken
// to be the last of its network.
func newAddress(index int, prefix netip.Prefix, broadcast bool) address {
	a := address{index: index, prefix: prefix}
	if broadcast && prefix.Addr().Is4() && prefix.Bits() < 31 {
		last := binary.BigEndian.Uint32(prefix.Addr().AsSlice()) | (1<<(32-prefix.Bits()) - 1)
		a.broadcast = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, last)))
	}
	return a
}
