package view

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"portlight/scanner"
	"portlight/scanner/firewall"
	"portlight/scanner/netif"
)

func card(index int, name string, kind netif.Kind, detail string, up bool, addrs ...string) netif.Interface {
	i := netif.Interface{Index: index, Name: name, Kind: kind, Detail: detail, Up: up}
	for _, a := range addrs {
		i.Addrs = append(i.Addrs, netip.MustParsePrefix(a))
	}
	return i
}

// home is a laptop: Wi-Fi, a cable that is not plugged in, Tailscale, Docker.
func home() *scanner.Network {
	wifi := card(3, "wlan0", netif.WiFi, "", true, "192.168.1.12/24", "2001:db8::12/64", "fe80::12/64")
	wifi.Broadcast = []netip.Addr{netip.MustParseAddr("192.168.1.255")}
	return &scanner.Network{Interfaces: []netif.Interface{
		card(1, "lo", netif.Loopback, "", true, "127.0.0.1/8", "::1/128"),
		card(2, "eth0", netif.Ethernet, "", false, "10.0.0.5/24"),
		wifi,
		card(4, "tailscale0", netif.VPN, "Tailscale", true, "100.64.0.7/32"),
		card(5, "docker0", netif.Container, "Docker bridge", true, "172.17.0.1/16"),
	}}
}

func TestReachOnNetworks(t *testing.T) {
	offline := &scanner.Network{Interfaces: []netif.Interface{card(1, "lo", netif.Loopback, "", true, "127.0.0.1/8")}}
	linkOnly := &scanner.Network{Interfaces: []netif.Interface{card(2, "eth0", netif.Ethernet, "", true, "fe80::5/64")}}
	vrf := &scanner.Network{Interfaces: []netif.Interface{card(7, "blue", netif.Virtual, "vrf", true, "127.0.0.1/8")}}
	bridges := &scanner.Network{Interfaces: []netif.Interface{
		card(2, "br0", netif.Bridge, netif.WithEthernet, true, "192.168.7.2/24"), card(3, "vms", netif.Bridge, "", true, "10.2.0.1/24"),
		card(4, "bridge100", netif.Bridge, "", true, "10.3.0.1/24"), card(5, "pa", netif.Container, "", true, "10.1.0.1/24"),
	}}
	dual := func(l *scanner.Listener) { l.DualStack = true }
	on := func(device string) func(*scanner.Listener) { return func(l *scanner.Listener) { l.Device = device } }
	for _, c := range []struct {
		net  *scanner.Network
		addr string
		set  func(*scanner.Listener)
		want string
	}{
		{home(), "0.0.0.0", nil, "Anyone on Wi-Fi 192.168.1.12, Tailscale 100.64.0.7 and container network docker0 (IPv4)"},
		{home(), "::", dual, "Anyone on Wi-Fi 192.168.1.12, Tailscale 100.64.0.7 and container network docker0"},
		{home(), "::", nil, "Anyone on Wi-Fi wlan0 (IPv6)"},
		{linkOnly, "::", nil, "Anyone on Ethernet eth0 (IPv6)"},
		{linkOnly, "0.0.0.0", nil, "Nobody now: no network is up"},
		{offline, "::", dual, "Nobody now: no network is up"},
		{home(), "127.0.0.1", nil, "Only this computer"},
		{&scanner.Network{Interfaces: []netif.Interface{card(1, "lo", netif.Loopback, "", true, "127.0.0.1/8", "192.0.2.9/32")}}, "192.0.2.9", nil, "Anyone who can reach 192.0.2.9"},
		{home(), "192.168.1.12", nil, "Anyone on Wi-Fi wlan0, at 192.168.1.12"},
		{home(), "172.17.0.1", nil, "Anyone on container network docker0, at 172.17.0.1"},
		{home(), "192.168.1.255", nil, "Computers that broadcast on Wi-Fi 192.168.1.12"},
		{home(), "10.0.0.5", nil, "Anyone who can reach 10.0.0.5; its network eth0 is down"},
		{home(), "192.168.1.99", nil, "Nobody now: no network has the address 192.168.1.99"},
		{home(), "fe80::12%wlan0", nil, "Computers on the same link on Wi-Fi wlan0"},
		{home(), "0.0.0.0", on("tailscale0"), "Anyone on Tailscale 100.64.0.7 (IPv4)"},
		{home(), "0.0.0.0", on("gone\x1b0"), "Nobody now: there is no network gone\ufffd0"},
		{nil, "0.0.0.0", on("gone\x1b0"), "Anyone on gone\ufffd0 (IPv4)"},
		{home(), "0.0.0.0", on("eth0"), "Nobody now: its network eth0 is down"},
		{home(), "192.168.1.12", on("eth0"), "Nobody now: its network eth0 is down"},
		{home(), "192.168.1.12", on("tailscale0"), "Anyone on Tailscale tailscale0, at 192.168.1.12"},
		{home(), "fe80::5%eth0", nil, "Nobody now: its network eth0 is down"},
		{home(), "127.0.0.1", on("lo"), "Only this computer"},
		{home(), "0.0.0.0", on("lo"), "Only this computer"},
		{home(), "127.0.0.1", on("wlan0"), "Nobody now: 127.0.0.1 cannot be reached through wlan0"},
		{nil, "127.0.0.1", on("wlan0"), "Only this computer"},
		{vrf, "127.0.0.1", on("blue"), "Only this computer"},
		{home(), "ff02::fb", on("wlan0"), "Computers in the multicast group ff02::fb on Wi-Fi wlan0"},
		{nil, "ff02::fb", on("wlan0"), "Computers in the multicast group ff02::fb on wlan0"},
		{home(), "255.255.255.255", on("wlan0"), "Computers that broadcast on the same link on Wi-Fi wlan0"},
		{bridges, "0.0.0.0", nil, "Anyone on Ethernet 192.168.7.2, bridge vms, bridge100 and 1 more (IPv4)"},
		{bridges, "10.1.0.1", nil, "Anyone on container network pa, at 10.1.0.1"},
		{home(), "224.0.0.251", nil, "Computers in the multicast group 224.0.0.251"},
		{&scanner.Network{}, "0.0.0.0", nil, "Anyone on any network (IPv4)"},
		{nil, "192.168.1.99", nil, "Anyone who can reach 192.168.1.99"},
	} {
		l := at(scanner.TCP, c.addr, 80, "nginx")
		if c.set != nil {
			c.set(&l)
		}
		if got := newReacher(c.net).of(&l).short; got != c.want {
			t.Errorf("%s: %q, want %q", c.addr, got, c.want)
		}
	}
}

// TestReachInside has a network of containers, one that is copied from this computer's
// and one of which nothing is known.
func TestReachInside(t *testing.T) {
	network := home()
	addrs := func(all ...string) (out []netip.Addr) {
		for _, a := range all {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	network.Inside = map[string][]netip.Addr{
		"web": addrs("10.9.0.2", "172.17.0.2", "2001:db8::2"), "copy": addrs("192.168.1.12"), "slirp": addrs("10.0.2.100"), "none": nil,
	}
	for _, c := range []struct {
		namespace, addr string
		dual            bool
		want, addresses string
	}{
		{"web", "0.0.0.0", false, "Anyone on container network docker0, at 172.17.0.2", "172.17.0.2:80"},
		{"web", "::", false, "Anyone on Wi-Fi wlan0, at 2001:db8::2", "[2001:db8::2]:80"},
		{"web", "::", true, "Anyone on container network docker0, at 172.17.0.2", "172.17.0.2:80 [2001:db8::2]:80"},
		{"web", "172.17.0.2", false, "Anyone on container network docker0, at 172.17.0.2", "172.17.0.2:80"},
		{"web", "10.9.0.2", false, "Anyone who can reach 10.9.0.2 in the network of web", ""},
		{"web", "127.0.0.1", false, "Only inside of web", ""},
		{"copy", "0.0.0.0", false, "Anyone who can reach 192.168.1.12 in the network of copy", ""},
		{"slirp", "0.0.0.0", false, "Anyone who can reach 10.0.2.100 in the network of slirp", ""},
		{"none", "0.0.0.0", false, "Only inside of none", ""},
		{"unknown", "0.0.0.0", false, "Only inside of unknown", ""},
	} {
		l := at(scanner.TCP, c.addr, 80, "nginx")
		l.Namespace, l.DualStack = c.namespace, c.dual
		row := NewRow(l, Facts{Names: book{}, Network: network})
		if got := strings.Join(Addresses(&l, network, row.URL), " "); row.Reach != c.want || got != c.addresses || row.External {
			t.Errorf("%s %s: %q at %q, want %q at %q", c.namespace, c.addr, row.Reach, got, c.want, c.addresses)
		}
	}
}

// TestJSONOfReach names every network, and the addresses of all.
func TestJSONOfReach(t *testing.T) {
	network := home()
	network.Interfaces = append(network.Interfaces, card(6, "vms", netif.Bridge, "", true, "10.2.0.1/24"))
	network.Firewall = firewall.State{Name: "ufw", Status: firewall.Active}
	got := NewListenerJSON(NewRow(at(scanner.TCP, "0.0.0.0", 80, "nginx"), Facts{Names: names, Network: network}))
	const reach = "Anyone on Wi-Fi 192.168.1.12, Tailscale 100.64.0.7, bridge vms and container network docker0 (IPv4) can connect; ufw is on and may stop them"
	const addresses = "http://192.168.1.12:80/ http://100.64.0.7:80/ http://172.17.0.1:80/ http://10.2.0.1:80/"
	if got.Reach != reach || strings.Join(got.Addresses, " ") != addresses {
		t.Errorf("%q at %q", got.Reach, got.Addresses)
	}
}

// TestJSONOfUnknownAddresses tells none from unknown.
func TestJSONOfUnknownAddresses(t *testing.T) {
	for _, c := range []struct {
		net  *scanner.Network
		addr string
		want string
	}{
		{nil, "0.0.0.0", "null"},
		{&scanner.Network{}, "192.168.1.12", "null"},
		{nil, "127.0.0.1", "[]"},
		{home(), "192.168.1.12", "[\"http://192.168.1.12:80/\"]"},
		{home(), "ff02::fb", "[]"},
	} {
		j := NewListenerJSON(NewRow(at(scanner.TCP, c.addr, 80, "nginx"), Facts{Names: names, Network: c.net}))
		if got, err := json.Marshal(j.Addresses); string(got) != c.want || err != nil {
			t.Errorf("%s: %s, want %s, error %v", c.addr, got, c.want, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		addr, device, url string
		dual              bool
		want              string
	}{
		{"0.0.0.0", "", "http://localhost:80/", false, "http://192.168.1.12:80/ http://100.64.0.7:80/ http://172.17.0.1:80/"},
		{"::", "", "https://localhost:80/", true, "https://192.168.1.12:80/ https://[2001:db8::12]:80/ https://100.64.0.7:80/ https://172.17.0.1:80/"},
		{"::", "wlan0", "", false, "[2001:db8::12]:80"},
		{"fe80::12%wlan0", "", "http://x/", false, "http://[fe80::12%25wlan0]:80/"},
		{"192.168.1.12", "", "", false, "192.168.1.12:80"},
		{"127.0.0.1", "", "http://localhost:80/", false, ""},
		{"0.0.0.0", "eth0", "", false, ""},
		{"192.168.1.12", "eth0", "", false, ""},
	} {
		l := at(scanner.TCP, c.addr, 80, "nginx")
		l.Device, l.DualStack = c.device, c.dual
		if got := strings.Join(Addresses(&l, home(), c.url), " "); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.addr, c.device, got, c.want)
		}
	}
	l := at(scanner.TCP, "0.0.0.0", 80)
	if got := Addresses(&l, nil, ""); len(got) != 0 {
		t.Errorf("without a network: %q", got)
	}
}

// TestURLOnDevice offers an address of the device that a socket is bound to: localhost
// does not lead to it.
func TestURLOnDevice(t *testing.T) {
	vrf := &scanner.Network{Interfaces: []netif.Interface{card(7, "blue", netif.Virtual, "vrf", true, "127.0.0.1/8")}}
	for _, c := range []struct {
		net          *scanner.Network
		addr, device string
		want         string
	}{
		{home(), "0.0.0.0", "", "http://localhost:80/"},
		{home(), "0.0.0.0", "lo", "http://localhost:80/"},
		{nil, "0.0.0.0", "lo", "http://localhost:80/"},
		{home(), "0.0.0.0", "wlan0", "http://192.168.1.12:80/"},
		{home(), "::", "wlan0", "http://[2001:db8::12]:80/"},
		{home(), "192.168.1.12", "wlan0", "http://192.168.1.12:80/"},
		{home(), "192.168.1.12", "tailscale0", ""},
		{home(), "::", "tailscale0", ""},
		{home(), "0.0.0.0", "eth0", ""},
		{home(), "0.0.0.0", "gone", ""},
		{nil, "0.0.0.0", "wlan0", ""},
		{vrf, "127.0.0.1", "blue", ""},
	} {
		l := at(scanner.TCP, c.addr, 80, "nginx")
		l.Device = c.device
		if got := NewRow(l, Facts{Names: names, Network: c.net}).URL; got != c.want {
			t.Errorf("%s on %q: %q, want %q", c.addr, c.device, got, c.want)
		}
	}
}

func TestReachSentence(t *testing.T) {
	for status, want := range map[firewall.Status]string{
		"":                "Anyone on Tailscale 100.64.0.7 (IPv4) can connect",
		firewall.Active:   "Anyone on Tailscale 100.64.0.7 (IPv4) can connect; ufw is on and may stop them",
		firewall.Inactive: "Anyone on Tailscale 100.64.0.7 (IPv4) can connect; no firewall on this computer stops them",
		firewall.Unknown:  "Anyone on Tailscale 100.64.0.7 (IPv4) can connect; whether a firewall stops them cannot be read",
	} {
		network := home()
		network.Interfaces = slices.DeleteFunc(network.Interfaces, func(i netif.Interface) bool { return i.Name != "tailscale0" })
		if status != "" {
			network.Firewall = firewall.State{Name: "ufw", Status: status}
		}
		row := NewRow(at(scanner.TCP, "0.0.0.0", 80, "nginx"), Facts{Names: names, Network: network})
		if got := row.ReachSentence(); got != want {
			t.Errorf("%q: %q, want %q", status, got, want)
		}
		local := NewRow(at(scanner.TCP, "127.0.0.1", 80, "nginx"), Facts{Names: names, Network: network})
		inside := at(scanner.TCP, "0.0.0.0", 80, "nginx")
		inside.Namespace = "container web"
		if got := NewRow(inside, Facts{Names: names, Network: network}).ReachSentence(); got != "Only inside of container web" {
			t.Errorf("%q: %q", status, got)
		}
		if got := local.ReachSentence(); got != "Only this computer can connect" {
			t.Errorf("%q: %q", status, got)
		}
	}
}
