package history

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Tick is everything that the agent has to remember of one scan.
type Tick struct {
	Time       time.Time
	Judgements []alerts.Judgement   // all, in order
	Seen       []alerts.Fingerprint // what is known from now on, or was seen again
	Baseline   bool                 // Seen is the first snapshot, taken for known
	Decided    map[AlertKey]State   // what a person did with alerts before they could be written
}

// Record writes a tick, whole or not at all. On ErrBusy and ErrFull the caller may
// try again, with the same tick. Only for the Agent.
func (s *Store) Record(t Tick) error {
	return s.writeAsAgent("record", func(c *conn) error {
		r := recorder{conn: c, tick: t, programs: map[string]writtenProgram{}}
		return r.record()
	})
}

// Heartbeat writes that the agent lives: listeners whose end nobody sees stood until
// then at least. Only for the Agent.
func (s *Store) Heartbeat(now time.Time) error {
	return s.writeAsAgent("record", func(c *conn) error { return c.alive(now) })
}

func (c *conn) alive(now time.Time) error {
	return c.exec(`UPDATE state SET alive = ?`, now)
}

// recorder writes one tick.
type recorder struct {
	*conn
	tick     Tick
	programs map[string]writtenProgram // those that were written, by identity
}

// writtenProgram is the row of a program as it was written last.
type writtenProgram struct {
	id   int64
	name string // "" where that is not known
	at   time.Time
}

func (r *recorder) record() error {
	lived, _, err := r.number(`SELECT alive FROM state`)
	if err != nil {
		return err
	}
	for i := range r.tick.Judgements {
		if err := r.judgement(&r.tick.Judgements[i], lived); err != nil {
			return err
		}
	}
	for key, state := range r.tick.Decided {
		if err := r.decided(key, state); err != nil {
			return err
		}
	}
	for _, f := range r.tick.Seen {
		if err := r.fingerprint(f); err != nil {
			return err
		}
	}
	if r.tick.Baseline {
		if err := r.exec(`UPDATE state SET baseline = ? WHERE baseline = 0`, r.tick.Time); err != nil {
			return err
		}
	}
	return r.alive(r.tick.Time)
}

func (r *recorder) judgement(j *alerts.Judgement, lived int64) error {
	listener, err := encodeListener(&j.Event.Listener)
	if err != nil {
		return err
	}
	program, err := r.program(j.Program, &j.Event.Listener, j.Event.Time)
	if err != nil {
		return err
	}
	if err := r.event(j, program, listener); err != nil {
		return err
	}
	if err := r.span(j, program, lived); err != nil {
		return err
	}
	for _, f := range j.Findings() {
		if !f.Verdict.Alerts() && f.Verdict != alerts.Paused {
			continue
		}
		if err := r.alert(j, f, listener); err != nil {
			return err
		}
	}
	return nil
}

func (r *recorder) event(j *alerts.Judgement, program int64, listener []byte) error {
	var before []byte
	if j.Event.Before != nil {
		var err error
		if before, err = encodeListener(j.Event.Before); err != nil {
			return err
		}
	}
	others, err := encodeFindings(j.Others)
	if err != nil {
		return err
	}
	l := &j.Event.Listener
	return r.exec(`INSERT INTO events (time, op, proto, port, program, verdict, would, rule, away, others, listener, before)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		j.Event.Time, int(j.Event.Op), int(l.Proto), l.Port, program, clip(string(j.Verdict), maxWord), clip(string(j.Would), maxWord), j.Rule, j.Away,
		others, listener, before)
}

// maxWord bounds words such as a verdict.
const maxWord = 64

// storedFinding is an alerts.Finding as it is stored.
type storedFinding struct {
	Verdict string `json:"v"`
	Program string `json:"p"`
	Would   string `json:"w,omitempty"`
	Rule    int64  `json:"r,omitempty"`
	Bytes   bool   `json:"x,omitempty"` // as in storedListener
}

// encodeFindings gives findings as JSON of maxJSON at most, the first of them if
// there are more; nil for none.
func encodeFindings(found []alerts.Finding) ([]byte, error) {
	if len(found) == 0 {
		return nil, nil
	}
	var all []storedFinding
	for _, f := range found {
		s := storedFinding{Verdict: clip(string(f.Verdict), maxWord), Program: clip(f.Program, maxName), Would: clip(string(f.Would), maxWord), Rule: f.Rule}
		if !utf8.ValidString(s.Program) {
			s.Program, s.Bytes = fromBytes(s.Program), true
		}
		all = append(all, s)
	}
	for {
		b, err := json.Marshal(all)
		if err != nil || len(b) <= maxJSON {
			return b, err
		}
		all = all[:len(all)/2]
	}
}

// decodeFindings reads what encodeFindings gave.
func decodeFindings(b []byte) ([]alerts.Finding, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) > maxJSON {
		return nil, fmt.Errorf("findings of %d bytes", len(b))
	}
	var all []storedFinding
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	var found []alerts.Finding
	for _, s := range all {
		if s.Bytes {
			s.Program = toBytes(s.Program)
		}
		found = append(found, alerts.Finding{
			Verdict: alerts.Verdict(clip(s.Verdict, maxWord)), Program: clip(s.Program, maxName), Would: alerts.Verdict(clip(s.Would, maxWord)), Rule: s.Rule,
		})
	}
	return found, nil
}

func (r *recorder) fingerprint(f alerts.Fingerprint) error {
	program, err := r.program(f.Program, nil, r.tick.Time)
	if err != nil {
		return err
	}
	return r.exec(`INSERT INTO fingerprints (program, proto, port, reach, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
		ON CONFLICT DO UPDATE SET last = excluded.last`,
		program, int(f.Proto), f.Port, clip(string(f.Reach), maxWord), r.tick.Time)
}

// program gives the row of a program, with its name by a listener of it, which may
// be nil.
func (r *recorder) program(identity string, l *scanner.Listener, at time.Time) (int64, error) {
	identity = clip(identity, maxName)
	known, ok := r.programs[identity]
	if ok && l == nil {
		return known.id, nil
	}
	name := clip(displayName(identity, l), maxText)
	if ok && known.name == name && known.at.Equal(at) {
		return known.id, nil
	}
	id, _, err := r.number(`INSERT INTO programs (identity, name, first, last) VALUES (?1, ?2, ?3, ?3)
		ON CONFLICT DO UPDATE SET last = excluded.last, name = iif(?4, excluded.name, name) RETURNING id`,
		identity, name, at, l != nil)
	if l == nil {
		name = "" // whichever stood there
	}
	r.programs[identity] = writtenProgram{id, name, at}
	return id, err
}

// ownerOf gives the first owner of a listener that is a program, or nil.
func ownerOf(identity string, l *scanner.Listener) *scanner.Process {
	kind, _, _ := strings.Cut(identity, ":")
	if l == nil || kind == "unit" { // which is told where no owner is
		return nil
	}
	for i := range l.Owners { // all of them are the container
		if p := &l.Owners[i]; kind == "container" || clip(alerts.Program(l, p), maxName) == identity {
			return p
		}
	}
	return nil
}

// displayName is what a person calls a program: the title or the name of the owner
// that is it, else what its identity ends with. Owners that nobody can see take no
// other's name. A title that does not come from the script, which is part of the
// identity, is that of one process among others of the same program.
func displayName(identity string, l *scanner.Listener) string {
	if p := ownerOf(identity, l); p != nil {
		if p.Title != "" && p.Script != "" {
			return p.Title
		}
		if p.Name != "" {
			return p.Name
		}
	}
	_, rest, _ := strings.Cut(identity, ":")
	if name := path.Base(rest); name != "." && name != "/" {
		return name
	}
	return rest
}
