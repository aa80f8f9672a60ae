package history

import (
	"fmt"
	"slices"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// State is what a person did with an alert.
type State string

// The states. An alert that is StateNew is extended when it comes again; another
// one is left, and a new alert made.
const (
	StateNew     State = "new"
	StateSeen    State = "seen"
	StateAllowed State = "allowed" // a rule was made that allows it
	StateMuted   State = "muted"   // a rule was made that mutes it
)

func (s State) valid() bool {
	return s == StateNew || s == StateSeen || s == StateAllowed || s == StateMuted
}

// StateAfter is the state of an alert for which a rule of one click was made: to mute,
// or else to allow.
func StateAfter(action alerts.Action) State {
	if action == alerts.Mute {
		return StateMuted
	}
	return StateAllowed
}

// Alert is an alert that a person may look at, of one program on one port.
type Alert struct {
	ID          int64
	Program     string // its identity
	Name        string // its display name
	Proto       scanner.Proto
	Port        uint16 // 0 if Ephemeral
	Ephemeral   bool
	Verdict     alerts.Verdict // the most urgent so far, alerts.Paused if none told
	Would       alerts.Verdict // as in alerts.Judgement
	First, Last time.Time
	Count       int // how often it came
	State       State
	Listener    scanner.Listener // of the last time
	Away        bool             // it always came while nobody watched
}

// AlertKey tells alerts that are new apart.
type AlertKey struct {
	Program string // its identity
	Proto   scanner.Proto
	Port    uint16 // 0 for those that the system hands out: they are one
}

// NewAlertKey gives that of an alert about a program that holds a listener.
func NewAlertKey(program string, l *scanner.Listener) AlertKey {
	k := AlertKey{Program: program, Proto: l.Proto, Port: l.Port}
	if l.Ephemeral {
		k.Port = 0
	}
	return k
}

// Key tells an alert from all others that are new.
func (a *Alert) Key() AlertKey { return AlertKey{a.Program, a.Proto, a.Port} }

// alert extends the new alert about a program and a port, or makes one.
func (r *recorder) alert(j *alerts.Judgement, f alerts.Finding, listener []byte) error {
	l := &j.Event.Listener
	program, err := r.program(f.Program, l, j.Event.Time)
	if err != nil {
		return err
	}
	port := NewAlertKey(f.Program, l).Port
	id, verdict, found, err := r.newAlert(program, int(l.Proto), port)
	if err != nil {
		return err
	}
	if !found {
		return r.exec(`INSERT INTO alerts (program, proto, port, ephemeral, verdict, would, first, last, count, state, away, listener)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1, 'new', ?8, ?9)`,
			program, int(l.Proto), port, l.Ephemeral, clip(string(f.Verdict), maxWord), clip(string(f.Would), maxWord), j.Event.Time, j.Away, listener)
	}
	if f.Verdict.Urgency() > verdict.Urgency() {
		if err := r.exec(`UPDATE alerts SET verdict = ?2, would = ?3 WHERE id = ?1`, id, clip(string(f.Verdict), maxWord), clip(string(f.Would), maxWord)); err != nil {
			return err
		}
	}
	return r.exec(`UPDATE alerts SET count = count + 1, last = ?2, away = away AND ?3, listener = ?4 WHERE id = ?1`, id, j.Event.Time, j.Away, listener)
}

// decided sets the state of an alert that is still new, if there is one.
func (r *recorder) decided(k AlertKey, state State) error {
	program, err := r.program(k.Program, nil, r.tick.Time)
	if err != nil {
		return err
	}
	id, _, found, err := r.newAlert(program, int(k.Proto), k.Port)
	if err != nil || !found {
		return err
	}
	return r.exec(`UPDATE alerts SET state = ?2 WHERE id = ?1`, id, string(state))
}

// newAlert finds an alert that is still new.
func (r *recorder) newAlert(program int64, proto int, port uint16) (id int64, v alerts.Verdict, found bool, err error) {
	err = r.each(`SELECT id, `+textOf("verdict", maxWord)+` FROM alerts WHERE program = ? AND proto = ? AND port = ? AND state = 'new'`,
		func(s *sqlite3.Stmt) error {
			id, v, found = s.ColumnInt64(0), alerts.Verdict(s.ColumnText(1)), true
			return nil
		}, program, proto, port)
	return id, v, found, err
}

// Alerts gives alerts, those that were made last first, wherever they came again since:
// with an id below before, if that is not 0, and of one state, if that is not "".
func (s *Store) Alerts(state State, before int64, limit int) ([]Alert, error) {
	return read(s, "read alerts", func(c *conn) (all []Alert, err error) {
		err = c.each(`SELECT a.id, a.proto, a.port, a.ephemeral, a.first, a.last, a.count, a.away, `+
			textOf("p.identity", maxName)+`, `+textOf("p.name", maxText)+`, `+textOf("a.verdict", maxWord)+`, `+textOf("a.would", maxWord)+`, `+
			textOf("a.state", maxWord)+`, `+textOf("a.listener", maxJSON)+`
			FROM alerts a JOIN programs p ON p.id = a.program
			WHERE (?1 = '' OR a.state = ?1) AND (?2 = 0 OR a.id < ?2) ORDER BY a.id DESC LIMIT ?3`,
			func(row *sqlite3.Stmt) error {
				a, err := alertOf(row)
				if err != nil {
					s.skipped++
					return nil
				}
				all = append(all, a)
				return nil
			}, string(state), before, limitOf(limit))
		return all, err
	})
}

func alertOf(row *sqlite3.Stmt) (Alert, error) {
	l, err := decodeListener(row.ColumnRawText(13))
	a := Alert{
		ID: row.ColumnInt64(0), Proto: scanner.Proto(row.ColumnInt64(1)), Port: uint16(row.ColumnInt64(2)), Ephemeral: row.ColumnBool(3),
		First: timeOf(row.ColumnInt64(4)), Last: timeOf(row.ColumnInt64(5)), Count: row.ColumnInt(6), Away: row.ColumnBool(7),
		Program: row.ColumnText(8), Name: row.ColumnText(9), Verdict: alerts.Verdict(row.ColumnText(10)), Would: alerts.Verdict(row.ColumnText(11)),
		State: State(row.ColumnText(12)), Listener: l,
	}
	if err == nil && (a.Program == "" || !a.State.valid() || !isProto(row.ColumnInt(1)) || int64(a.Port) != row.ColumnInt64(2)) {
		err = fmt.Errorf("alert %d makes no sense", a.ID)
	}
	return a, err
}

// Unseen is how many alerts are new.
func (s *Store) Unseen() (int, error) {
	return read(s, "count alerts", func(c *conn) (int, error) {
		n, _, err := c.number(`SELECT count(*) FROM alerts INDEXED BY alerts_new WHERE state = 'new'`)
		return int(n), err
	})
}

// SetAlertState sets the state of alerts. Ids that are not there are left out. Of
// two alerts about the same only one can be new: the others stay as they are.
func (s *Store) SetAlertState(ids []int64, state State) error {
	if !state.valid() {
		return fmt.Errorf("set state of alerts: %q is none", state)
	}
	return s.write("set state of alerts", func(c *conn) error {
		for _, id := range ids {
			if err := c.exec(`UPDATE OR IGNORE alerts SET state = ?2 WHERE id = ?1 AND state <> ?2`, id, string(state)); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkAllSeen makes every new alert a seen one.
func (s *Store) MarkAllSeen() error {
	return s.write("mark alerts as seen", func(c *conn) error {
		return c.exec(`UPDATE alerts SET state = 'seen' WHERE state = 'new'`)
	})
}

// IsOn reports whether an alert is about the port of a listener, whichever program
// holds it: all ports that the system hands out are one.
func (a *Alert) IsOn(l *scanner.Listener) bool {
	return a.Proto == l.Proto && a.Ephemeral == l.Ephemeral && (a.Ephemeral || a.Port == l.Port)
}

// IsOf reports whether a judgement is among those that an alert is about.
func (a *Alert) IsOf(j alerts.Judgement) bool {
	return a.IsOn(&j.Event.Listener) && slices.ContainsFunc(j.Findings(), func(f alerts.Finding) bool { return f.Program == a.Program })
}

// Judgement is the most urgent judgement that an alert is about, with the listener
// and the time of the last.
func (a *Alert) Judgement() alerts.Judgement {
	return alerts.Judgement{
		Event:   scanner.Event{Op: scanner.Opened, Time: a.Last, Listener: a.Listener},
		Verdict: a.Verdict, Would: a.Would, Program: a.Program, Away: a.Away,
	}
}
