package scanner

import (
	"context"
	"errors"
	"net"
	"testing"
)

func TestClientsOfListeners(t *testing.T) {
	for _, c := range []struct{ network, listen, dial string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"}, {"tcp4", "0.0.0.0:0", "127.0.0.1"},
		{"tcp6", "[::1]:0", "::1"}, {"tcp", "[::]:0", "127.0.0.1"}, {"tcp", "[::]:0", "::1"},
	} {
		open, err := net.Listen(c.network, c.listen)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		_, port, _ := net.SplitHostPort(open.Addr().String())
		for range 3 {
			conn, err := net.Dial("tcp", net.JoinHostPort(c.dial, port))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		clients, err := CountClients(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		s := scanned(t)
		for i := range s.Listeners {
			if l := &s.Listeners[i]; int(l.Port) == open.Addr().(*net.TCPAddr).Port && l.Proto == TCP {
				found++
				if n, ok := clients.Of(l); n != 3 || !ok {
					t.Errorf("%s by %s: %d clients, %v, want 3", c.listen, c.dial, n, ok)
				}
				if n, ok, err := ClientsOf(context.Background(), l); n != 3 || !ok || err != nil {
					t.Errorf("%s by %s, alone: %d clients, %v, %v, want 3", c.listen, c.dial, n, ok, err)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d listeners on port %s", c.listen, found, port)
		}
	}
}

func TestNoClientsCounted(t *testing.T) {
	clients, err := CountClients(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []Listener{{Key: Key{Proto: UDP, Port: 53}}, {Key: Key{Proto: TCP, Port: 80, Namespace: "container 1"}}} {
		if n, ok := clients.Of(&l); n != 0 || ok {
			t.Errorf("%s: %d, %v", l.ID(), n, ok)
		}
		ended, end := context.WithCancel(context.Background())
		end()
		if n, ok, err := ClientsOf(ended, &l); n != 0 || ok || err != nil { // it asks nobody, who would stop
			t.Errorf("%s alone: %d, %v, %v", l.ID(), n, ok, err)
		}
	}
}

func TestClientsOfStops(t *testing.T) {
	open, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	at := open.Addr().(*net.TCPAddr).AddrPort()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, ok, err := ClientsOf(ctx, &Listener{Key: Key{Proto: TCP, Addr: at.Addr(), Port: at.Port()}})
	if ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", ok, err)
	}
}

func scanned(t *testing.T) *Snapshot {
	t.Helper()
	s, err := Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}
