package history

import (
	"fmt"
	"slices"

	"portlight/app/alerts"
	"portlight/assets/words"
)

// ErrRuleChanged is that a rule is another one than its editor took it for.
const ErrRuleChanged = words.Error("the rule has been changed meanwhile")

// PutFirst adds a rule that beats all others, unless the first one decides the same
// already, and gives the id of the first one then.
func (s *Store) PutFirst(r alerts.Rule) (id int64, added bool, err error) {
	if err := r.Check(); err != nil {
		return 0, false, fmt.Errorf("add rule: %w", err)
	}
	err = s.write("add rule", func(c *conn) error {
		rules, _, err := c.rules()
		if err != nil {
			return err
		}
		if len(rules) > 0 && decision(rules[0]) == decision(r) {
			id, added = rules[0].ID, false
			return nil
		}
		id, err = c.addRule(r, rules, 0)
		added = err == nil
		return err
	})
	return id, added, err
}

// SetRule puts a rule in place of the one with its id, which must still be what it
// was. Its place and its date of creation stay. ErrNoRule is that it is not there,
// ErrRuleChanged that it is another one.
func (s *Store) SetRule(was, r alerts.Rule) error {
	if err := r.Check(); err != nil {
		return fmt.Errorf("change rule: %w", err)
	}
	return s.write("change rule", func(c *conn) error {
		rules, _, err := c.rules()
		if err != nil {
			return err
		}
		i := placeOf(rules, was.ID)
		switch {
		case i < 0:
			return fmt.Errorf("%w: %d", ErrNoRule, was.ID)
		case !sameText(rules[i], was):
			return fmt.Errorf("%w: %d", ErrRuleChanged, was.ID)
		}
		return c.exec(`UPDATE rules SET action = ?2, program = ?3, proto = ?4, first_port = ?5, last_port = ?6, ephemeral = ?7, reach = ?8, until = ?9, note = ?10
			WHERE id = ?1`,
			was.ID, string(r.Action), r.Program, int(r.Proto), r.FirstPort, r.LastPort, r.Ephemeral, string(r.Where), r.Until, r.Note)
	})
}

// MoveRule puts a rule before another one, or behind all if that is 0. ErrNoRule is
// that one of them is not there.
func (s *Store) MoveRule(id, before int64) error {
	return s.write("move rule", func(c *conn) error {
		rules, _, err := c.rules()
		if err != nil {
			return err
		}
		from := placeOf(rules, id)
		if from < 0 {
			return fmt.Errorf("%w: %d", ErrNoRule, id)
		}
		moved := rules[from]
		rules = slices.Delete(rules, from, from+1)
		to := len(rules)
		if before != 0 {
			if to = placeOf(rules, before); to < 0 {
				return fmt.Errorf("%w: %d", ErrNoRule, before)
			}
		}
		return c.setPlaces(slices.Insert(rules, to, moved), 0)
	})
}

func placeOf(rules []alerts.Rule, id int64) int {
	return slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.ID == id })
}

// sameText reports whether two rules are the same to a person who reads them.
func sameText(a, b alerts.Rule) bool { return decision(a) == decision(b) && a.Note == b.Note }
