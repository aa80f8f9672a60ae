package window

import (
	"net/netip"
	"strings"
	"testing"

	"portlight/scanner"
)

func TestIsID(t *testing.T) {
	for s, want := range map[string]bool{
		"tcp:0.0.0.0:22":                  true,
		"udp:[::]:5353":                   true,
		"udp:[fe80::1%25eth0]:546@wg0#42": true,
		"nonsense":                        false,
		"":                                false,
		"22":                              false,
		"tcp:22":                          false,
		"tcp::22":                         false,
		"tcp:0.0.0.0:0":                   false,
		"tcp:0.0.0.0:65536":               false,
		"tcp:0.0.0.0:":                    false,
		"sctp:0.0.0.0:22":                 false,
		"tcp:[::22":                       false,
		"tcp:localhost:22":                false,
		"tcp:[fe80::1%2]:22":              false,
	} {
		if isID(s) != want {
			t.Errorf("isID(%q) is %v", s, !want)
		}
	}
}

// FuzzIsID takes every ID that a key can have.
func FuzzIsID(f *testing.F) {
	f.Add("0.0.0.0", "", "", uint16(22))
	f.Add("fe80::1%eth0@if5", "wg0", "4026531840", uint16(546))
	f.Add("::ffff:1.2.3.4", "a:@#]", "][", uint16(1))
	f.Fuzz(func(t *testing.T, addr, device, namespace string, port uint16) {
		a, err := netip.ParseAddr(addr)
		if err != nil || port == 0 {
			return
		}
		id := scanner.Key{Proto: scanner.TCP, Addr: a, Port: port, Device: device, Namespace: namespace}.ID()
		if !isID(id) {
			t.Errorf("%q is none", id)
		}
		if isID(strings.TrimPrefix(id, "tcp")) {
			t.Errorf("%q without a protocol is one", id)
		}
	})
}
