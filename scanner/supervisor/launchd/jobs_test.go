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
	jobs := []Job{{Label: "a"}, {Label: "b"}, {Label: "a", Agent: true}}
	for _, tc := range []struct {
		jobs     []Job
		disabled map[string]bool
		want     []string
	}{
		{jobs, nil, []string{"a", "b", "a"}},
		{jobs, map[string]bool{"a": true, "b": false}, []string{"b", "a"}},
		{jobs[:1], map[string]bool{"a": true}, []string{"a"}},
		{nil, map[string]bool{"a": true}, nil},
	} {
		if got := labels(Enabled(tc.jobs, tc.disabled)); !slices.Equal(got, tc.want) {
			t.Errorf("%v of %v: got %v", tc.disabled, labels(tc.jobs), got)
		}
	}
}

func labels(jobs []Job) []string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.Label)
	}
	return all
}
