package history

import (
	"encoding/json"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Bounds of a story.
const (
	storyEvents   = 2000 // of a port, the latest, are looked at
	storyPrograms = 16   // of a listener
)

// Story tells what is remembered of a listener: of its programs on its port, at
// whatever address, and of when it began to stand there. Last has so many events at
// most. Of a busy port the latest 2000 events are looked at.
func (s *Store) Story(l *scanner.Listener, last int) (alerts.Story, error) {
	return read(s, "read a story", func(c *conn) (alerts.Story, error) {
		t := teller{Store: s, conn: c, l: l}
		return t.tell(limitOf(last))
	})
}

// teller puts one story together.
type teller struct {
	*Store
	*conn
	l     *scanner.Listener
	story alerts.Story

	prints   []alerts.Fingerprint
	programs string // ids, as JSON
	floor    int64  // id of an event: only later ones are looked at
}

func (t *teller) tell(last int) (alerts.Story, error) {
	t.prints = alerts.Fingerprints(t.l)
	for _, step := range []func() error{t.stands, t.known, t.begin, t.openings, t.told} {
		if err := step(); err != nil {
			return alerts.Story{}, err
		}
	}
	latest := page{conn: t.conn, where: chosenEvents, args: t.chosen()}
	_, _, err := latest.rows(idRange{1, maxID}, last)
	if t.skipped += latest.skipped; err != nil {
		return alerts.Story{}, err
	}
	for _, e := range latest.events {
		t.story.Last = append(t.story.Last, e.Judgement)
	}
	return t.story, nil
}

// stands tells since when it stands.
func (t *teller) stands() error {
	return t.each(`SELECT opened, exact FROM spans WHERE listener = ? AND closed = 0`, func(row *sqlite3.Stmt) error {
		t.story.Stands, t.story.Exact = timeOf(row.ColumnInt64(0)), row.ColumnBool(1)
		return nil
	}, clip(t.l.ID(), maxText))
}

// known finds the programs, and when they were first seen.
func (t *teller) known() error {
	ids := []int64{}
	for _, f := range t.prints[:min(len(t.prints), storyPrograms)] {
		id, found, err := t.number(`SELECT id FROM programs WHERE identity = ?`, clip(f.Program, maxName))
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		ids = append(ids, id)
		first, found, err := t.number(`SELECT first FROM fingerprints WHERE program = ? AND proto = ? AND port = ? AND reach = ?`,
			id, int(f.Proto), f.Port, string(f.Reach))
		if at := timeOf(first); err == nil && found && (t.story.First.IsZero() || at.Before(t.story.First)) {
			t.story.First = at
		}
		if err != nil {
			return err
		}
	}
	b, err := json.Marshal(ids)
	t.programs = string(b)
	return err
}

// begin finds where the events begin that are looked at.
func (t *teller) begin() (err error) {
	t.floor, _, err = t.number(`SELECT id FROM events WHERE port = ? ORDER BY id DESC LIMIT 1 OFFSET ?`, t.l.Port, storyEvents)
	return err
}

// chosenEvents are those of the listener's programs on its port. The unary plus keeps
// the index of the port in use, which fewer events have than the program.
const chosenEvents = `e.port = ? AND e.id > ? AND +e.proto = ? AND +e.program IN (SELECT value FROM json_each(?))`

func (t *teller) chosen() []any {
	return []any{t.l.Port, t.floor, int(t.l.Proto), t.programs}
}

// openings counts how often it began.
func (t *teller) openings() error {
	return t.each(`SELECT count(*), min(e.time), max(e.time) FROM events e WHERE `+chosenEvents+` AND e.op = ?`, func(row *sqlite3.Stmt) error {
		t.story.Opened, t.story.Since, t.story.LastOpened = row.ColumnInt(0), timeOf(row.ColumnInt64(1)), timeOf(row.ColumnInt64(2))
		return nil
	}, append(t.chosen(), int(scanner.Opened))...)
}

// told tells when there was an alert.
func (t *teller) told() error {
	last, _, err := t.number(`SELECT max(last) FROM alerts WHERE program IN (SELECT value FROM json_each(?)) AND proto = ? AND port = ? AND verdict <> ?`,
		t.programs, int(t.l.Proto), t.prints[0].Port, string(alerts.Paused))
	t.story.Told = timeOf(last)
	return err
}
