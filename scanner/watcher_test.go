package scanner

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// script is a source that plays answers: a snapshot, nil for no change, or an
// error.
type script struct {
	answers []any
	opened  int
	closed  int
}

func (s *script) open(context.Context) (source, error) {
	s.opened++
	return s, nil
}

func (s *script) name() string { return "script" }
func (s *script) close()       { s.closed++ }

func (s *script) scan(context.Context, time.Time) (*Snapshot, error) {
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	switch v := next.(type) {
	case *Snapshot:
		return v, nil
	case error:
		return nil, v
	}
	return nil, nil
}

func newTestWatcher(t *testing.T, s *script) *Watcher {
	t.Helper()
	w, err := NewWatcher(Options{Log: slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w.openers = []opener{{"script", s.open}}
	return w
}

func TestWatcherTicks(t *testing.T) {
	first, second := snapshotOf(t, "tcp 0.0.0.0:22 1"), snapshotOf(t, "tcp 0.0.0.0:80 1")
	failure := errors.New("netlink is tired")
	s := &script{answers: []any{first, nil, failure, failure, nil, second}}
	w := newTestWatcher(t, s)
	for i, want := range []struct {
		told     bool
		baseline bool
		events   int
		failed   bool
		snap     *Snapshot
	}{
		{told: true, baseline: true, snap: first},
		{},
		{told: true, failed: true, snap: first},
		{failed: true, snap: first},
		{told: true, snap: first},
		{told: true, events: 2, snap: second},
	} {
		u, told := w.tick(context.Background())
		if told != want.told || u.Baseline != want.baseline || len(u.Events) != want.events || (u.Err != nil) != want.failed {
			t.Errorf("tick %d: told %v, update %+v, want %+v", i, told, u, want)
		}
		if (told || want.failed) && u.Snapshot != want.snap {
			t.Errorf("tick %d: snapshot %v, want %v", i, u.Snapshot, want.snap)
		}
	}
}

func TestWatcherReopensASourceThatKeepsFailing(t *testing.T) {
	s := &script{answers: []any{errors.New("gone")}}
	w := newTestWatcher(t, s)
	for range 2 * reopenAfter {
		w.tick(context.Background())
	}
	if s.opened < 2 || s.closed == 0 {
		t.Errorf("opened %d times, closed %d times", s.opened, s.closed)
	}
	if p := w.pause(); p != maxBackoff {
		t.Errorf("pause after %d failures is %v, want %v", w.failures, p, maxBackoff)
	}
}

func TestWatcherFallsToTheNextSource(t *testing.T) {
	s := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1")}}
	w := newTestWatcher(t, s)
	broken := func(context.Context) (source, error) { return nil, errors.New("not permitted") }
	w.openers = append([]opener{{"best", broken}}, w.openers...)
	u, _ := w.tick(context.Background())
	if u.Snapshot == nil || !strings.Contains(strings.Join(u.Snapshot.Visibility.Notes, "\n"), "source best does not work: not permitted") {
		t.Errorf("update %+v does not say why the best source is not in use", u)
	}
	w = newTestWatcher(t, s)
	w.openers = []opener{{"best", broken}}
	if u, told := w.tick(context.Background()); !told || !errors.Is(u.Err, errNoSource) {
		t.Errorf("told %v, error %v", told, u.Err)
	}
}

// TestWatcherTakesABetterSourceWhenItWorks makes no events of what two sources
// see differently.
func TestWatcherTakesABetterSourceWhenItWorks(t *testing.T) {
	worse := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1")}}
	best := snapshotOf(t, "tcp [::]:22 1 dual")
	best.Visibility.Source = "best"
	better, works := &script{answers: []any{best}}, false
	w := newTestWatcher(t, worse)
	w.openers = append([]opener{{"best", func(ctx context.Context) (source, error) {
		if !works {
			return nil, errors.New("not yet")
		}
		return better.open(ctx)
	}}}, w.openers...)
	now := time.Unix(1000, 0)
	w.now = func() time.Time { return now }
	w.tick(context.Background())
	works, now = true, now.Add(betterAfter+time.Second)
	u, told := w.tick(context.Background())
	if !told || u.Snapshot != best || !u.Baseline || len(u.Events) != 0 || worse.closed != 1 {
		t.Errorf("told %v, update %+v, worse source closed %d times", told, u, worse.closed)
	}
}

func TestWatcherRunsUntilItsContextEnds(t *testing.T) {
	s := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1"), snapshotOf(t)}}
	w := newTestWatcher(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	var ops []string
	go func() {
		defer close(done)
		w.Run(ctx, func(u Update) {
			if u.Baseline {
				w.Refresh()
			}
			for _, e := range u.Events {
				ops = append(ops, e.String())
				cancel()
			}
		})
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("watcher does not end")
	}
	if len(ops) != 1 || ops[0] != "closed tcp:0.0.0.0:22" || s.closed != 1 {
		t.Errorf("events %v, source closed %d times", ops, s.closed)
	}
	if w.LastCheck().IsZero() || len(w.Snapshot().Listeners) != 0 {
		t.Error("newest snapshot or its time is not kept")
	}
}

func TestIntervalHasBounds(t *testing.T) {
	for _, d := range []time.Duration{time.Millisecond, 2 * time.Minute, -time.Second} {
		if _, err := NewWatcher(Options{Interval: d}); err == nil {
			t.Errorf("interval %v is accepted", d)
		}
	}
}
