package launchd

import (
	"net/netip"
	"slices"
	"testing"
)

// ports is a small services(5).
func ports(proto, service string) []uint16 {
	return map[string][]uint16{"tcp/ssh": {22}, "udp/tftp": {69}, "udp/ntalk": {518}, "tcp/pair": {70, 71}}[proto+"/"+service]
}

func TestFind(t *testing.T) {
	jobs := newJobs([]Job{
		{Label: "ssh", Sockets: []Socket{{Proto: "tcp", Service: "ssh"}}},
		{Label: "tftp", Sockets: []Socket{{Proto: "udp", Service: "tftp"}, {Proto: "udp", Service: "ntalk"}}},
		{Label: "ftp-proxy", Sockets: []Socket{{Proto: "tcp", Port: 8021, Node: "127.0.0.1", Family: IPv4}}},
		{Label: "local", Sockets: []Socket{{Proto: "tcp", Port: 8021, Node: "localhost"}}},
		{Label: "four", Sockets: []Socket{{Proto: "tcp", Port: 80, Family: IPv4}}},
		{Label: "six", Sockets: []Socket{{Proto: "tcp", Port: 80, Family: IPv6}}},
		{Label: "named", Sockets: []Socket{{Proto: "tcp", Port: 81, Node: "mac.local"}}},
		{Label: "star", Sockets: []Socket{{Proto: "tcp", Port: 81, Node: "*"}}},
		{Label: "link", Sockets: []Socket{{Proto: "tcp", Port: 82, Node: "fe80::1%en0"}}},
		{Label: "pair", Sockets: []Socket{{Proto: "tcp", Service: "pair"}}},
	}, nil, ports)
	cases := []struct {
		proto, addr string
		port        uint16
		want        []string
	}{
		{"tcp", "0.0.0.0", 22, []string{"ssh"}},
		{"tcp", "::", 22, []string{"ssh"}},
		{"tcp", "127.0.0.1", 22, nil},
		{"udp", "0.0.0.0", 22, nil},
		{"udp", "::", 69, []string{"tftp"}},
		{"udp", "::", 518, []string{"tftp"}},
		{"tcp", "127.0.0.1", 8021, []string{"ftp-proxy", "local"}},
		{"tcp", "::ffff:127.0.0.1", 8021, []string{"ftp-proxy", "local"}},
		{"tcp", "::1", 8021, []string{"local"}},
		{"tcp", "0.0.0.0", 8021, nil},
		{"tcp", "0.0.0.0", 80, []string{"four"}},
		{"tcp", "::", 80, []string{"six"}},
		{"tcp", "192.168.1.2", 81, []string{"named"}},
		{"tcp", "0.0.0.0", 81, []string{"star"}},
		{"tcp", "fe80::1%en1", 82, []string{"link"}},
		{"tcp", "::", 71, []string{"pair"}},
		{"tcp", "::", 0, nil},
	}
	for _, tc := range cases {
		if got := labels(jobs.Find(tc.proto, netip.MustParseAddr(tc.addr), tc.port)); !slices.Equal(got, tc.want) {
			t.Errorf("%s %s %d: got %v, want %v", tc.proto, tc.addr, tc.port, got, tc.want)
		}
	}
	if got := jobs.Find("tcp", netip.Addr{}, 8021); got != nil {
		t.Errorf("no address: got %v", got)
	}
}

func TestEnabled(t *testing.T) {
	jobs := []Job{{Label: "a"}, {Label: "b"}, {Label: "a", Agent: true}, {Label: "c", Agent: true}}
	for _, tc := range []struct {
		jobs []Job
		off  Overrides
		want []string
	}{
		{jobs, Overrides{}, []string{"a", "b", "a", "c"}},
		{jobs, Overrides{Daemons: map[string]bool{"a": true, "b": false, "c": true}}, []string{"b", "a", "c"}},
		{jobs, Overrides{Agents: map[string]bool{"a": true, "b": true}}, []string{"a", "b", "c"}},
		{jobs, Overrides{Daemons: map[string]bool{"b": true}, Agents: map[string]bool{"c": true}}, []string{"a", "a"}},
		{jobs[:1], Overrides{Daemons: map[string]bool{"a": true}}, []string{"a"}},
		{jobs[3:], Overrides{Agents: map[string]bool{"c": true}}, []string{"c"}},
		{nil, Overrides{Daemons: map[string]bool{"a": true}}, nil},
	} {
		if got := labels(Enabled(tc.jobs, tc.off)); !slices.Equal(got, tc.want) {
			t.Errorf("%v of %v: got %v", tc.off, labels(tc.jobs), got)
		}
	}
	if len(labels(jobs)) != 4 || jobs[0].Label != "a" {
		t.Errorf("the jobs were changed: %v", jobs)
	}
}

func TestOverrides(t *testing.T) {
	a, b := map[string]bool{"a": true}, map[string]bool{"b": false}
	known := Overrides{Daemons: a, Agents: b}
	for _, o := range []Overrides{{}, {Daemons: a}, {Agents: b}, known} {
		if got := o.Or(known); !got.Equal(known) {
			t.Errorf("%v or %v is %v", o, known, got)
		}
		if got := o.Equal(known); got != (o.Daemons != nil && o.Agents != nil) {
			t.Errorf("%v equals %v: %v", o, known, got)
		}
	}
	if got := (Overrides{Daemons: b, Agents: a}).Or(known); got.Equal(known) {
		t.Error("what is known is replaced")
	}
}

func labels(jobs []Job) []string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.Label)
	}
	return all
}
