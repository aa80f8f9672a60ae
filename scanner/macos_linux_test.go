package scanner

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"portlight/scanner/pcblist/pcblisttest"
)

func TestPcblistAlone(t *testing.T) {
	m := newMac()
	key, end := ownListener(t)
	s := openMac(t, m)
	now := time.Now()
	snap := scanMac(t, s, now)
	l, ok := snap.Find(key)
	if !ok || !slices.Equal(pidsOf(l), []int{os.Getpid()}) || l.UID != os.Geteuid() || l.Backlog != 128 {
		t.Fatalf("own listener %+v", l)
	}
	ssh, _ := snap.Find(tcpAt("0.0.0.0", 22))
	vnc, _ := snap.Find(tcpAt("::", 5900))
	nfs, _ := snap.Find(tcpAt("0.0.0.0", 2049))
	if ssh.Owners[0].PID != 1 || !vnc.DualStack || vnc.UID != 65 || !nfs.Kernel || nfs.Hidden() {
		t.Errorf("ssh %+v, vnc %+v, nfs %+v", ssh, vnc, nfs)
	}
	if v := snap.Visibility; v.Source != "pcblist_n" || v.Hidden != 0 || v.Kernel != 1 || !hasNote(snap, wordLastUser.String()) {
		t.Errorf("ledger %+v", v)
	}
	if again := scanMac(t, s, now.Add(time.Second)); again != snap {
		t.Errorf("a second snapshot, though nothing has changed: %q", again.Visibility.Notes)
	}
	end()
	if _, ok := scanMac(t, s, now.Add(2*time.Second)).Find(key); ok {
		t.Error("a closed listener is shown")
	}
	if n := m.runs.Load(); n != 0 {
		t.Errorf("netstat ran %d times, and nothing is hidden", n)
	}
}

func TestNetstatCompletesPcblist(t *testing.T) {
	m := newMac()
	m.filtered = true
	key, end := ownListener(t)
	s := openMac(t, m)
	now := time.Now()
	first := scanMac(t, s, now)
	vnc, ok := first.Find(tcpAt("::", 5900))
	if !ok || vnc.Owners[0].Name != "daemon300" || vnc.UID != 60 || !vnc.DualStack {
		t.Fatalf("vnc %+v of %+v", vnc, first.Visibility)
	}
	if l, ok := first.Find(key); !ok || len(l.Owners) != 1 || l.Backlog != 128 {
		t.Errorf("own listener %+v", l)
	}
	if _, ok := first.Find(Key{Proto: UDP, Addr: netip.IPv4Unspecified(), Port: 5353}); !ok {
		t.Error("no mDNS")
	}
	if first.Visibility.Source != "pcblist_n + netstat" || !hasNote(first, wordJoined.String()) {
		t.Errorf("ledger %+v", first.Visibility)
	}
	end()
	if _, ok := scanMac(t, s, now.Add(time.Millisecond)).Find(key); ok {
		t.Error("an own listener stays until netstat runs")
	}
	m.set(func() { m.others = m.others[1:]; m.generation++ })
	ssh := tcpAt("0.0.0.0", 22)
	until(t, s, &now, "ssh is closed", lacks(ssh))
	m.set(func() { m.others = newMac().others })
	until(t, s, &now, "ssh is open without a sign of a change", shows(ssh))
}

// TestNetstatRunsSeldom watches for a minute in which nothing happens, and on battery.
func TestNetstatRunsSeldom(t *testing.T) {
	for battery, want := range map[bool][2]int32{false: {4, 6}, true: {2, 3}} { // to open, at first, after the first change, every 30 seconds or every minute
		m := newMac()
		m.filtered = true
		now := time.Now()
		w := macWatcher(t, m, &now)
		w.onBattery = func() bool { return battery }
		for range 61 {
			w.tick(t.Context())
			now = now.Add(time.Second)
			time.Sleep(time.Millisecond)
		}
		if n := m.runs.Load(); n < want[0] || n > want[1] {
			t.Errorf("on battery %v netstat ran %d times", battery, n)
		}
	}
}

// TestFaultOfNetstatClosesNothing has it fail after it worked.
func TestFaultOfNetstatClosesNothing(t *testing.T) {
	m := newMac()
	m.filtered = true
	s := openMac(t, m)
	now := time.Now()
	scanMac(t, s, now)
	m.set(func() { m.netstatErr = errors.New("broken pipe"); m.generation++ })
	snap := until(t, s, &now, "the fault is noted", func(s *Snapshot) bool { return hasNote(s, "broken pipe") })
	if !shows(tcpAt("::", 5900))(snap) {
		t.Error("what was seen before is gone")
	}
	if _, err := s.scanAt(t.Context(), now.Add(restPatience+time.Minute)); err == nil {
		t.Error("old knowledge is shown for ever")
	}
	m.set(func() { m.netstatErr = nil })
	until(t, s, &now, "the fault is over", func(s *Snapshot) bool { return !hasNote(s, "broken pipe") })
}

// TestOnlyOwnSockets has sysctls that show own sockets and a netstat that is of no use.
func TestOnlyOwnSockets(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	for why, m := range map[string]*mac{
		"tells of no socket": {mute: true},
		"denied":             {netstatErr: errors.New("denied")},
		"deadline exceeded":  {hang: hang},
	} {
		m.filtered, m.mine = true, newMac().mine
		key, _ := ownListener(t)
		src := openMac(t, m)
		snap := scanMac(t, src, time.Now())
		if !src.improvable(time.Now()) {
			t.Errorf("%s: netstat is not tried again", why)
		}
		if snap.Visibility.Source != "pcblist_n" || !hasNote(snap, "hidden") || !hasNote(snap, why) || !shows(key)(snap) {
			t.Errorf("%s: ledger %+v", why, snap.Visibility)
		}
	}
}

// TestFaultsOfPcblist has answers that are of no use: netstat takes over.
func TestFaultsOfPcblist(t *testing.T) {
	for why, alter := range map[string]func(string, []byte) ([]byte, error){
		"operation not permitted": func(string, []byte) ([]byte, error) { return nil, syscall.EPERM },
		"cannot allocate memory":  func(string, []byte) ([]byte, error) { return nil, syscall.ENOMEM },
		"truncated":               func(string, []byte) ([]byte, error) { return nil, nil },
		"truncated answer":        func(_ string, b []byte) ([]byte, error) { return b[:len(b)-24], nil },
		"unknown form":            func(_ string, b []byte) ([]byte, error) { return append(b, 0), nil },
		"is not shown": func(string, []byte) ([]byte, error) {
			return append(pcblisttest.Header(9, 5), pcblisttest.Header(9, 5)...), nil
		},
	} {
		m := newMac()
		m.alter = alter
		key, _ := ownListener(t)
		snap := scanMac(t, openMac(t, m), time.Now())
		if snap.Visibility.Source != "netstat" || !hasNote(snap, "source pcblist_n does not work") || !hasNote(snap, why) {
			t.Errorf("%s: ledger %+v", why, snap.Visibility)
		}
		if l, ok := snap.Find(key); !ok || l.UID != os.Geteuid() || !slices.Equal(pidsOf(l), []int{os.Getpid()}) || !shows(tcpAt("::", 5900))(snap) {
			t.Errorf("%s: own listener %+v", why, l)
		}
	}
}

func TestFaultOfPcblistIsAnError(t *testing.T) {
	m := newMac()
	s := openMac(t, m)
	now := time.Now()
	before := scanMac(t, s, now)
	m.set(func() { m.alter = func(_ string, b []byte) ([]byte, error) { return b[:len(b)/2], nil } })
	if _, err := s.scanAt(t.Context(), now.Add(time.Second)); err == nil {
		t.Error("half an answer is taken")
	}
	m.set(func() { m.alter = nil })
	if after := scanMac(t, s, now.Add(2*time.Second)); after != before {
		t.Errorf("events %v", Diff(before, after))
	}
}

func TestAnswerThatOutgrowsItsRoom(t *testing.T) {
	m, tries := newMac(), 0
	m.alter = func(_ string, b []byte) ([]byte, error) {
		if tries++; tries < growing {
			return nil, syscall.ENOMEM
		}
		return b, nil
	}
	if snap := scanMac(t, openMac(t, m), time.Now()); snap.Visibility.Source != "pcblist_n" {
		t.Errorf("ledger %+v", snap.Visibility)
	}
}

// TestFaultOfNetstatAloneIsAnError has it hang after it worked, and end at last.
func TestFaultOfNetstatAloneIsAnError(t *testing.T) {
	m := newMac()
	m.alter = func(string, []byte) ([]byte, error) { return nil, syscall.EPERM }
	s := openMac(t, m)
	now := time.Now()
	before := scanMac(t, s, now)
	m.set(func() { m.mute = true; m.generation++ })
	var err error
	for end := time.Now().Add(20 * time.Second); err == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
		now = now.Add(time.Second)
		_, err = s.scanAt(t.Context(), now)
	}
	if err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("error %v", err)
	}
	m.set(func() { m.mute = false })
	if after := until(t, s, &now, "it works again", func(*Snapshot) bool { return true }); len(Diff(before, after)) != 0 {
		t.Errorf("events %v", Diff(before, after))
	}
}

func TestNextSourceWhereBothFail(t *testing.T) {
	m := newMac()
	m.alter = func(string, []byte) ([]byte, error) { return nil, syscall.EPERM }
	m.netstatErr = os.ErrNotExist
	key, _ := ownListener(t)
	snap := scanMac(t, openMac(t, m), time.Now())
	if snap.Visibility.Source != "gopsutil" || !hasNote(snap, "source pcblist_n") || !hasNote(snap, "source netstat") || !shows(key)(snap) {
		t.Errorf("ledger %+v", snap.Visibility)
	}
}

// TestSelfTestWantsTheProcess has sockets that a recycled number would be told of.
func TestSelfTestWantsTheProcess(t *testing.T) {
	for why, alter := range map[string]func(*bound){
		"in place of": func(b *bound) { b.pid++ },
		"with user":   func(b *bound) { b.uid++ },
		"not shown":   func(b *bound) { b.Port++ },
	} {
		m := newMac()
		_, err := selfTest(t.Context(), func(ctx context.Context) (sightings, error) {
			s, err := pcblistReader(m.sysctl)(ctx)
			for i := range s.all {
				alter(&s.all[i])
			}
			return s, err
		})
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: error %v", why, err)
		}
	}
}

func TestOneReadingAtATime(t *testing.T) {
	hang := make(chan struct{})
	m := newMac()
	m.hang = hang
	read := newMacOS(m.sysctl, m.netstat, m.summarize, portRange{}).netstat
	short := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := read(ctx)
		return err
	}
	if err := short(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("first: %v", err)
	}
	if err := short(); !errors.Is(err, errBusy) {
		t.Errorf("second: %v", err)
	}
	m.set(func() { m.hang = nil })
	close(hang)
	if seen, err := read(t.Context()); err != nil || len(seen.all) < 3 {
		t.Errorf("third: %+v, %v", seen, err)
	}
}

// TestOnlyThisProcess has sysctls that hide even this user's other programs, as macOS 27
// is said to do: netstat has these too, and so has lsof, which is the next where netstat
// is of no use.
func TestOnlyThisProcess(t *testing.T) {
	m := newMac()
	m.narrow = true
	key, _ := ownListener(t)
	http := tcpAt("127.0.0.1", 8000)
	s := openMac(t, m)
	now := time.Now()
	snap := scanMac(t, s, now)
	if snap.Visibility.Source != "pcblist_n + netstat" || !hasNote(snap, wordJoinedThis.String()) || !shows(key)(snap) || !shows(tcpAt("::", 5900))(snap) {
		t.Errorf("ledger %+v", snap.Visibility)
	}
	if l, ok := snap.Find(http); !ok || len(l.Owners) != 1 || l.Owners[0].PID != 302 {
		t.Errorf("of another program of this user: %+v", l)
	}
	for range 10 {
		if now = now.Add(time.Second); !shows(http)(scanMac(t, s, now)) {
			t.Fatal("another program of this user is not shown any more")
		}
	}
	m.set(func() { m.mute = true })
	snap = scanMac(t, openMac(t, m), now)
	if snap.Visibility.Source != "gopsutil" || !hasNote(snap, "only its own sockets, and") || !hasNote(snap, "netstat tells of no socket") || !shows(key)(snap) {
		t.Errorf("without netstat: ledger %+v", snap.Visibility)
	}
}

// TestNetstatOutlivesNothing closes sockets after netstat has shown them: what pcblist_n
// has shown of them tells that at once, and of others nothing is dropped.
func TestNetstatOutlivesNothing(t *testing.T) {
	m := newMac()
	m.filtered = true
	const shared = 5900
	m.mine = append(m.mine, pcblisttest.Socket{Vflag: 3, Local: "::", Lport: shared, So: 9, UID: uint32(os.Geteuid()), Last: 302, State: 1})
	s := openMac(t, m)
	now := time.Now()
	http, vnc := tcpAt("127.0.0.1", 8000), tcpAt("::", shared)
	if first := scanMac(t, s, now); !shows(http)(first) || !slices.Equal(pidsAt(first, vnc), []int{300, 302}) {
		t.Fatalf("%v", first.Listeners)
	}
	m.set(func() { m.mine = nil; m.generation++ })
	now = now.Add(time.Millisecond)
	if snap := scanMac(t, s, now); shows(http)(snap) || !slices.Equal(pidsAt(snap, vnc), []int{300}) {
		t.Errorf("at once: %v", snap.Listeners)
	}
	reopened := pcblisttest.Socket{Vflag: 1, Local: "127.0.0.1", Lport: 8000, So: 9, UID: 60, Last: 300, State: 1}
	m.set(func() { m.others = append(m.others, reopened); m.generation++ })
	snap := until(t, s, &now, "another user's program took the port", shows(http))
	if got := pidsAt(snap, http); !slices.Equal(got, []int{300}) {
		t.Errorf("owners %v", got)
	}
}

func pidsAt(s *Snapshot, k Key) []int {
	l, ok := s.Find(k)
	if !ok {
		return nil
	}
	return pidsOf(l)
}

// TestGone is what pcblist_n does not show any more, beside a reading of netstat.
func TestGone(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(second int) time.Time { return begin.Add(time.Duration(second) * time.Second) }
	a, b := bound{Key: tcpAt("127.0.0.1", 80), pid: 7}, bound{Key: tcpAt("127.0.0.1", 80), pid: 8}
	g := gone{}
	g.move(nil, []bound{a}, at(1))
	g.move([]bound{a}, []bound{b}, at(2)) // another process uses it last
	for _, c := range []struct {
		b     bound
		began int
		want  bool
	}{{a, 1, true}, {a, 2, false}, {a, 3, false}, {b, 1, false}} {
		if got := g.has(c.b, at(c.began)); got != c.want {
			t.Errorf("process %d, netstat asked at %d: %v", c.b.pid, c.began, got)
		}
	}
	g.move([]bound{b}, nil, at(4))
	if g.forget(at(3)); g.has(a, at(0)) || !g.has(b, at(3)) || len(g) != 1 {
		t.Errorf("left: %v", g)
	}
}

// TestThisProcessIsLeftToPcblist has netstat read while a socket of this process was open.
func TestThisProcessIsLeftToPcblist(t *testing.T) {
	mine, other := bound{Key: tcpAt("127.0.0.1", 80), pid: os.Getpid()}, bound{Key: tcpAt("127.0.0.1", 81), pid: 7}
	s := layered{rest: &paced{known: sightings{all: []bound{mine, other}}}}
	if got := s.more(nil); !slices.Equal(got, []bound{other}) {
		t.Errorf("shown: %v", got)
	}
	s.alone = true
	if got := s.more(nil); !slices.Equal(got, []bound{mine, other}) {
		t.Errorf("netstat alone: %v", got)
	}
}

// TestWatcherOutlivesNetstat has netstat fail for good and work again at last: what is
// left is watched, and nothing of that is an event or a failed scan.
func TestWatcherOutlivesNetstat(t *testing.T) {
	for _, c := range []struct {
		narrow bool
		left   string
	}{{false, "pcblist_n"}, {true, "gopsutil"}} {
		m := newMac()
		m.filtered, m.narrow = true, c.narrow
		now := time.Now()
		w := macWatcher(t, m, &now)
		tick := func(pass time.Duration) Update {
			now = now.Add(pass)
			u, _ := w.tick(t.Context())
			if u.Err != nil || len(u.Events) > 0 {
				t.Fatalf("%s: %v, %v", c.left, u.Err, u.Events)
			}
			return u
		}
		tick(0)
		m.set(func() { m.netstatErr = errors.New("broken pipe"); m.generation++ })
		for end := time.Now().Add(20 * time.Second); !hasNote(w.Snapshot(), "broken pipe"); time.Sleep(time.Millisecond) {
			if tick(time.Second); time.Now().After(end) {
				t.Fatal("the fault is not noted")
			}
		}
		if u := tick(restPatience + time.Second); !u.Baseline || u.Snapshot.Visibility.Source != c.left || !hasNote(u.Snapshot, "broken pipe") {
			t.Errorf("%s: in place of netstat: %+v", c.left, u)
		}
		m.set(func() { m.netstatErr = nil })
		if u := tick(betterAfter + time.Second); !u.Baseline || u.Snapshot.Visibility.Source != "pcblist_n + netstat" {
			t.Errorf("%s: netstat works again: %+v", c.left, u)
		}
	}
}
