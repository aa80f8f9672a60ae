package netif

import (
	"net/netip"
	"testing"
)

func TestNatureByName(t *testing.T) {
	for _, c := range []struct {
		name     string
		loopback bool
		want     nature
	}{
		{"lo0", true, nature{Loopback, ""}},
		{"Loopback Pseudo-Interface 1", true, nature{Loopback, ""}},
		{"en0", false, nature{Other, "Ethernet or Wi-Fi"}},
		{"utun3", false, nature{VPN, "utun"}},
		{"awdl0", false, nature{Other, "Apple Wireless Direct Link"}},
		{"bridge0", false, nature{Bridge, "Thunderbolt"}},
		{"bridge100", false, nature{Bridge, "shared with virtual machines or by Internet Sharing"}},
		{"bridge1", false, nature{Bridge, ""}},
		{"ap1", false, nature{WiFi, "access point"}},
		{"pdp_ip0", false, nature{Cellular, ""}},
		{"XHC20", false, nature{Other, ""}},
	} {
		if got := natureByName(c.name, c.loopback); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNewAddress(t *testing.T) {
	for _, c := range []struct {
		prefix    string
		broadcast bool
		want      string
	}{
		{"192.0.2.77/24", true, "192.0.2.255"},
		{"10.1.2.3/8", true, "10.255.255.255"},
		{"192.0.2.77/30", true, "192.0.2.79"},
		{"192.0.2.77/31", true, "invalid IP"},
		{"192.0.2.77/32", true, "invalid IP"},
		{"192.0.2.77/0", true, "255.255.255.255"},
		{"192.0.2.77/24", false, "invalid IP"},
		{"2001:db8::1/64", true, "invalid IP"},
	} {
		if got := newAddress(1, netip.MustParsePrefix(c.prefix), c.broadcast).broadcast.String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.prefix, got, c.want)
		}
	}
}
