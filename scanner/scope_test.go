package scanner

import (
	"net/netip"
	"testing"
)

func TestScopeOf(t *testing.T) {
	for _, c := range []struct {
		addr, device string
		want         Scope
	}{
		{"127.0.0.1", "", ScopeLoopback},
		{"127.255.255.254", "", ScopeLoopback},
		{"::1", "", ScopeLoopback},
		{"::ffff:127.0.0.1", "", ScopeLoopback},
		{"0.0.0.0", "lo", ScopeLoopback},
		{"192.0.2.1", "lo0", ScopeLoopback},
		{"0.0.0.0", "", ScopeAll},
		{"::", "", ScopeAll},
		{"::ffff:0.0.0.0", "", ScopeAll},
		{"0.0.0.0", "eth0", ScopeAll},
		{"169.254.3.4", "", ScopeLinkLocal},
		{"fe80::1%eth0", "", ScopeLinkLocal},
		{"192.168.1.2", "", ScopeInterface},
		{"2001:db8::1", "", ScopeInterface},
		{"fd00::1", "", ScopeInterface},
		{"224.0.0.251", "", ScopeMulticast},
		{"ff02::fb%eth0", "", ScopeMulticast},
		{"255.255.255.255", "", ScopeMulticast},
	} {
		if got := ScopeOf(netip.MustParseAddr(c.addr), c.device); got != c.want {
			t.Errorf("%s on %q: %v, want %v", c.addr, c.device, got, c.want)
		}
	}
}

func TestKeyID(t *testing.T) {
	for _, c := range []struct {
		key  Key
		want string
	}{
		{Key{Proto: TCP, Addr: netip.MustParseAddr("0.0.0.0"), Port: 22}, "tcp:0.0.0.0:22"},
		{Key{Proto: UDP, Addr: netip.MustParseAddr("::"), Port: 5353}, "udp:[::]:5353"},
		{Key{Proto: UDP, Addr: netip.MustParseAddr("fe80::1%eth0"), Port: 546}, "udp:[fe80::1%25eth0]:546"},
		{Key{Proto: TCP, Addr: netip.MustParseAddr("::"), Port: 80, Device: "a b\n"}, "tcp:[::]:80@a%20b%0A"},
		{Key{Namespace: "4026532", Proto: TCP, Addr: netip.MustParseAddr("::"), Port: 80}, "tcp:[::]:80#4026532"},
	} {
		if got := c.key.ID(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
