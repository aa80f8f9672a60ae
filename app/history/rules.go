package history

import (
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Rules gives all rules in their order.
func (s *Store) Rules() ([]alerts.Rule, error) {
	return read(s, "read rules", func(c *conn) ([]alerts.Rule, error) {
		rules, skipped, err := c.rules()
		s.skipped += skipped
		return rules, err
	})
}

func (c *conn) rules() (rules []alerts.Rule, skipped int, err error) {
	err = c.each(`SELECT id, proto, first_port, last_port, ephemeral, until, created, `+
		textOf("action", maxWord)+`, `+textOf("program", maxName)+`, `+textOf("reach", maxWord)+`, `+textOf("note", maxName)+`
		FROM rules ORDER BY position, id`,
		func(row *sqlite3.Stmt) error {
			r, ok := ruleOf(row)
			if !ok {
				skipped++
				return nil
			}
			rules = append(rules, r)
			return nil
		})
	return rules, skipped, err
}

// ruleOf gives a rule, and whether it makes sense. A text that is too long is NULL:
// a rule without its program would cover every one.
func ruleOf(row *sqlite3.Stmt) (alerts.Rule, bool) {
	r := alerts.Rule{
		ID: row.ColumnInt64(0), Proto: scanner.Proto(row.ColumnInt64(1)), FirstPort: uint16(row.ColumnInt64(2)), LastPort: uint16(row.ColumnInt64(3)),
		Ephemeral: row.ColumnBool(4), Until: timeOf(row.ColumnInt64(5)), Created: timeOf(row.ColumnInt64(6)),
		Action: alerts.Action(row.ColumnText(7)), Program: row.ColumnText(8), Where: alerts.Where(row.ColumnText(9)), Note: row.ColumnText(10),
	}
	whole := int64(r.Proto) == row.ColumnInt64(1) && int64(r.FirstPort) == row.ColumnInt64(2) && int64(r.LastPort) == row.ColumnInt64(3)
	for column := 7; column <= 10; column++ {
		whole = whole && row.ColumnType(column) != sqlite3.NULL
	}
	return r, whole && r.Check() == nil
}

// AddRule adds a rule before the one at a position, 0 for the first, or -1 as the
// last one, and gives its id. The rule's own id does not count.
func (s *Store) AddRule(r alerts.Rule, position int) (id int64, err error) {
	if err := r.Check(); err != nil {
		return 0, fmt.Errorf("add rule: %w", err)
	}
	err = s.write("add rule", func(c *conn) error {
		rules, _, err := c.rules()
		if err != nil {
			return err
		}
		id, err = c.addRule(r, rules, position)
		return err
	})
	return id, err
}

// addRule writes a rule among those that there are.
func (c *conn) addRule(r alerts.Rule, rules []alerts.Rule, position int) (int64, error) {
	if position < 0 || position > len(rules) {
		position = len(rules)
	}
	if err := c.setPlaces(rules[:position], 0); err != nil {
		return 0, err
	}
	if err := c.setPlaces(rules[position:], position+1); err != nil {
		return 0, err
	}
	r.ID = 0
	err := c.insertRule(r, position)
	return c.LastInsertRowID(), err
}

// setPlaces numbers rules from a place on.
func (c *conn) setPlaces(rules []alerts.Rule, first int) error {
	for i, r := range rules {
		if err := c.exec(`UPDATE rules SET position = ?2 WHERE id = ?1 AND position <> ?2`, r.ID, first+i); err != nil {
			return err
		}
	}
	return nil
}

// AppendRules adds rules behind those that there are, all or none, and tells how many
// it added. Those that are there already are left out, and so is what comes twice:
// their ids, notes and dates of creation do not count.
func (s *Store) AppendRules(rules []alerts.Rule) (added int, err error) {
	for i, r := range rules {
		if err := r.Check(); err != nil {
			return 0, fmt.Errorf("append rules: rule %d: %w", i+1, err)
		}
	}
	err = s.write("append rules", func(c *conn) (err error) {
		added, err = c.appendRules(rules)
		return err
	})
	return added, err
}

func (c *conn) appendRules(rules []alerts.Rule) (added int, err error) {
	old, _, err := c.rules()
	if err != nil {
		return 0, err
	}
	there := map[alerts.Rule]bool{}
	for _, r := range old {
		there[decision(r)] = true
	}
	last, _, err := c.number(`SELECT coalesce(max(position), -1) FROM rules`)
	if err != nil {
		return 0, err
	}
	for _, r := range rules {
		if there[decision(r)] {
			continue
		}
		there[decision(r)] = true
		added++
		r.ID = 0
		if err := c.insertRule(r, int(last)+added); err != nil {
			return 0, err
		}
	}
	return added, nil
}

// decision is what makes two rules the same, as it is stored.
func decision(r alerts.Rule) alerts.Rule {
	r.ID, r.Note, r.Created, r.Until = 0, "", time.Time{}, timeOf(micros(r.Until))
	return r
}

// insertRule writes a rule, with its id if it has one.
func (c *conn) insertRule(r alerts.Rule, position int) error {
	return c.exec(`INSERT INTO rules (id, position, action, program, proto, first_port, last_port, ephemeral, reach, until, note, created)
		VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, position, string(r.Action), r.Program, int(r.Proto), r.FirstPort, r.LastPort, r.Ephemeral, string(r.Where), r.Until, r.Note, r.Created)
}

// RemoveRule removes a rule. ErrNoRule is that it is not there.
func (s *Store) RemoveRule(id int64) error {
	return s.write("remove rule", func(c *conn) error {
		if err := c.exec(`DELETE FROM rules WHERE id = ?`, id); err != nil {
			return err
		}
		if c.Changes() == 0 {
			return fmt.Errorf("%w: %d", ErrNoRule, id)
		}
		return nil
	})
}

// ReplaceRules puts rules in this order in place of all that there are. Those with
// an id keep it.
func (s *Store) ReplaceRules(rules []alerts.Rule) error {
	ids := map[int64]bool{}
	for i, r := range rules {
		if err := r.Check(); err != nil {
			return fmt.Errorf("replace rules: rule %d: %w", i+1, err)
		}
		if r.ID < 0 || r.ID != 0 && ids[r.ID] {
			return fmt.Errorf("replace rules: rule %d: id %d is another one's, or none", i+1, r.ID)
		}
		ids[r.ID] = true
	}
	return s.write("replace rules", func(c *conn) error {
		if err := c.exec(`DELETE FROM rules`); err != nil {
			return err
		}
		for i, r := range rules {
			if err := c.insertRule(r, i); err != nil {
				return err
			}
		}
		return nil
	})
}
