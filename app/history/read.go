package history

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Bounds of what is read at once.
const (
	defaultLimit = 100
	maxLimit     = 10_000
	maxKnown     = 50_000 // fingerprints
)

func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// textOf is SQL for a text column that is NULL where the text is longer than n
// bytes, without reading it.
func textOf(column string, n int) string {
	return fmt.Sprintf("CASE WHEN octet_length(%s) <= %d THEN %s END", column, n, column)
}

// Query chooses events. The zero value is the latest.
type Query struct {
	Since, Until time.Time     // both ends in it; zero is no bound
	Program      string        // part of the program's display name or identity, in any case
	Identity     string        // of the program, the whole of it; "" is any
	Proto        scanner.Proto // 0 is any
	Port         int           // 0 is any
	Search       string        // part of the program's display name, in any case, or how the port begins
	Limit        int           // 0 is 100; 10,000 at most
	Before       int64         // only events with a lower id: of the last one, to read on; 0 is none
	After        int64         // only events with a higher id: of the last one, to read on with Oldest; 0 is none
	Oldest       bool          // the oldest first, instead of the latest
}

// Event is one that was recorded.
type Event struct {
	ID int64 // gives the order in which events were recorded
	alerts.Judgement
	Name string // display name of the program
}

// EventsAfter gives the events that were recorded after the one with this id, the oldest
// first: all if the ids are lower now, as in another file.
func (s *Store) EventsAfter(id int64) ([]Event, error) {
	var after []Event
	for q := (Query{Limit: 1000}); ; {
		events, err := s.Events(q)
		if err != nil {
			return nil, err
		}
		if q.Before == 0 && len(events) > 0 && events[0].ID < id {
			id = 0
		}
		for _, e := range events {
			if e.ID > id {
				after = append(after, e)
			}
		}
		if len(events) == 0 || events[len(events)-1].ID <= id {
			slices.Reverse(after)
			return after, nil
		}
		q.Before = events[len(events)-1].ID
	}
}

// where gives the conditions of a query with their values, "" if nothing can be
// chosen. Those of its ids are by bounds.
func (q Query) where(c *conn) (string, []any, error) {
	conditions, args := []string{"1"}, []any{}
	add := func(condition string, value any) {
		conditions = append(conditions, condition)
		args = append(args, value)
	}
	if !q.Since.IsZero() {
		add(`+e.time >= ?`, q.Since)
	}
	if !q.Until.IsZero() {
		add(`+e.time <= ?`, q.Until)
	}
	if q.Identity != "" {
		add(`e.program = (SELECT id FROM programs WHERE identity = ?)`, clip(q.Identity, maxName))
	}
	if q.Proto != 0 {
		add(`e.proto = ?`, int(q.Proto))
	}
	if q.Port != 0 {
		add(`e.port = ?`, q.Port)
	}
	if q.Program != "" {
		ids, err := c.programsLike(q.Program, true)
		if err != nil || ids == "" {
			return "", nil, err
		}
		add(`e.program IN (SELECT value FROM json_each(?))`, ids)
	}
	if q.Search != "" {
		ids, err := c.programsLike(q.Search, false)
		if err != nil || ids == "" && !isDigits(q.Search) {
			return "", nil, err
		}
		sought, arg := `+e.program IN (SELECT value FROM json_each(?))`, any(cmp.Or(ids, "[]")) // "+": an index would have each page sort all that matches
		if isDigits(q.Search) {
			sought, args = `(`+sought+` OR e.port || '' LIKE ?)`, append(args, arg)
			arg = q.Search + "%"
		}
		add(sought, arg)
	}
	return strings.Join(conditions, " AND "), args, nil
}

// isDigits reports whether a text may be how a port begins.
func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// programsLike gives the ids of the programs of whose display name, or also identity, a
// text is part, as JSON, "" for none.
func (c *conn) programsLike(text string, identity bool) (string, error) {
	text = strings.ToLower(text)
	var ids []int64
	err := c.each(`SELECT id, `+textOf("identity", maxName)+`, `+textOf("name", maxText)+` FROM programs`, func(s *sqlite3.Stmt) error {
		if identity && strings.Contains(strings.ToLower(s.ColumnText(1)), text) || strings.Contains(strings.ToLower(s.ColumnText(2)), text) {
			ids = append(ids, s.ColumnInt64(0))
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return "", err
	}
	b, err := json.Marshal(ids)
	return string(b), err
}

func eventOf(row *sqlite3.Stmt) (e Event, err error) {
	e.ID, e.Name = row.ColumnInt64(0), row.ColumnText(6)
	e.Event.Time, e.Event.Op = timeOf(row.ColumnInt64(1)), scanner.Op(row.ColumnInt64(2))
	e.Rule, e.Away = row.ColumnInt64(3), row.ColumnBool(4)
	e.Program, e.Verdict, e.Would = row.ColumnText(5), alerts.Verdict(row.ColumnText(7)), alerts.Verdict(row.ColumnText(8))
	if op := row.ColumnInt64(2); op < int64(scanner.Opened) || op > int64(scanner.Changed) || e.Program == "" || e.Verdict == "" {
		return e, fmt.Errorf("event %d makes no sense", e.ID)
	}
	if e.Others, err = decodeFindings(row.ColumnRawText(9)); err != nil {
		return e, err
	}
	if e.Event.Listener, err = decodeListener(row.ColumnRawText(10)); err != nil {
		return e, err
	}
	if row.ColumnType(11) != sqlite3.NULL {
		before, err := decodeListener(row.ColumnRawText(11))
		if err != nil {
			return e, err
		}
		e.Event.Before = &before
	}
	return e, nil
}

// Known gives what is known, the last seen first, 50,000 at most.
func (s *Store) Known() ([]alerts.Sighting, error) {
	return read(s, "read what is known", func(c *conn) (all []alerts.Sighting, err error) {
		err = c.each(`SELECT f.proto, f.port, f.first, f.last, `+textOf("f.reach", maxWord)+`, `+textOf("p.identity", maxName)+`
			FROM fingerprints f JOIN programs p ON p.id = f.program ORDER BY f.last DESC LIMIT ?`,
			func(row *sqlite3.Stmt) error {
				proto, port := row.ColumnInt(0), row.ColumnInt64(1)
				f := alerts.Fingerprint{Proto: scanner.Proto(proto), Port: uint16(port), Reach: alerts.Reach(row.ColumnText(4)), Program: row.ColumnText(5)}
				if !isProto(proto) || int64(f.Port) != port || f.Reach == "" || f.Program == "" {
					s.skipped++
					return nil
				}
				all = append(all, alerts.Sighting{Fingerprint: f, First: timeOf(row.ColumnInt64(2)), Last: timeOf(row.ColumnInt64(3))})
				return nil
			}, maxKnown)
		return all, err
	})
}

// First reports whether no baseline has been recorded: what is seen now is to be
// taken for known, not for news.
func (s *Store) First() (bool, error) {
	return s.flag(`SELECT baseline FROM state`, true)
}

// flag tells whether a number is 0, or what to say where there is no database.
func (s *Store) flag(sql string, none bool) (bool, error) {
	n, err := read(s, "read state", func(c *conn) (*int64, error) {
		n, found, err := c.number(sql)
		if err == nil && !found {
			err = damageError("it has no state")
		}
		return &n, err
	})
	if n == nil || err != nil {
		return none, err
	}
	return *n == 0, nil
}

// Generation is another number whenever known fingerprints were taken away: by
// ForgetAll and ForgetProgram of any process, or with the file. It is 0 where there
// is no database. Who keeps what Known gave asks for it again then.
func (s *Store) Generation() (int64, error) {
	return read(s, "read state", func(c *conn) (int64, error) {
		n, _, err := c.number(`SELECT generation FROM state`)
		return n, err
	})
}

// Info is what doctor tells of the database.
type Info struct {
	Path     string
	Size     int64 // of all its files, in bytes
	Events   int
	Programs int
	Version  int // of its form; 0 if there is none yet
}

// Info tells about the database.
func (s *Store) Info() (Info, error) {
	i, err := read(s, "read facts", func(c *conn) (i Info, err error) {
		for sql, to := range map[string]*int{
			`SELECT count(*) FROM events`: &i.Events, `SELECT count(*) FROM programs`: &i.Programs, `PRAGMA user_version`: &i.Version,
		} {
			n, _, err := c.number(sql)
			if err != nil {
				return i, err
			}
			*to = int(n)
		}
		return i, nil
	})
	i.Path = s.path
	for _, part := range parts() {
		if f, err := os.Stat(s.path + part); err == nil {
			i.Size += f.Size()
		}
	}
	return i, err
}
