package history

import "fmt"

// ForgetAll removes everything that was recorded: events, spans, alerts, and what is
// known. Rules, settings and names stay. First is true then, and Generation another.
// It goes in small steps, so that others can write in between; after an error part
// of it is gone.
func (s *Store) ForgetAll() error {
	steps := []string{
		`DELETE FROM events WHERE id IN (SELECT id FROM events LIMIT ?1)`,
		`DELETE FROM spans WHERE id IN (SELECT id FROM spans LIMIT ?1)`,
		`DELETE FROM alerts WHERE id IN (SELECT id FROM alerts LIMIT ?1)`,
		`DELETE FROM fingerprints WHERE (program, proto, port, reach) IN (SELECT program, proto, port, reach FROM fingerprints LIMIT ?1)`,
		deletePrograms,
	}
	return s.forget(steps, `UPDATE state SET baseline = 0, generation = generation + 1`)
}

// ForgetProgram removes what was recorded of one program, like ForgetAll, by its
// identity. Events of other programs that alerted on the same listener go too, if it
// alerted with them. Generation is another then.
func (s *Store) ForgetProgram(identity string) error {
	const id = `(SELECT id FROM programs WHERE identity = ?2)`
	steps := []string{
		`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE program = ` + id + ` LIMIT ?1)`,
		`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE others IS NOT NULL AND json_valid(others)
			AND EXISTS (SELECT 1 FROM json_each(others) WHERE json_extract(value, '$.p') = ?2) LIMIT ?1)`,
		`DELETE FROM spans WHERE id IN (SELECT id FROM spans WHERE program = ` + id + ` LIMIT ?1)`,
		`DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE program = ` + id + ` LIMIT ?1)`,
		`DELETE FROM fingerprints WHERE (program, proto, port, reach) IN (SELECT program, proto, port, reach FROM fingerprints WHERE program = ` + id + ` LIMIT ?1)`,
		`DELETE FROM programs WHERE id = ` + id,
	}
	return s.forget(steps, `UPDATE state SET generation = generation + 1`, identity)
}

// forget runs each step until it finds nothing more, and then the end.
func (s *Store) forget(steps []string, end string, args ...any) error {
	for _, step := range steps {
		for left := true; left; {
			err := s.write("forget", func(c *conn) error {
				err := c.exec(step, append([]any{stepRows}, args...)...)
				left = err == nil && c.Changes() > 0
				return err
			})
			if err != nil {
				return fmt.Errorf("forget: %w", err)
			}
		}
	}
	return s.write("forget", func(c *conn) error { return c.exec(end) })
}
