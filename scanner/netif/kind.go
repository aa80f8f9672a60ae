package netif

import (
	"bufio"
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// folder is what /sys/class/net/NAME tells of a device.
type folder struct {
	known    bool   // there is such a folder, and it is that device's
	devtype  string // "wlan", "wwan", "bluetooth"
	device   bool   // there is hardware, or what a virtual machine takes for it
	wireless bool
}

// parseUevent reads the file "uevent" in such a folder.
func parseUevent(b []byte) (f folder, index int) {
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "DEVTYPE":
			f.devtype = value
		case "IFINDEX":
			index, _ = strconv.Atoi(value)
		}
	}
	return f, index
}

// ARPHRD_* of linux/if_arp.h.
const (
	hardwareEther      = 1
	hardwareInfiniBand = 32
	hardwarePPP        = 512
	hardwareWiFi       = 801 // ARPHRD_IEEE80211, and its monitors up to 803
	hardwareMonitor    = 803
)

// nature is a kind with its detail.
type nature struct {
	kind   Kind
	detail string
}

// devices are all of a network namespace.
type devices struct {
	links    []link
	natures  []nature // of each what it is by itself, or once it is resolved
	resolved []bool
}

// classify tells the kinds of devices. Read gives what more there is to know of one.
func classify(links []link, read func(*link) folder) (all []Interface) {
	d := devices{links: links, resolved: make([]bool, len(links))}
	for i := range links {
		d.natures = append(d.natures, natureOf(&links[i], read(&links[i])))
	}
	for i := range links {
		n := d.resolve(i)
		all = append(all, Interface{Index: links[i].index, Name: links[i].name, Kind: n.kind, Detail: n.words(), Up: links[i].up()})
	}
	return all
}

// resolve gives what a device is in view of those that it stands on, or that are in
// it. One that stands on itself, should there be such, stays what it is.
func (d *devices) resolve(i int) nature {
	if !d.resolved[i] {
		d.resolved[i] = true
		d.natures[i] = d.inView(i)
	}
	return d.natures[i]
}

func (d *devices) inView(i int) nature {
	l := &d.links[i]
	name, stacked := stackedKinds[l.kind]
	switch {
	case stacked && l.foreign:
		return nature{Container, name}
	case stacked:
		if j := slices.IndexFunc(d.links, func(o link) bool { return o.index == l.parent }); j >= 0 {
			return nature{d.resolve(j).kind, name}
		}
	case l.kind == "bridge":
		if port := d.port(l.index); port != "" {
			return nature{Bridge, portNames[port]}
		}
	case l.kind == "bond" || l.kind == "team":
		if port := d.port(l.index); port != "" {
			return nature{port, l.kind}
		}
	}
	return d.natures[i]
}

// portNames are what a bridge to others is named for.
var portNames = map[Kind]string{Ethernet: WithEthernet, WiFi: WithWiFi}

// port is the kind of a port by which others are reached through a bridge or a
// bond, "" when there is none.
func (d *devices) port(master int) (found Kind) {
	for i := range d.links {
		if d.links[i].master != master {
			continue
		}
		switch kind := d.resolve(i).kind; kind {
		case Ethernet:
			return kind
		case WiFi:
			found = kind
		}
	}
	return found
}

// stackedKinds are the devices that stand on another one, and reach what that does.
var stackedKinds = map[string]string{
	"vlan": "VLAN", "macvlan": "macvlan", "macvtap": "macvtap", "ipvlan": "ipvlan", "ipvtap": "ipvtap", "macsec": "MACsec",
}

// kinds are devices of software by IFLA_INFO_KIND. Of others that is the detail.
var kinds = map[string]nature{
	"wireguard": {VPN, "WireGuard"},
	"amneziawg": {VPN, "AmneziaWG"},
	"ovpn":      {VPN, "OpenVPN"},
	"ovpn-dco":  {VPN, "OpenVPN"},
	"xfrm":      {VPN, "IPsec"},
	"vti":       {VPN, "IPsec"},
	"vti6":      {VPN, "IPsec"},
	"wwan":      {Cellular, ""},
	"rmnet":     {Cellular, ""},
	"dsa":       {Ethernet, ""},
	"ppp":       {Other, "PPP"},
	"ipoib":     {Other, "InfiniBand"},
}

// vpns are tunnels by their name without the number behind it.
var vpns = map[string]string{
	"tailscale": "Tailscale", "wg": "WireGuard", "wt": "NetBird", "nebula": "Nebula", "CloudflareWARP": "Cloudflare WARP",
	"nordlynx": "NordVPN", "nordtun": "NordVPN", "proton": "Proton VPN", "ham": "Hamachi", "cscotun": "Cisco AnyConnect",
	"gpd": "GlobalProtect",
}

// bridges are those that a program makes, by their name without the number behind
// it.
var bridges = map[string]nature{
	"docker":          {Container, "Docker bridge"},
	"docker_gwbridge": {Container, "Docker bridge"},
	"podman":          {Container, "Podman bridge"},
	"cni-podman":      {Container, "Podman bridge"},
	"nerdctl":         {Container, "containerd bridge"},
	"cni":             {Container, "CNI bridge"},
	"lxcbr":           {Container, "LXC bridge"},
	"lxdbr":           {Container, "LXD bridge"},
	"incusbr":         {Container, "Incus bridge"},
	"waydroid":        {Container, "Waydroid bridge"},
	"virbr":           {Bridge, "libvirt bridge"},
}

// hosts are devices without hardware and without a kind that programs for virtual
// machines make, by their name without the number behind it.
var hosts = map[string]string{"vboxnet": "VirtualBox", "vmnet": "VMware"}

// natureOf tells what a device is by itself. A name counts only for devices of
// software: it can be chosen freely.
func natureOf(l *link, f folder) nature {
	base := strings.TrimRight(l.name, "0123456789")
	switch {
	case l.flags&flagLoopback != 0:
		return nature{Loopback, ""}
	case l.kind == "":
		return hardwareNature(l, f, base)
	case l.kind == "tun":
		return tunNature(l, base)
	case l.kind == "veth" || l.kind == "netkit":
		return vethNature(l)
	case l.kind == "bridge":
		return bridgeNature(l.name, base)
	case l.kind == "vxlan" && strings.HasPrefix(l.name, "flannel"):
		return nature{Container, "Flannel"}
	case l.kind == "vxlan" && l.name == "vxlan.calico":
		return nature{Container, "Calico"}
	}
	n, known := kinds[l.kind]
	if !known {
		return nature{Virtual, l.kind}
	}
	if name := vpns[base]; name != "" && n.kind == VPN {
		n.detail = name
	}
	return n
}

func bridgeNature(name, base string) nature {
	if isDockerBridge(name) {
		return nature{Container, "Docker bridge"}
	}
	if b, named := bridges[base]; named {
		return b
	}
	return nature{Bridge, ""}
}

// isDockerBridge knows the bridges of Docker's own networks: "br-" and the first
// 12 digits of the network's id.
func isDockerBridge(name string) bool {
	id, found := strings.CutPrefix(name, "br-")
	return found && len(id) == 12 && strings.Trim(id, "0123456789abcdef") == ""
}

// vethNature is of a virtual cable; one whose other end is in this namespace leads
// nowhere else.
func vethNature(l *link) nature {
	if l.foreign {
		return nature{Container, ""}
	}
	return nature{Virtual, l.kind}
}

func tunNature(l *link, base string) nature {
	switch name := vpns[base]; {
	case name != "":
		return nature{VPN, name}
	case l.tap && strings.HasPrefix(l.name, "zt"):
		return nature{VPN, "ZeroTier"}
	case l.tap: // most of them are cables of virtual machines
		return nature{Virtual, "tap"}
	}
	return nature{VPN, "tun"}
}

func hardwareNature(l *link, f folder, base string) nature {
	switch {
	case f.devtype == "wlan" || f.wireless || l.hardware >= hardwareWiFi && l.hardware <= hardwareMonitor:
		return nature{WiFi, ""}
	case f.devtype == "wwan":
		return nature{Cellular, ""}
	case f.devtype == "bluetooth":
		return nature{Other, "Bluetooth"}
	case l.hardware == hardwarePPP:
		return nature{Other, "PPP"}
	case l.hardware == hardwareInfiniBand:
		return nature{Other, "InfiniBand"}
	case l.hardware != hardwareEther:
		return nature{Other, ""}
	case l.device || f.device:
		return nature{Ethernet, ""}
	case f.known:
		return nature{Virtual, hosts[base]}
	}
	return nature{Other, ""}
}
