package history

// ForgetAll removes everything that was recorded: events, spans, alerts, and what is
// known. Rules, settings and names stay. First is true then, and Generation another.
// It goes in small steps, so that others can write in between; after an error part
// of it is gone.
func (s *Store) ForgetAll() error {
	return s.forget(`UPDATE state SET baseline = 0, generation = generation + 1`, []deletion{
		{sql: `DELETE FROM events WHERE id IN (SELECT id FROM events LIMIT ?1)`},
		{sql: `DELETE FROM spans WHERE id IN (SELECT id FROM spans LIMIT ?1)`},
		{sql: `DELETE FROM alerts WHERE id IN (SELECT id FROM alerts LIMIT ?1)`},
		{sql: `DELETE FROM fingerprints WHERE (program, proto, port, reach) IN (SELECT program, proto, port, reach FROM fingerprints LIMIT ?1)`},
		{sql: deletePrograms},
	})
}

// ForgetProgram removes what was recorded of one program, like ForgetAll, by its
// identity. Events that another program decided go too, if this one alerted with it;
// where it was but one more owner they stay. Generation is another then.
func (s *Store) ForgetProgram(identity string) error {
	return s.forget(`UPDATE state SET generation = generation + 1`, ofProgram(clip(identity, maxName)))
}

// ofProgram are the deletions of ForgetProgram. The program itself stays if the agent
// has recorded something of it meanwhile.
func ofProgram(identity string) []deletion {
	const id = `(SELECT id FROM programs WHERE identity = ?2)`
	one := []any{identity}
	return []deletion{
		{`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE program = ` + id + ` LIMIT ?1)`, one},
		{`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE others IS NOT NULL AND json_valid(others)
			AND EXISTS (SELECT 1 FROM json_each(others) WHERE json_extract(value, '$.p') IN (?2, ?3)) LIMIT ?1)`, []any{identity, fromBytes(identity)}},
		{`DELETE FROM spans WHERE id IN (SELECT id FROM spans WHERE program = ` + id + ` LIMIT ?1)`, one},
		{`DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE program = ` + id + ` LIMIT ?1)`, one},
		{`DELETE FROM fingerprints WHERE (program, proto, port, reach) IN (SELECT program, proto, port, reach FROM fingerprints WHERE program = ` + id + ` LIMIT ?1)`, one},
		{`DELETE FROM programs WHERE id IN (SELECT id FROM programs p WHERE identity = ?2 AND ` + untold + ` LIMIT ?1)`, one},
	}
}

// forget does each deletion until it finds nothing more, and then the end.
func (s *Store) forget(end string, deletions []deletion) error {
	for _, d := range deletions {
		for left := true; left; {
			err := s.write("forget", func(c *conn) (err error) {
				left, err = d.step(c)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.write("forget", func(c *conn) error { return c.exec(end) })
}
