package history

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// jumpy records events of some programs on some ports, of which many times are not in
// the order of the ids.
func jumpy(t *testing.T, s *Store, n int) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var js []alerts.Judgement
	for i := range n {
		at := start().Add(time.Duration(i) * time.Second)
		if random.IntN(3) == 0 {
			at = at.Add(time.Duration(random.IntN(4*n)-2*n) * time.Second)
		}
		l := listener([]string{"web", "mail", "mailer"}[random.IntN(3)], uint16(random.IntN(3)+1))
		l.Proto = []scanner.Proto{scanner.TCP, scanner.UDP}[random.IntN(2)]
		js = append(js, judged(scanner.Opened, l, alerts.Known, at))
	}
	check(t, s.Record(tick(start(), js...)))
}

// chosen reports whether a query chooses an event, by what Query says.
func chosen(q Query, e Event) bool {
	l, at := e.Event.Listener, e.Event.Time
	return (q.Since.IsZero() || !at.Before(q.Since)) && (q.Until.IsZero() || !at.After(q.Until)) && (q.Port == 0 || int(l.Port) == q.Port) &&
		(q.Proto == 0 || l.Proto == q.Proto) && (q.Identity == "" || e.Program == q.Identity) && strings.Contains(e.Program, q.Program) &&
		(q.Before == 0 || e.ID < q.Before) && e.ID > q.After
}

// TestPages reads the events of many queries in pages of several lengths, both ways,
// where the clock jumps and ids are missing.
func TestPages(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	jumpy(t, s, 1000)
	spoil(t, dir, `DELETE FROM events WHERE id < 20 OR id BETWEEN 200 AND 500 OR id % 7 = 0`)
	all := must[[]Event](t)(s.Events(Query{Limit: maxLimit}))
	if len(all) < 500 || all[0].ID != 1000 {
		t.Fatalf("%d events", len(all))
	}
	at := func(second int) time.Time { return start().Add(time.Duration(second) * time.Second) }
	for _, q := range []Query{
		{}, {Since: at(800)}, {Until: at(300)}, {Since: at(100), Until: at(700)}, {Since: at(1200)}, {Since: at(-1000), Until: at(-5)}, {Since: at(99999)},
		{Program: "mail"}, {Program: "mail", Since: at(200), Port: 2}, {Identity: "exe:/usr/bin/mail"}, {Identity: "exe:/usr/bin/mail", Proto: scanner.UDP, Port: 3},
		{Identity: "exe:/usr/bin"}, {Program: "web", Before: 700, After: 100}, {After: 990}, {Before: 21}, {Before: 1}, {After: math.MaxInt64 - 1}, {Before: math.MinInt64},
	} {
		var want []int64
		for _, e := range all {
			if chosen(q, e) {
				want = append(want, e.ID)
			}
		}
		for _, q.Limit = range []int{7, 300, maxLimit} {
			wantIDs(t, s, q, want)
		}
	}
}

// wantIDs reads the pages of a query both ways; the ids that are wanted are of the
// latest first.
func wantIDs(t *testing.T, s *Store, q Query, want []int64) {
	t.Helper()
	for range 2 {
		var got []int64
		for events, err := range Pages(s.Events, q) {
			check(t, err)
			if len(events) > limitOf(q.Limit) {
				t.Errorf("%+v: a page of %d", q, len(events))
			}
			for _, e := range events {
				got = append(got, e.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %d events, want %d:\n%v\n%v", q, len(got), len(want), got, want)
		}
		q.Oldest, want = true, slices.Clone(want)
		slices.Reverse(want)
	}
}

// TestPagesAreLinear counts the steps of the database's machine: pages cost what their
// events do, however many there are of them, and of which programs they are.
func TestPagesAreLinear(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	var js []alerts.Judgement
	for i := range 4000 {
		js = append(js, judged(scanner.Opened, listener(fmt.Sprintf("mail%d", i%50), 80), alerts.Known, start().Add(time.Duration(i)*time.Second)))
	}
	check(t, s.Record(tick(start(), js...)))
	for _, q := range []Query{{}, {Program: "mail7", Since: start()}, {Since: start()}, {Since: start(), Until: start().Add(time.Hour)}, {Program: "mail"}, {Program: "mail", Oldest: true}, {Since: start(), Oldest: true}} {
		cost := func(limit int) int {
			steps(s.db)
			q.Limit = limit
			for _, err := range Pages(s.Events, q) {
				check(t, err)
			}
			return steps(s.db)
		}
		if whole, parts := cost(maxLimit), cost(100); parts > 2*whole {
			t.Errorf("%+v: %d steps in short pages, %d in long ones", q, parts, whole)
		}
	}
}

// steps gives how many steps all statements took since it was last asked.
func steps(c *conn) (n int) {
	for _, s := range c.stmts {
		n += s.Status(sqlite3.STMTSTATUS_VM_STEP, true)
	}
	return n
}

// TestPagesWhileRecording goes on from where it was.
func TestPagesWhileRecording(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	many(t, s, 50)
	q := Query{Since: start(), Limit: 10}
	first := must[[]Event](t)(s.Events(q))
	many(t, s, 50)
	check(t, s.ForgetProgram("exe:/usr/bin/mail"))
	if next := must[[]Event](t)(s.Events(q.from(first[9].ID))); len(next) != 10 || next[0].ID != 40 || next[9].ID != 27 {
		t.Errorf("%v follows %v", ids(next), ids(first))
	}
	if again := must[[]Event](t)(s.Events(q)); again[0].ID != 99 {
		t.Errorf("the latest are %v", ids(again))
	}
	q.Oldest, q.After = true, 95
	if later := must[[]Event](t)(s.Events(q)); len(later) == 0 || later[len(later)-1].ID != 99 {
		t.Errorf("after 95 there are %v", ids(later))
	}
}

func ids(events []Event) (all []int64) {
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

// TestPagesEnd has pages that are given up after each, and those that fail.
func TestPagesEnd(t *testing.T) {
	for stop := range 4 {
		asked, given := 0, 0
		for events, err := range Pages(func(q Query) ([]Event, error) {
			if asked++; asked == 3 {
				return nil, ErrBusy
			}
			return []Event{{ID: q.Before - 1}}, nil
		}, Query{Before: 10, Limit: 1}) {
			if given++; (err != nil) != (given == 3) || err == nil && events[0].ID != int64(10-given) {
				t.Errorf("page %d: %v, %v", given, ids(events), err)
			}
			if given == stop {
				break
			}
		}
		if want := []int{3, 1, 2, 3}[stop]; given != want || asked != min(want+1, 3) {
			t.Errorf("%d pages were given, %d read, want %d", given, asked, want)
		}
	}
}
