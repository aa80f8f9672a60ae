package history

import (
	_ "embed"
	"fmt"

	"github.com/ncruces/go-sqlite3"
)

// applicationID marks our databases (PRAGMA application_id): "PLIT".
const applicationID = 0x504c4954

//go:embed migrations/1.sql
var migration1 string

// migrations lead from each version to the next, from an empty database on. The
// version is their number. What has been released is never changed.
func migrations() []string { return []string{migration1} }

// vital are the tables that the agent checks whole when it starts. They are small.
func vital() []string {
	return []string{"state", "programs", "fingerprints", "alerts", "rules", "settings", "names"}
}

// identify checks that the database is ours and of a version up to the latest, which
// all but the agent need. It reports whether the database is empty.
func (c *conn) identify(latest int64, agent bool) (empty bool, err error) {
	var values [3]int64
	for i, sql := range []string{`PRAGMA application_id`, `PRAGMA user_version`, `SELECT count(*) FROM sqlite_schema`} {
		if values[i], _, err = c.number(sql); err != nil {
			return false, err
		}
	}
	application, version, tables := values[0], values[1], values[2]
	switch {
	case application == 0 && version == 0 && tables == 0:
		return true, nil
	case application != applicationID:
		return false, fmt.Errorf("%w: application %#x", errForeign, application)
	case version > latest:
		return false, fmt.Errorf("%w: version %d", ErrNewer, version)
	case version < 1:
		return false, damageError("it has no version")
	case version < latest && !agent:
		return false, fmt.Errorf("%w: version %d", ErrOlder, version)
	}
	return false, nil
}

// migrate runs the steps that a database has not seen yet, all or none.
func (c *conn) migrate(steps []string) error {
	version, _, err := c.number(`PRAGMA user_version`)
	if err != nil || version >= int64(len(steps)) {
		return err
	}
	return c.transact(func(c *conn) error {
		version, _, err := c.number(`PRAGMA user_version`) // another process may have been faster
		if err != nil {
			return err
		}
		for ; version < int64(len(steps)); version++ {
			if err := c.Exec(steps[version]); err != nil {
				return fmt.Errorf("migrate from version %d: %w", version, err)
			}
		}
		if err := c.Exec(fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, version)); err != nil {
			return err
		}
		return c.exec(`INSERT OR IGNORE INTO state (one, generation) VALUES (1, CAST(unixepoch('subsec') * 1000000 AS INTEGER))`)
	})
}

// check reads the vital tables and looks for damage. The events are not read: they
// are many, and damage in them is found when it is met.
func (c *conn) check() error {
	for _, table := range vital() {
		if _, found, err := c.number(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`, table); err != nil || !found {
			return orDamage(err, "it has no table "+table)
		}
		if err := c.quickCheck(table); err != nil {
			return err
		}
	}
	if _, found, err := c.number(`SELECT 1 FROM state`); err != nil || !found {
		return orDamage(err, "it has no state")
	}
	return nil
}

func orDamage(err error, text string) error {
	if err != nil {
		return err
	}
	return damageError(text)
}

// quickCheck looks for damage in one table, or in all for "".
func (c *conn) quickCheck(table string) error {
	sql := `PRAGMA quick_check(1)`
	if table != "" {
		sql = `PRAGMA quick_check(` + table + `)`
	}
	return c.each(sql, func(s *sqlite3.Stmt) error {
		if text := s.ColumnText(0); text != "ok" {
			return damageError(text)
		}
		return nil
	})
}
