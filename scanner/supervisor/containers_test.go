package supervisor

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// list is an answer of the Docker Engine API: two containers, of which one is of
// Compose.
var list = `[
 {"Id":"` + id1 + `","Names":["/shop-web-1","/other/alias"],"Image":"nginx:1.27","ImageID":"sha256:00","Command":"nginx","Created":1,
  "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
   {"PrivatePort":443,"Type":"tcp"},{"IP":"127.0.0.1","PrivatePort":53,"PublicPort":5353,"Type":"udp"},{"PrivatePort":9,"PublicPort":9,"Type":"sctp"}],
  "Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"web"},"State":"running",
  "NetworkSettings":{"Networks":{"shop_default":{"IPAddress":"172.18.0.2","GlobalIPv6Address":""},"b":{"IPAddress":"172.17.0.9","GlobalIPv6Address":"fd00::9"}}}},
 {"Id":"` + id2 + `","Names":null,"Image":"redis","Ports":[],"Labels":null}
]`

func web() known {
	c := Container{Engine: "docker", ID: id1, Name: "shop-web-1", Image: "nginx:1.27", Project: "shop", Service: "web"}
	addr := netip.MustParseAddr
	return known{
		Container: c,
		addrs:     []netip.Addr{addr("172.17.0.9"), addr("172.18.0.2"), addr("fd00::9")},
		ports: []Published{
			{"tcp", addr("0.0.0.0"), 8080, 80, c}, {"tcp", addr("::"), 8080, 80, c}, {"udp", addr("127.0.0.1"), 5353, 53, c},
		},
	}
}

func TestParseContainers(t *testing.T) {
	got, err := parseContainers("docker", []byte(list))
	want := []known{web(), {Container: Container{Engine: "docker", ID: id2, Image: "redis"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseContainersHostile(t *testing.T) {
	for text, ok := range map[string]bool{
		``: false, `{`: false, `[{]`: false, `<html>`: false, "[]\x00": false,
		`null`: true, `{}`: true, `"x"`: true, `[1,"a",null,{}]`: true, `[{"Id":"short"}]`: true, `[{"Id":7,"Names":{"a":1}}]`: true,
	} {
		if got, err := parseContainers("docker", []byte(text)); len(got) > 0 || (err == nil) != ok {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	got, err := parseContainers("docker", fmt.Appendf(nil, `[{"Id":%q,"Names":[%q],"Image":"\u001b[2J\ud800","Labels":7,
		"Ports":[{"IP":"x","PublicPort":70000,"Type":"tcp"},{"IP":"x","PrivatePort":-1,"PublicPort":1,"Type":"tcp"}]}]`, id1, "/"+strings.Repeat("n", 1000)))
	c := Container{Engine: "docker", ID: id1, Name: strings.Repeat("n", maxName), Image: "\x1b[2J\ufffd"}
	want := []known{{Container: c, ports: []Published{{Proto: "tcp", Port: 1, Container: c}}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseContainersBounds(t *testing.T) {
	port := `{"PublicPort":1,"Type":"tcp"}`
	one := func(n, ports int) string {
		return fmt.Sprintf(`{"Id":"%064x","Ports":[%s]}`, n, strings.TrimPrefix(strings.Repeat(","+port, ports), ","))
	}
	many := []string{one(0, maxPorts-1), one(1, 5)}
	for n := range maxContainers {
		many = append(many, one(n+2, 1))
	}
	got, err := parseContainers("docker", []byte("["+strings.Join(many, ",")+"]"))
	if err != nil || len(got) != maxContainers || len(got[0].ports) != maxPorts-1 || len(got[1].ports) != 1 || len(got[2].ports) != 0 {
		t.Errorf("got %d, %v", len(got), err)
	}
}

func TestParseStore(t *testing.T) {
	text := `[{"id":"` + id1 + `","names":["web","a"],"image":"00","layer":"00","metadata":"{\"image-name\":\"docker.io/library/nginx:latest\",\"name\":\"web\"}","created":"2024-01-01T00:00:00Z"},
		{"id":"` + id2 + `","metadata":"{broken"},{"id":"x","names":["y"]},{"id":7}]`
	got, err := parseStore([]byte(text))
	want := []known{
		{Container: Container{Engine: "podman", ID: id1, Name: "web", Image: "docker.io/library/nginx:latest"}},
		{Container: Container{Engine: "podman", ID: id2}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := parseStore([]byte(`[{"id":`)); err == nil {
		t.Errorf("broken, yet got %v", got)
	}
}

func TestUnlistened(t *testing.T) {
	w := web()
	tcp := func(proto string, port uint16) bool { return proto == "tcp" && port == 8080 }
	none := func(string, uint16) bool { return false }
	all := func(string, uint16) bool { return true }
	for name, c := range map[string]struct {
		has  func(string, uint16) bool
		want []Published
	}{
		"one listens": {tcp, w.ports[2:]}, "none listens": {none, []Published{w.ports[0], w.ports[2]}}, "all listen": {all, nil},
	} {
		if got := Unlistened(w.ports, c.has); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestPublished(t *testing.T) {
	c := newContainers(0, []known{web()})
	for at, want := range map[endpoint]string{
		at("tcp", "0.0.0.0:8080"): "172.17.0.9:80", at("tcp", "[::]:8080"): "172.17.0.9:80", at("udp", "127.0.0.1:5353"): "172.17.0.9:53",
		at("udp", "0.0.0.0:8080"): "", at("tcp", "127.0.0.1:8080"): "", at("udp", "0.0.0.0:5353"): "",
	} {
		got, ok := c.published(at)
		if ok != (want != "") || ok && (got.inside.String() != want || got.Container != web().Container) {
			t.Errorf("%v: got %+v, %v", at, got, ok)
		}
	}
}

func FuzzParseContainers(f *testing.F) {
	f.Add([]byte(list))
	f.Add([]byte(`[{"Id":"` + id1 + `","Ports":[{"IP":"fe80::1%x","PublicPort":1,"Type":"udp"}],"Names":["\ud800"]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, _ := parseContainers("docker", b)
		checkKnown(t, got)
		for _, k := range got {
			for _, p := range k.ports {
				if p.Port == 0 || p.Proto != "tcp" && p.Proto != "udp" || p.Addr.Zone() != "" || p.Container != k.Container {
					t.Errorf("%q became %+v", b, k)
				}
			}
		}
		if c := newContainers(0, got); !c.same(newContainers(0, got)) || (*containers)(nil).same(c) {
			t.Errorf("%+v is not as it is", c)
		}
	})
}

func FuzzParseStore(f *testing.F) {
	f.Add([]byte(`[{"id":"` + id1 + `","names":["web"],"metadata":"{\"image-name\":\"a\"}"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, _ := parseStore(b)
		checkKnown(t, got)
	})
}

func checkKnown(t *testing.T, got []known) {
	t.Helper()
	for _, k := range got {
		for _, s := range []string{k.Name, k.Image, k.Project, k.Service} {
			if len(s) > maxName {
				t.Errorf("%d bytes: %q", len(s), s)
			}
		}
		if !isID(k.ID) || len(k.addrs) > 2*maxNetworks {
			t.Errorf("got %+v", k)
		}
	}
}
