package firewall

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// nftRules is what "nft --json list ruleset" prints (libnftables-json(5)), as far as
// it is of use.
type nftRules struct {
	own     owns
	dormant map[string]bool              // tables
	bases   []nftChain                   // chains that translate the destination of what comes in
	rules   map[string][]json.RawMessage // expressions, by chain
	sets    map[string][]any             // elements of sets and maps
	left    int                          // values that may be looked at
	foreign bool                         // a rule has a target of iptables, of which nft does not tell all
}

type nftTable struct {
	Family, Name string
	Flags        any
}

type nftChain struct{ Family, Table, Name, Type, Hook string }

func (c nftChain) table() string         { return nftName(c.Family, c.Table) }
func (c nftChain) in(name string) string { return nftName(c.Family, c.Table, name) }

func nftName(parts ...string) string { return strings.Join(parts, "\x00") }

type nftSet struct {
	Family, Table, Name string
	Elem                []any
}

type nftItem struct {
	Table    nftTable
	Chain    nftChain
	Set, Map nftSet
	Rule     struct {
		Family, Table, Chain string
		Expr                 json.RawMessage
	}
}

// parseNft gives the ports of this computer that rules of nftables lead elsewhere,
// and whether there are rules of iptables among them, for which iptables-save has to
// be read. Of a text that is cut it gives what comes before, with the error.
func parseNft(r io.Reader, own owns) (found []Forward, foreign bool, err error) {
	n := nftRules{own: own, left: maxValues, dormant: map[string]bool{}, rules: map[string][]json.RawMessage{}, sets: map[string][]any{}}
	err = n.read(json.NewDecoder(r))
	var from []string
	for _, c := range n.bases {
		if !n.dormant[c.table()] {
			from = append(from, c.in(c.Name))
		}
	}
	found = follow("nftables", n.steps, from...)
	return found, n.foreign, err
}

// read takes the objects one by one; one of another form is passed over.
func (n *nftRules) read(dec *json.Decoder) error {
	for range 3 { // {"nftables": [
		if _, err := dec.Token(); err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
	}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		var item nftItem
		if json.Unmarshal(raw, &item) == nil {
			n.keep(&item)
		}
	}
	return nil
}

func (n *nftRules) keep(item *nftItem) {
	t, c, r := item.Table, item.Chain, item.Rule
	if t.Name != "" && asleep(t) {
		n.dormant[nftName(t.Family, t.Name)] = true
	}
	if c.Type == "nat" && c.Hook == "prerouting" {
		n.bases = append(n.bases, c)
	}
	if r.Chain != "" {
		chain := nftName(r.Family, r.Table, r.Chain)
		n.rules[chain] = append(n.rules[chain], r.Expr)
	}
	for _, s := range [...]nftSet{item.Set, item.Map} {
		if s.Name != "" {
			n.sets[nftName(s.Family, s.Table, s.Name)] = s.Elem
		}
	}
}

// asleep reads the flags of a table, a word or several. For "dormant" nft 1.0.6
// prints the table's name.
func asleep(t nftTable) bool {
	flags, several := t.Flags.([]any)
	if !several {
		flags = []any{t.Flags}
	}
	return slices.Contains(flags, any("dormant")) || slices.Contains(flags, any(t.Name))
}

// steps gives the ways on from a chain.
func (n *nftRules) steps(chain string) (all []step) {
	place := strings.Split(chain, "\x00")
	for _, raw := range n.rules[chain] {
		var exprs []map[string]any
		if json.Unmarshal(raw, &exprs) == nil {
			r := nftRule{n, nftChain{Family: place[0], Table: place[1]}, []match{everything()}, nil}
			for _, e := range exprs {
				r.take(e)
			}
			all = append(all, r.out...)
		}
	}
	return all
}

// nftRule is a rule that is being read.
type nftRule struct {
	*nftRules
	at   nftChain // its table
	ways []match  // the packets that have come so far
	out  []step
}

// take reads a statement.
func (r *nftRule) take(statement map[string]any) {
	for kind, value := range statement {
		object, _ := value.(map[string]any)
		switch kind {
		case "match":
			r.narrow(object)
		case "jump", "goto":
			r.lead(everything(), step{chain: r.target(object)})
		case "vmap":
			r.pairs(object, func(m match, verdict any) {
				for _, to := range asMap(verdict) {
					if chain := r.target(asMap(to)); chain != "" {
						r.lead(m, step{chain: chain})
					}
				}
			})
		case "dnat":
			r.translate(object)
		case "redirect":
			r.lead(everything(), step{place: place{here: true, port: lowPort(object["port"])}})
		case "xt":
			r.foreign = r.foreign || object["name"] == "DNAT" || object["name"] == "REDIRECT"
		}
	}
}

// target is the chain that a verdict jumps to, or "".
func (r *nftRule) target(verdict map[string]any) string {
	name, _ := verdict["target"].(string)
	if name == "" {
		return ""
	}
	return r.at.in(name)
}

// lead has the packets that have come so far, and match, go a step.
func (r *nftRule) lead(m match, s step) {
	for _, way := range r.ways {
		if both, ok := way.and(m); ok && r.spend(1) {
			s.match = both
			r.out = append(r.out, s)
		}
	}
}

// narrow reads a match: only what it is for goes on.
func (r *nftRule) narrow(object map[string]any) {
	takes := r.taken(object["left"], object["op"], object["right"])
	var next []match
	for _, way := range r.ways {
		for _, m := range takes {
			if both, ok := way.and(m); ok && r.spend(1) {
				next = append(next, both)
			}
		}
	}
	r.ways = next
}

// taken gives the packets that a comparison is true for.
func (r *nftRule) taken(left, op, right any) (takes []match) {
	if op != "==" && op != "in" && op != "!=" {
		return []match{ordered(left, op, right)}
	}
	for _, v := range r.elements(right) {
		if m, ok := r.is(left, v); ok {
			takes = append(takes, m)
		}
	}
	if op == "!=" {
		return others(left, takes)
	}
	return takes
}

// ordered are the packets whose port is below or above another: with any port where
// the operator is unknown, or another field is compared.
func ordered(left, op, right any) match {
	m := everything()
	what, protos := nftField(left)
	m.protos = protos
	limit := portOf(right)
	if what != fieldPort || limit == 0 {
		return m
	}
	below, above := span{1, limit}, span{limit, 65535}
	switch op {
	case "<":
		m.ports = without([]span{above})
	case "<=":
		m.ports = []span{below}
	case ">":
		m.ports = without([]span{below})
	case ">=":
		m.ports = []span{above}
	}
	return m
}

// others are the packets that are not taken, by ports or by protocol.
func others(left any, taken []match) []match {
	m := everything()
	switch what, proto := nftField(left); what {
	case fieldPort:
		m.protos = proto
		var spans []span
		for _, t := range taken {
			spans = append(spans, t.ports...)
		}
		m.ports = without(spans)
	case fieldProto:
		for _, t := range taken {
			m.protos &^= t.protos
		}
	}
	return []match{m}
}

// translate reads a dnat: to an address, or to one that a map tells.
func (r *nftRule) translate(object map[string]any) {
	port := lowPort(object["port"])
	if m := asMap(asMap(object["addr"])["map"]); m != nil {
		r.pairs(m, func(m match, to any) { r.lead(m, step{place: placeOf(to, port)}) })
		return
	}
	r.lead(everything(), step{place: placeOf(object["addr"], port)})
}

// pairs calls with each pair of a map that may be for this computer.
func (r *nftRule) pairs(object map[string]any, each func(m match, value any)) {
	for _, e := range r.elements(object["data"]) {
		pair, _ := e.([]any)
		if len(pair) != 2 {
			continue
		}
		if m, ok := r.is(object["key"], pair[0]); ok {
			each(m, pair[1])
		}
	}
}

// elements are those of a set, by its name or in place, or the one value.
func (r *nftRule) elements(v any) []any {
	list, several := asMap(v)["set"].([]any)
	if name, ok := v.(string); ok && strings.HasPrefix(name, "@") {
		list, several = r.sets[r.at.in(name[1:])], true
	}
	if !several {
		list = []any{v}
	}
	if !r.spend(len(list)) {
		return nil
	}
	return list
}

// spend reports whether so many values more may be looked at.
func (n *nftRules) spend(values int) bool {
	n.left -= values
	return n.left >= 0
}

// The fields of a packet that are looked at.
type field byte

const (
	fieldOther field = iota
	fieldPort
	fieldProto
	fieldAddr
	fieldKind // whose the destination is
)

// nftField tells which field an expression gives, and for which protocols.
func nftField(expr any) (field, protocols) {
	e, both := asMap(expr), tcp|udp
	payload := asMap(e["payload"])
	switch name, _ := payload["field"].(string); name {
	case "dport":
		if proto, _ := payload["protocol"].(string); proto != "th" {
			both = protocolOf(proto)
		}
		return fieldPort, both
	case "daddr":
		return fieldAddr, both
	case "protocol", "nexthdr":
		return fieldProto, both
	}
	if asMap(e["meta"])["key"] == "l4proto" {
		return fieldProto, both
	}
	if fib := asMap(e["fib"]); fib["result"] == "type" {
		return fieldKind, both
	}
	return fieldOther, both
}

// is gives the packets whose field has a value; ok is false if none for this computer
// has.
func (n *nftRules) is(expr, value any) (m match, ok bool) {
	if inner := asMap(value)["elem"]; inner != nil {
		value = asMap(inner)["val"]
	}
	if list, joined := asMap(expr)["concat"].([]any); joined {
		return n.areAll(list, asMap(value)["concat"])
	}
	m, ok = everything(), true
	what, protos := nftField(expr)
	m.protos = protos
	switch {
	case value == "*":
	case what == fieldPort:
		m.ports, ok = nftPorts(value)
	case what == fieldProto:
		m.protos = protocolOf(nftText(value))
		ok = m.protos != 0
	case what == fieldAddr:
		ok = n.owned(value)
	case what == fieldKind:
		ok = value == "local"
	}
	return m, ok
}

// areAll is for fields side by side.
func (n *nftRules) areAll(exprs []any, values any) (m match, ok bool) {
	list, _ := values.([]any)
	m, ok = everything(), len(list) == len(exprs)
	for i := 0; ok && i < len(exprs); i++ {
		var one match
		if one, ok = n.is(exprs[i], list[i]); ok {
			m, ok = m.and(one)
		}
	}
	return m, ok
}

// owned reports whether a value may be an address of this computer. A range may.
func (n *nftRules) owned(value any) bool {
	if p := asMap(asMap(value)["prefix"]); p != nil {
		value = nftText(p["addr"]) + "/" + nftText(p["len"])
	}
	text, ok := value.(string)
	if !ok {
		return true
	}
	p, err := prefixOf(text)
	return err != nil || n.own(p)
}

// nftEnds are those of a range, or the one value twice.
func nftEnds(value any) (low, high any) {
	if ends, ok := asMap(value)["range"].([]any); ok && len(ends) == 2 {
		return ends[0], ends[1]
	}
	return value, value
}

func nftPorts(value any) ([]span, bool) {
	low, high := nftEnds(value)
	s := span{portOf(low), portOf(high)}
	return []span{s}, s.low != 0 && s.low <= s.high
}

func placeOf(to any, port uint16) place {
	if list, ok := asMap(to)["concat"].([]any); ok && len(list) == 2 {
		to, port = list[0], lowPort(list[1])
	}
	to, _ = nftEnds(to)
	addr, err := netip.ParseAddr(nftText(to))
	if err != nil {
		return place{port: port, here: to == nil}
	}
	return place{to: addr.WithZone(""), port: port}
}

// lowPort is the port, or the first of a range.
func lowPort(v any) uint16 {
	low, _ := nftEnds(v)
	return portOf(low)
}

// portOf is 0 for what is no port.
func portOf(v any) uint16 {
	n, ok := v.(float64)
	if !ok || n < 1 || n > 65535 || n != float64(uint16(n)) {
		return 0
	}
	return uint16(n)
}

// nftText is a word, or a number's digits.
func nftText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
