package history

import (
	"time"

	"github.com/ncruces/go-sqlite3"
)

// stepRows is how many rows are removed at once: others may write in between.
const stepRows = 500

// stepPages is how many free pages are given back at once.
const stepPages = 256

// deletion removes rows in steps: ?1 is how many at most, and args follow it.
type deletion struct {
	sql  string
	args []any
}

// step removes some rows, and reports whether there were any.
func (d deletion) step(c *conn) (bool, error) {
	err := c.exec(d.sql, append([]any{stepRows}, d.args...)...)
	return err == nil && c.Changes() > 0, err
}

// maxAlerts bounds the alerts.
const maxAlerts = 10_000

// Trim removes what is older than some days, or more than some events, in one small
// step. Alerts that are new stay, up to 10,000. What is known stays too, though its
// events go: up to 50,000 fingerprints, those that were not seen for longest go
// first. More is that there is more to do: call it again, after a pause. Only for
// the Agent.
func (s *Store) Trim(days, events int, now time.Time) (more bool, err error) {
	oldest := now.AddDate(0, 0, -days)
	err = s.writeAsAgent("trim", func(c *conn) (err error) {
		more, err = c.trim(oldest, events)
		return err
	})
	if err != nil || more {
		return more, err
	}
	return s.shrink()
}

// trim does the first of the steps that finds something to do.
func (c *conn) trim(oldest time.Time, events int) (more bool, err error) {
	deletions := []deletion{
		{`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE time < ?2 LIMIT ?1)`, []any{oldest}},
		{`DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT min(?1, max(0, (SELECT count(*) FROM events) - ?2)))`, []any{events}},
		{`DELETE FROM spans WHERE id IN (SELECT id FROM spans WHERE closed > 0 AND closed < ?2 LIMIT ?1)`, []any{oldest}},
		{`DELETE FROM spans WHERE id IN (SELECT id FROM spans WHERE closed > 0 ORDER BY closed LIMIT min(?1, max(0, (SELECT count(*) FROM spans) - ?2)))`, []any{events}},
		{`DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE state <> 'new' AND last < ?2 LIMIT ?1)`, []any{oldest}},
		{`DELETE FROM alerts WHERE id IN (SELECT id FROM alerts ORDER BY state = 'new', id LIMIT min(?1, max(0, (SELECT count(*) FROM alerts) - ?2)))`, []any{maxAlerts}},
		{`DELETE FROM fingerprints WHERE (program, proto, port, reach) IN (SELECT program, proto, port, reach FROM fingerprints
			ORDER BY last LIMIT min(?1, max(0, (SELECT count(*) FROM fingerprints) - ?2)))`, []any{maxKnown}},
		{deletePrograms, nil},
	}
	for _, d := range deletions {
		if more, err := d.step(c); err != nil || more {
			return more, err
		}
	}
	return false, nil
}

// deletePrograms removes programs that nothing tells of.
const deletePrograms = `DELETE FROM programs WHERE id IN (SELECT id FROM programs p WHERE ` + untold + ` LIMIT ?1)`

// untold holds for a program p that nothing tells of.
const untold = `NOT EXISTS (SELECT 1 FROM events WHERE program = p.id) AND NOT EXISTS (SELECT 1 FROM fingerprints WHERE program = p.id)
	AND NOT EXISTS (SELECT 1 FROM alerts WHERE program = p.id) AND NOT EXISTS (SELECT 1 FROM spans WHERE program = p.id)`

// shrink gives free pages back to the file system, some at once.
func (s *Store) shrink() (more bool, err error) {
	free, err := read(s, "trim", func(c *conn) (int64, error) {
		n, _, err := c.number(`PRAGMA freelist_count`)
		return n, err
	})
	if err != nil || free < stepPages {
		return false, err
	}
	err = s.writeAsAgent("trim", func(c *conn) error {
		return c.each(`PRAGMA incremental_vacuum(256)`, func(*sqlite3.Stmt) error { return nil })
	})
	if err != nil || free >= 2*stepPages {
		return err == nil, err
	}
	_, err = read(s, "trim", func(c *conn) (int, error) {
		_, _, err := c.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE) // it is this that makes the file shorter
		return 0, err
	})
	return false, err
}
