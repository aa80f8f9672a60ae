package scanner

import (
	"context"
	"encoding/binary"

	"portlight/assets/words"
	"portlight/scanner/process"
)

// macOS are the interfaces by which the sources of macOS read.
type macOS struct {
	sysctl    sysctl
	netstat   reader                                 // one at a time
	summarize func(pid int) (process.Summary, error) // as process.Summarize
}

// sysctl reads as unix.SysctlRaw of macOS.
type sysctl func(name string, args ...int) ([]byte, error)

// newMacOS takes what gives the text of netstat -anvl about a protocol.
func newMacOS(read sysctl, netstat func(ctx context.Context, proto string) ([]byte, error), summarize func(int) (process.Summary, error), ports portRange) *macOS {
	return &macOS{read, single(netstatReader(netstat, ports)), summarize}
}

// openers are the sources in the order of preference.
func (m *macOS) openers() []opener {
	return []opener{{"pcblist_n", m.openPcblist}, {"netstat", m.openNetstat}, {"gopsutil", openLsof}}
}

// openPcblist joins netstat to the sysctls where these show this user's sockets only,
// or this process's, as newer systems do.
func (m *macOS) openPcblist(ctx context.Context) (source, error) {
	read := pcblistReader(m.sysctl)
	seen, err := selfTest(ctx, read)
	if err != nil {
		return nil, err
	}
	if seen.others(m.userOf) {
		s := newLayered("pcblist_n", read, m.summarize)
		s.notes = []string{wordLastUser.String()}
		return s, nil
	}
	more, err := m.tryNetstat(ctx)
	if err == nil && !more.others(m.userOf) && (!seen.onlyThis() || more.onlyThis()) {
		err = errNoMore
	}
	switch {
	case err == nil:
		return m.joined(read, seen.onlyThis()), nil
	case seen.onlyThis():
		return nil, words.Wrap(wordOnlyThis, err) // lsof shows more
	}
	s := newLayered("pcblist_n", read, m.summarize)
	s.notes = []string{wordLastUser.String(), wordOnlyOwn.With("Shown", seen.shown, "All", seen.counted, "Reason", err)}
	s.less = true
	return s, nil
}

// joined reads by sysctls that show this process's sockets only, or this user's, and
// has the rest from netstat.
func (m *macOS) joined(read reader, onlyThis bool) *layered {
	s := newLayered("pcblist_n + netstat", read, m.summarize)
	s.rest = newPaced(m.netstat)
	s.notes = []string{wordLastUser.String(), wordJoined.String()}
	if onlyThis {
		s.notes[1] = wordJoinedThis.String()
	}
	return s
}

// openNetstat reads nothing but netstat, with the number of sockets as the sign of
// changes.
func (m *macOS) openNetstat(ctx context.Context) (source, error) {
	if _, err := m.tryNetstat(ctx); err != nil {
		return nil, err
	}
	s := newLayered("netstat", m.countSockets, m.summarize)
	s.rest, s.alone = newPaced(m.netstat), true
	s.notes = []string{wordLastUser.String(), wordOnlyNetstat.String()}
	return s, nil
}

func (m *macOS) tryNetstat(ctx context.Context) (sightings, error) {
	ctx, cancel := context.WithTimeout(ctx, netstatLimit)
	defer cancel()
	return selfTest(ctx, m.netstat)
}

// countSockets tells how many sockets there are, as far as that may be known.
func (m *macOS) countSockets(context.Context) (s sightings, err error) {
	for _, proto := range protocols() {
		b, err := m.sysctl("net.inet." + proto.String() + ".pcbcount")
		if err == nil && len(b) == 4 {
			s.generation += uint64(binary.LittleEndian.Uint32(b))
		}
	}
	return s, nil
}

func (m *macOS) userOf(pid int) int {
	sum, err := m.summarize(pid)
	if err != nil {
		return UnknownUID
	}
	return sum.UID
}
