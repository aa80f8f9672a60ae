package history

import (
	"fmt"
	"maps"
	"time"

	"github.com/ncruces/go-sqlite3"

	"portlight/app/alerts"
	"portlight/scanner"
)

// Settings gives all settings that were set.
func (s *Store) Settings() (map[string]string, error) {
	return read(s, "read settings", (*conn).settings)
}

func (c *conn) settings() (map[string]string, error) {
	all := map[string]string{}
	err := c.each(`SELECT `+textOf("key", maxText)+`, `+textOf("value", maxText)+` FROM settings`, func(row *sqlite3.Stmt) error {
		if row.ColumnType(0) != sqlite3.NULL && row.ColumnType(1) != sqlite3.NULL {
			all[row.ColumnText(0)] = row.ColumnText(1)
		}
		return nil
	})
	return all, err
}

// Set sets one setting.
func (s *Store) Set(key, value string) error { return s.SetAll(map[string]string{key: value}) }

// SetAll sets some settings, all or none. The others stay.
func (s *Store) SetAll(values map[string]string) error {
	for key, value := range values {
		if key == "" || len(key) > maxText || len(value) > maxText {
			return fmt.Errorf("set %.40q: a setting has a name, and %d bytes at most", key, maxText)
		}
	}
	return s.write("write settings", func(c *conn) error { return c.setAll(values) })
}

func (c *conn) setAll(values map[string]string) error {
	for key, value := range values {
		if err := c.exec(`INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value`, key, value); err != nil {
			return err
		}
	}
	return nil
}

// Pause keeps alerts silent until a time, or ends that with the zero one. It writes no
// other setting: another process may be writing one.
func (s *Store) Pause(until time.Time) error {
	stored, err := s.Settings()
	if err != nil {
		return err
	}
	settings, _ := alerts.ParseSettings(stored)
	before := settings.Values()
	settings.Paused = until
	values := settings.Values()
	maps.DeleteFunc(values, func(key, value string) bool { return before[key] == value })
	return s.SetAll(values)
}

// Name is a person's own name for a service.
type Name struct {
	Proto   scanner.Proto
	Port    uint16
	Program string // name of the program that it holds for, as Process.Name has it; "" is any
	Name    string
}

// Names gives all own names, by port.
func (s *Store) Names() ([]Name, error) {
	return read(s, "read names", func(c *conn) ([]Name, error) {
		names, skipped, err := c.names()
		s.skipped += skipped
		return names, err
	})
}

func (c *conn) names() (names []Name, skipped int, err error) {
	err = c.each(`SELECT proto, port, `+textOf("program", maxName)+`, `+textOf("name", maxText)+` FROM names ORDER BY port, proto, program`,
		func(row *sqlite3.Stmt) error {
			n := Name{Proto: scanner.Proto(row.ColumnInt64(0)), Port: uint16(row.ColumnInt64(1)), Program: row.ColumnText(2), Name: row.ColumnText(3)}
			whole := int64(n.Proto) == row.ColumnInt64(0) && int64(n.Port) == row.ColumnInt64(1) && row.ColumnType(2) != sqlite3.NULL
			if !whole || checkName(n) != nil {
				skipped++
				return nil
			}
			names = append(names, n)
			return nil
		})
	return names, skipped, err
}

func checkName(n Name) error {
	switch {
	case !isProto(int(n.Proto)):
		return fmt.Errorf("protocol %d is not TCP or UDP", n.Proto)
	case n.Port == 0:
		return fmt.Errorf("there is no port 0")
	case n.Name == "" || len(n.Name) > maxText:
		return fmt.Errorf("a name has 1 to %d bytes", maxText)
	case len(n.Program) > maxName:
		return fmt.Errorf("the program's name has more than %d bytes", maxName)
	}
	return nil
}

// SetName gives a service a name, in place of the one that it has.
func (s *Store) SetName(n Name) error {
	if err := checkName(n); err != nil {
		return fmt.Errorf("set name: %w", err)
	}
	return s.write("set name", func(c *conn) error { return c.setName(n) })
}

func (c *conn) setName(n Name) error {
	return c.exec(`INSERT INTO names (proto, port, program, name) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name`,
		int(n.Proto), n.Port, n.Program, n.Name)
}

// RemoveName takes a service's name away, if it has one. The name's text does not
// count.
func (s *Store) RemoveName(n Name) error {
	return s.write("remove name", func(c *conn) error {
		return c.exec(`DELETE FROM names WHERE proto = ? AND port = ? AND program = ?`, int(n.Proto), n.Port, n.Program)
	})
}
