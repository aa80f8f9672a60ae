//go:build !linux

package netif

import (
	"net"
	"net/netip"

	"portlight/assets/words"
)

func read() (all []Interface, err error) {
	list, err := net.Interfaces()
	if err != nil {
		return nil, words.Wrap(wordReadFailed, err)
	}
	probes := openProber()
	defer probes.close()
	var addrs []address
	for _, i := range list {
		told := probes.of(i.Name)
		n := told.refine(natureByName(i.Name, i.Flags&net.FlagLoopback != 0))
		up := i.Flags&net.FlagUp != 0 && i.Flags&net.FlagRunning != 0 && !told.broken
		all = append(all, Interface{Index: i.Index, Name: i.Name, Kind: n.kind, Detail: n.words(), Up: up})
		own, err := i.Addrs()
		if err != nil {
			return nil, words.Wrap(wordAddressFailed, err, "Interface", i.Name)
		}
		for _, a := range own {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil {
				addrs = append(addrs, newAddress(i.Index, prefix, i.Flags&net.FlagBroadcast != 0))
			}
		}
	}
	attach(all, addrs)
	return all, nil
}
