package scanner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"portlight/scanner/process"
)

// listener reads "tcp 0.0.0.0:22 pid,pid…" with the marks "dual" and "kernel".
func listener(t *testing.T, s string) Listener {
	t.Helper()
	f := strings.Fields(s)
	at := netip.MustParseAddrPort(f[1])
	l := Listener{Key: Key{Proto: TCP, Addr: at.Addr(), Port: at.Port()}}
	if f[0] == "udp" {
		l.Proto = UDP
	}
	for _, word := range f[2:] {
		var pid int
		switch {
		case word == "dual":
			l.DualStack = true
		case strings.HasPrefix(word, "uid="):
			if _, err := fmt.Sscan(word[4:], &l.UID); err != nil {
				t.Fatal(err)
			}
		case word == "kernel":
			l.Kernel = true
		default:
			if _, err := fmt.Sscan(word, &pid); err != nil {
				t.Fatal(err)
			}
			l.Owners = append(l.Owners, Process{ID: process.ID{PID: pid, Start: 1}})
		}
	}
	return l
}

func snapshotOf(t *testing.T, lines ...string) *Snapshot {
	t.Helper()
	var all []Listener
	for _, s := range lines {
		all = append(all, listener(t, s))
	}
	return assemble("test", time.Unix(1, 0), all, nil)
}

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		name       string
		prev, next []string
		want       string
	}{
		{"nothing", []string{"tcp 0.0.0.0:22 1"}, []string{"tcp 0.0.0.0:22 1"}, ""},
		{"from none", nil, []string{"tcp 0.0.0.0:22 1"}, "opened tcp:0.0.0.0:22"},
		{"to none", []string{"tcp 0.0.0.0:22 1"}, nil, "closed tcp:0.0.0.0:22"},
		{"order is by port", []string{"tcp 0.0.0.0:80 1"}, []string{"tcp 0.0.0.0:22 1", "tcp 0.0.0.0:443 1"},
			"opened tcp:0.0.0.0:22, closed tcp:0.0.0.0:80, opened tcp:0.0.0.0:443"},
		{"restart is a change", []string{"tcp 0.0.0.0:22 1"}, []string{"tcp 0.0.0.0:22 2"}, "changed tcp:0.0.0.0:22"},
		{"a worker more", []string{"tcp 0.0.0.0:22 1"}, []string{"tcp 0.0.0.0:22 1 2"}, "changed tcp:0.0.0.0:22"},
		{"another user's hidden process", []string{"tcp 0.0.0.0:22 uid=0"}, []string{"tcp 0.0.0.0:22 uid=33"}, "changed tcp:0.0.0.0:22"},
		{"a hidden owner beside a known one", []string{"tcp 0.0.0.0:22 1"}, []string{"tcp 0.0.0.0:22 1", "tcp 0.0.0.0:22"}, "changed tcp:0.0.0.0:22"},
		{"dual stack", []string{"tcp [::]:22 1"}, []string{"tcp [::]:22 1 dual"}, "changed tcp:[::]:22"},
		{"other address is another listener", []string{"tcp 127.0.0.1:22 1"}, []string{"tcp 0.0.0.0:22 1"},
			"opened tcp:0.0.0.0:22, closed tcp:127.0.0.1:22"},
		{"tcp and udp", []string{"tcp 0.0.0.0:53 1"}, []string{"tcp 0.0.0.0:53 1", "udp 0.0.0.0:53 1"}, "opened udp:0.0.0.0:53"},
	} {
		var got []string
		for _, e := range Diff(snapshotOf(t, c.prev...), snapshotOf(t, c.next...)) {
			got = append(got, e.String())
			if (e.Before != nil) != (e.Op == Changed) {
				t.Errorf("%s: %v has before %v", c.name, e, e.Before)
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestDiffOfNoSnapshot(t *testing.T) {
	if got := Diff(nil, snapshotOf(t, "tcp 0.0.0.0:22 1")); len(got) != 1 || got[0].Op != Opened {
		t.Errorf("got %v", got)
	}
}

func TestAssembleKeepsEveryOwnerOfOneKey(t *testing.T) {
	s := snapshotOf(t, "tcp 0.0.0.0:80 7", "tcp 0.0.0.0:80 3", "tcp 0.0.0.0:80 7", "tcp 0.0.0.0:22", "udp 0.0.0.0:80 kernel")
	var pids []int
	l, ok := s.Find(Key{Proto: TCP, Addr: netip.IPv4Unspecified(), Port: 80})
	if !ok {
		t.Fatal("listener not found")
	}
	for _, o := range l.Owners {
		pids = append(pids, o.PID)
	}
	if !slices.Equal(pids, []int{3, 7}) {
		t.Errorf("owners %v, want 3 and 7", pids)
	}
	mixed := snapshotOf(t, "udp 0.0.0.0:53 7", "udp 0.0.0.0:53").Listeners[0]
	if !mixed.Hidden() || mixed.Unseen != 1 || len(mixed.Owners) != 1 {
		t.Errorf("a hidden owner beside a known one is lost: %+v", mixed)
	}
	v := s.Visibility
	if v.Listeners != 3 || v.WithOwner != 2 || v.Kernel != 1 || v.Hidden != 1 || len(v.Notes) != 1 {
		t.Errorf("ledger %+v", v)
	}
}

func TestWhyHidden(t *testing.T) {
	for _, c := range []struct {
		uid, euid int
		want      HiddenReason
	}{{0, 1000, OtherUser}, {1000, 1000, Protected}, {0, 0, NotFound}, {1000, 0, NotFound}, {UnknownUID, 1000, OtherUser}} {
		if got := WhyHidden(c.uid, c.euid); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
		if said := hiddenWords(c.want, 2, 3); !strings.Contains(said, "2 of 3 listeners") {
			t.Errorf("%s: %q", c.want, said)
		}
	}
}

// TestShortNameIsNoChange: a process may write another short name as often as it
// likes.
func TestShortNameIsNoChange(t *testing.T) {
	a, b := snapshotOf(t, "tcp 0.0.0.0:22 1"), snapshotOf(t, "tcp 0.0.0.0:22 1")
	b.Listeners[0].Owners[0].Comm = "other"
	if events := Diff(a, b); len(events) > 0 || !sameListeners(a.Listeners, b.Listeners) {
		t.Errorf("a change: %v", events)
	}
}
