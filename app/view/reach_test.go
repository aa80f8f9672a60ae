package view

import (
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
	dual := func(l *scanner.Listener) { l.DualStack = true }
	on := func(device string) func(*scanner.Listener) { return func(l *scanner.Listener) { l.Device = device } }
	for _, c := range []struct {
		net  *scanner.Network
		addr string
		set  func(*scanner.Listener)
		want string
	}{
		{home(), "0.0.0.0", nil, "Anyone on Wi-Fi 192.168.1.12, Tailscale 100.64.0.7 and containers on docker0 (IPv4)"},
		{home(), "::", dual, "Anyone on Wi-Fi 192.168.1.12, Tailscale 100.64.0.7 and containers on docker0"},
		{home(), "::", nil, "Anyone on Wi-Fi wlan0 (IPv6)"},
		{linkOnly, "::", nil, "Anyone on Ethernet eth0 (IPv6)"},
		{linkOnly, "0.0.0.0", nil, "Nobody now: no network is up"},
		{offline, "::", dual, "Nobody now: no network is up"},
		{home(), "127.0.0.1", nil, "Only this computer"},
		{&scanner.Network{Interfaces: []netif.Interface{card(1, "lo", netif.Loopback, "", true, "127.0.0.1/8", "192.0.2.9/32")}}, "192.0.2.9", nil, "Anyone who can reach 192.0.2.9"},
		{home(), "192.168.1.12", nil, "Anyone on Wi-Fi wlan0, at 192.168.1.12"},
		{home(), "172.17.0.1", nil, "Anyone on containers on docker0, at 172.17.0.1"},
		{home(), "192.168.1.255", nil, "Computers that broadcast on Wi-Fi 192.168.1.12"},
		{home(), "10.0.0.5", nil, "Anyone who can reach 10.0.0.5; its network eth0 is down"},
		{home(), "192.168.1.99", nil, "Nobody now: no network has the address 192.168.1.99"},
		{home(), "fe80::12%wlan0", nil, "Computers on the same link on Wi-Fi wlan0"},
		{home(), "0.0.0.0", on("tailscale0"), "Anyone on Tailscale 100.64.0.7 (IPv4)"},
		{home(), "0.0.0.0", on("gone\x1b0"), "Anyone on gone\ufffd0 (IPv4)"},
		{home(), "224.0.0.251", nil, "Computers in the multicast group 224.0.0.251"},
		{&scanner.Network{}, "0.0.0.0", nil, "Anyone on any network (IPv4)"},
		{nil, "192.168.1.99", nil, "Anyone who can reach 192.168.1.99"},
	} {
		l := at(scanner.TCP, c.addr, 80, "nginx")
		if c.set != nil {
			c.set(&l)
		}
		if got := newReacher(c.net).words(&l); got != c.want {
			t.Errorf("%s: %q, want %q", c.addr, got, c.want)
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
