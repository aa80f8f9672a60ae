package netif

import (
	"strings"
	"testing"
)

func TestNatureOf(t *testing.T) {
	const none = 0xfffe // ARPHRD_NONE
	soft := func(name, kind string) link { return link{name: name, kind: kind, hardware: hardwareEther} }
	hard := func(name string, hardware uint16) link { return link{name: name, hardware: hardware, device: true} }
	for _, c := range []struct {
		link link
		f    folder
		want nature
	}{
		{link{name: "lo", hardware: 772, flags: flagLoopback}, folder{known: true}, nature{Loopback, ""}},
		{hard("enp3s0", hardwareEther), folder{known: true, device: true}, nature{Ethernet, ""}},
		{link{name: "eth0", hardware: hardwareEther}, folder{known: true, device: true}, nature{Ethernet, ""}},
		{link{name: "eth0", hardware: hardwareEther}, folder{}, nature{Other, ""}},
		{hard("wg0", hardwareEther), folder{}, nature{Ethernet, ""}}, // anything may be named like that
		{hard("wlp2s0", hardwareEther), folder{known: true, devtype: "wlan"}, nature{WiFi, ""}},
		{hard("wlan0", hardwareEther), folder{known: true, wireless: true}, nature{WiFi, ""}},
		{hard("mon0", hardwareMonitor), folder{}, nature{WiFi, ""}},
		{hard("wwan0", none), folder{known: true, devtype: "wwan"}, nature{Cellular, ""}},
		{soft("wwan0", "wwan"), folder{}, nature{Cellular, ""}},
		{hard("bnep0", hardwareEther), folder{known: true, devtype: "bluetooth"}, nature{Other, "Bluetooth"}},
		{link{name: "ppp0", kind: "ppp", hardware: hardwarePPP}, folder{}, nature{Other, "PPP"}},
		{link{name: "ppp0", hardware: hardwarePPP}, folder{}, nature{Other, "PPP"}},
		{hard("ib0", hardwareInfiniBand), folder{}, nature{Other, "InfiniBand"}},
		{hard("can0", 280), folder{}, nature{Other, ""}},
		{link{name: "vboxnet0", hardware: hardwareEther}, folder{known: true}, nature{Virtual, "VirtualBox"}},
		{link{name: "vmnet8", hardware: hardwareEther}, folder{known: true}, nature{Virtual, "VMware"}},
		{soft("wg0", "wireguard"), folder{}, nature{VPN, "WireGuard"}},
		{soft("home", "wireguard"), folder{}, nature{VPN, "WireGuard"}},
		{soft("wt0", "wireguard"), folder{}, nature{VPN, "NetBird"}},
		{soft("tailscale0", "tun"), folder{}, nature{VPN, "Tailscale"}},
		{soft("wg0", "tun"), folder{}, nature{VPN, "WireGuard"}},
		{soft("tun0", "tun"), folder{}, nature{VPN, "tun"}},
		{link{name: "ztabcdefgh", kind: "tun", tap: true}, folder{}, nature{VPN, "ZeroTier"}},
		{link{name: "vnet3", kind: "tun", tap: true}, folder{}, nature{Virtual, "tap"}},
		{soft("ipsec0", "xfrm"), folder{}, nature{VPN, "IPsec"}},
		{soft("docker0", "bridge"), folder{}, nature{Container, "Docker bridge"}},
		{soft("br-0123456789ab", "bridge"), folder{}, nature{Container, "Docker bridge"}},
		{soft("br-lan", "bridge"), folder{}, nature{Bridge, ""}},
		{soft("br-0123456789ax", "bridge"), folder{}, nature{Bridge, ""}},
		{soft("podman1", "bridge"), folder{}, nature{Container, "Podman bridge"}},
		{soft("cni0", "bridge"), folder{}, nature{Container, "CNI bridge"}},
		{soft("lxdbr0", "bridge"), folder{}, nature{Container, "LXD bridge"}},
		{soft("virbr0", "bridge"), folder{}, nature{Bridge, "libvirt bridge"}},
		{soft("docker0", "dummy"), folder{}, nature{Virtual, "dummy"}},
		{link{name: "veth1", kind: "veth", foreign: true}, folder{}, nature{Container, ""}},
		{soft("veth1", "veth"), folder{}, nature{Virtual, "veth"}},
		{soft("flannel.1", "vxlan"), folder{}, nature{Container, "Flannel"}},
		{soft("vxlan.calico", "vxlan"), folder{}, nature{Container, "Calico"}},
		{soft("vxlan7", "vxlan"), folder{}, nature{Virtual, "vxlan"}},
		{soft("sit0", "sit"), folder{}, nature{Virtual, "sit"}},
	} {
		if got := natureOf(&c.link, c.f); got != c.want {
			t.Errorf("%+v with %+v: got %v, want %v", c.link, c.f, got, c.want)
		}
	}
}

// TestClassify has devices on and in others, in an order that does not help.
func TestClassify(t *testing.T) {
	links := []link{
		{index: 20, name: "mv0", kind: "macvlan", parent: 11},
		{index: 10, name: "br0", kind: "bridge"},
		{index: 11, name: "bond0.7", kind: "vlan", parent: 12, master: 10},
		{index: 12, name: "bond0", kind: "bond"},
		{index: 1, name: "eth0", hardware: hardwareEther, device: true, master: 12, flags: flagUp | flagRunning},
		{index: 2, name: "wlan0", hardware: hardwareEther, device: true, master: 13},
		{index: 13, name: "br1", kind: "bridge"},
		{index: 14, name: "docker0", kind: "bridge", flags: flagUp},
		{index: 15, name: "veth0", kind: "veth", foreign: true, master: 14},
		{index: 16, name: "bond1", kind: "bond"},
		{index: 17, name: "eth0.1", kind: "vlan", parent: 1, foreign: true},
		{index: 18, name: "self", kind: "vlan", parent: 18},
		{index: 19, name: "lost", kind: "macvlan", parent: 99},
	}
	want := `br0 bridge Ethernet
bond0.7 ethernet VLAN
bond0 ethernet bond
eth0 ethernet  up
wlan0 wifi 
br1 bridge Wi-Fi
docker0 container Docker bridge
veth0 container 
bond1 virtual bond
eth0.1 container VLAN
self virtual VLAN
lost virtual macvlan
`
	want = "mv0 ethernet macvlan\n" + want
	var got strings.Builder
	for _, i := range classify(links, func(l *link) folder { return folder{wireless: l.name == "wlan0"} }) {
		got.WriteString(i.Name + " " + string(i.Kind) + " " + i.Detail)
		if i.Up {
			got.WriteString(" up")
		}
		got.WriteString("\n")
	}
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestParseUevent(t *testing.T) {
	f, index := parseUevent([]byte("DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n"))
	if f != (folder{devtype: "wlan"}) || index != 3 {
		t.Errorf("got %+v, %d", f, index)
	}
	if _, index := parseUevent([]byte("IFINDEX=x\nDEVTYPE")); index != 0 {
		t.Errorf("got %d", index)
	}
}

func FuzzParseUevent(f *testing.F) {
	f.Add("DEVTYPE=wlan\nINTERFACE=wlan0\nIFINDEX=3\n")
	f.Fuzz(func(t *testing.T, s string) {
		if f, _ := parseUevent([]byte(s)); !strings.Contains(s, f.devtype) || f.known || f.device || f.wireless {
			t.Errorf("got %+v", f)
		}
	})
}
