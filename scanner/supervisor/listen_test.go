package supervisor

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func at(proto, addrPort string) endpoint {
	a := netip.MustParseAddrPort(addrPort)
	return endpoint{proto, a.Addr(), a.Port()}
}

func TestParseListen(t *testing.T) {
	cases := []struct {
		kind, address string
		want          []endpoint
	}{
		{"Stream", "[::]:22", []endpoint{at("tcp", "[::]:22")}},
		{"Stream", "0.0.0.0:22", []endpoint{at("tcp", "0.0.0.0:22")}},
		{"Datagram", "127.0.0.1:69", []endpoint{at("udp", "127.0.0.1:69")}},
		{"Stream", "22", []endpoint{at("tcp", "[::]:22"), at("tcp", "0.0.0.0:22")}},
		{"Stream", "[fe80::1]:22%eth0", []endpoint{at("tcp", "[fe80::1]:22")}},
		{"Stream", "[fe80::1%eth0]:22", []endpoint{at("tcp", "[fe80::1]:22")}},
		{"Stream", "[::ffff:10.0.0.1]:22", []endpoint{at("tcp", "10.0.0.1:22")}},
		{"Stream", "[::]:0", nil},
		{"Stream", "0", nil},
		{"Stream", "65536", nil},
		{"Stream", "-1", nil},
		{"Stream", "+22", nil},
		{"Stream", "%i", nil},
		{"Stream", "", nil},
		{"Stream", ":22", nil},
		{"Stream", "host:22", nil},
		{"Stream", "/run/a.sock", nil},
		{"Stream", "@abstract:22", nil},
		{"Stream", "vsock:2:22", nil},
		{"SequentialPacket", "[::]:22", nil},
		{"FIFO", "22", nil},
		{"", "22", nil},
		{"Stream", "[::" + strings.Repeat("0", 400) + "]:22", nil},
	}
	for _, c := range cases {
		if got := parseListen(c.kind, c.address); !slices.Equal(got, c.want) {
			t.Errorf("%s %s: got %v, want %v", c.kind, c.address, got, c.want)
		}
	}
}

func FuzzParseListen(f *testing.F) {
	f.Add("Stream", "[fe80::1]:22%eth0")
	f.Add("Datagram", "69")
	f.Fuzz(func(t *testing.T, kind, address string) {
		for _, e := range parseListen(kind, address) {
			if e.port == 0 || !e.addr.IsValid() || e.addr.Zone() != "" || e.addr.Is4In6() || e.proto != "tcp" && e.proto != "udp" {
				t.Errorf("%q %q became %v", kind, address, e)
			}
			kind := map[string]string{"tcp": "Stream", "udp": "Datagram"}[e.proto]
			if again := parseListen(kind, netip.AddrPortFrom(e.addr, e.port).String()); !slices.Equal(again, []endpoint{e}) {
				t.Errorf("%v became %v", e, again)
			}
		}
	})
}

func TestTemplate(t *testing.T) {
	for unit, want := range map[string]string{
		"sshd.socket": "sshd@.service", "a@b.socket": "a@.service", "a@b@c.socket": "a@.service", `a\x2db.socket`: `a\x2db@.service`,
	} {
		if got := template(unit); got != want {
			t.Errorf("%s: got %s, want %s", unit, got, want)
		}
	}
}

func TestParseBus(t *testing.T) {
	for address, want := range map[string]string{
		"unix:path=/run/bus":                     "/run/bus",
		"unix:path=/run/bus,guid=00":             "/run/bus",
		"unix:guid=00,path=/a%20b%2c":            "/a b,",
		"unix:abstract=/tmp/x":                   "@/tmp/x",
		"tcp:host=127.0.0.1,port=1;unix:path=/b": "/b",
		"unix:path=/run/a;unix:path=/run/b":      "/run/a",
		"autolaunch:":                            "",
		"unixexec:path=/bin/sh":                  "",
		"tcp:host=127.0.0.1,port=1":              "",
		"unix:path=":                             "",
		"unix:path=relative":                     "",
		"unix:path=/a%00b":                       "",
		"unix:path=/a%zz":                        "",
		"unix:dir=/tmp":                          "",
		"":                                       "",
	} {
		if got, ok := parseBus(address); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", address, got, ok, want)
		}
	}
}

func FuzzParseBus(f *testing.F) {
	f.Add("tcp:host=a;unix:guid=1,path=/a%2fb")
	f.Add("unix:abstract=%41;")
	f.Fuzz(func(t *testing.T, address string) {
		got, ok := parseBus(address)
		if ok != (got != "") || ok && got[0] != '/' && got[0] != '@' || strings.Contains(got, "\x00") || len(got) > len(address) {
			t.Errorf("%q became %q, %v", address, got, ok)
		}
	})
}
