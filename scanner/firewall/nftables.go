package firewall

import (
	"encoding/binary"
	"slices"

	"portlight/scanner/internal/netlink"
)

// Of linux/netfilter.h, nfnetlink.h and nf_tables.h. Numbers are big-endian.
const (
	nfGenMsgLen = 4 // struct nfgenmsg

	familyInet   = 1
	familyIPv4   = 2
	familyNetdev = 5
	familyBridge = 7
	familyIPv6   = 10

	hookPrerouting = 0 // also NF_NETDEV_INGRESS, which are all of netdev that come in
	hookInput      = 1
	hookIngress    = 5 // NF_INET_INGRESS

	verdictDrop = 0 // NF_DROP

	attrTableName  = 1 // NFTA_TABLE_NAME
	attrTableFlags = 2 // NFTA_TABLE_FLAGS
	tableDormant   = 1 // NFT_TABLE_F_DORMANT

	attrChainTable  = 1 // NFTA_CHAIN_TABLE
	attrChainHook   = 4 // NFTA_CHAIN_HOOK
	attrChainPolicy = 5 // NFTA_CHAIN_POLICY
	attrChainUse    = 6 // NFTA_CHAIN_USE
	attrChainType   = 7 // NFTA_CHAIN_TYPE
	attrHookNumber  = 1 // NFTA_HOOK_HOOKNUM
)

// table is a table of nftables.
type table struct {
	family byte
	name   string
}

// chain is a base chain of nftables: one that packets come to by themselves.
type chain struct {
	table
	hook  uint32
	kind  string // "filter", "nat", "route"
	drops bool   // what no rule has decided on is dropped
	rules uint32
}

// parseTable reads the body of NFT_MSG_NEWTABLE; dormant is that of a table whose
// chains are switched off.
func parseTable(b []byte) (t table, dormant, ok bool) {
	if len(b) < nfGenMsgLen {
		return t, false, false
	}
	attrs := b[nfGenMsgLen:]
	flags, _ := netlink.Uint32(attrs, attrTableFlags, binary.BigEndian)
	t = table{b[0], netlink.Text(attrs, attrTableName)}
	return t, flags&tableDormant != 0, t.name != ""
}

// parseChain reads the body of NFT_MSG_NEWCHAIN; ok is false for one that is no base
// chain. What only rules can refer to is used by its rules alone, so the count of
// uses of a base chain is that of its rules.
func parseChain(b []byte) (c chain, ok bool) {
	if len(b) < nfGenMsgLen {
		return c, false
	}
	attrs := b[nfGenMsgLen:]
	c.table = table{b[0], netlink.Text(attrs, attrChainTable)}
	c.kind = netlink.Text(attrs, attrChainType)
	c.hook, ok = netlink.Uint32(netlink.Attribute(attrs, attrChainHook), attrHookNumber, binary.BigEndian)
	policy, told := netlink.Uint32(attrs, attrChainPolicy, binary.BigEndian)
	c.drops = told && policy == verdictDrop
	c.rules, _ = netlink.Uint32(attrs, attrChainUse, binary.BigEndian)
	return c, ok
}

// judges reports whether a chain may refuse packets.
func (c *chain) judges() bool { return c.drops || c.rules > 0 }

// input reports whether what comes in for programs passes a chain, on its way to
// them only.
func (c *chain) input() bool {
	return c.hook == hookInput && (c.family == familyInet || c.family == familyIPv4 || c.family == familyIPv6)
}

// early reports whether a chain may refuse packets before it is known whom they are
// for, as it also does with those that are passed on to containers.
func (c *chain) early() bool {
	switch c.family {
	case familyNetdev:
		return c.hook == hookPrerouting
	case familyBridge:
		return c.hook == hookPrerouting || c.hook == hookInput
	case familyInet, familyIPv4, familyIPv6:
		return c.kind == "filter" && (c.hook == hookPrerouting || c.hook == hookIngress)
	}
	return false
}

// translates reports whether a chain may lead what comes in elsewhere.
func (c *chain) translates() bool {
	return c.kind == "nat" && c.hook == hookPrerouting && c.rules > 0
}

// ofIptables reports whether a chain is in the table that iptables-nft translates
// addresses in.
func (c *chain) ofIptables() bool {
	return c.name == "nat" && (c.family == familyIPv4 || c.family == familyIPv6)
}

// ruleset is what nftables has.
type ruleset struct {
	chains     []chain // those that are in use
	generation uint16  // another one after each change of any rule, and the same after 65,536
}

// newRuleset reads the bodies of all tables and chains.
func newRuleset(tables, chains [][]byte) (r ruleset) {
	var dormant []table
	for _, b := range tables {
		if t, sleeps, ok := parseTable(b); ok && sleeps {
			dormant = append(dormant, t)
		}
	}
	for _, b := range chains {
		if len(b) >= nfGenMsgLen {
			r.generation = binary.BigEndian.Uint16(b[2:]) // res_id
		}
		if c, ok := parseChain(b); ok && !slices.Contains(dormant, c.table) {
			r.chains = append(r.chains, c)
		}
	}
	return r
}

// state is Inactive only when nothing looks at what comes in. A chain for addresses
// (nat) refuses nothing.
func (r *ruleset) state() State {
	s := State{"nftables", Inactive, wordNoRules.String()}
	for _, c := range r.chains {
		switch {
		case !c.judges():
		case c.input() && c.kind == "filter":
			if c.drops {
				return State{"nftables", Active, wordDrops.String()}
			}
			s = State{"nftables", Active, ""}
		case c.early() && s.Status == Inactive:
			s = State{"nftables", Unknown, wordEarlyRules.String()}
		}
	}
	return s
}
