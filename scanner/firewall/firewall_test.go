package firewall

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// nlattr is struct nlattr with its value, padded.
func nlattr(kind uint16, value ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func text(kind uint16, s string) []byte { return nlattr(kind, append([]byte(s), 0)...) }

func number(kind uint16, n uint32) []byte {
	return nlattr(kind, binary.BigEndian.AppendUint32(nil, n)...)
}

// body is struct nfgenmsg with attributes.
func body(family byte, attrs ...[]byte) []byte {
	return append([]byte{family, 0, 0, 0}, slices.Concat(attrs...)...)
}

func tableBytes(family byte, name string, flags uint32) []byte {
	return body(family, text(attrTableName, name), number(attrTableFlags, flags))
}

// chainBytes is a base chain of the table "filter".
func chainBytes(family byte, kind string, hook, policy, rules uint32) []byte {
	return body(family, text(attrChainTable, "filter"), nlattr(attrChainHook, number(attrHookNumber, hook)...),
		number(attrChainPolicy, policy), number(attrChainUse, rules), text(attrChainType, kind))
}

// Policies, and a hook that is not of what comes in for programs.
const (
	accept  = 1
	drop    = verdictDrop
	forward = 2
)

func TestRuleset(t *testing.T) {
	plain := body(familyInet, text(attrChainTable, "filter"), number(attrChainUse, 9))
	awake, dormant := tableBytes(familyIPv4, "filter", 0), tableBytes(familyIPv4, "filter", tableDormant)
	for _, c := range []struct {
		name   string
		table  []byte
		chains [][]byte
		want   Status
	}{
		{"nothing", nil, nil, Inactive},
		{"no base chain", awake, [][]byte{plain}, Inactive},
		{"as iptables leaves it", awake, [][]byte{chainBytes(familyIPv4, "filter", hookInput, accept, 0)}, Inactive},
		{"drops all", awake, [][]byte{chainBytes(familyIPv4, "filter", hookInput, drop, 0)}, Active},
		{"has rules", awake, [][]byte{chainBytes(familyIPv4, "filter", hookInput, accept, 3)}, Active},
		{"has rules for IPv6", awake, [][]byte{chainBytes(familyIPv6, "filter", hookInput, accept, 3)}, Active},
		{"has rules for both", awake, [][]byte{chainBytes(familyInet, "filter", hookInput, accept, 3)}, Active},
		{"sleeps", dormant, [][]byte{chainBytes(familyIPv4, "filter", hookInput, drop, 3)}, Inactive},
		{"another one sleeps", dormant, [][]byte{chainBytes(familyIPv6, "filter", hookInput, drop, 3)}, Active},
		{"for what is passed on", awake, [][]byte{chainBytes(familyInet, "filter", forward, drop, 3)}, Inactive},
		{"for addresses", awake, [][]byte{chainBytes(familyIPv4, "nat", hookInput, accept, 3), chainBytes(familyIPv4, "nat", hookPrerouting, accept, 3)}, Inactive},
		{"before routing", awake, [][]byte{chainBytes(familyIPv4, "filter", hookPrerouting, accept, 1)}, Unknown},
		{"before routing, but without rules", awake, [][]byte{chainBytes(familyIPv4, "filter", hookPrerouting, accept, 0)}, Inactive},
		{"at the device", awake, [][]byte{chainBytes(familyNetdev, "filter", 0, accept, 1)}, Unknown},
		{"at the device, with IP", awake, [][]byte{chainBytes(familyInet, "filter", hookIngress, drop, 0)}, Unknown},
		{"in a bridge", awake, [][]byte{chainBytes(familyBridge, "filter", hookInput, accept, 1)}, Unknown},
		{"of ARP", awake, [][]byte{chainBytes(3, "filter", hookInput, drop, 1)}, Inactive},
		{"both", awake, [][]byte{chainBytes(familyInet, "filter", hookInput, accept, 1), chainBytes(familyNetdev, "filter", 0, accept, 1)}, Active},
		{"cut", awake[:3], [][]byte{{1, 0, 0}}, Inactive},
	} {
		r := newRuleset([][]byte{c.table}, c.chains)
		if got := r.state(); got.Status != c.want || got.Name != "nftables" {
			t.Errorf("%s: got %+v, want %s", c.name, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	empty := &ruleset{}
	full := &ruleset{chains: []chain{{table: table{familyInet, "x"}, hook: hookInput, kind: "filter", drops: true}}}
	for _, c := range []struct {
		name  string
		signs signs
		want  State // but for the detail
	}{
		{"nothing is known", signs{}, State{"", Unknown, ""}},
		{"ufw is off, others may be on", signs{ufw: off}, State{"ufw", Unknown, ""}},
		{"ufw is on", signs{ufw: on}, State{"ufw", Active, ""}},
		{"firewalld runs", signs{firewalld: true, ufw: off}, State{"firewalld", Active, ""}},
		{"no rules", signs{rules: empty}, State{"nftables", Inactive, ""}},
		{"no rules, ufw is off", signs{rules: empty, ufw: off}, State{"nftables", Inactive, ""}},
		{"no rules, ufw is on", signs{rules: empty, ufw: on}, State{"nftables", Inactive, ""}},
		{"rules", signs{rules: full}, State{"nftables", Active, ""}},
		{"rules of ufw", signs{rules: full, ufw: on}, State{"ufw", Active, ""}},
		{"rules of firewalld", signs{rules: full, firewalld: true}, State{"firewalld", Active, ""}},
		{"rules, ufw is off", signs{rules: full, ufw: off}, State{"nftables", Active, ""}},
		{"old rules", signs{rules: empty, legacy: []string{"filter"}}, State{"iptables", Unknown, ""}},
		{"old rules for addresses", signs{rules: empty, legacy: []string{"nat"}}, State{"nftables", Inactive, ""}},
		{"old rules of ufw", signs{rules: empty, legacy: []string{"filter"}, ufw: on}, State{"ufw", Active, ""}},
		{"old rules out of sight", signs{rules: empty, hidden: true}, State{"iptables", Unknown, ""}},
	} {
		got := c.signs.judge()
		got.Detail = ""
		if got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestParseUFW(t *testing.T) {
	for in, want := range map[string]setting{
		"# comment\n\n# ENABLED=no\nENABLED=yes\nLOGLEVEL=low\n": on,
		"ENABLED=no\n":             off,
		"ENABLED=\"YES\" # on":     on,
		"  ENABLED='no'\r\n":       off,
		"ENABLED=no\nENABLED=yes":  on,
		"ENABLED=yes\nENABLED=odd": unset,
		"ENABLED\nLOGLEVEL=yes":    unset,
		"":                         unset,
	} {
		if got := parseUFW([]byte(in)); got != want {
			t.Errorf("%q: got %d, want %d", in, got, want)
		}
	}
}

// TestParseGlobalState has what versions of macOS print.
func TestParseGlobalState(t *testing.T) {
	for in, want := range map[string]Status{
		"Firewall is enabled. (State = 1)":                                           Active,
		"Firewall is disabled. (State = 0)\n":                                        Inactive,
		"Firewall is blocking all non-essential incoming connections. (State = 2)\n": Active,
		"Firewall is enabled. (State = 3)":                                           Unknown,
		"Firewall is disabled. (State = 00)":                                         Unknown,
		"Firewall is disabled. (State = 0":                                           Unknown,
		"Firewall has block all state set to disabled.":                              Unknown,
		"Firewall has block all state set to enabled.":                               Unknown,
		"Block all DISABLED!":                                                        Unknown,
		"Firewall stealth mode is off":                                               Unknown,
		"ALF: Error, kStealthEnableKey does not return the correct type.":            Unknown,
		"": Unknown,
	} {
		if got := parseGlobalState([]byte(in)); got.Status != want || got.Name != applicationFirewall {
			t.Errorf("%q: got %+v, want %s", in, got, want)
		}
	}
}

// TestParseSwitch has the wordings that were seen of macOS.
func TestParseSwitch(t *testing.T) {
	for in, want := range map[string]setting{
		"Firewall has block all state set to disabled.\n":                 off,
		"Firewall has block all state set to enabled.\n":                  on,
		"Block all DISABLED!\n":                                           off,
		"Firewall stealth mode is off\n":                                  off,
		"Firewall stealth mode is on\n":                                   on,
		"Stealth mode enabled\n":                                          on,
		"Stealth mode disabled\n":                                         off,
		"ALF: Error, kStealthEnableKey does not return the correct type.": unset,
		"Stealth mode enabled, or is it":                                  unset,
		" \n":                                                             unset,
		"":                                                                unset,
	} {
		if got := parseSwitch([]byte(in)); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func TestApplicationState(t *testing.T) {
	const enabled, disabled = "Firewall is enabled. (State = 1)", "Firewall is disabled. (State = 0)"
	const blocking, stealth = "Firewall has block all state set to enabled.", "Stealth mode enabled"
	for _, c := range []struct {
		global, blockAll, stealth string
		want                      State
	}{
		{enabled, "", "", State{applicationFirewall, Active, ""}},
		{enabled, "Block all DISABLED!", "Firewall stealth mode is off", State{applicationFirewall, Active, ""}},
		{enabled, blocking, "", State{applicationFirewall, Active, wordEssential.String()}},
		{enabled, blocking, stealth, State{applicationFirewall, Active, wordEssential.String() + ", " + wordStealth.String()}},
		{"(State = 2)", blocking, stealth, State{applicationFirewall, Active, wordEssential.String() + ", " + wordStealth.String()}},
		{enabled, "", stealth, State{applicationFirewall, Active, wordStealth.String()}},
		{disabled, blocking, stealth, State{applicationFirewall, Inactive, ""}},
		{"", blocking, stealth, State{applicationFirewall, Unknown, "not readable"}},
	} {
		if got := applicationState([]byte(c.global), []byte(c.blockAll), []byte(c.stealth)); got != c.want {
			t.Errorf("%q, %q, %q: %+v", c.global, c.blockAll, c.stealth, got)
		}
	}
}

func FuzzRuleset(f *testing.F) {
	f.Add(tableBytes(familyIPv4, "filter", tableDormant), chainBytes(familyIPv4, "filter", hookInput, drop, 3))
	f.Add(tableBytes(familyInet, "filter", 0), chainBytes(familyInet, "filter", hookPrerouting, accept, 3))
	f.Fuzz(func(t *testing.T, table, chain []byte) {
		r := newRuleset([][]byte{table}, [][]byte{chain})
		if s := r.state(); s.Status != Inactive && len(r.chains) != 1 {
			t.Errorf("%+v without a chain", s)
		}
	})
}

func FuzzParseUFW(f *testing.F) {
	f.Add("ENABLED=yes\n")
	f.Fuzz(func(t *testing.T, s string) {
		if parseUFW([]byte(s)) != unset && !strings.Contains(s, "ENABLED") {
			t.Errorf("%q is a setting", s)
		}
	})
}

func FuzzParseGlobalState(f *testing.F) {
	f.Add("Firewall is disabled. (State = 0)")
	f.Fuzz(func(t *testing.T, s string) {
		if got := parseGlobalState([]byte(s)).Status; got == Inactive && !strings.Contains(s, "(State = 0)") {
			t.Errorf("%q is %s", s, got)
		}
	})
}

func FuzzParseSwitch(f *testing.F) {
	f.Add("Block all DISABLED!")
	f.Fuzz(func(t *testing.T, s string) {
		got := parseSwitch([]byte(s))
		if lower := strings.ToLower(s); got == on && !strings.Contains(lower, "on") && !strings.Contains(lower, "enabled") ||
			got == off && !strings.Contains(lower, "off") && !strings.Contains(lower, "disabled") {
			t.Errorf("%q: got %v", s, got)
		}
	})
}
