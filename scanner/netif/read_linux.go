package netif

import (
	"encoding/binary"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"portlight/assets/words"
	"portlight/scanner/internal/netlink"
)

const (
	classNet  = "/sys/class/net"
	skipStats = 1 << 3 // RTEXT_FILTER_SKIP_STATS of linux/rtnetlink.h
)

func read() ([]Interface, error) {
	links, err := readLinks()
	if err != nil {
		return nil, words.Wrap(wordReadFailed, err)
	}
	addrs, err := readAddresses()
	if err != nil {
		return nil, words.Wrap(wordAddressesFailed, err)
	}
	all := classify(links, func(l *link) folder { return readFolder(classNet, l) })
	attach(all, addrs)
	return all, nil
}

func readLinks() (links []link, err error) {
	body := make([]byte, ifInfoMsgLen+8)
	binary.NativeEndian.PutUint16(body[ifInfoMsgLen:], 8)
	binary.NativeEndian.PutUint16(body[ifInfoMsgLen+2:], unix.IFLA_EXT_MASK)
	binary.NativeEndian.PutUint32(body[ifInfoMsgLen+4:], skipStats)
	bodies, err := netlink.Dump(unix.NETLINK_ROUTE, unix.RTM_GETLINK, body)
	for _, b := range bodies {
		if l, ok := parseLink(b); ok {
			links = append(links, l)
		}
	}
	return links, err
}

func readAddresses() (addrs []address, err error) {
	bodies, err := netlink.Dump(unix.NETLINK_ROUTE, unix.RTM_GETADDR, make([]byte, ifAddrMsgLen))
	for _, b := range bodies {
		if a, ok := parseAddress(b); ok {
			addrs = append(addrs, a)
		}
	}
	return addrs, err
}

// readFolder reads what /sys/class/net tells of a device. It shows the devices of
// the network namespace that it was mounted in, so the index has to agree.
func readFolder(root string, l *link) folder {
	if strings.ContainsRune(l.name, '/') {
		return folder{}
	}
	path := root + "/" + l.name + "/"
	text, err := os.ReadFile(path + "uevent")
	if err != nil {
		return folder{}
	}
	f, index := parseUevent(text)
	if index != l.index {
		return folder{}
	}
	f.known = true
	f.device = exists(path + "device")
	f.wireless = exists(path+"phy80211") || exists(path+"wireless")
	return f
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
