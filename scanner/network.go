package scanner

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"portlight/assets/words"
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
	networkPeriod   = time.Minute
	networkRetry    = 10 * time.Second
	firewallPeriod  = 10 * time.Minute
	forwardPeriod   = 30 * time.Second
	sidePatience    = 300 * time.Millisecond // that the first scan waits for what is asked on the side
	firewallTimeout = 5 * time.Second
	forwardTimeout  = 10 * time.Second
)

// surroundings keeps the Network up to date.
type surroundings struct {
	monitor *netif.Monitor // nil where interfaces do not tell of changes
	current *Network       // nil before the first refresh
	read    time.Time      // when the interfaces were
	note    string         // why they are not known

	wall     side[firewall.State]
	ports    side[forwards]
	forwards forwards // the last answer
	ctx      context.Context
	cancel   context.CancelFunc

	readLinks func() ([]netif.Interface, error)
}

// forwards are the ports that rules lead elsewhere.
type forwards struct {
	all []firewall.Forward
	why string // they are not, or not all, known; or ""
}

func newSurroundings() *surroundings {
	s := &surroundings{readLinks: netif.Read}
	s.wall = newSide(firewallPeriod, firewallTimeout, firewall.Read)
	var rules firewall.Translation
	s.ports = newSide(forwardPeriod, forwardTimeout, func(ctx context.Context) forwards {
		all, err := rules.Read(ctx)
		if err != nil {
			return forwards{all, err.Error()}
		}
		return forwards{all, ""}
	})
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
	answered := s.takeAnswers(nil)
	s.wall.want(s.ctx, now, moved)
	s.ports.want(s.ctx, now, false)
	if first {
		patience, cancel := context.WithTimeout(s.ctx, sidePatience)
		defer cancel()
		s.takeAnswers(patience.Done())
	}
	return first || moved || answered
}

// takeAnswers takes over what has come, or comes before the end, and reports whether
// anything has changed.
func (s *surroundings) takeAnswers(end <-chan struct{}) (changed bool) {
	if state, ok := s.wall.take(end); ok && state != s.current.Firewall {
		s.current, changed = &Network{Interfaces: s.current.Interfaces, Firewall: state}, true
	}
	if f, ok := s.ports.take(end); ok && (f.why != s.forwards.why || !slices.Equal(f.all, s.forwards.all)) {
		s.forwards, changed = f, true
	}
	return changed
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
		note, found = wordNetworkUnknown.With("Reason", err), s.current.Interfaces
	}
	if note == s.note && netif.Equal(found, s.current.Interfaces) {
		return false
	}
	s.note = note
	s.current = &Network{Interfaces: found, Firewall: s.current.Firewall}
	return true
}

// with gives a snapshot with the network of the moment, and with more notes.
func (s *surroundings) with(host *Snapshot, now time.Time, notes []string) *Snapshot {
	out := *host
	out.Time, out.Network = now, s.current
	if s.note != "" {
		notes = append(notes, s.note)
	}
	out.Visibility.Notes = slices.Concat(out.Visibility.Notes, notes)
	return &out
}

// ReadNetwork reads the network of this moment, at most some seconds long.
func ReadNetwork(ctx context.Context) (*Network, error) {
	links, err := netif.Read()
	if err != nil {
		return nil, words.Wrap(wordReadNetworkFailed, err)
	}
	return &Network{Interfaces: links, Firewall: firewall.Read(ctx)}, nil
}
