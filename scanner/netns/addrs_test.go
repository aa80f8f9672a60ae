package netns

import (
	"fmt"
	"strings"
	"testing"
)

// routes is what a container has, with both tables in one tree.
const routes = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
     +-- 172.17.0.0/16 2 0 2
        +-- 172.17.0.0/30 2 0 2
           |-- 172.17.0.0
              /16 link UNICAST
           |-- 172.17.0.2
              /32 link UNICAST
              /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
`

func TestAddrs(t *testing.T) {
	const inet6 = `00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000002 02 40 00 82     eth0
20010db8000000000000000000000003 02 40 00 c0     eth0
20010db8000000000000000000000004 02 40 00 88     eth0
fe800000000000000042acfffe110002 02 40 20 80     eth0
zz010db8000000000000000000000002 02 40 00 82     eth0
20010db8 02 40 00 82     eth0
20010db8000000000000000000000005 02
`
	var got Table
	for range 2 {
		v4 := got.parseRoutes(strings.NewReader(routes + strings.ReplaceAll(routes, "Main", "Local")))
		if v6 := got.parseInet6(strings.NewReader(inet6)); v4 != nil || v6 != nil {
			t.Fatal(v4, v6)
		}
	}
	if s := fmt.Sprint(got.Addrs); s != "[172.17.0.2 2001:db8::2]" {
		t.Errorf("got %s", s)
	}
	for i := range 300 {
		_ = got.parseRoutes(strings.NewReader(fmt.Sprintf("|-- 10.0.%d.%d\n/32 host LOCAL\n", i/256, i%256)))
	}
	if len(got.Addrs) != maxAddrs {
		t.Errorf("%d addresses", len(got.Addrs))
	}
}

func FuzzAddrs(f *testing.F) {
	f.Add(routes)
	f.Add("|-- x\n/32 host LOCAL\n20010db8000000000000000000000002 02 40 00 82 eth0\n")
	f.Fuzz(func(t *testing.T, text string) {
		var got Table
		_ = got.parseRoutes(strings.NewReader(text))
		_ = got.parseInet6(strings.NewReader(text))
		for _, a := range got.Addrs {
			if !a.IsValid() || a.IsLoopback() || a.Zone() != "" {
				t.Errorf("got %v", a)
			}
		}
	})
}
