package history

import (
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Span is a time in which a listener stood.
type Span struct {
	Listener string    // Key.ID
	Program  string    // identity of the program that began it
	Opened   time.Time // when it began, or was seen first: see Exact
	Exact    bool      // its beginning was seen
	Closed   time.Time // when it ended, or was known to stand last: see Unseen; zero while it stands
	Unseen   bool      // its end was not seen: it stood until Closed at least
}

// Resume is for the start of the agent, with what listens then. Listeners that
// stood when the agent was last alive and are not there any more ended unseen.
// Those that are there and had not begun begin now, inexactly. Only for the Agent.
func (s *Store) Resume(now time.Time, open []scanner.Listener) error {
	return s.writeAsAgent("resume", func(c *conn) error {
		r := recorder{conn: c, programs: map[string]writtenProgram{}}
		if err := r.endOthers(open); err != nil {
			return err
		}
		for i := range open {
			if err := r.resume(&open[i], now); err != nil {
				return err
			}
		}
		return c.alive(now)
	})
}

// endOthers ends the spans of all listeners but some.
func (r *recorder) endOthers(stay []scanner.Listener) error {
	ids := map[string]bool{}
	for i := range stay {
		ids[clip(stay[i].ID(), maxText)] = true
	}
	var gone []int64
	err := r.each(`SELECT id, listener FROM spans WHERE closed = 0`, func(s *sqlite3.Stmt) error {
		if !ids[s.ColumnText(1)] {
			gone = append(gone, s.ColumnInt64(0))
		}
		return nil
	})
	for _, id := range gone {
		if err == nil {
			err = r.exec(`UPDATE spans SET closed = max(opened, (SELECT alive FROM state)), unseen = 1 WHERE id = ?`, id)
		}
	}
	return err
}

func (r *recorder) resume(l *scanner.Listener, now time.Time) error {
	prints := alerts.Fingerprints(l)
	if len(prints) == 0 {
		return fmt.Errorf("listener %s has no program", l.ID())
	}
	program, err := r.program(prints[0].Program, l, now)
	if err != nil {
		return err
	}
	return r.begin(l, program, now, false)
}

// span keeps the spans by an event. What was opened while nobody watched, or has
// changed and was not known to stand, begins inexactly.
func (r *recorder) span(j *alerts.Judgement, program, lived int64) error {
	l := &j.Event.Listener
	switch {
	case j.Event.Op == scanner.Closed && j.Away:
		return r.end(l, timeOf(lived), true)
	case j.Event.Op == scanner.Closed:
		return r.end(l, j.Event.Time, false)
	case j.Event.Op == scanner.Opened && !j.Away:
		if err := r.end(l, timeOf(lived), true); err != nil { // nobody saw the end of one before
			return err
		}
		return r.begin(l, program, j.Event.Time, true)
	}
	return r.begin(l, program, j.Event.Time, false)
}

// begin begins a span, if the listener has none.
func (r *recorder) begin(l *scanner.Listener, program int64, at time.Time, exact bool) error {
	return r.exec(`INSERT INTO spans (listener, program, proto, port, opened, exact) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		clip(l.ID(), maxText), program, int(l.Proto), l.Port, at, exact)
}

// end ends the listener's span, if it has one. It never ends before it began: the
// clock may have been set back.
func (r *recorder) end(l *scanner.Listener, at time.Time, unseen bool) error {
	return r.exec(`UPDATE spans SET closed = max(opened, ?2, 1), unseen = ?3 WHERE listener = ?1 AND closed = 0`,
		clip(l.ID(), maxText), at, unseen)
}

// Spans gives the latest times in which a listener stood, the latest first.
func (s *Store) Spans(listener string, limit int) ([]Span, error) {
	return read(s, "read spans", func(c *conn) (spans []Span, err error) {
		err = c.each(`SELECT s.opened, s.exact, s.closed, s.unseen, `+textOf("p.identity", maxName)+`
			FROM spans s JOIN programs p ON p.id = s.program WHERE s.listener = ? ORDER BY s.id DESC LIMIT ?`,
			func(row *sqlite3.Stmt) error {
				spans = append(spans, Span{
					Listener: listener, Opened: timeOf(row.ColumnInt64(0)), Exact: row.ColumnBool(1),
					Closed: timeOf(row.ColumnInt64(2)), Unseen: row.ColumnBool(3), Program: row.ColumnText(4),
				})
				return nil
			}, clip(listener, maxText), limitOf(limit))
		return spans, err
	})
}

// Standing gives the ids of the listeners that stood when the agent was last alive, or
// stand now.
func (s *Store) Standing() (map[string]bool, error) {
	return read(s, "read spans", func(c *conn) (map[string]bool, error) {
		ids := map[string]bool{}
		err := c.each(`SELECT listener FROM spans WHERE closed = 0`, func(row *sqlite3.Stmt) error {
			ids[row.ColumnText(0)] = true
			return nil
		})
		return ids, err
	})
}

// Since gives the times in which the listeners stand that stood when the agent was last
// alive, or stand now, by their ids.
func (s *Store) Since() (map[string]Span, error) {
	return read(s, "read spans", func(c *conn) (map[string]Span, error) {
		all := map[string]Span{}
		err := c.each(`SELECT s.listener, s.opened, s.exact, `+textOf("p.identity", maxName)+`
			FROM spans s JOIN programs p ON p.id = s.program WHERE s.closed = 0`, func(row *sqlite3.Stmt) error {
			id := row.ColumnText(0)
			all[id] = Span{Listener: id, Opened: timeOf(row.ColumnInt64(1)), Exact: row.ColumnBool(2), Program: row.ColumnText(3)}
			return nil
		})
		return all, err
	})
}
