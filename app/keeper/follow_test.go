package keeper

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// open gives a store in a folder.
func open(t *testing.T, dir string, role history.Role) *history.Store {
	t.Helper()
	s, err := history.Open(dir, role, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// soon is a context in which what follows must end.
func soon(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx, cancel
}

// TestFollow: a listener that opens is judged and recorded, and what Judged fails with
// ends it all.
func TestFollow(t *testing.T) {
	store := open(t, t.TempDir(), history.Agent)
	k := New(slog.New(slog.DiscardHandler), store, nil)
	ctx, _ := soon(t)
	var l net.Listener
	errFound := errors.New("found")
	isIt := func(j alerts.Judgement) bool {
		return l != nil && j.Event.Listener.Port == uint16(l.Addr().(*net.TCPAddr).Port) && j.Event.Op == scanner.Opened
	}
	began, jobs := 0, make(chan func(), 1)
	jobs <- func() { began++ }
	err := k.Follow(ctx, scanner.MinInterval, Follower{
		Began: func(*scanner.Watcher) { began++ },
		Seen: func(u scanner.Update) {
			if !u.Baseline {
				return
			}
			var err error
			if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
		},
		Judged: func(js []alerts.Judgement) error {
			for _, j := range js {
				if isIt(j) {
					return errFound
				}
			}
			return nil
		},
		Done: func() {},
		Jobs: jobs,
	})
	if !errors.Is(err, errFound) || began != 2 {
		t.Fatalf("%v, %d", err, began)
	}
	events, err := store.Events(history.Query{})
	if err != nil || !slices.ContainsFunc(events, func(e history.Event) bool { return isIt(e.Judgement) }) {
		t.Errorf("%v, %v", events, err)
	}
}

// TestFollowHearsOfChanges: what another process writes is known without an event, and
// the end of the context is no error.
func TestFollowHearsOfChanges(t *testing.T) {
	dir := t.TempDir()
	k := New(slog.New(slog.DiscardHandler), open(t, dir, history.Agent), nil)
	other := open(t, dir, history.Other)
	door := history.Name{Proto: scanner.TCP, Port: 22, Name: "door"}
	ctx, cancel := soon(t)
	seen, known := false, false
	err := k.Follow(ctx, scanner.MinInterval, Follower{
		Seen: func(u scanner.Update) {
			if seen {
				return
			}
			if seen = true; len(k.OwnNames()) > 0 {
				t.Errorf("%v before there are any", k.OwnNames())
			}
			if err := other.SetName(door); err != nil {
				t.Error(err)
			}
		},
		Judged: func([]alerts.Judgement) error { return nil },
		Done: func() {
			if own := k.OwnNames(); len(own) == 1 && own[0] == door {
				known = true
				cancel()
			}
		},
	})
	if err != nil || !known {
		t.Errorf("%v, known %v", err, known)
	}
}

// TestFollowOpensLater: a memory that cannot be opened at first is used as soon as it can
// be, and what others write to it is heard of.
func TestFollowOpensLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	openIt := func() (*history.Store, error) { return history.Open(dir, history.Agent, history.Options{}) }
	_, why := openIt()
	k := New(slog.New(slog.DiscardHandler), nil, why)
	k.OpenLater(openIt)
	door := history.Name{Proto: scanner.TCP, Port: 22, Name: "door"}
	ctx, cancel := soon(t)
	var other *history.Store
	seen, known := false, false
	err := k.Follow(ctx, 300*time.Millisecond, Follower{
		Seen: func(scanner.Update) {
			if seen {
				return
			}
			if seen = true; why == nil || k.Note() == "" {
				t.Errorf("%v, %q before there is a folder", why, k.Note())
			}
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Error(err)
			}
			k.opened = k.opened.Add(-reopenAfter)
		},
		Judged: func([]alerts.Judgement) error { return nil },
		Done: func() {
			if k.store != nil && other == nil {
				other = open(t, dir, history.Other)
				if err := other.SetName(door); err != nil {
					t.Error(err)
				}
			}
			if own := k.OwnNames(); len(own) == 1 && own[0] == door {
				known = true
				cancel()
			}
		},
	})
	if err != nil || !known || k.Note() != "" {
		t.Fatalf("%v, known %v, %q", err, known, k.Note())
	}
	if first, err := other.First(); err != nil || first {
		t.Errorf("%v, no baseline %v", err, first)
	}
	if err := k.store.Close(); err != nil {
		t.Error(err)
	}
}

// TestFollowInterval: the interval is that of the settings, and another as soon as they
// are, unless it was given; which is told then.
func TestFollowInterval(t *testing.T) {
	for _, c := range []struct {
		given, first, then time.Duration
		told               string
	}{
		{0, scanner.MinInterval, 7 * time.Second, ""},
		{300 * time.Millisecond, 300 * time.Millisecond, 300 * time.Millisecond, "300ms"},
	} {
		dir := t.TempDir()
		store := open(t, dir, history.Agent)
		other := open(t, dir, history.Other)
		set := func(interval, row string) {
			if err := other.SetAll(map[string]string{"scan.interval": interval, "menu.row": row}); err != nil {
				t.Error(err)
			}
		}
		set(scanner.MinInterval.String(), "")
		k := New(slog.New(slog.DiscardHandler), store, nil)
		ctx, cancel := soon(t)
		var w *scanner.Watcher
		changed := false
		err := k.Follow(ctx, c.given, Follower{
			Began: func(began *scanner.Watcher) { w = began },
			Seen: func(u scanner.Update) {
				if !u.Baseline {
					return
				}
				if got := w.Interval(); got != c.first {
					t.Errorf("given %v: at first %v", c.given, got)
				}
				set("7s", string(alerts.ProgramPort))
			},
			Judged: func([]alerts.Judgement) error { return nil },
			Done: func() {
				if k.Settings().Row == alerts.ProgramPort {
					changed = true
					if stored, err := other.Settings(); err != nil || stored[alerts.SettingGiven] != c.told {
						t.Errorf("given %v: %v, told %q", c.given, err, stored[alerts.SettingGiven])
					}
					cancel()
				}
			},
		})
		if err != nil || !changed || w.Interval() != c.then {
			t.Errorf("given %v: %v, changed %v, then %v", c.given, err, changed, w.Interval())
		}
		if stored, err := other.Settings(); err != nil || stored[alerts.SettingGiven] != "" {
			t.Errorf("given %v, ended: %v, told %q", c.given, err, stored[alerts.SettingGiven])
		}
	}
}
