package netns

import (
	"bufio"
	"encoding/hex"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxAddrs bounds how many addresses of one namespace are told.
const maxAddrs = 64

// parseRoutes reads fib_trie (fib_trie_seq_show in net/ipv4/fib_trie.c): the routes
// of IPv4 as a tree. Behind the line of an address stand its routes; that of an
// address of the namespace itself is "/32 host LOCAL".
func (t *Table) parseRoutes(r io.Reader) error {
	var last netip.Addr
	for lines := bufio.NewScanner(r); ; {
		if !lines.Scan() {
			return lines.Err()
		}
		line := strings.TrimSpace(lines.Text())
		if text, leaf := strings.CutPrefix(line, "|-- "); leaf {
			last, _ = netip.ParseAddr(text)
		} else if line == "/32 host LOCAL" {
			t.addAddr(last)
		}
	}
}

// States of an address that does not answer, of linux/if_addr.h.
const silent = 0x40 | 0x08 // IFA_F_TENTATIVE, IFA_F_DADFAILED

// parseInet6 reads if_inet6 (if6_seq_show in net/ipv6/addrconf.c): in a line an
// address of the namespace, the index of its device, the length of its prefix, its
// scope and its flags in hexadecimal digits, and the device. Those for one link are
// left out.
func (t *Table) parseInet6(r io.Reader) error {
	for lines := bufio.NewScanner(r); ; {
		if !lines.Scan() {
			return lines.Err()
		}
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || len(fields[0]) != 32 {
			continue
		}
		raw, err := hex.DecodeString(fields[0])
		flags, flagsErr := strconv.ParseUint(fields[4], 16, 32)
		if addr, ok := netip.AddrFromSlice(raw); ok && err == nil && flagsErr == nil && flags&silent == 0 && !addr.IsLinkLocalUnicast() {
			t.addAddr(addr)
		}
	}
}

// addAddr takes an address that others may use, once: one table may be there twice.
func (t *Table) addAddr(a netip.Addr) {
	if a.IsValid() && !a.IsLoopback() && len(t.Addrs) < maxAddrs && !slices.Contains(t.Addrs, a) {
		t.Addrs = append(t.Addrs, a)
	}
}
