package scanner

import (
	"context"
	"fmt"
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
}

// The pace at which the firewall is asked about again; interfaces tell of their
// changes, and where they do not they are read at networkPeriod.
const (
	networkPeriod    = time.Minute
	firewallPeriod   = 10 * time.Minute
	firewallPatience = 300 * time.Millisecond // that the first scan waits
	firewallTimeout  = 5 * time.Second
)

// surroundings keeps the Network up to date.
type surroundings struct {
	monitor *netif.Monitor // nil where interfaces do not tell of changes
	current *Network       // nil before the first refresh
	read    time.Time      // when the interfaces were
	asked   time.Time      // when the firewall was asked for
	answers chan firewall.State
	ctx     context.Context // of the questions
	cancel  context.CancelFunc
	note    string // why the interfaces are not known

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

// refresh reads anew what may have changed, and reports whether it has.
func (s *surroundings) refresh(now time.Time) (changed bool) {
	first := s.current == nil
	next := Network{}
	if !first {
		next = *s.current
	}
	moved := s.interfacesDue(now)
	if moved {
		changed = s.readInterfaces(&next, now)
	}
	changed = s.readFirewall(&next, now, first, moved) || changed
	if changed || first {
		s.current = &next
	}
	return changed || first
}

func (s *surroundings) interfacesDue(now time.Time) bool {
	if s.read.IsZero() {
		return true
	}
	if s.monitor != nil {
		return s.monitor.Changed()
	}
	return now.Sub(s.read) >= networkPeriod || now.Before(s.read)
}

// readInterfaces keeps what was known when they cannot be read.
func (s *surroundings) readInterfaces(next *Network, now time.Time) (changed bool) {
	s.read = now
	found, err := s.readLinks()
	note := ""
	if err != nil {
		note, found = fmt.Sprintf("the network's interfaces are not known: %v", err), next.Interfaces
	}
	changed = note != s.note || !netif.Equal(found, next.Interfaces)
	s.note, next.Interfaces = note, found
	return changed
}

// readFirewall takes over an answer that has come, and asks again when it is time.
func (s *surroundings) readFirewall(next *Network, now time.Time, first, moved bool) (changed bool) {
	if moved || now.Sub(s.asked) >= firewallPeriod || now.Before(s.asked) {
		s.asked = now
		go s.ask()
	}
	state, ok := s.answer(first)
	if !ok || state == next.Firewall {
		return false
	}
	next.Firewall = state
	return true
}

// ask asks for the firewall on the side, as it may take a while.
func (s *surroundings) ask() {
	ctx, cancel := context.WithTimeout(s.ctx, firewallTimeout)
	defer cancel()
	state := s.readWall(ctx)
	select {
	case s.answers <- state:
	default: // an answer is there already
	}
}

// answer gives what has come; at first it waits for it a moment.
func (s *surroundings) answer(wait bool) (state firewall.State, ok bool) {
	if !wait {
		select {
		case state = <-s.answers:
			return state, true
		default:
			return state, false
		}
	}
	select {
	case state = <-s.answers:
		return state, true
	case <-time.After(firewallPatience):
		return state, false
	}
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
