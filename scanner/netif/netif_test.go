package netif

import (
	"encoding/binary"
	"net/netip"
	"reflect"
	"slices"
	"testing"
)

// nlattr is struct nlattr with its value, padded.
func nlattr(kind uint16, value ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func text(kind uint16, s string) []byte { return nlattr(kind, append([]byte(s), 0)...) }

func number32(kind uint16, n int) []byte {
	return nlattr(kind, binary.NativeEndian.AppendUint32(nil, uint32(n))...)
}

// linkBytes is the body of RTM_NEWLINK.
func linkBytes(index int, hardware uint16, flags uint32, attrs ...[]byte) []byte {
	b := make([]byte, ifInfoMsgLen)
	binary.NativeEndian.PutUint16(b[2:], hardware)
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[8:], flags)
	return append(b, slices.Concat(attrs...)...)
}

// addressBytes is the body of RTM_NEWADDR.
func addressBytes(family byte, bits, flags byte, index int, attrs ...[]byte) []byte {
	b := []byte{family, bits, flags, 0}
	b = binary.NativeEndian.AppendUint32(b, uint32(index))
	return append(b, slices.Concat(attrs...)...)
}

func addr(kind uint16, s string) []byte {
	return nlattr(kind, netip.MustParseAddr(s).AsSlice()...)
}

func TestParseLink(t *testing.T) {
	tap := nlattr(attrLinkInfo, slices.Concat(text(attrInfoKind, "tun"), nlattr(attrInfoData, nlattr(attrTunType, tunTypeTap)...))...)
	for _, c := range []struct {
		name string
		in   []byte
		want link
		ok   bool
	}{
		{"Ethernet", linkBytes(2, 1, flagUp|flagRunning, text(attrName, "eth0"), text(attrParent, "0000:00:03.0")),
			link{index: 2, name: "eth0", hardware: 1, flags: flagUp | flagRunning, device: true}, true},
		{"veth", linkBytes(5, 1, 0, text(attrName, "v0"), number32(attrLink, 4), number32(attrNamespace, 0), number32(attrMaster, 3),
			nlattr(attrLinkInfo, text(attrInfoKind, "veth")...)),
			link{index: 5, name: "v0", kind: "veth", hardware: 1, parent: 4, foreign: true, master: 3}, true},
		{"tap", linkBytes(6, 1, 0, text(attrName, "tap0"), tap), link{index: 6, name: "tap0", kind: "tun", hardware: 1, tap: true}, true},
		{"without name", linkBytes(6, 1, 0), link{}, false},
		{"without index", linkBytes(0, 1, 0, text(attrName, "eth0")), link{}, false},
		{"cut", linkBytes(6, 1, 0)[:15], link{}, false},
	} {
		got, ok := parseLink(c.in)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s: got %+v, %v", c.name, got, ok)
		}
	}
}

func TestParseAddress(t *testing.T) {
	ip4, ip6 := addr(attrAddress, "192.0.2.1"), addr(attrAddress, "2001:db8::1")
	for _, c := range []struct {
		name string
		in   []byte
		want string // prefix, broadcast address, what is passing
	}{
		{"IPv4", addressBytes(familyIPv4, 24, 0, 2, ip4, addr(attrLocal, "192.0.2.1"), addr(attrBroadcast, "192.0.2.255")), "192.0.2.1/24 192.0.2.255"},
		{"IPv6", addressBytes(familyIPv6, 64, 0x80, 2, ip6), "2001:db8::1/64"},
		{"a pair", addressBytes(familyIPv4, 32, 0, 2, ip4, addr(attrLocal, "192.0.2.9")), "192.0.2.9/32"},
		{"temporary", addressBytes(familyIPv6, 64, addrPassing, 2, ip6), "2001:db8::1/64 passing"},
		{"deprecated by the longer flags", addressBytes(familyIPv6, 64, 0, 2, ip6, number32(attrFlags, addrDeprecated)), "2001:db8::1/64 passing"},
		{"being tried", addressBytes(familyIPv6, 64, addrTentative, 2, ip6), ""},
		{"being tried, but used", addressBytes(familyIPv6, 64, addrTentative|addrOptimistic, 2, ip6), "2001:db8::1/64"},
		{"another one has it", addressBytes(familyIPv6, 64, addrTentative|addrDADFailed|addrOptimistic, 2, ip6), ""},
		{"prefix too long", addressBytes(familyIPv4, 33, 0, 2, ip4), ""},
		{"address of another family", addressBytes(familyIPv4, 24, 0, 2, ip6), ""},
		{"another family", addressBytes(7, 24, 0, 2, ip4), ""},
		{"without address", addressBytes(familyIPv4, 24, 0, 2), ""},
		{"cut", []byte{familyIPv4, 24, 0, 0, 2, 0, 0}, ""},
	} {
		a, ok := parseAddress(c.in)
		got := ""
		if ok {
			got = a.prefix.String()
			if a.broadcast.IsValid() {
				got += " " + a.broadcast.String()
			}
			if a.passing {
				got += " passing"
			}
			if a.index != 2 {
				t.Errorf("%s: interface %d", c.name, a.index)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestAttach sorts what the kernel gives in any order.
func TestAttach(t *testing.T) {
	at := func(index int, prefix, broadcast string, passing bool) address {
		a := address{index: index, prefix: netip.MustParsePrefix(prefix), passing: passing}
		if broadcast != "" {
			a.broadcast = netip.MustParseAddr(broadcast)
		}
		return a
	}
	all := []Interface{{Index: 7, Name: "b"}, {Index: 2, Name: "a"}}
	attach(all, []address{
		at(7, "fe80::1/64", "", false), at(7, "2001:db8::9/64", "", true), at(7, "2001:db8::a/64", "", false), at(7, "192.0.2.9/24", "192.0.2.255", true),
		at(7, "192.0.2.10/24", "192.0.2.255", false), at(7, "169.254.0.1/16", "", false), at(3, "192.0.2.1/24", "", false), at(2, "127.0.0.1/8", "", false),
	})
	var prefixes []string
	for _, p := range all[1].Addrs {
		prefixes = append(prefixes, p.String())
	}
	want := []string{"192.0.2.10/24", "192.0.2.9/24", "169.254.0.1/16", "2001:db8::a/64", "2001:db8::9/64", "fe80::1/64"}
	if all[0].Name != "a" || len(all[0].Addrs) != 1 || !slices.Equal(prefixes, want) || len(all[1].Broadcast) != 1 {
		t.Errorf("got %+v", all)
	}
}

// TestEqual changes each field once.
func TestEqual(t *testing.T) {
	base := func() Interface {
		return Interface{1, "eth0", Ethernet, "VLAN", true, []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}, []netip.Addr{netip.MustParseAddr("192.0.2.255")}}
	}
	if !Equal([]Interface{base()}, []Interface{base()}) || Equal(nil, []Interface{base()}) {
		t.Error("what is the same is not, or what is not is")
	}
	for i := range reflect.TypeFor[Interface]().NumField() {
		other := base()
		field := reflect.ValueOf(&other).Elem().Field(i)
		field.SetZero()
		if Equal([]Interface{base()}, []Interface{other}) {
			t.Errorf("another %s is the same", reflect.TypeFor[Interface]().Field(i).Name)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	f.Add(linkBytes(5, 1, flagUp, text(attrName, "v0"), number32(attrLink, 4), nlattr(attrLinkInfo, text(attrInfoKind, "veth")...)))
	f.Add(linkBytes(6, 1, 0, text(attrName, "tap0"), nlattr(attrLinkInfo, slices.Concat(text(attrInfoKind, "tun"), nlattr(attrInfoData, nlattr(attrTunType, tunTypeTap)...))...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, ok := parseLink(b)
		if ok && (l.index <= 0 || l.name == "") {
			t.Errorf("unsound link %+v", l)
		}
		if n := natureOf(&l, folder{}); n.kind == "" {
			t.Errorf("%+v is of no kind", l)
		}
	})
}

func FuzzParseAddress(f *testing.F) {
	f.Add(addressBytes(familyIPv4, 24, 0, 2, addr(attrLocal, "192.0.2.1"), addr(attrBroadcast, "192.0.2.255")))
	f.Add(addressBytes(familyIPv6, 64, 0, 2, addr(attrAddress, "2001:db8::1"), number32(attrFlags, addrDeprecated)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, ok := parseAddress(b); ok && (!a.prefix.IsValid() || a.prefix.Addr().Zone() != "") {
			t.Errorf("unsound address %+v", a)
		}
	})
}
