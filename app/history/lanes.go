package history

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Bounds of a picture of the past.
const (
	maxLaneSpans = 100_000
	maxLaneMarks = 20_000
)

// Lane is when a program listened on a port, at whatever address.
type Lane struct {
	Program string // its identity
	Name    string // its display name
	Proto   scanner.Proto
	Port    uint16
	Spans   []LaneSpan // by when they began; those of several addresses may overlap
	Marks   []Mark     // by time
}

// Matches reports whether a Query with this Search chooses the lane's events.
func (l *Lane) Matches(search string) bool {
	return strings.Contains(strings.ToLower(l.Name), strings.ToLower(search)) || isDigits(search) && strings.HasPrefix(strconv.Itoa(int(l.Port)), search)
}

// LaneSpan is a Span without what its lane tells.
type LaneSpan struct {
	Opened time.Time
	Closed time.Time // zero while it stands
	Exact  bool      // its beginning was seen
	Unseen bool      // its end was not seen: it stood until Closed at least
}

// Mark is an alert at a time.
type Mark struct {
	Time    time.Time
	Verdict alerts.Verdict
}

// Lanes gives what listened between two times, and what was told about it, by program
// and port. Of more than 100,000 times in which a listener stood the latest are taken;
// whole is false then.
func (s *Store) Lanes(since, until time.Time) (lanes []Lane, whole bool, err error) {
	if until.Before(since) {
		return nil, true, nil
	}
	whole = true
	lanes, err = read(s, "read lanes", func(c *conn) ([]Lane, error) {
		l := laner{conn: c, byKey: map[laneKey]*Lane{}}
		spans, err := l.spans(since, until)
		if err != nil {
			return nil, err
		}
		marks, err := l.marks(since, until)
		whole = spans < maxLaneSpans && marks < maxLaneMarks
		return l.sorted(), err
	})
	return lanes, whole, err
}

// LatestEvent is the latest time of an event, which lies in the future where a clock was
// ahead; zero if there is none.
func (s *Store) LatestEvent() (time.Time, error) {
	return read(s, "read the latest time", func(c *conn) (time.Time, error) {
		n, _, err := c.number(`SELECT ifnull(max(time), 0) FROM events`)
		return timeOf(n), err
	})
}

type laneKey struct {
	program int64
	proto   scanner.Proto
	port    uint16
}

// laner gathers lanes.
type laner struct {
	*conn
	byKey map[laneKey]*Lane
}

// lane is that of a row which begins with the program's id, identity and name, the
// protocol and the port.
func (l *laner) lane(row *sqlite3.Stmt) *Lane {
	k := laneKey{row.ColumnInt64(0), scanner.Proto(row.ColumnInt(3)), uint16(row.ColumnInt(4))}
	if l.byKey[k] == nil {
		l.byKey[k] = &Lane{Program: row.ColumnText(1), Name: row.ColumnText(2), Proto: k.proto, Port: k.port}
	}
	return l.byKey[k]
}

// laneColumns begin a row for lane; the program's table is p.
var laneColumns = `p.id, ` + textOf("p.identity", maxName) + `, ` + textOf("p.name", maxName)

func (l *laner) spans(since, until time.Time) (n int, err error) {
	const stood = ` s.proto, s.port, s.opened, s.exact, s.closed, s.unseen FROM spans s JOIN programs p ON p.id = s.program WHERE `
	sql := `SELECT ` + laneColumns + `,` + stood + `s.closed = 0 AND s.opened <= ?2
		UNION ALL SELECT ` + laneColumns + `,` + stood + `s.closed >= ?1 AND s.closed > 0 AND s.opened <= ?2
		ORDER BY 6 DESC LIMIT ?3`
	err = l.each(sql, func(row *sqlite3.Stmt) error {
		n++
		lane := l.lane(row)
		lane.Spans = append(lane.Spans, LaneSpan{
			Opened: timeOf(row.ColumnInt64(5)), Exact: row.ColumnBool(6), Closed: timeOf(row.ColumnInt64(7)), Unseen: row.ColumnBool(8),
		})
		return nil
	}, since, until, maxLaneSpans)
	for _, lane := range l.byKey {
		slices.Reverse(lane.Spans)
	}
	return n, err
}

func (l *laner) marks(since, until time.Time) (n int, err error) {
	sql := `SELECT ` + laneColumns + `, e.proto, e.port, e.time, e.verdict FROM events e JOIN programs p ON p.id = e.program
		WHERE e.time BETWEEN ? AND ? AND e.verdict IN ('new', 'exposed', 'wider', 'watched') ORDER BY e.time DESC LIMIT ?`
	err = l.each(sql, func(row *sqlite3.Stmt) error {
		n++
		lane := l.lane(row)
		lane.Marks = append(lane.Marks, Mark{timeOf(row.ColumnInt64(5)), alerts.Verdict(row.ColumnText(6))})
		return nil
	}, since, until, maxLaneMarks)
	for _, lane := range l.byKey {
		slices.Reverse(lane.Marks)
	}
	return n, err
}

// sorted gives the lanes by name, port and protocol.
func (l *laner) sorted() []Lane {
	lanes := make([]Lane, 0, len(l.byKey))
	for _, lane := range l.byKey {
		lanes = append(lanes, *lane)
	}
	slices.SortFunc(lanes, func(a, b Lane) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Program, b.Program), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto))
	})
	return lanes
}
