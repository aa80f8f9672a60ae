package history

import (
	"testing"
	"time"

	"portlight/app/alerts"
	"portlight/scanner"
)

func BenchmarkRecord(b *testing.B) {
	for name, n := range map[string]int{"1": 1, "1000": 1000} {
		b.Run(name, func(b *testing.B) {
			s := store(b, b.TempDir(), Agent)
			var js []alerts.Judgement
			for i := range n {
				js = append(js, judged(scanner.Opened, listener("web", uint16(i+1)), alerts.Known, start()))
			}
			b.ReportAllocs()
			for b.Loop() {
				check(b, s.Record(tick(start(), js...)))
			}
		})
	}
}

func BenchmarkHeartbeat(b *testing.B) {
	s := store(b, b.TempDir(), Agent)
	for b.Loop() {
		check(b, s.Heartbeat(start()))
	}
}

func BenchmarkChanged(b *testing.B) {
	dir := b.TempDir()
	store(b, dir, Agent)
	s := store(b, dir, Other)
	b.ReportAllocs()
	for b.Loop() {
		if must[bool](b)(s.Changed()) {
			b.Fatal("changed")
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	store(b, dir, Agent)
	for b.Loop() {
		s, err := Open(dir, Other, Options{})
		check(b, err)
		check(b, s.Close())
	}
}

// BenchmarkRead reads from 200,000 events.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	s := store(b, dir, Agent)
	many(b, s, 200_000)
	last := start().Add(200_000 * time.Second)
	check(b, s.Record(tick(last, judged(scanner.Opened, listener("new", 80), alerts.New, last))))
	b.Run("Unseen", func(b *testing.B) {
		for b.Loop() {
			must[int](b)(s.Unseen())
		}
	})
	for name, q := range map[string]Query{
		"Last100": {}, "Program": {Program: "mail"}, "Port": {Port: 77}, "LastHour": {Since: last.Add(-time.Hour)}, "FirstHour": {Until: start().Add(time.Hour)},
		"NobodyEver": {Program: "mail", Port: 1},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				must[[]Event](b)(s.Events(q))
			}
		})
	}
	b.Run("Trim", func(b *testing.B) {
		for b.Loop() {
			must[bool](b)(s.Trim(36500, 200_000, last))
		}
	})
	b.Run("TrimStep", func(b *testing.B) {
		left := 200_000
		for b.Loop() {
			left -= stepRows
			must[bool](b)(s.Trim(36500, left, last))
		}
	})
	b.Run("OpenAgent", func(b *testing.B) {
		for b.Loop() {
			s, err := Open(dir, Agent, Options{})
			check(b, err)
			check(b, s.Close())
		}
	})
	info := must[Info](b)(s.Info())
	b.Logf("%d bytes an event", info.Size/int64(info.Events))
}

// BenchmarkPages reads 100,000 events in pages, by one program of them too, and in one
// bare statement, which is the least that it can cost.
func BenchmarkPages(b *testing.B) {
	const n = 100_000
	s := store(b, b.TempDir(), Agent)
	many(b, s, n)
	perEvent := func(b *testing.B, events int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
	}
	b.Run("Statement", func(b *testing.B) {
		for b.Loop() {
			p := page{conn: s.db, where: "1"}
			rows, _, err := p.rows(idRange{1, maxID}, n)
			if check(b, err); rows != n {
				b.Fatalf("%d events", rows)
			}
		}
		perEvent(b, n)
	})
	since := start()
	for name, q := range map[string]Query{
		"All": {}, "Since": {Since: since}, "Oldest": {Since: since, Oldest: true}, "Program": {Program: "mail", Since: since},
	} {
		b.Run(name, func(b *testing.B) {
			var events int
			for b.Loop() {
				events = 0
				q.Limit = 1000
				for page, err := range Pages(s.Events, q) {
					check(b, err)
					events += len(page)
				}
			}
			perEvent(b, events)
		})
	}
}
