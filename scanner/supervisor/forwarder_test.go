package supervisor

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestForwarder(t *testing.T) {
	proxy := Forward{
		Engine: "docker", Proto: "tcp",
		Host: netip.MustParseAddrPort("0.0.0.0:8080"), Target: netip.MustParseAddrPort("172.17.0.2:80"),
	}
	v6 := Forward{Engine: "docker", Proto: "udp", Host: netip.MustParseAddrPort("[::]:53"), Target: netip.MustParseAddrPort("[fd00::2]:53")}
	cases := []struct {
		name, args string
		want       Forward
		ok         bool
	}{
		{"docker-proxy", "/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd", proxy, true},
		{"docker-proxy", "docker-proxy --proto=tcp --host-ip=0.0.0.0 -host-port=8080 -container-ip=172.17.0.2 --container-port 80", proxy, true},
		{"docker-proxy", "docker-proxy -proto udp -host-ip :: -host-port 53 -container-ip fd00::2 -container-port 53", v6, true},
		{"docker-proxy", "docker-proxy -proto sctp -host-ip x -host-port 0 -container-ip 1.2.3.4 -container-port", Forward{Engine: "docker"}, true},
		{"docker-proxy", "", Forward{Engine: "docker"}, true},
		{"conmon", "conmon --api-version 1 -c " + id1 + " -u " + id1 + " -r /usr/bin/crun -n web --exit-command /usr/bin/podman --exit-command-arg -n",
			Forward{Engine: "podman", ID: id1, Name: "web"}, true},
		{"conmon", "conmon --cid " + id1 + " --name=web --exit-command /usr/libexec/crio/crio-x", Forward{Engine: "cri-o", ID: id1, Name: "web"}, true},
		{"conmon", "conmon -c short -n web", Forward{Engine: "podman"}, true},
		{"rootlesskit", "rootlesskit --net=slirp4netns", Forward{Engine: "docker"}, true},
		{"dockerd", "dockerd", Forward{Engine: "docker"}, true},
		{"com.docker.backend", "", Forward{Engine: "docker"}, true},
		{"rootlessport", "", Forward{Engine: "podman"}, true},
		{"pasta.avx2", "", Forward{Engine: "podman"}, true},
		{"slirp4netns", "", Forward{}, true},
		{"nginx", "nginx -c " + id1, Forward{}, false},
		{"", "", Forward{}, false},
	}
	for _, c := range cases {
		if got, ok := Forwarder(c.name, strings.Fields(c.args)); got != c.want || ok != c.ok {
			t.Errorf("%s %s:\ngot  %+v, %v\nwant %+v, %v", c.name, c.args, got, ok, c.want, c.ok)
		}
	}
}

func TestParseArgs(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, "\x00": nil, "a": {"a"}, "a\x00b\x00": {"a", "b"}, "a\x00\x00": {"a", ""}, "a\x00\xff": {"a", "\xff"},
	} {
		if got := parseArgs([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzForwarder(f *testing.F) {
	f.Add("docker-proxy", []byte("docker-proxy\x00-proto\x00tcp\x00-host-ip\x00::\x00-host-port\x0080\x00-container-ip=1.2.3.4\x00--container-port\x0080\x00"))
	f.Add("conmon", []byte("conmon\x00-c\x00"+id1+"\x00-n\x00"+strings.Repeat("n", 300)))
	f.Fuzz(func(t *testing.T, name string, cmdline []byte) {
		args := parseArgs(cmdline)
		if joined := strings.Join(args, "\x00"); joined != strings.TrimSuffix(string(cmdline), "\x00") {
			t.Errorf("%q became %q", cmdline, args)
		}
		got, ok := Forwarder(name, args)
		if !ok && got != (Forward{}) || len(got.Name) > maxName || got.ID != "" && !isID(got.ID) {
			t.Errorf("%q %q became %+v, %v", name, args, got, ok)
		}
		for _, a := range []netip.AddrPort{got.Host, got.Target} {
			if a != (netip.AddrPort{}) && (a.Port() == 0 || a.Addr().Zone() != "" || a.Addr().Is4In6()) {
				t.Errorf("%q %q became %+v", name, args, got)
			}
		}
	})
}
