package history

import (
	"iter"
	"math"
	"slices"

	"github.com/ncruces/go-sqlite3"
)

// Events gives the latest events that a query chooses, the latest first; with Oldest
// the oldest, the oldest first. To read on by Before or After costs what the events of
// the page do, however many there are.
func (s *Store) Events(q Query) ([]Event, error) {
	return read(s, "read events", func(c *conn) ([]Event, error) {
		where, args, err := q.where(c)
		if err != nil || where == "" {
			return nil, err
		}
		ids, err := c.bounds(q)
		if err != nil {
			return nil, err
		}
		p := page{conn: c, where: where, args: args, oldest: q.Oldest, want: limitOf(q.Limit)}
		err = p.read(ids)
		s.skipped += p.skipped
		return p.events, err
	})
}

// Pages gives the events that a query chooses in pages of its Limit, which events reads.
// The next is read while the caller works with one. An error is the last.
func Pages(events func(Query) ([]Event, error), q Query) iter.Seq2[[]Event, error] {
	type page struct {
		events []Event
		err    error
	}
	return func(yield func([]Event, error) bool) {
		next, q := make(chan page, 1), q
		read := func(q Query) {
			got, err := events(q)
			next <- page{got, err}
		}
		go read(q)
		for last := false; !last; {
			got := <-next
			if last = got.err != nil || len(got.events) < limitOf(q.Limit); !last {
				q = q.from(got.events[len(got.events)-1].ID)
				go read(q)
			}
			if goesOn := yield(got.events, got.err); !goesOn && !last {
				<-next
				return
			}
		}
	}
}

// from gives the query for what follows an event.
func (q Query) from(id int64) Query {
	if q.Oldest {
		q.After = id
	} else {
		q.Before = id
	}
	return q
}

// idRange are the ids from one to another, both in it.
type idRange struct{ low, high int64 }

func (r idRange) empty() bool { return r.low > r.high }

// split gives so many ids from one end, and the rest.
func (r idRange) split(width int64, oldest bool) (part, rest idRange) {
	switch {
	case width > r.high-r.low:
		return r, idRange{1, 0}
	case oldest:
		return idRange{r.low, r.low + width - 1}, idRange{r.low + width, r.high}
	}
	return idRange{r.high - width + 1, r.high}, idRange{r.low, r.high - width}
}

// beyond gives what is left when all up to an id has been read.
func (r idRange) beyond(id int64, oldest bool) idRange {
	if oldest {
		return idRange{id + 1, r.high}
	}
	return idRange{r.low, id - 1}
}

// page reads events.
type page struct {
	*conn
	where   string
	args    []any
	oldest  bool
	want    int
	events  []Event
	skipped int // rows that made no sense: they leave room for others
}

// firstWidth is how many ids are looked through first.
const firstWidth = 100

// read looks through ranges of ids, each twice as wide as the one before where that
// had too little: of each of the programs that a query chooses the database reads as
// much of a range as a page may have, and throws away what others have later.
func (p *page) read(ids idRange) error {
	for width := int64(max(p.want, firstWidth)); !ids.empty() && len(p.events) < p.want; {
		part, rest := ids.split(width, p.oldest)
		limit := p.want - len(p.events)
		rows, last, err := p.rows(part, limit)
		if err != nil {
			return err
		}
		if rows == limit {
			rest = ids.beyond(last, p.oldest)
		} else {
			width = 2 * min(width, math.MaxInt64/2)
		}
		ids = rest
	}
	return nil
}

// rows reads some of a range of ids. It gives how many it read, and the id of the last.
func (p *page) rows(ids idRange, limit int) (rows int, last int64, err error) {
	order := "DESC"
	if p.oldest {
		order = "ASC"
	}
	err = p.each(`SELECT e.id, e.time, e.op, e.rule, e.away, `+textOf("p.identity", maxName)+`, `+textOf("p.name", maxText)+`, `+
		textOf("e.verdict", maxWord)+`, `+textOf("e.would", maxWord)+`, `+
		textOf("e.others", maxJSON)+`, `+textOf("e.listener", maxJSON)+`, `+textOf("e.before", maxJSON)+`
		FROM events e JOIN programs p ON p.id = e.program WHERE e.id BETWEEN ? AND ? AND `+p.where+` ORDER BY e.id `+order+` LIMIT ?`,
		func(row *sqlite3.Stmt) error {
			rows++
			last = row.ColumnInt64(0)
			e, err := eventOf(row)
			if err != nil {
				p.skipped++
				return nil
			}
			p.events = append(p.events, e)
			return nil
		}, slices.Concat([]any{ids.low, ids.high}, p.args, []any{limit})...)
	return rows, last, err
}

// times are those that a query asks for, as they are stored.
type times struct{ since, until int64 }

func (q Query) times() times {
	t := times{math.MinInt64, math.MaxInt64}
	if !q.Since.IsZero() {
		t.since = micros(q.Since)
	}
	if !q.Until.IsZero() {
		t.until = micros(q.Until)
	}
	return t
}

// firstID is the lowest id of the events between some times, when it was looked for.
// It stays a bound, as ids only grow.
type firstID struct {
	times times
	id    int64
}

// maxID is the highest id that is read: the one after it is a number too.
const maxID = math.MaxInt64 - 1

// bounds gives ids between which all events are that a query may choose. Clocks jump,
// so it reads all times that the query asks for from their index. That is much where
// they are long: the pages that go on from the first take over what it found.
func (c *conn) bounds(q Query) (ids idRange, err error) {
	t, goesOn := q.times(), q.Before != 0 || q.After != 0
	switch {
	case t == Query{}.times():
		ids, err = c.idRange(`SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)`)
	case goesOn && t == c.first.times:
		ids, err = c.idRange(`SELECT ?, (SELECT max(id) FROM events)`, c.first.id)
	default:
		ids, err = c.idRange(`SELECT min(id), max(id) FROM events INDEXED BY events_time WHERE time BETWEEN ? AND ?`, t.since, t.until)
		c.first = firstID{t, ids.low}
	}
	ids.low, ids.high = max(ids.low, q.After+1, 1), min(ids.high, maxID)
	if q.Before != 0 {
		ids.high = min(ids.high, max(q.Before, 1)-1)
	}
	return ids, err
}

// idRange reads a row of two ids.
func (c *conn) idRange(sql string, args ...any) (ids idRange, err error) {
	err = c.each(sql, func(row *sqlite3.Stmt) error {
		ids = idRange{row.ColumnInt64(0), row.ColumnInt64(1)}
		return nil
	}, args...)
	return ids, err
}
