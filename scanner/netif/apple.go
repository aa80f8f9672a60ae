package netif

import "encoding/binary"

// Here is how answers of macOS's kernel about interfaces are read; all numbers are in
// the order of its machines, little-endian.

// routeHeader is the start that all messages of route(4) have: their length, version
// and type.
const routeHeader = 4

// routeOfInterface reports whether a message of route(4) tells of an interface or its
// address: RTM_NEWADDR, RTM_DELADDR, RTM_IFINFO or RTM_IFINFO2 of <net/route.h>.
func routeOfInterface(b []byte) bool {
	const version = 5 // RTM_VERSION
	if len(b) < routeHeader || b[2] != version {
		return false
	}
	switch b[3] {
	case 0xc, 0xd, 0xe, 0x12:
		return true
	}
	return false
}

// probe is what the kernel tells of an interface beside its name. The zero value is
// that it tells nothing.
type probe struct {
	function uint32 // IFRTYPE_FUNCTIONAL_* of <net/if.h>
	media    uint32 // IFM_* of <net/if_media.h>: its type
	broken   bool   // there is no carrier
}

// The sizes of <net/if.h>'s struct ifreq and struct ifmediareq; the name comes first.
const (
	sizeRequest      = 32
	sizeMediaRequest = 44
	sizeName         = 16
)

// parseFunction reads the answer to SIOCGIFFUNCTIONALTYPE.
func (p *probe) parseFunction(b []byte) {
	if len(b) >= sizeRequest {
		p.function = binary.LittleEndian.Uint32(b[sizeName:])
	}
}

// parseMedia reads the answer to SIOCGIFMEDIA: what is in use at 16, the state at 24.
func (p *probe) parseMedia(b []byte) {
	const kind, valid, active = 0xe0, 1, 2 // IFM_NMASK, IFM_AVALID, IFM_ACTIVE
	if len(b) < sizeMediaRequest {
		return
	}
	p.media = binary.LittleEndian.Uint32(b[sizeName:]) & kind
	state := binary.LittleEndian.Uint32(b[sizeName+8:])
	p.broken = state&valid != 0 && state&active == 0
}

// functions are the natures of interfaces by their function.
var functions = map[uint32]nature{
	2: {Ethernet, ""}, // WIRED
	3: {WiFi, ""},     // WIFI_INFRA
	4: {Other, "Apple Wireless Direct Link"},
	5: {Cellular, ""},
	6: {Virtual, string(wordProcessor)}, // INTCOPROC
	7: {Other, string(wordWatch)},       // COMPANIONLINK
	8: {Other, string(wordManagement)},
}

// mediaTypes are the natures of interfaces by their media.
var mediaTypes = map[uint32]nature{
	0x20: {Ethernet, ""}, // IFM_ETHER
	0x80: {WiFi, ""},     // IFM_IEEE80211
}

// refine tells what an interface is whose name leaves it open. Ethernet and Wi-Fi have
// the same names; where not even the function is told, the media are.
func (p probe) refine(n nature) nature {
	if n != ethernetOrWiFi {
		return n
	}
	if f, known := functions[p.function]; known {
		return f
	}
	if m, known := mediaTypes[p.media]; known {
		return m
	}
	return n
}
