package history

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

func at(second int) time.Time { return start().Add(time.Duration(second) * time.Second) }

func TestStory(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	web := listener("web", 80)
	print := alerts.Fingerprints(&web)
	record := func(second int, op scanner.Op, v alerts.Verdict, l scanner.Listener) alerts.Judgement {
		t.Helper()
		j := judged(op, l, v, at(second))
		check(t, s.Record(Tick{Time: at(second), Judgements: []alerts.Judgement{j}, Seen: alerts.Fingerprints(&l)}))
		return j
	}
	wantSame(t, "nothing", must[alerts.Story](t)(s.Story(&web, 5)), alerts.Story{})
	record(10, scanner.Opened, alerts.New, web)
	record(20, scanner.Closed, alerts.Gone, web)
	other := web // another address is the same story
	other.Addr = netip.MustParseAddr("192.0.2.1")
	record(30, scanner.Opened, alerts.Known, other)
	record(31, scanner.Opened, alerts.New, listener("mail", 80))
	record(32, scanner.Opened, alerts.New, listener("web", 81))
	udp := web
	udp.Proto = scanner.UDP
	record(33, scanner.Opened, alerts.New, udp)
	closed := record(40, scanner.Closed, alerts.Gone, other)
	opened := record(50, scanner.Opened, alerts.Known, web)
	wantSame(t, "web", must[alerts.Story](t)(s.Story(&web, 2)), alerts.Story{
		First: at(10), Opened: 3, Since: at(10), LastOpened: at(50), Told: at(10), Stands: at(50), Exact: true, Last: []alerts.Judgement{opened, closed},
	})
	local := web
	local.Addr = netip.MustParseAddr("127.0.0.1")
	got := must[alerts.Story](t)(s.Story(&local, 1))
	if !got.First.IsZero() || !got.Stands.IsZero() || got.Opened != 3 || got.Since != at(10) {
		t.Errorf("where only this computer can reach it: %+v", got)
	}
	both := web
	both.Owners = append(both.Owners, listener("mail", 80).Owners...)
	if got := must[alerts.Story](t)(s.Story(&both, 9)); got.Opened != 4 || len(got.Last) != 6 || got.First != at(10) || got.Told != at(31) {
		t.Errorf("two programs: %+v", got)
	}
	check(t, s.Record(Tick{Time: at(60), Seen: print}))
	check(t, s.Resume(at(70), []scanner.Listener{web, other}))
	if got := must[alerts.Story](t)(s.Story(&other, 1)); got.Exact || !got.Stands.Equal(at(70)) {
		t.Errorf("one that was there at the start: %+v", got)
	}
	ephemeral := listener("web", 50000)
	ephemeral.Ephemeral = true
	record(80, scanner.Opened, alerts.New, ephemeral)
	ephemeral.Port = 50001
	if got := must[alerts.Story](t)(s.Story(&ephemeral, 9)); got.First != at(80) || got.Told != at(80) || got.Opened != 0 || len(got.Last) != 0 {
		t.Errorf("on another port of those that the system hands out: %+v", got)
	}
}

// TestStoryOfABusyPort looks at the latest events of it only.
func TestStoryOfABusyPort(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	web, mail := listener("web", 80), listener("mail", 80)
	check(t, s.Record(tick(at(0), judged(scanner.Opened, web, alerts.New, at(0)))))
	var js []alerts.Judgement
	for i := range storyEvents {
		js = append(js, judged(scanner.Opened, mail, alerts.Known, at(i+1)))
	}
	check(t, s.Record(tick(at(storyEvents), js[1:]...)))
	if got := must[alerts.Story](t)(s.Story(&web, 1)); got.Opened != 1 || len(got.Last) != 1 {
		t.Errorf("%+v", got)
	}
	check(t, s.Record(tick(at(storyEvents+1), js[:1]...)))
	if got := must[alerts.Story](t)(s.Story(&web, 1)); got.Opened != 0 || len(got.Last) != 0 || got.Told != at(0) {
		t.Errorf("%+v", got)
	}
	if got := must[alerts.Story](t)(s.Story(&mail, 1)); got.Opened != storyEvents || len(got.Last) != 1 {
		t.Errorf("%d openings of %d", got.Opened, storyEvents)
	}
}

// TestStoryUsesIndexes: no statement goes through a table.
func TestStoryUsesIndexes(t *testing.T) {
	s := store(t, t.TempDir(), Agent)
	many(t, s, 1000)
	for _, stmt := range s.db.stmts {
		stmt.Close()
	}
	s.db.stmts = map[string]*sqlite3.Stmt{}
	web := listener("Web", 1)
	must[alerts.Story](t)(s.Story(&web, 5))
	var texts []string
	for sql := range s.db.stmts {
		texts = append(texts, sql)
	}
	steps := 0
	for _, sql := range texts {
		check(t, s.db.each("EXPLAIN QUERY PLAN "+sql, func(row *sqlite3.Stmt) error {
			steps++
			step := row.ColumnText(3)
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "json_each") || strings.Contains(step, "TEMP B-TREE") || strings.Contains(step, "events_program") {
				t.Errorf("%s: %s", sql, step)
			}
			return nil
		}))
	}
	if len(texts) < 6 || steps < len(texts) {
		t.Errorf("%d steps of %d statements", steps, len(texts))
	}
}

// BenchmarkStory reads from 200,000 events: of a quiet port, and of one that all of
// them are of.
func BenchmarkStory(b *testing.B) {
	for name, ports := range map[string]int{"quiet": 60000, "busy": 1} {
		b.Run(name, func(b *testing.B) {
			s := store(b, b.TempDir(), Agent)
			for from := 0; from < 200_000; from += 1000 {
				var js []alerts.Judgement
				for i := from; i < from+1000; i++ {
					js = append(js, judged(scanner.Op(i%2+1), listener(fmt.Sprint("web", i%3), uint16(i%ports+1)), alerts.Known, at(i)))
				}
				check(b, s.Record(tick(at(from), js...)))
			}
			l := listener("web0", 1)
			for b.Loop() {
				if got := must[alerts.Story](b)(s.Story(&l, 5)); len(got.Last) < 2 {
					b.Fatalf("%+v", got)
				}
			}
		})
	}
}
