package scanner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner/firewall"
	"portlight/scanner/netif"
)

// town is what a surroundings reads in the tests.
type town struct {
	links []netif.Interface
	err   error
	wall  firewall.State
	ports forwards
	asked chan struct{}
}

func (w *town) surroundings(t *testing.T) *surroundings {
	t.Helper()
	s := newSurroundings()
	t.Cleanup(s.close)
	s.monitor.Close()
	s.monitor = nil // they are read at networkPeriod then
	s.ports.ask = func(context.Context) forwards { return w.ports }
	w.asked = make(chan struct{}, 16)
	s.readLinks = func() ([]netif.Interface, error) { return w.links, w.err }
	s.wall.ask = func(context.Context) firewall.State {
		defer func() { w.asked <- struct{}{} }()
		return w.wall
	}
	return s
}

func TestSurroundingsFollow(t *testing.T) {
	w := &town{links: []netif.Interface{{Index: 1, Name: "eth0", Up: true}}, wall: firewall.State{Name: "ufw", Status: firewall.Active}}
	s := w.surroundings(t)
	now := time.Unix(1000, 0)
	if !s.refresh(now) || len(s.current.Interfaces) != 1 || s.current.Firewall != w.wall {
		t.Fatalf("at first: %+v", s.current)
	}
	<-w.asked
	first := s.current
	if s.refresh(now.Add(time.Second)) || s.current != first {
		t.Error("a change where there is none")
	}
	w.links = nil
	now = now.Add(networkPeriod)
	if !s.refresh(now) || len(s.current.Interfaces) != 0 || len(first.Interfaces) != 1 {
		t.Errorf("after the interface went: %+v, before %+v", s.current, first)
	}
	<-w.asked // asked again, as the networks have changed
	w.wall = firewall.State{Status: firewall.Unknown}
	now = now.Add(firewallPeriod)
	s.refresh(now)
	<-w.asked
	deadline := time.Now().Add(5 * time.Second)
	for !s.refresh(now) {
		if time.Now().After(deadline) {
			t.Fatal("the answer about the firewall is not taken over")
		}
		time.Sleep(time.Millisecond)
	}
	if s.current.Firewall != w.wall {
		t.Errorf("firewall %+v, want %+v", s.current.Firewall, w.wall)
	}
}

func TestSurroundingsThatCannotBeRead(t *testing.T) {
	w := &town{links: []netif.Interface{{Index: 1, Name: "eth0", Up: true}}}
	s := w.surroundings(t)
	now := time.Unix(1000, 0)
	s.refresh(now)
	w.err = errors.New("no rights")
	if !s.refresh(now.Add(networkPeriod)) || len(s.current.Interfaces) != 1 {
		t.Errorf("after an error: %+v", s.current)
	}
	host := &Snapshot{Visibility: Visibility{Notes: []string{"first"}}}
	with := s.with(host, now, nil)
	if with.Network != s.current || len(with.Visibility.Notes) != 2 || !strings.Contains(with.Visibility.Notes[1], "no rights") || len(host.Visibility.Notes) != 1 {
		t.Errorf("notes %q, of the host %q", with.Visibility.Notes, host.Visibility.Notes)
	}
	w.err = nil
	if !s.refresh(now.Add(networkPeriod+networkRetry)) || s.note != "" {
		t.Errorf("the note %q stays", s.note)
	}
}

// TestSurroundingsDoNotWait has a firewall that does not answer.
func TestSurroundingsDoNotWait(t *testing.T) {
	w := &town{}
	s := w.surroundings(t)
	s.wall.ask = func(ctx context.Context) firewall.State {
		<-ctx.Done()
		return firewall.State{Status: firewall.Unknown}
	}
	began := time.Now()
	s.refresh(time.Unix(1000, 0))
	if took := time.Since(began); took > firewallTimeout/2 {
		t.Errorf("the first scan waits %v", took)
	}
}

// TestSurroundingsAskOnce has changes come while the firewall is asked about: it is
// asked once more after the answer.
func TestSurroundingsAskOnce(t *testing.T) {
	w := &town{}
	s := w.surroundings(t)
	answer, asked := make(chan firewall.State), make(chan struct{}, 16)
	s.wall.ask = func(ctx context.Context) firewall.State {
		asked <- struct{}{}
		select {
		case state := <-answer:
			return state
		case <-ctx.Done():
			return firewall.State{}
		}
	}
	now := time.Unix(1000, 0)
	for i := range 5 {
		w.links = []netif.Interface{{Index: i + 1, Name: "eth0", Up: true}}
		s.refresh(now.Add(time.Duration(i) * networkPeriod))
	}
	for i, status := range []firewall.Status{firewall.Active, firewall.Inactive} {
		s.refresh(now.Add(5 * networkPeriod)) // asks
		answer <- firewall.State{Status: status}
		deadline := time.Now().Add(5 * time.Second)
		for s.current.Firewall.Status != status {
			if time.Now().After(deadline) {
				t.Fatalf("answer %d is not taken over", i+1)
			}
			s.refresh(now.Add(5 * networkPeriod))
		}
	}
	s.refresh(now.Add(5 * networkPeriod))
	if n := len(asked); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

// TestSurroundingsAllocateNothing where nothing has changed.
func TestSurroundingsAllocateNothing(t *testing.T) {
	s := newSurroundings()
	t.Cleanup(s.close)
	now := time.Now()
	deadline := now.Add(10 * time.Second)
	for s.refresh(now); (s.wall.asking || s.ports.asking) && time.Now().Before(deadline); {
		s.refresh(now)
	}
	if n := testing.AllocsPerRun(100, func() { s.refresh(now) }); n != 0 {
		t.Errorf("%v allocations a scan", n)
	}
}

// TestScannerTellsNetwork by a snapshot without events, of the real network.
func TestScannerTellsNetwork(t *testing.T) {
	src := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1"), nil}}
	s, err := open(context.Background(), []opener{{"script", src.open}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if snap, _ := s.Scan(context.Background()); snap.Network != nil {
		t.Error("a network that nobody has asked for")
	}
	s.ShowNetwork()
	snap, err := s.Scan(context.Background())
	if err != nil || snap.Network == nil || !slices.ContainsFunc(snap.Network.Interfaces, func(i netif.Interface) bool { return i.Kind == netif.Loopback }) {
		t.Fatalf("network %+v, error %v", snap.Network, err)
	}
	if len(snap.Listeners) != 1 {
		t.Errorf("%d listeners", len(snap.Listeners))
	}
}
