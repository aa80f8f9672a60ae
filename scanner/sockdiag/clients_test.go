package sockdiag

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
)

// connection is struct inet_diag_msg of one.
func connection(family byte, local, remote string, device uint32) []byte {
	from, to := netip.MustParseAddrPort(local), netip.MustParseAddrPort(remote)
	b := body(family, stateEstablished, from.Addr().String(), from.Port())
	binary.BigEndian.PutUint16(b[6:], to.Port())
	copy(b[24:], to.Addr().AsSlice())
	binary.NativeEndian.PutUint32(b[40:], device)
	return b
}

// listener is struct inet_diag_msg of one.
func listener(family byte, at string, device uint32) []byte {
	from := netip.MustParseAddrPort(at)
	b := body(family, stateListen, from.Addr().String(), from.Port())
	binary.NativeEndian.PutUint32(b[40:], device)
	return b
}

func bound(at string, device uint32) Bound {
	from := netip.MustParseAddrPort(at)
	return Bound{from.Addr(), from.Port(), device}
}

func TestCount(t *testing.T) {
	const v4, v6, away = familyIPv4, familyIPv6, "192.0.2.99:40000"
	l := &listening{context.Background(), map[familyPort][]Bound{}, ClientCounts{}}
	for _, b := range [][]byte{
		listener(v4, "0.0.0.0:80", 0), listener(v4, "0.0.0.0:80", 0), listener(v4, "0.0.0.0:80", 2),
		listener(v4, "192.0.2.1:80", 0), listener(v6, "[::]:80", 0), listener(v6, "[fe80::1]:22", 3),
		listener(v6, "[::ffff:192.0.2.1]:443", 0), listener(v4, "192.0.2.7:25", 0), listener(38, "192.0.2.1:7", 0),
	} {
		if err := l.visit(b, false); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range [][]byte{
		connection(v4, "192.0.2.2:80", away, 0), connection(v4, "192.0.2.2:80", away, 5), // two to all
		connection(v4, "192.0.2.2:80", away, 2),                                          // to all on interface 2
		connection(v4, "192.0.2.1:80", away, 2), connection(v4, "192.0.2.1:80", away, 0), // two to one address
		connection(v6, "[::ffff:192.0.2.1]:80", "[::ffff:192.0.2.99]:1", 0), connection(v6, "[2001:db8::1]:80", "[2001:db8::2]:1", 0),
		connection(v6, "[fe80::1]:22", "[fe80::2]:1", 3), connection(v6, "[fe80::1]:22", "[fe80::2]:1", 4), // the second is of another interface
		connection(v6, "[::ffff:192.0.2.1]:443", "[::ffff:192.0.2.99]:1", 0),
		connection(v4, "192.0.2.8:25", away, 0),    // to nobody
		connection(v4, "192.0.2.1:40000", away, 0), // from here
		connection(38, "192.0.2.1:7", away, 0),
	} {
		if err := (*connected)(l).visit(b, false); err != nil {
			t.Fatal(err)
		}
	}
	want := ClientCounts{
		bound("0.0.0.0:80", 0): 2, bound("0.0.0.0:80", 2): 1, bound("192.0.2.1:80", 0): 2,
		bound("[::]:80", 0): 2, bound("[fe80::1]:22", 3): 1, bound("192.0.2.1:443", 0): 1,
	}
	if !maps.Equal(l.count, want) {
		t.Errorf("got  %v\nwant %v", l.count, want)
	}
}

// TestConnectionsAreBounded keeps the first ones by address, and counts the
// established.
func TestConnectionsAreBounded(t *testing.T) {
	at := bound("192.0.2.1:80", 0)
	c := &connections{listening: listening{ctx: context.Background(), socks: map[familyPort][]Bound{{familyIPv4, 80}: {at}}}, at: at, limit: 3}
	for i := range 1000 {
		b := connection(familyIPv4, "192.0.2.1:80", fmt.Sprintf("198.51.100.%d:%d", i*7%250, 40000+i), 0)
		if i%4 == 0 {
			b[1] = 8 // CLOSE-WAIT
		}
		if err := c.visit(b, false); err != nil {
			t.Fatal(err)
		}
		if err := c.visit(connection(familyIPv4, "192.0.2.1:81", "198.51.100.0:1", 0), false); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, x := range c.first() {
		got = append(got, fmt.Sprint(x.Remote, " ", x.Local, " ", x.State, " ", x.UID))
	}
	want := []string{"198.51.100.0:40000 192.0.2.1:80 CLOSE-WAIT 1000", "198.51.100.0:40250 192.0.2.1:80 ESTABLISHED 1000", "198.51.100.0:40500 192.0.2.1:80 CLOSE-WAIT 1000"}
	if !slices.Equal(got, want) || c.established != 750 {
		t.Errorf("%d established, first %q", c.established, got)
	}
}

func FuzzClients(f *testing.F) {
	f.Add(packet(typeByFamily, 2, listener(familyIPv6, "[::]:80", 0)), packet(typeByFamily, 2, connection(familyIPv6, "[::1]:80", "[::1]:1", 0)))
	f.Add(packet(typeDone, 2, make([]byte, 4)), []byte{})
	f.Fuzz(func(t *testing.T, listeners, packets []byte) {
		l := &listening{context.Background(), map[familyPort][]Bound{}, ClientCounts{}}
		(&answer{}).take(listeners, l)
		(&answer{}).take(packets, (*connected)(l))
		total := 0
		for at, n := range l.count {
			if total += n; !at.Addr.IsValid() || at.Port == 0 || n < 1 {
				t.Errorf("%d connections to %v", n, at)
			}
		}
		if most := len(packets) / inetDiagMsgLen; total > most {
			t.Errorf("%d connections, at most %d", total, most)
		}
		for at, n := range l.count {
			c := &connections{listening: *l, at: at, limit: 2}
			(&answer{}).take(packets, c)
			if got := c.first(); len(got) != min(n, 2) || c.established > n || !slices.IsSortedFunc(got, Connection.Compare) {
				t.Errorf("%d connections to %v are listed as %v, %d established", n, at, got, c.established)
			}
		}
	})
}
