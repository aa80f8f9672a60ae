package scanner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"portlight/assets/words"
	"portlight/scanner/netstat"
	"portlight/scanner/pcblist"
)

// Here is how macOS is asked for sockets. All but the asking itself is compiled on
// every system, so that its tests run.

// bound is a listening socket as macOS tells it. It is comparable.
type bound struct {
	Key
	dual      bool
	ephemeral bool
	kernel    bool
	uid       int // of the maker, or UnknownUID
	pid       int // of the last user, 0 is none or not told
	backlog   int
}

// sightings are what one reading gives.
type sightings struct {
	all        []bound
	uids       []int  // the makers of all sockets, listening or not; nil where it is not told
	launchd    bool   // a socket of process 1 is among them
	generation uint64 // another one after each change of any socket; 0 where it is not told
	shown      int    // sockets, listening or not
	counted    int    // sockets that there are, as far as it is told
	skipped    int    // rows of which nothing is known
}

// reader takes one reading.
type reader func(ctx context.Context) (sightings, error)

// protocols are read one by one.
func protocols() []Proto { return []Proto{TCP, UDP} }

// pcblistReader reads by a sysctl.
func pcblistReader(read sysctl) reader {
	var devices deviceNames
	var named time.Time
	return func(context.Context) (sightings, error) {
		if now := time.Now(); devices == nil || now.Sub(named) >= factsPeriod {
			devices, named = deviceNames{}, now
		}
		var s sightings
		for _, proto := range protocols() {
			a, err := readPcblist(read, proto)
			if err != nil {
				return sightings{}, err
			}
			s.takePcblist(&a, proto, devices)
		}
		return s, nil
	}
}

const (
	growing = 4 // times that an answer may outgrow the room that the kernel asked for
	moving  = 2 // times that an answer may change while it is given
)

// readPcblist asks again for an answer that changed meanwhile, but not for ever: what
// it lacks has just been opened or closed.
func readPcblist(read sysctl, proto Proto) (a pcblist.Answer, err error) {
	name := "net.inet." + proto.String() + ".pcblist_n"
	for range moving {
		var b []byte
		for range growing {
			if b, err = read(name); !errors.Is(err, syscall.ENOMEM) {
				break
			}
		}
		if err == nil {
			a, err = pcblist.Decode(b, proto == UDP)
		}
		if err != nil {
			return a, fmt.Errorf("read %s: %w", name, err)
		}
		if !a.Changed {
			break
		}
	}
	return a, nil
}

func (s *sightings) takePcblist(a *pcblist.Answer, proto Proto, devices deviceNames) {
	for i := range a.Listening {
		sock := &a.Listening[i]
		addr := sock.Addr
		if sock.Interface != 0 {
			addr = addr.WithZone(devices.of(uint32(sock.Interface)))
		}
		s.all = append(s.all, bound{
			Key:  Key{Proto: proto, Addr: addr, Port: sock.Port},
			dual: sock.DualStack, ephemeral: sock.Anonymous, kernel: sock.Kernel(),
			uid: sock.UID, pid: sock.LastPID, backlog: sock.Backlog,
		})
	}
	for _, uid := range a.UIDs {
		if !slices.Contains(s.uids, uid) {
			s.uids = append(s.uids, uid)
		}
	}
	s.launchd = s.launchd || a.Launchd
	s.generation += a.Generation // each only grows
	s.shown += a.Shown
	s.counted += a.Count
}

// netstatReader reads by what netstat prints about a protocol.
func netstatReader(run func(ctx context.Context, proto string) ([]byte, error), ports portRange) reader {
	return func(ctx context.Context) (sightings, error) {
		var s sightings
		for _, proto := range protocols() {
			out, err := run(ctx, proto.String())
			if err != nil {
				return sightings{}, err
			}
			t, err := netstat.Parse(out)
			if err != nil {
				return sightings{}, words.Wrap(wordNetstatFailed, err, "Proto", proto)
			}
			s.takeNetstat(&t, proto, ports)
		}
		return s, nil
	}
}

func (s *sightings) takeNetstat(t *netstat.Table, proto Proto, ports portRange) {
	for i := range t.Listening {
		sock := &t.Listening[i]
		s.launchd = s.launchd || sock.PID == 1
		s.all = append(s.all, bound{
			Key:  Key{Proto: proto, Addr: sock.Addr, Port: sock.Port},
			dual: sock.DualStack, ephemeral: ports.has(sock.Port), kernel: sock.PID == 0,
			uid: UnknownUID, pid: sock.PID,
		})
	}
	s.shown += t.Rows
	s.skipped += t.Skipped
}

// others reports whether sockets are among them that others than this user have made,
// or, where that is not told, whose process is another user's.
func (s *sightings) others(userOf func(pid int) int) bool {
	own := os.Geteuid()
	if s.uids == nil && s.launchd && own != 0 || slices.ContainsFunc(s.uids, func(uid int) bool { return uid != own }) {
		return true
	}
	return s.uids == nil && slices.ContainsFunc(s.all, func(b bound) bool {
		uid := userOf(b.pid)
		return uid != own && uid != UnknownUID
	})
}

// onlyThis reports whether nothing but this process listens, as far as it is shown.
func (s *sightings) onlyThis() bool {
	return !slices.ContainsFunc(s.all, func(b bound) bool { return b.pid != os.Getpid() })
}

// held is a socket by its place and its process.
type held struct {
	Key
	pid int
}

func (b bound) held() held { return held{b.Key, b.pid} }

// without gives those that are not among some others with the same process.
func without(all, some []bound) []bound {
	known := make(map[held]bool, len(some))
	for _, b := range some {
		known[b.held()] = true
	}
	var left []bound
	for _, b := range all {
		if !known[b.held()] {
			left = append(left, b)
		}
	}
	return left
}

// gone has what is not shown any more, with the time of the first reading without it.
type gone map[held]time.Time

// move takes over a reading, at the time now, that follows another one.
func (g gone) move(before, after []bound, now time.Time) {
	if slices.Equal(before, after) {
		return
	}
	for _, b := range without(before, after) {
		g[b.held()] = now
	}
}

// has reports whether a socket had not been seen to be gone at a time, and has since.
func (g gone) has(b bound, at time.Time) bool { return g[b.held()].After(at) }

// forget drops what was gone at a time.
func (g gone) forget(at time.Time) {
	maps.DeleteFunc(g, func(_ held, since time.Time) bool { return !since.After(at) })
}

// Loopbacks are where the self-test listens.
func Loopbacks() []Key {
	v4, v6 := netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()
	return []Key{{Proto: TCP, Addr: v4}, {Proto: TCP, Addr: v6}, {Proto: UDP, Addr: v4}}
}
