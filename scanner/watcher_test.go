package scanner

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"portlight/assets/words"
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
	w.onBattery = func() bool { return false }
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

// TestWatcherCost counts each scan, and allocates nothing for it.
func TestWatcherCost(t *testing.T) {
	const slow = 20 * time.Millisecond
	s := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1"), errors.New("netlink is tired"), nil}}
	w := newTestWatcher(t, s)
	if got := w.Cost(); got != (Cost{}) {
		t.Errorf("before the first scan: %+v", got)
	}
	w.openers = []opener{{"script", func(ctx context.Context) (source, error) { time.Sleep(slow); return s.open(ctx) }}}
	begun := time.Now()
	w.tick(context.Background())
	first := w.Cost()
	if first.Scans != 1 || first.Last < slow || first.Mean != first.Last || first.Since.Before(begun) || time.Since(first.Since) < slow {
		t.Errorf("after one scan: %+v", first)
	}
	w.tick(context.Background())
	w.tick(context.Background())
	if got := w.Cost(); got.Scans != 3 || got.Since != first.Since || got.Mean < slow/3 || got.Mean >= first.Mean {
		t.Errorf("after three scans: %+v", got)
	}
	if n := testing.AllocsPerRun(100, func() { w.tick(context.Background()); w.Cost() }); n != 0 {
		t.Errorf("%v allocations a scan", n)
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

// hinting is a script that gives hints.
type hinting struct {
	script
	out chan hint
}

func (h *hinting) open(context.Context) (source, error) { return h, nil }
func (h *hinting) hints() <-chan hint                   { return h.out }

// TestWatcherScansOnAHint does not wait for the interval, which is a minute.
func TestWatcherScansOnAHint(t *testing.T) {
	for _, h := range []hint{programStarted, ownerEnded} {
		s := &hinting{script{answers: []any{snapshotOf(t), snapshotOf(t, "tcp 0.0.0.0:22 1")}}, make(chan hint, 1)}
		w := newTestWatcher(t, &s.script)
		w.openers, w.interval = []opener{{"hinting", s.open}}, time.Minute
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		opened := false
		w.Run(ctx, func(u Update) {
			if u.Baseline {
				s.out <- h
			}
			if len(u.Events) == 1 {
				opened = true
				cancel()
			}
		})
		cancel()
		if !opened {
			t.Errorf("hint %d: no scan", h)
		}
	}
}

// TestWatcherOpensAnewAfterSleep compares afresh what changed meanwhile, and says
// so.
func TestWatcherOpensAnewAfterSleep(t *testing.T) {
	s := &script{answers: []any{snapshotOf(t, "tcp 0.0.0.0:22 1"), nil, snapshotOf(t, "tcp 0.0.0.0:80 1")}}
	w := newTestWatcher(t, s)
	var slept time.Duration
	w.slept = func() (time.Duration, bool) { return slept, true }
	w.tick(context.Background())
	slept += sleptMeans / 2
	if w.tick(context.Background()); s.opened != 1 {
		t.Errorf("opened %d times after a nap, want 1", s.opened)
	}
	slept += time.Hour
	u, told := w.tick(context.Background())
	if !told || !u.Woke || u.Baseline || len(u.Events) != 2 || s.opened != 2 || s.closed != 1 {
		t.Errorf("update %+v, opened %d times, closed %d times", u, s.opened, s.closed)
	}
}

// TestWatcherSpeaksAnotherLanguage has the notes made anew, which are kept as texts, and
// makes no events of it.
func TestWatcherSpeaksAnotherLanguage(t *testing.T) {
	t.Cleanup(func() { words.Use("en") })
	first := snapshotOf(t, "tcp 0.0.0.0:22 1")
	s := &script{answers: []any{first, nil, snapshotOf(t, "tcp 0.0.0.0:22 1"), nil}}
	w := newTestWatcher(t, s)
	w.tick(context.Background())
	if w.tick(context.Background()); s.opened != 1 {
		t.Errorf("opened %d times in one language", s.opened)
	}
	if err := words.Use("de"); err != nil {
		t.Fatal(err)
	}
	u, told := w.tick(context.Background())
	if !told || u.Snapshot == first || u.Baseline || len(u.Events) != 0 || s.opened != 2 || s.closed != 1 {
		t.Errorf("told %v, update %+v, opened %d times, closed %d times", told, u, s.opened, s.closed)
	}
	if w.tick(context.Background()); s.opened != 2 {
		t.Errorf("opened %d times in two languages", s.opened)
	}
}

func TestWatcherIsCalmerOnBattery(t *testing.T) {
	w := newTestWatcher(t, &script{answers: []any{snapshotOf(t)}})
	now, battery, asked := time.Unix(1000, 0), false, 0
	w.now = func() time.Time { return now }
	w.onBattery = func() bool { asked++; return battery }
	for _, c := range []struct {
		battery  bool
		interval time.Duration
		want     time.Duration
	}{{false, time.Second, time.Second}, {true, time.Second, 2 * time.Second}, {true, MaxInterval, MaxInterval}, {false, MinInterval, MinInterval}} {
		battery, w.interval, now = c.battery, c.interval, now.Add(batteryPeriod)
		if got := w.pause(); got != c.want {
			t.Errorf("%+v: pause %v", c, got)
		}
	}
	for range 10 {
		w.pause()
	}
	if asked != 4 {
		t.Errorf("the supply was asked for %d times, want 4", asked)
	}
}

func TestIntervalHasBounds(t *testing.T) {
	for _, d := range []time.Duration{time.Millisecond, 2 * time.Minute, -time.Second} {
		if _, err := NewWatcher(Options{Interval: d}); err == nil {
			t.Errorf("interval %v is accepted", d)
		}
	}
}

// TestSetInterval wakes a watcher that would wait for a minute, and calms one down.
func TestSetInterval(t *testing.T) {
	scans := make(chan struct{}, 100)
	w, err := NewWatcher(Options{Interval: MaxInterval, Log: slog.New(slog.DiscardHandler), Scanned: func() { scans <- struct{}{} }})
	if err != nil {
		t.Fatal(err)
	}
	w.onBattery = func() bool { return false }
	w.openers = []opener{{"script", (&script{answers: []any{snapshotOf(t)}}).open}}
	go w.Run(t.Context(), func(Update) {})
	wait := func(what string) {
		t.Helper()
		select {
		case <-scans:
		case <-time.After(10 * time.Second):
			t.Fatalf("no scan %s", what)
		}
	}
	wait("at the start")
	if err := w.SetInterval(MinInterval); err != nil || w.Interval() != MinInterval {
		t.Fatalf("%v, interval %v", err, w.Interval())
	}
	wait("after the first interval")
	wait("after the next")
	if err := w.SetInterval(MaxInterval); err != nil {
		t.Fatal(err)
	}
	for quiet := false; !quiet; { // one may be going on
		select {
		case <-scans:
		case <-time.After(3 * MinInterval):
			quiet = true
		}
	}
	for _, d := range []time.Duration{0, time.Millisecond, 2 * time.Minute, -time.Second} {
		if err := w.SetInterval(d); err == nil || w.Interval() != MaxInterval {
			t.Errorf("interval %v is accepted: %v", d, w.Interval())
		}
	}
}
