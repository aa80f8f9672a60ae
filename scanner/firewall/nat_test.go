package firewall

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
)

// own has 192.0.2.7 and 2001:db8::7.
func own(p netip.Prefix) bool {
	return p.Contains(netip.MustParseAddr("192.0.2.7")) || p.Contains(netip.MustParseAddr("2001:db8::7"))
}

// lines are forwards as words: "tcp 80 10.0.0.5:8080", "udp 53-54 here:99".
func lines(all []Forward) (out []string) {
	for _, f := range all {
		ports, to := fmt.Sprint(f.Low), ""
		if f.High != f.Low {
			ports += fmt.Sprint("-", f.High)
		}
		switch {
		case f.Here:
			to = fmt.Sprint("here:", f.Port)
		case f.To.IsValid():
			to = netip.AddrPortFrom(f.To, f.Port).String()
		}
		out = append(out, strings.Join([]string{f.Proto, ports, to}, " "))
	}
	slices.Sort(out)
	return out
}

func checkLines(t *testing.T, name string, got []Forward, want ...string) {
	t.Helper()
	slices.Sort(want)
	if g := lines(got); !slices.Equal(g, want) {
		t.Errorf("%s: got %q, want %q", name, g, want)
	}
}

// TestParseNft has what nft prints of rules of many forms.
func TestParseNft(t *testing.T) {
	text, err := os.ReadFile("testdata/nft.json")
	if err != nil {
		t.Fatal(err)
	}
	found, foreign, err := parseNft(strings.NewReader(string(text)), own)
	if err != nil || foreign {
		t.Errorf("foreign %v, error %v", foreign, err)
	}
	checkLines(t, "nft", found,
		"tcp 8080 10.0.0.2:80", "tcp 1000-1010 here:99", "udp 53 10.0.0.3:0", "udp 5353 10.0.0.3:0", "udp 6000-6002 10.0.0.3:0",
		"tcp 8000 10.0.0.4:80", "tcp 8001 10.0.0.4:80", "tcp 4000 10.0.0.8:0", "udp 4000 10.0.0.8:0", "tcp 7001 10.0.0.5:80",
		"tcp 81 10.0.0.81:80", "tcp 82 10.0.0.82:8080", "tcp 91 10.0.0.91:0", "tcp 92 10.0.0.92:0", "tcp 85 10.0.0.5:80",
		"tcp 30080 10.0.0.5:80", "udp 30053 10.0.0.6:0", "tcp 86 10.0.0.5:80", "tcp 8443 10.0.0.2:443", "tcp 7000 10.0.0.5:80",
		"tcp 8090 [fd00::2]:80", "tcp 8091 here:8092", "tcp 8093 10.1.1.1:0")
	for _, end := range []int{len(text) / 2, 20, 0} {
		if _, _, err := parseNft(strings.NewReader(string(text[:end])), own); err == nil {
			t.Errorf("no error for %d bytes of %d", end, len(text))
		}
	}
}

// nftRuleset is a chain of the table "x" for what comes in, with rules.
func nftRuleset(rules ...string) string {
	var b strings.Builder
	b.WriteString(`{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"chain": {"family": "inet", "table": "x", "name": "pre", "type": "nat", "hook": "prerouting"}}`)
	for _, r := range rules {
		b.WriteString(`, {"rule": {"family": "inet", "table": "x", "chain": "pre", "expr": ` + r + `}}`)
	}
	return b.String() + "]}"
}

const toFive = `{"dnat": {"addr": "10.0.0.5", "port": 80}}`

func TestParseNftRules(t *testing.T) {
	port := func(op, right string) string {
		return `{"match": {"op": "` + op + `", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": ` + right + `}}`
	}
	to := func(address string) string {
		return `{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": ` + address + `}}`
	}
	for _, c := range []struct {
		rule string
		want []string
	}{
		{`[` + port("!=", "22") + `,` + toFive + `]`, []string{"tcp 1-21 10.0.0.5:80", "tcp 23-65535 10.0.0.5:80"}},
		{`[` + port("==", "80") + `,` + port("==", "81") + `,` + toFive + `]`, nil},
		{`[` + port("==", "80") + `,` + to(`"192.0.2.8"`) + `,` + toFive + `]`, nil},
		{`[` + port("==", "80") + `,` + to(`{"prefix": {"addr": "192.0.2.0", "len": 24}}`) + `,` + toFive + `]`, []string{"tcp 80 10.0.0.5:80"}},
		{`[` + port("==", "80") + `,` + to(`{"set": ["192.0.2.8", "192.0.2.7"]}`) + `,` + toFive + `]`, []string{"tcp 80 10.0.0.5:80"}},
		{`[` + port("==", "80") + `, {"dnat": {"port": 8080}}]`, []string{"tcp 80 here:8080"}},
		{`[` + port("==", "80") + `, {"dnat": {"addr": {"range": ["10.0.0.3", "10.0.0.5"]}}}]`, []string{"tcp 80 10.0.0.3:0"}},
		{`[` + port("<", "1024") + `,` + toFive + `]`, []string{"tcp 1-1023 10.0.0.5:80"}},
		{`[` + port("<=", "1024") + `,` + toFive + `]`, []string{"tcp 1-1024 10.0.0.5:80"}},
		{`[` + port(">", "1024") + `,` + toFive + `]`, []string{"tcp 1025-65535 10.0.0.5:80"}},
		{`[` + port(">=", "1024") + `,` + port("!=", "2000") + `,` + toFive + `]`, []string{"tcp 1024-1999 10.0.0.5:80", "tcp 2001-65535 10.0.0.5:80"}},
		{`[` + port("<", "1") + `,` + toFive + `]`, nil},
		{`[` + port(">", "65535") + `,` + toFive + `]`, nil},
		{`[` + port(">", "0") + `,` + toFive + `]`, []string{"tcp 1-65535 10.0.0.5:80"}},
		{`[` + port("!", "80") + `,` + toFive + `]`, []string{"tcp 1-65535 10.0.0.5:80"}},
		{`[` + port("in", "80") + `,` + toFive + `]`, []string{"tcp 80 10.0.0.5:80"}},
		{`[` + port("==", "80") + `, {"redirect": {"port": {"range": [8000, 8010]}}}]`, []string{"tcp 80 here:8000"}},
		{`[` + port("==", "80") + `, {"dnat": {"addr": "10.0.0.5", "port": {"range": [8000, 8010]}}}]`, []string{"tcp 80 10.0.0.5:8000"}},
		{`[{"dnat": {"addr": {"map": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[80, {"concat": ["10.0.0.5", {"range": [8000, 8010]}]}]]}}}}}]`,
			[]string{"tcp 80 10.0.0.5:8000"}},
		{`[` + port("==", "80") + `, {"dnat": null}, {"jump": {"target": "pre"}}]`, []string{}},
		{`[` + port("==", `{"elem": {"val": 80, "timeout": 5}}`) + `,` + toFive + `]`, []string{"tcp 80 10.0.0.5:80"}},
		{`[` + port("==", "-1") + `,` + toFive + `]`, nil},
		{`[` + port("==", `"@none"`) + `,` + toFive + `]`, nil},
		{`{"odd": 1}`, nil},
	} {
		found, _, err := parseNft(strings.NewReader(nftRuleset(c.rule)), own)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
		}
		checkLines(t, c.rule, found, c.want...)
	}
	xt := nftRuleset(`[` + port("==", "80") + `, {"xt": {"type": "target", "name": "DNAT"}}]`)
	if found, foreign, err := parseNft(strings.NewReader(xt), own); len(found) > 0 || !foreign || err != nil {
		t.Errorf("a target of iptables: %v, %v, %v", found, foreign, err)
	}
}

// saved is what iptables-save prints on a computer with Docker and Kubernetes.
const saved = `# Generated by iptables-save v1.8.9 (nf_tables) on Sun Nov 29 21:02:32 2026
*filter
-A PREROUTING -p tcp -m tcp --dport 1 -j DNAT --to-destination 10.0.0.1:1
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
:KUBE-NODEPORTS - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A PREROUTING -p udp -m multiport --dports 53,5353:5355 -j DNAT --to-destination 10.0.0.3
-A PREROUTING -p tcp -m tcp --dport 1000:1010 -j REDIRECT --to-ports 99
-A PREROUTING -p tcp -m tcp --dport 1100 -j REDIRECT
-A PREROUTING -d 192.0.2.8/32 -p tcp -m tcp --dport 1200 -j DNAT --to-destination 10.0.0.3
-A PREROUTING -p tcp -m set --match-set ports dst -j DNAT --to-destination 10.0.0.3
-A PREROUTING -p tcp -m tcp ! --sport 4 --dport 5:8 -j DNAT --to-destination 10.0.0.3-10.0.0.5:70-80
-A PREROUTING ! -p tcp -m multiport ! --dports 2:65535 -j DNAT --to-destination 10.0.0.3
-A PREROUTING -p tcp -m comment --comment "-j DNAT \"--dport\" 9" -m tcp --dport 1300 -j DNAT --to-destination [fd00::2]:80
-A PREROUTING -p tcp -m comment --comment -j -m tcp --dport 1400 -j DNAT --to-destination :8080
-A OUTPUT -p tcp -m tcp --dport 8081 -j DNAT --to-destination 10.0.0.2
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-ABC
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-ABC
-A KUBE-EXT-ABC -j KUBE-SVC-ABC
-A KUBE-SVC-ABC -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-1
-A KUBE-SVC-ABC -j KUBE-SEP-2
-A KUBE-SEP-1 -s 10.244.0.5/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.244.0.5:80
-A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.244.0.6:80
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
COMMIT
`

func TestParseSaved(t *testing.T) {
	checkLines(t, "saved", parseSaved(saved, own),
		"tcp 30080 10.244.0.5:80", "tcp 8080 172.17.0.2:80", "udp 53 10.0.0.3:0", "udp 5353-5355 10.0.0.3:0", "tcp 1000-1010 here:99",
		"tcp 5-8 10.0.0.3:70", "udp 1 10.0.0.3:0", "tcp 1300 [fd00::2]:80", "tcp 1400 here:8080")
	checkLines(t, "a circle", parseSaved("*nat\n-A PREROUTING -j A\n-A A -j A\n-A A -p tcp --dport 7 -j DNAT --to-destination 10.0.0.1\n", own), "tcp 7 10.0.0.1:0")
}

// TestManyForwards are bounded, also where each chain leads twice into the next.
func TestManyForwards(t *testing.T) {
	var b strings.Builder
	b.WriteString("*nat\n-A PREROUTING -j A0\n")
	for i := range maxJumps + 4 {
		fmt.Fprintf(&b, "-A A%d -p tcp -j A%d\n-A A%d -p tcp -j A%d\n", i, i+1, i, i+1)
	}
	for i := range 2 * maxForwards {
		fmt.Fprintf(&b, "-A PREROUTING -p tcp --dport %d -j DNAT --to-destination 10.0.0.1\n", i+1)
	}
	if got := parseSaved(b.String(), own); len(got) > maxForwards {
		t.Errorf("%d", len(got))
	}
	_, wide, _ := strings.Cut(b.String(), "A0\n")
	if got := parseSaved("*nat\n"+wide, own); len(got) != maxForwards {
		t.Errorf("%d of %d", len(got), maxForwards)
	}
}

func FuzzParseNft(f *testing.F) {
	text, err := os.ReadFile("testdata/nft.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(nftRuleset(`[{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": {"set": [[{"range": [1, 2]}, {"jump": {"target": "pre"}}]]}}}, ` + toFive + `]`))
	f.Fuzz(func(t *testing.T, s string) {
		found, _, _ := parseNft(strings.NewReader(s), own)
		checkForwards(t, found)
	})
}

func FuzzParseSaved(f *testing.F) {
	f.Add(saved)
	f.Add("*nat\n-A PREROUTING ! -p udp --dport 1:2,3 -j REDIRECT --to-ports 4-5\n")
	f.Fuzz(func(t *testing.T, s string) { checkForwards(t, parseSaved(s, own)) })
}

func checkForwards(t *testing.T, all []Forward) {
	t.Helper()
	for _, f := range all {
		if f.Low == 0 || f.Low > f.High || f.Proto != "tcp" && f.Proto != "udp" || f.Here && (f.Port == 0 || f.To.IsValid()) || f.To.Zone() != "" {
			t.Errorf("%+v", f)
		}
	}
}
