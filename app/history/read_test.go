package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// many records events of three programs on ports 1 … n, one a second.
func many(t testing.TB, s *Store, n int) {
	t.Helper()
	for from := 0; from < n; from += 1000 {
		var js []alerts.Judgement
		for i := from; i < min(from+1000, n); i++ {
			name := [...]string{"Web", "mail", "ÄRGER"}[i%3]
			js = append(js, judged(scanner.Opened, listener(name, uint16(i%60000+1)), alerts.Known, start().Add(time.Duration(i)*time.Second)))
		}
		check(t, s.Record(tick(js[len(js)-1].Event.Time, js...)))
	}
}

func TestQueries(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	many(t, s, 30)
	at := func(second int) time.Time { return start().Add(time.Duration(second) * time.Second) }
	for want, q := range map[string]Query{
		"30 29 28":          {Limit: 3},
		"27 26":             {Limit: 2, Before: 28},
		"28 25 22":          {Program: "web", Limit: 3},
		"3":                 {Program: "ärg", Before: 6},
		"29 26":             {Program: "/BIN/MAIL", Since: at(25)},
		"5 4 3":             {Since: at(2), Until: at(4)},
		"4 3":               {Since: at(2), Until: at(4), Before: 5},
		"7":                 {Port: 7},
		"30 3":              {Search: "3", Since: at(0), Limit: 2},
		"1":                 {Search: "w", Until: at(1)},
		"29 26 23":          {Search: "MAIL", Limit: 3},
		"12 9 6":            {Search: "ärg", Before: 13, Limit: 3},
		"28 25":             {Search: "2", Program: "web", Since: at(23)},
		"":                  {Port: 7, Program: "mail"},
		"30 29":             {Since: at(28)},
		"2 1":               {Until: at(1)},
		"10 9 8 7 6 5 4 3 ": {Before: 11, Program: "", Limit: 8},
	} {
		var b []string
		for _, e := range must[[]Event](t)(s.Events(q)) {
			b = append(b, fmt.Sprint(e.ID))
		}
		if got := strings.Join(b, " "); got != strings.TrimSpace(want) {
			t.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
	for _, q := range []Query{{Since: at(99)}, {Until: at(-1)}, {Program: "nobody"}, {Program: "%"}, {Port: 70000}, {Search: "bin"}, {Search: "%"}, {Search: "31"}, {Search: "-1"}} {
		if events := must[[]Event](t)(s.Events(q)); len(events) != 0 {
			t.Errorf("%+v: %v", q, events)
		}
	}
}

func TestEventsAfter(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	many(t, s, 2500)
	for id, want := range map[int64]int{0: 2500, 1: 2499, 1500: 1000, 2499: 1, 2500: 0, 2501: 2500} {
		events := must[[]Event](t)(s.EventsAfter(id))
		for i, e := range events {
			if e.ID != int64(2500-len(events)+i+1) {
				t.Fatalf("after %d: %d is number %d", id, e.ID, i)
			}
		}
		if len(events) != want {
			t.Errorf("after %d: %d events, want %d", id, len(events), want)
		}
	}
	check(t, s.ForgetAll())
	if events := must[[]Event](t)(s.EventsAfter(7)); len(events) != 0 {
		t.Errorf("%d events after all were forgotten", len(events))
	}
}

// TestBadRowsAreSkipped has a database that somebody wrote to.
func TestBadRowsAreSkipped(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	many(t, s, 20)
	j := judged(scanner.Opened, listener("web", 80), alerts.New, start())
	f := alerts.Fingerprint{Program: j.Program, Proto: scanner.TCP, Port: 80, Reach: alerts.ReachIPv4}
	check(t, s.Record(Tick{Time: start(), Judgements: []alerts.Judgement{j}, Seen: []alerts.Fingerprint{f}}))
	must[int64](t)(s.AddRule(alerts.Rule{Action: alerts.Mute, Program: "exe:/a"}, 0))
	spoil(t, dir,
		`UPDATE events SET listener = '{' WHERE id = 20`,
		`UPDATE events SET listener = zeroblob(900000) || '' WHERE id = 19`,
		`UPDATE events SET others = '{"a":1}' WHERE id = 18`,
		`UPDATE events SET op = 9 WHERE id = 17`,
		`UPDATE events SET time = 9223372036854775807 WHERE id = 16`,
		`UPDATE events SET time = -9223372036854775808, rule = -1 WHERE id = 15`,
		`UPDATE events SET verdict = printf('%.*c', 900000, 'x') WHERE id = 14`,
		`UPDATE events SET before = 'x' WHERE id = 13`,
		`INSERT INTO alerts SELECT 100, program, proto, port + 70000, ephemeral, verdict, would, first, last, count, state, away, listener FROM alerts`,
		`INSERT INTO fingerprints SELECT program, 300, port, reach, first, last FROM fingerprints`,
		`INSERT INTO rules SELECT 100, position, 'explode', program, proto, first_port, last_port, ephemeral, reach, until, note, created FROM rules`,
		`INSERT INTO rules SELECT 101, position, action, printf('%.*c', 900000, 'x'), proto, first_port, last_port, ephemeral, reach, until, note, created FROM rules WHERE id = 1`,
		`INSERT INTO names VALUES (1, 70000, '', 'x')`,
		`INSERT INTO settings VALUES ('long', printf('%.*c', 900000, 'x'))`,
	)
	events := must[[]Event](t)(s.Events(Query{Limit: 10}))
	if len(events) != 10 || events[1].ID != 16 || events[2].ID != 15 || events[3].ID != 12 || s.Skipped() != 6 {
		t.Errorf("%d events, %d skipped", len(events), s.Skipped())
	}
	for _, e := range events {
		if _, err := e.Event.Time.MarshalJSON(); err != nil {
			t.Errorf("event %d: %v", e.ID, err)
		}
	}
	n := len(must[[]Alert](t)(s.Alerts("", 0, 0))) + len(must[[]alerts.Sighting](t)(s.Known())) + len(must[[]alerts.Rule](t)(s.Rules()))
	n += len(must[[]Name](t)(s.Names())) + len(must[map[string]string](t)(s.Settings()))
	if n != 3 || s.Skipped() != 11 {
		t.Errorf("%d rows, %d skipped", n, s.Skipped())
	}
}

// spoil writes to a database as another program would.
func spoil(t *testing.T, dir string, statements ...string) {
	t.Helper()
	c := must[*sqlite3.Conn](t)(sqlite3.Open(dir + "/" + FileName))
	defer c.Close()
	for _, sql := range statements {
		if err := c.Exec(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func TestInfo(t *testing.T) {
	dir := t.TempDir()
	s := store(t, dir, Agent)
	many(t, s, 5)
	i := must[Info](t)(s.Info())
	if i.Path != s.path || i.Events != 5 || i.Programs != 3 || i.Version != len(migrations()) || i.Size < 4096 {
		t.Errorf("%+v", i)
	}
}
