package scanner

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	gopsnet "github.com/shirou/gopsutil/v3/net"

	"portlight/assets/words"
	"portlight/scanner/process"
)

// gopsutilSource is the portable source: every connection of every process that
// can be read, filtered. It costs far more than the others and sees less.
type gopsutilSource struct {
	holders
	connections func(context.Context) ([]gopsnet.ConnectionStat, error)
	period      time.Duration            // between two readings, 0 is each scan
	first       []gopsnet.ConnectionStat // the answer that proved the source, for the first scan
	read        time.Time                // when the last answer came
	last        *Snapshot
	notes       []string // of behind, in last
	limits      []string // on what the source can tell
}

// openGopsutil is the opener; gopsutil proves itself by its first answer.
func openGopsutil(ctx context.Context) (source, error) {
	s := &gopsutilSource{connections: inetConnections, limits: []string{wordGuessedDual.String()}}
	var err error
	if s.first, err = s.connections(ctx); err != nil {
		return nil, err
	}
	s.holders = newHolders(process.Summarize)
	return s, nil
}

// lsofPeriod is how often lsof may run, which gopsutil does on macOS: it closes and
// opens files without number, and may hang.
const lsofPeriod = 30 * time.Second

// openLsof is the opener for where gopsutil runs lsof, whose failures it takes for an
// answer without sockets.
func openLsof(ctx context.Context) (source, error) {
	s := &gopsutilSource{holders: newHolders(process.Summarize), period: lsofPeriod, limits: []string{wordGuessedDual.String()}}
	if os.Geteuid() != 0 {
		s.limits = append(s.limits, wordOnlyLsof.String())
	}
	s.connections = func(ctx context.Context) ([]gopsnet.ConnectionStat, error) {
		conns, err := inetConnections(ctx)
		if err == nil && len(conns) == 0 {
			err = errNoneAtAll
		}
		return conns, err
	}
	if _, err := selfTest(ctx, s.sight); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// sight reads as selfTest wants it.
func (s *gopsutilSource) sight(ctx context.Context) (seen sightings, err error) {
	conns, err := s.connections(ctx)
	owners := map[int]*Process{}
	for _, c := range conns {
		if l, ok := s.listener(c, owners); ok {
			seen.all = append(seen.all, bound{Key: l.Key, uid: l.UID, pid: int(c.Pid)})
		}
	}
	return seen, err
}

func inetConnections(ctx context.Context) ([]gopsnet.ConnectionStat, error) {
	c, err := gopsnet.ConnectionsWithContext(ctx, "inet")
	if err != nil {
		return nil, words.Wrap(wordListFailed, err)
	}
	return c, nil
}

func (s *gopsutilSource) name() string { return "gopsutil" }

func (s *gopsutilSource) scan(ctx context.Context, now time.Time) (*Snapshot, error) {
	if passed := now.Sub(s.read); s.last != nil && passed >= 0 && passed < s.period {
		return nil, nil
	}
	conns, err := s.first, error(nil)
	if s.first = nil; conns == nil {
		conns, err = s.connections(ctx)
	}
	if err != nil {
		return nil, err
	}
	s.read = now
	owners, ports := map[int]*Process{}, readPortRange()
	var found []Listener
	for _, c := range conns {
		if l, ok := s.listener(c, owners); ok {
			l.Ephemeral, l.Behind = ports.has(l.Port), behind(s.behind.Of(standing(&l, "", nil)), nil)
			found = append(found, l)
		}
	}
	guessDualStack(found)
	s.titles.fill(found)
	next := assemble(s.name(), now, found, s.limits)
	notes := s.behind.Notes(next.has)
	if s.last != nil && sameListeners(s.last.Listeners, next.Listeners) && slices.Equal(notes, s.notes) {
		return nil, nil
	}
	next.Visibility.Notes = append(next.Visibility.Notes, notes...)
	s.last, s.notes = next, notes
	return next, nil
}

// listener gives a listener for a connection that is one.
func (s *gopsutilSource) listener(c gopsnet.ConnectionStat, owners map[int]*Process) (Listener, bool) {
	l := Listener{UID: UnknownUID}
	switch {
	case c.Type == syscall.SOCK_STREAM && c.Status == "LISTEN":
		l.Proto = TCP
	case c.Type == syscall.SOCK_DGRAM && c.Raddr.Port == 0:
		l.Proto = UDP
	default:
		return l, false
	}
	addr, ok := gopsutilAddr(c)
	if !ok || c.Laddr.Port == 0 || c.Laddr.Port > 65535 {
		return l, false
	}
	l.Addr, l.Port = addr, uint16(c.Laddr.Port)
	if len(c.Uids) > 0 {
		l.UID = int(c.Uids[0])
	}
	s.own(&l, int(c.Pid), owners)
	return l, true
}

// gopsutilAddr reads the bind address; lsof's "*" is the wildcard.
func gopsutilAddr(c gopsnet.ConnectionStat) (netip.Addr, bool) {
	if c.Laddr.IP == "*" || c.Laddr.IP == "" {
		if c.Family == syscall.AF_INET {
			return netip.IPv4Unspecified(), true
		}
		return netip.IPv6Unspecified(), true
	}
	addr, err := netip.ParseAddr(c.Laddr.IP)
	return addr.Unmap(), err == nil
}

// guessDualStack takes a socket on [::] for dual-stack unless the port is also
// bound on 0.0.0.0.
func guessDualStack(found []Listener) {
	v4 := map[Key]bool{}
	for i := range found {
		if found[i].Addr == netip.IPv4Unspecified() {
			v4[found[i].Key] = true
		}
	}
	for i := range found {
		k := found[i].Key
		if k.Addr == netip.IPv6Unspecified() {
			k.Addr = netip.IPv4Unspecified()
			found[i].DualStack = !v4[k]
		}
	}
}
