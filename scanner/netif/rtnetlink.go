package netif

import (
	"encoding/binary"
	"net/netip"

	"portlight/scanner/internal/netlink"
)

// Sizes, attributes and flags of linux/if_link.h, if_addr.h, if_tun.h and if.h.
const (
	ifInfoMsgLen = 16
	ifAddrMsgLen = 8

	attrName      = 3  // IFLA_IFNAME
	attrLink      = 5  // IFLA_LINK
	attrMaster    = 10 // IFLA_MASTER
	attrLinkInfo  = 18 // IFLA_LINKINFO
	attrNamespace = 37 // IFLA_LINK_NETNSID
	attrParent    = 56 // IFLA_PARENT_DEV_NAME, since Linux 5.14
	attrInfoKind  = 1  // IFLA_INFO_KIND
	attrInfoData  = 2  // IFLA_INFO_DATA
	attrTunType   = 3  // IFLA_TUN_TYPE
	tunTypeTap    = 2  // IFF_TAP

	flagUp       = 0x1
	flagLoopback = 0x8
	flagRunning  = 0x40

	attrAddress   = 1 // IFA_ADDRESS
	attrLocal     = 2 // IFA_LOCAL
	attrBroadcast = 4 // IFA_BROADCAST
	attrFlags     = 8 // IFA_FLAGS

	addrPassing    = 0x01 // IFA_F_TEMPORARY, of IPv4 IFA_F_SECONDARY
	addrOptimistic = 0x04 // IFA_F_OPTIMISTIC
	addrDADFailed  = 0x08 // IFA_F_DADFAILED
	addrDeprecated = 0x20 // IFA_F_DEPRECATED
	addrTentative  = 0x40 // IFA_F_TENTATIVE

	familyIPv4 = 2
	familyIPv6 = 10
)

// link is a network device as rtnetlink(7) tells of it.
type link struct {
	index    int
	name     string
	kind     string // of a device of software: "bridge", "tun"
	hardware uint16 // ARPHRD_ETHER and the like of linux/if_arp.h
	flags    uint32
	parent   int  // the device that it stands on, or its peer; 0 is none
	foreign  bool // that is in another network namespace
	master   int  // the bridge, or bond, that it is a port of; 0 is none
	device   bool // there is hardware, or what a virtual machine takes for it
	tap      bool // a tun device that carries Ethernet
}

// parseLink reads the body of RTM_NEWLINK, struct ifinfomsg and attributes; ok is
// false when it is cut short or has no name.
func parseLink(b []byte) (l link, ok bool) {
	if len(b) < ifInfoMsgLen {
		return l, false
	}
	attrs := b[ifInfoMsgLen:]
	info := netlink.Attribute(attrs, attrLinkInfo)
	l = link{
		index:    int(int32(binary.NativeEndian.Uint32(b[4:]))),
		name:     netlink.Text(attrs, attrName),
		kind:     netlink.Text(info, attrInfoKind),
		hardware: binary.NativeEndian.Uint16(b[2:]),
		flags:    binary.NativeEndian.Uint32(b[8:]),
		parent:   number(attrs, attrLink),
		foreign:  netlink.Attribute(attrs, attrNamespace) != nil,
		master:   number(attrs, attrMaster),
		device:   netlink.Attribute(attrs, attrParent) != nil,
	}
	tunType := netlink.Attribute(netlink.Attribute(info, attrInfoData), attrTunType)
	l.tap = l.kind == "tun" && len(tunType) > 0 && tunType[0] == tunTypeTap
	return l, l.index > 0 && l.name != ""
}

func number(attrs []byte, kind uint16) int {
	n, _ := netlink.Uint32(attrs, kind, binary.NativeEndian)
	return int(int32(n))
}

func (l *link) up() bool { return l.flags&flagUp != 0 && l.flags&flagRunning != 0 }

// parseAddress reads the body of RTM_NEWADDR, struct ifaddrmsg and attributes; ok
// is false when it is malformed, or when the address does not answer (yet): it is
// being tried whether another one has it, or another one does.
func parseAddress(b []byte) (a address, ok bool) {
	if len(b) < ifAddrMsgLen {
		return a, false
	}
	family, bits, flags := b[0], int(b[1]), uint32(b[2])
	attrs := b[ifAddrMsgLen:]
	if f, ok := netlink.Uint32(attrs, attrFlags, binary.NativeEndian); ok {
		flags = f
	}
	own := netlink.Attribute(attrs, attrLocal) // of a pair, the other one is IFA_ADDRESS
	if own == nil {
		own = netlink.Attribute(attrs, attrAddress)
	}
	a = address{
		index:     int(int32(binary.NativeEndian.Uint32(b[4:]))),
		prefix:    netip.PrefixFrom(parseIP(family, own), bits),
		broadcast: parseIP(family, netlink.Attribute(attrs, attrBroadcast)),
		passing:   flags&(addrPassing|addrDeprecated) != 0,
	}
	silent := flags&addrDADFailed != 0 || flags&addrTentative != 0 && flags&addrOptimistic == 0
	return a, a.prefix.IsValid() && !silent
}

// parseIP gives no address when the length is not that of the family.
func parseIP(family byte, b []byte) netip.Addr {
	addr, ok := netip.AddrFromSlice(b)
	if !ok || family != familyIPv4 && family != familyIPv6 || addr.Is4() != (family == familyIPv4) {
		return netip.Addr{}
	}
	return addr
}
