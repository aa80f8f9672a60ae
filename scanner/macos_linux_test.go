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
	if v := snap.Visibility; v.Source != "pcblist_n" || v.Hidden != 0 || v.Kernel != 1 || !hasNote(snap, wordsLastUser) {
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
	if first.Visibility.Source != "pcblist_n + netstat" || !hasNote(first, wordsJoined) {
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

// TestNetstatRunsSeldom scans for a minute in which nothing happens.
func TestNetstatRunsSeldom(t *testing.T) {
	m := newMac()
	m.filtered = true
	s := openMac(t, m)
	now := time.Now()
	scanMac(t, s, now)
	for range 60 {
		now = now.Add(time.Second)
		scanMac(t, s, now)
		time.Sleep(time.Millisecond)
	}
	if n := m.runs.Load(); n < 4 || n > 6 { // to open, at first, after the first change, every 30 seconds
		t.Errorf("netstat ran %d times", n)
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
		m.filtered = true
		key, _ := ownListener(t)
		src := openMac(t, m)
		snap := scanMac(t, src, time.Now())
		if !src.improvable() {
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
