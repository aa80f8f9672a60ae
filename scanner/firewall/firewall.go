// Package firewall tells whether a firewall may keep others from what listens on
// this computer. It does not evaluate rules: that one is active does not say whether
// a port is open. Of the rules of address translation it tells which ports they lead
// elsewhere.
package firewall

import "context"

// Status is what is known of a firewall.
type Status string

// The statuses.
const (
	Active   Status = "active"   // it looks at what comes in, and may refuse it
	Inactive Status = "inactive" // nothing looks at what comes in
	Unknown  Status = "unknown"  // not readable, or not told for sure
)

// State is the state of the firewall of this computer.
type State struct {
	Name   string // "nftables", "ufw", "firewalld", "iptables", "Application Firewall"; "" when none is known of
	Status Status
	Detail string // more about it, in the language in use when it was read: "no rules for what comes in"; or ""
}

// Read asks the system. It takes no longer than a few seconds, less if ctx ends;
// whatever fails on the way makes the status Unknown, never Inactive.
//
// Linux tells the rules to administrators only (CAP_NET_ADMIN). Others are told that
// ufw or firewalld is active, but never that nothing is: rules may be there without
// them. Like any reader of the rules it makes the kernel load nf_tables, should that
// be a module. What is loaded by other means than netfilter (eBPF) is not seen.
//
// On macOS it is the Application Firewall; pf, which only administrators can read,
// is not seen. Elsewhere the status is Unknown.
func Read(ctx context.Context) State { return read(ctx) }

// LegacyTables names the tables that iptables-legacy has in the kernel, whose rules
// Read does not look at: "filter", "nat". They are told to administrators only.
func LegacyTables() []string { return legacyTables() }

// Translation reads which ports of this computer the rules of address translation
// lead elsewhere. It is not safe for concurrent use.
type Translation struct{ translation }

// Read gives the ports in no order that means anything: of the rules of nftables and
// of iptables, as nft(8) and iptables-save(8) tell them. These are started only where
// the kernel has such rules, and again only after a change of those of nftables or of
// an address, for iptables-legacy after five minutes at the earliest. It takes no
// longer than some seconds. The error says why ports that are led elsewhere are not
// known.
//
// Linux tells the rules to administrators only (CAP_NET_ADMIN): for others, and on
// other systems, there are none, without an error. Those of IPVS and eBPF are not
// seen, nor those for connections from this computer itself.
func (t *Translation) Read(ctx context.Context) ([]Forward, error) { return t.read(ctx) }
