package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"portlight/scanner/firewall"
	"portlight/scanner/netif"
)

// Network is what decides, beside a listener itself, who can reach it. It is never
// changed once published.
type Network struct {
	Interfaces []netif.Interface
	Firewall   firewall.State

	// Inside are the addresses in other network namespaces, by their names in
	// Key.Namespace; nil unless containers are shown.
	Inside map[string][]netip.Addr
}

// The pace at which the network is read again. Interfaces tell of their changes;
// where they do not, or could not be read, they are read at these periods.
const (
	networkPeriod    = time.Minute
	networkRetry     = 10 * time.Second
	firewallPeriod   = 10 * time.Minute
	firewallPatience = 300 * time.Millisecond // that the first scan waits
	firewallTimeout  = 5 * time.Second
)

// surroundings keeps the Network up to date.
type surroundings struct {
	monitor *netif.Monitor // nil where interfaces do not tell of changes
	current *Network       // nil before the first refresh
	read    time.Time      // when the interfaces were
	note    string         // why they are not known

	asked   time.Time           // when the firewall was asked for
	asking  bool                // an answer is on its way
	again   bool                // the interfaces have changed since
	answers chan firewall.State // has room for the one that is on its way
	ctx     context.Context     // of the question
	cancel  context.CancelFunc

	readLinks func() ([]netif.Interface, error)
	readWall  func(context.Context) firewall.State
}

func newSurroundings() *surroundings {
	s := &surroundings{answers: make(chan firewall.State, 1), readLinks: netif.Read, readWall: firewall.Read}
	s.monitor, _ = netif.Open() // without, they are read now and then
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func (s *surroundings) close() {
	s.cancel()
	if s.monitor != nil {
		s.monitor.Close()
	}
}

// wake gives a value after an interface has changed, where that is told.
func (s *surroundings) wake() <-chan struct{} {
	if s.monitor == nil {
		return nil
	}
	return s.monitor.Wake()
}

// refresh reads anew what may have changed, and reports whether it has.
func (s *surroundings) refresh(now time.Time) (changed bool) {
	first := s.current == nil
	if first {
		s.current = &Network{}
	}
	moved := s.interfacesDue(now) && s.readInterfaces(now)
	walled := s.takeFirewall(false)
	s.askFirewall(now, moved)
	if first {
		s.takeFirewall(true)
	}
	return first || moved || walled
}

func (s *surroundings) interfacesDue(now time.Time) bool {
	passed := now.Sub(s.read)
	switch {
	case s.read.IsZero(), passed < 0, s.note != "" && passed >= networkRetry:
		return true
	case s.monitor != nil:
		return s.monitor.Changed()
	}
	return passed >= networkPeriod
}

// readInterfaces keeps what was known when they cannot be read.
func (s *surroundings) readInterfaces(now time.Time) (changed bool) {
	s.read = now
	found, err := s.readLinks()
	note := ""
	if err != nil {
		note, found = fmt.Sprintf("the network's interfaces are not known: %v", err), s.current.Interfaces
	}
	if note == s.note && netif.Equal(found, s.current.Interfaces) {
		return false
	}
	s.note = note
	s.current = &Network{Interfaces: found, Firewall: s.current.Firewall}
	return true
}

// askFirewall asks for the firewall when it is time, on the side, as it may take a
// while, and not twice at once.
func (s *surroundings) askFirewall(now time.Time, moved bool) {
	passed := now.Sub(s.asked)
	s.again = s.again || moved || s.asked.IsZero() || passed < 0 || passed >= firewallPeriod
	if !s.again || s.asking {
		return
	}
	s.asked, s.asking, s.again = now, true, false
	go func() {
		ctx, cancel := context.WithTimeout(s.ctx, firewallTimeout)
		defer cancel()
		s.answers <- s.readWall(ctx)
	}()
}

// takeFirewall takes over an answer that has come; at first it waits for it a
// moment.
func (s *surroundings) takeFirewall(wait bool) (changed bool) {
	if !s.asking {
		return false
	}
	var state firewall.State
	if wait {
		select {
		case state = <-s.answers:
		case <-time.After(firewallPatience):
			return false
		}
	} else {
		select {
		case state = <-s.answers:
		default:
			return false
		}
	}
	s.asking = false
	if state == s.current.Firewall {
		return false
	}
	s.current = &Network{Interfaces: s.current.Interfaces, Firewall: state}
	return true
}

// with gives a snapshot with the network of the moment.
func (s *surroundings) with(host *Snapshot, now time.Time) *Snapshot {
	out := *host
	out.Time, out.Network = now, s.current
	if s.note != "" {
		out.Visibility.Notes = append(slices.Clone(out.Visibility.Notes), s.note)
	}
	return &out
}

// ReadNetwork reads the network of this moment, at most some seconds long.
func ReadNetwork(ctx context.Context) (*Network, error) {
	links, err := netif.Read()
	if err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	return &Network{Interfaces: links, Firewall: firewall.Read(ctx)}, nil
}
