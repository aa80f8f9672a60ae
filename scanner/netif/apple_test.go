package netif

import (
	"encoding/binary"
	"testing"
)

func TestRouteOfInterface(t *testing.T) {
	for name, c := range map[string]struct {
		b    []byte
		want bool
	}{
		"RTM_NEWADDR":     {[]byte{0, 1, 5, 0xc}, true},
		"RTM_DELADDR":     {[]byte{0, 1, 5, 0xd}, true},
		"RTM_IFINFO":      {[]byte{112, 0, 5, 0xe}, true},
		"RTM_IFINFO2":     {[]byte{160, 0, 5, 0x12, 9}, true},
		"RTM_ADD":         {[]byte{0, 1, 5, 1}, false},
		"RTM_GET":         {[]byte{0, 1, 5, 4}, false},
		"another version": {[]byte{0, 1, 6, 0xe}, false},
		"cut":             {[]byte{0, 1, 5}, false},
		"nothing":         {nil, false},
	} {
		if got := routeOfInterface(c.b); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// mediaRequest is an answer to SIOCGIFMEDIA.
func mediaRequest(current, state uint32) []byte {
	b := make([]byte, sizeMediaRequest)
	copy(b, "en0")
	binary.LittleEndian.PutUint32(b[16:], current)
	binary.LittleEndian.PutUint32(b[24:], state)
	return b
}

// request is an answer to SIOCGIFFUNCTIONALTYPE.
func request(function uint32) []byte {
	b := make([]byte, sizeRequest)
	copy(b, "en0")
	binary.LittleEndian.PutUint32(b[16:], function)
	return b
}

func TestProbe(t *testing.T) {
	ethernet, wifi := mediaRequest(0x20, 3), mediaRequest(0x80, 3)
	for name, c := range map[string]struct {
		interfaceName   string
		function, media []byte
		want            nature
		broken          bool
	}{
		"a cable":                   {"en5", request(2), ethernet, nature{Ethernet, ""}, false},
		"a cable without the other": {"en5", request(2), mediaRequest(0x20|0x10, 1), nature{Ethernet, ""}, true},
		"Wi-Fi":                     {"en0", request(3), wifi, nature{WiFi, ""}, false},
		"Wi-Fi by its function":     {"en0", request(3), ethernet, nature{WiFi, ""}, false},
		"Wi-Fi by its media":        {"en0", nil, wifi, nature{WiFi, ""}, false},
		"a function not known":      {"en0", request(99), wifi, nature{WiFi, ""}, false},
		"a cable by its media":      {"en0", request(0), mediaRequest(0x20, 0), nature{Ethernet, ""}, false},
		"media not known":           {"en0", nil, mediaRequest(0x40, 3), ethernetOrWiFi, false},
		"nothing told":              {"en0", nil, nil, ethernetOrWiFi, false},
		"short answers":             {"en0", request(3)[:31], wifi[:43], ethernetOrWiFi, false},
		"a name that is sure":       {"utun3", request(2), ethernet, nature{VPN, "utun"}, false},
	} {
		var p probe
		p.parseFunction(c.function)
		p.parseMedia(c.media)
		if got := p.refine(natureByName(c.interfaceName, false)); got != c.want || p.broken != c.broken {
			t.Errorf("%s: %+v, %+v", name, got, p)
		}
	}
}

func FuzzProbe(f *testing.F) {
	f.Add(request(3), mediaRequest(0x80, 3))
	f.Add([]byte("en0"), []byte{})
	f.Fuzz(func(t *testing.T, function, media []byte) {
		var p probe
		p.parseFunction(function)
		p.parseMedia(media)
		if n := p.refine(ethernetOrWiFi); n.kind == "" || n.kind == Loopback || n.kind == VPN {
			t.Errorf("%+v is %+v", p, n)
		}
		if p != (probe{}) && len(function) < sizeRequest && len(media) < sizeMediaRequest {
			t.Errorf("%+v of nothing", p)
		}
		routeOfInterface(function)
	})
}
