//go:build unix

package history

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

// TestNoDatabaseYet: who only looks leaves the folder alone, who writes makes the
// file, and the others find it.
func TestNoDatabaseYet(t *testing.T) {
	dir := t.TempDir()
	window, line := store(t, dir, Other), store(t, dir, Other)
	if n := len(must[[]Event](t)(window.Events(Query{}))) + len(must[[]alerts.Rule](t)(window.Rules())) + must[int](t)(window.Unseen()); n != 0 {
		t.Errorf("%d things are there", n)
	}
	if !must[bool](t)(window.First()) || must[int64](t)(window.Generation()) != 0 || must[bool](t)(window.Changed()) {
		t.Error("there is something")
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("looking made %v", got)
	}
	check(t, line.Set("a", "1"))
	if !must[bool](t)(window.Changed()) || must[bool](t)(window.Changed()) {
		t.Error("the new file is no change, or one for ever")
	}
	agent := store(t, dir, Agent)
	wantSame(t, "settings", must[map[string]string](t)(agent.Settings()), map[string]string{"a": "1"})
	if !must[bool](t)(agent.First()) || agent.Trouble() != "" {
		t.Error("a file that another process made is not new")
	}
}

func TestChanged(t *testing.T) {
	dir := t.TempDir()
	agent, window := store(t, dir, Agent), store(t, dir, Other)
	want := func(step string, a, w bool) {
		t.Helper()
		if got := must[bool](t)(agent.Changed()); got != a {
			t.Errorf("%s: the agent sees %v", step, got)
		}
		if got := must[bool](t)(window.Changed()); got != w {
			t.Errorf("%s: the window sees %v", step, got)
		}
	}
	want("opened", false, false)
	check(t, agent.Heartbeat(start()))
	want("agent wrote", false, true)
	want("again", false, false)
	check(t, window.Set("a", "1"))
	check(t, window.Set("b", "1"))
	want("window wrote", true, false)
	must[[]Event](t)(window.Events(Query{}))
	want("window read", false, false)
}

func TestOnlyTheAgentRecords(t *testing.T) {
	dir := t.TempDir()
	store(t, dir, Agent)
	s := store(t, dir, Other)
	_, err := s.Trim(1, 1, start())
	for _, err := range []error{err, s.Record(Tick{}), s.Heartbeat(start()), s.Resume(start(), nil)} {
		wantError(t, err, errNotAgent)
	}
}

func TestClosed(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	check(t, s.Close())
	check(t, s.Close())
	_, err := s.Known()
	wantError(t, err, os.ErrClosed)
	_, err = s.Changed()
	wantError(t, err, os.ErrClosed)
	wantError(t, s.Set("a", "b"), os.ErrClosed)
	if got := names(t, dir); !slices.Equal(got, []string{FileName}) {
		t.Errorf("%v is left", got)
	}
}

// TestFilesAreTheUsersOnly with any umask, and where they were open to others.
func TestFilesAreTheUsersOnly(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o777} {
		dir := t.TempDir()
		check(t, os.Chmod(dir, 0o755))
		func() {
			old := syscall.Umask(mask)
			defer syscall.Umask(old)
			store(t, dir, Agent)
		}()
		wantModes(t, dir)
	}
	dir := t.TempDir()
	check(t, store(t, dir, Agent).Close())
	check(t, os.Chmod(filepath.Join(dir, FileName), 0o666))
	store(t, dir, Other)
	wantModes(t, dir)
}

// TestLinkToTheFile has the database elsewhere.
func TestLinkToTheFile(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	check(t, store(t, elsewhere, Agent).Close())
	check(t, os.Symlink(filepath.Join(elsewhere, FileName), filepath.Join(dir, FileName)))
	check(t, store(t, dir, Agent).Set("a", "1"))
	if got := names(t, elsewhere); len(got) != 3 {
		t.Errorf("beside the file: %v", got)
	}
	if got := must[map[string]string](t)(store(t, elsewhere, Other).Settings()); got["a"] != "1" {
		t.Errorf("settings %v", got)
	}
}

// TestLinkToTheFolder has no file yet.
func TestLinkToTheFolder(t *testing.T) {
	for _, role := range []Role{Agent, Other} {
		elsewhere, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
		check(t, os.Symlink(elsewhere, link))
		s := store(t, link, role)
		check(t, s.Set("a", "1"))
		wantModes(t, elsewhere)
	}
}

// TestChangedDoesNotWait for a write of this process that waits for another's.
func TestChangedDoesNotWait(t *testing.T) {
	dir := t.TempDir()
	agent, window := store(t, dir, Agent), store(t, dir, Other)
	check(t, window.db.Exec(`BEGIN IMMEDIATE`))
	check(t, window.db.Exec(`INSERT INTO settings VALUES ('a', '1')`))
	done := make(chan error, 1)
	go func() { done <- agent.Heartbeat(start()) }()
	for deadline := time.Now().Add(busyTimeout / 2); agent.mu.TryLock(); {
		agent.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("it never writes")
		}
		runtime.Gosched()
	}
	if must[bool](t)(agent.Changed()) {
		t.Error("it knows what is not written yet")
	}
	select {
	case err := <-done:
		t.Fatalf("it waited until the write was done: %v", err)
	default:
	}
	check(t, window.db.Exec(`COMMIT`))
	check(t, <-done)
	if !must[bool](t)(agent.Changed()) || must[bool](t)(agent.Changed()) {
		t.Error("it is not told later, or for ever")
	}
}

// TestRemovedFile is somebody's rm while Portlight runs.
func TestRemovedFile(t *testing.T) {
	for _, parts := range [][]string{{""}, {"", "-wal", "-shm"}} {
		dir := t.TempDir()
		agent, window := store(t, dir, Agent), store(t, dir, Other)
		check(t, agent.Set("a", "1"))
		generation := must[int64](t)(agent.Generation())
		for _, part := range parts {
			check(t, os.Remove(filepath.Join(dir, FileName)+part))
		}
		check(t, window.Set("b", "2"))
		if !must[bool](t)(agent.Changed()) || must[bool](t)(agent.Changed()) {
			t.Error("the agent does not see it, or for ever")
		}
		must[[]alerts.Rule](t)(agent.Rules())
		if text := agent.Trouble(); text == "" || agent.Trouble() != "" {
			t.Errorf("trouble %q, once", text)
		}
		check(t, agent.Record(Tick{Time: start(), Baseline: true}))
		if must[int64](t)(agent.Generation()) == generation {
			t.Error("it is the same generation")
		}
		wantSame(t, "settings", must[map[string]string](t)(window.Settings()), map[string]string{"b": "2"})
		check(t, agent.Close())
		check(t, window.Close())
		wantIntact(t, dir)
	}
}

// TestReplacedFile is a backup that is put in place of the file while Portlight runs:
// the log of the old file is not applied to it, whoever meets it first.
func TestReplacedFile(t *testing.T) {
	for _, agentFirst := range []bool{true, false} {
		backup, dir := written(t), t.TempDir()
		agent, window := store(t, dir, Agent), store(t, dir, Other)
		many(t, agent, 1200)
		check(t, window.Set("a", "2"))
		check(t, os.Rename(filepath.Join(backup, FileName), filepath.Join(dir, FileName)))
		order := []*Store{agent, window}
		if !agentFirst {
			slices.Reverse(order)
		}
		for _, s := range order {
			if !must[bool](t)(s.Changed()) || must[bool](t)(s.Changed()) {
				t.Error("it is no change, or one for ever")
			}
			if got := must[map[string]string](t)(s.Settings()); got["a"] != "1" || must[Info](t)(s.Info()).Events != 600 {
				t.Errorf("settings %v, %+v", got, must[Info](t)(s.Info()))
			}
			if must[bool](t)(s.Changed()) {
				t.Error("it is told twice")
			}
		}
		if text := agent.Trouble(); !strings.Contains(text, "replaced by another file") || window.Trouble() != "" {
			t.Errorf("trouble %q", text)
		}
		check(t, window.Set("b", "3"))
		wantSame(t, "settings", must[map[string]string](t)(agent.Settings()), map[string]string{"a": "1", "b": "3"})
		wantModes(t, dir)
		check(t, agent.Close())
		check(t, window.Close())
		wantIntact(t, dir)
	}
}

// TestForgetWhileItIsRecorded records between all the steps: nothing is left without
// its program, and no other program gets what is left.
func TestForgetWhileItIsRecorded(t *testing.T) {
	dir := t.TempDir()
	agent, window := store(t, dir, Agent), store(t, dir, Other)
	j := judged(scanner.Opened, listener("web", 80), alerts.New, start())
	now := tick(start(), j)
	now.Seen = alerts.Fingerprints(&j.Event.Listener)
	steps := ofProgram(j.Program)
	for i := range steps {
		check(t, agent.Record(now))
		check(t, window.forget(`UPDATE state SET generation = generation + 1`, steps[i:i+1]))
	}
	for _, table := range []string{"events", "spans", "alerts", "fingerprints"} {
		n, _, err := agent.db.number(`SELECT count(*) FROM ` + table + ` WHERE program NOT IN (SELECT id FROM programs)`)
		if check(t, err); n != 0 {
			t.Errorf("%d of the %s have no program", n, table)
		}
	}
	last := func() int64 {
		t.Helper()
		n, _, err := agent.db.number(`SELECT max(id) FROM programs`)
		check(t, err)
		return n
	}
	was := last()
	check(t, window.ForgetProgram(j.Program))
	if i := must[Info](t)(agent.Info()); i.Programs != 0 {
		t.Errorf("%d programs are left", i.Programs)
	}
	check(t, agent.Record(tick(start(), judged(scanner.Opened, listener("mail", 25), alerts.New, start()))))
	if id := last(); id <= was {
		t.Errorf("id %d was used before", id)
	}
}

// TestForget leaves what a person made.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	agent, window := store(t, dir, Agent), store(t, dir, Other)
	many(t, agent, 1200)
	a := judged(scanner.Opened, listener("web", 80), alerts.New, start())
	b := judged(scanner.Opened, listener("mail", 25), alerts.New, start())
	b.Others = []alerts.Finding{{Verdict: alerts.New, Program: "exe:/usr/bin/web"}}
	seen := []alerts.Fingerprint{{Program: a.Program, Proto: scanner.TCP, Port: 80, Reach: alerts.ReachIPv4}, {Program: b.Program, Proto: scanner.TCP, Port: 25, Reach: alerts.ReachIPv4}}
	check(t, agent.Record(Tick{Time: start(), Judgements: []alerts.Judgement{a, b}, Seen: seen, Baseline: true}))
	must[int64](t)(agent.AddRule(alerts.Rule{Action: alerts.Mute, Program: a.Program}, 0))
	check(t, agent.Set("a", "1"))
	check(t, agent.SetName(Name{scanner.TCP, 80, a.Program, "mine"}))

	was := must[int64](t)(agent.Generation())
	check(t, window.ForgetProgram(a.Program))
	if i := must[Info](t)(agent.Info()); i.Events != 1200 || i.Programs != 3 {
		t.Errorf("%+v", i)
	}
	known := must[[]alerts.Sighting](t)(agent.Known())
	if len(known) != 1 || known[0].Fingerprint != seen[1] || must[int](t)(agent.Unseen()) != 1 || must[int64](t)(agent.Generation()) == was || must[bool](t)(agent.First()) {
		t.Errorf("known %v", known)
	}

	was = must[int64](t)(agent.Generation())
	check(t, window.ForgetAll())
	if i := must[Info](t)(agent.Info()); i.Events != 0 || i.Programs != 0 || len(must[[]alerts.Sighting](t)(agent.Known())) != 0 || must[int](t)(agent.Unseen()) != 0 {
		t.Errorf("%+v", i)
	}
	if !must[bool](t)(agent.First()) || must[int64](t)(agent.Generation()) == was || len(must[[]Span](t)(agent.Spans(a.Event.Listener.ID(), 0))) != 0 {
		t.Error("not all is forgotten")
	}
	if len(must[[]alerts.Rule](t)(agent.Rules())) != 1 || len(must[map[string]string](t)(agent.Settings())) != 1 || len(must[[]Name](t)(agent.Names())) != 1 {
		t.Error("what a person made is gone")
	}
}

// TestTrim goes by age, by number, and keeps what is known.
func TestTrim(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	many(t, s, 3000)
	old := judged(scanner.Opened, listener("old", 9999), alerts.Known, start().AddDate(0, 0, -40))
	gone := old
	gone.Event.Op, gone.Event.Time = scanner.Closed, gone.Event.Time.Add(time.Hour)
	f := alerts.Fingerprint{Program: old.Program, Proto: scanner.TCP, Port: 9999, Reach: alerts.ReachIPv4}
	check(t, s.Record(Tick{Time: old.Event.Time, Judgements: []alerts.Judgement{old, gone}, Seen: []alerts.Fingerprint{f}}))
	before := must[Info](t)(s.Info())

	steps := trimAll(t, s, 30, 10_000)
	if i := must[Info](t)(s.Info()); i.Events != 3000 || i.Programs != 4 || steps > 10 {
		t.Errorf("by age: %+v in %d steps", i, steps)
	}
	if left := must[[]Span](t)(s.Spans(old.Event.Listener.ID(), 0)); len(left) != 0 {
		t.Errorf("spans %v", left)
	}
	if known := must[[]alerts.Sighting](t)(s.Known()); len(known) != 1 {
		t.Errorf("known %v", known)
	}

	steps = trimAll(t, s, 30, 100)
	i := must[Info](t)(s.Info())
	if i.Events != 100 || steps < 6 {
		t.Errorf("by number: %+v in %d steps", i, steps)
	}
	if events := must[[]Event](t)(s.Events(Query{Limit: 200})); events[len(events)-1].ID <= 2900 {
		t.Errorf("event %d is left", events[len(events)-1].ID)
	}
	check(t, s.ForgetAll())
	trimAll(t, s, 30, 100)
	check(t, s.Close())
	if size := must[os.FileInfo](t)(os.Stat(s.path)).Size(); size > stepPages*4096*2 || size > before.Size/2 {
		t.Errorf("the file has %d bytes of %d", size, before.Size)
	}
}

func trimAll(t *testing.T, s *Store, days, events int) (steps int) {
	t.Helper()
	for more := true; more; steps++ {
		more = must[bool](t)(s.Trim(days, events, start()))
		if steps > 1000 {
			t.Fatal("it never ends")
		}
	}
	return steps
}

// TestKnownIsBounded: the longest unseen go.
func TestKnownIsBounded(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	f := alerts.Fingerprint{Program: "exe:/a", Proto: scanner.UDP, Port: 60_000, Reach: alerts.ReachIPv4}
	check(t, s.Record(Tick{Time: start(), Seen: []alerts.Fingerprint{f}}))
	const each = 25_300
	check(t, s.db.exec(`WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2)
		INSERT OR IGNORE INTO fingerprints SELECT 1, proto.column1, n, 'ipv4', ?1 + proto.column1, ?1 + proto.column1 FROM n, (VALUES (1), (2)) AS proto`, start(), each))
	if steps := trimAll(t, s, 30, 1000); steps < 3 {
		t.Errorf("%d steps", steps)
	}
	old := 0
	known := must[[]alerts.Sighting](t)(s.Known())
	for _, k := range known {
		if k.Proto == scanner.TCP {
			old++
		}
	}
	if len(known) != maxKnown || old != maxKnown-each {
		t.Errorf("%d are known, %d of them old", len(known), old)
	}
}
