package history

import (
	"errors"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// busyTimeout is how long a process waits for another one's write.
const busyTimeout = 3 * time.Second

// maxValue bounds a text in the database, in bytes, when written and when read.
const maxValue = 1 << 20

// conn is one connection, with its prepared statements.
type conn struct {
	*sqlite3.Conn
	file    vfs.FileHasMoved
	stmts   map[string]*sqlite3.Stmt
	version *sqlite3.Stmt // see changed
	seen    int64         // by it
	first   firstID
}

// openConn opens a database and checks that it is one of ours, of this version.
// The agent brings an older one up to this version, and whoever may create it an
// empty one. Without create it gives nil where there is none, or an empty one.
func openConn(path string, create, agent bool) (*conn, error) {
	found, err := peek(path)
	if err != nil || !found && !create {
		return nil, err
	}
	if !found {
		if err := removeLeftovers(path); err != nil {
			return nil, err
		}
	}
	if err := prepareFiles(path); err != nil {
		return nil, err
	}
	c, err := dial(path)
	if err != nil {
		return nil, err
	}
	ok, err := c.setUp(create, agent)
	if err == nil {
		err = protectFiles(path)
	}
	if err != nil || !ok {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// dial makes a bare connection.
func dial(path string) (*conn, error) {
	db, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE|sqlite3.OPEN_NOFOLLOW)
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: db, stmts: map[string]*sqlite3.Stmt{}}
	db.Limit(sqlite3.LIMIT_LENGTH, maxValue)
	file, err := db.FileControl("main", sqlite3.FCNTL_FILE_POINTER)
	if err == nil {
		c.file = fileOf(file)
		err = db.BusyTimeout(busyTimeout)
	}
	for _, on := range []sqlite3.DBConfig{sqlite3.DBCONFIG_DEFENSIVE, sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE} {
		if err == nil {
			_, err = db.Config(on, true)
		}
	}
	if err == nil {
		_, err = db.Config(sqlite3.DBCONFIG_TRUSTED_SCHEMA, false)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

// fileOf finds the file itself in what is wrapped around it.
func fileOf(file any) vfs.FileHasMoved {
	for {
		if f, ok := file.(vfs.FileHasMoved); ok {
			return f
		}
		wrapper, ok := file.(vfs.FileUnwrap)
		if !ok {
			return nil
		}
		file = wrapper.Unwrap()
	}
}

// setUp checks what the database is, and makes it ready for use. It gives false for
// an empty one that must not be filled.
func (c *conn) setUp(create, agent bool) (bool, error) {
	empty, err := c.identify(int64(len(migrations())), agent)
	if err != nil || empty && !create {
		return false, err
	}
	if empty {
		if err := c.Exec(`PRAGMA auto_vacuum = INCREMENTAL`); err != nil {
			return false, err
		}
	}
	if err := c.Exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024; PRAGMA journal_size_limit = 1048576`); err != nil {
		return false, err
	}
	if empty || agent {
		if err := c.migrate(migrations()); err != nil {
			return false, err
		}
	}
	if agent {
		if err := c.check(); err != nil {
			return false, err
		}
	}
	if _, err := c.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, false); err != nil {
		return false, err
	}
	c.version, _, err = c.Prepare(`PRAGMA data_version`)
	if err == nil {
		_, err = c.changed()
	}
	return true, err
}

// close ends the connection.
func (c *conn) close() error {
	c.version.Close()
	for _, s := range c.stmts {
		s.Close()
	}
	return c.Conn.Close()
}

// moved reports whether the path names another file by now, or none.
func (c *conn) moved() bool {
	if c.file == nil {
		return false
	}
	moved, err := c.file.HasMoved()
	return err == nil && moved
}

// changed reports whether another connection has changed the database since the
// last call. See PRAGMA data_version.
func (c *conn) changed() (bool, error) {
	if !c.version.Step() {
		return false, errors.Join(c.version.Err(), c.version.Reset())
	}
	v := c.version.ColumnInt64(0)
	changed := v != c.seen
	c.seen = v
	return changed, c.version.Reset()
}

// transact runs f in a transaction, whole or not at all.
func (c *conn) transact(f func(*conn) error) error {
	if err := c.Exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	err := f(c)
	if err == nil {
		err = c.Exec(`COMMIT`)
	}
	if err != nil {
		return errors.Join(err, c.rollback())
	}
	return nil
}

// rollback ends a transaction, if there is one still.
func (c *conn) rollback() error {
	if c.GetAutocommit() {
		return nil
	}
	return c.Exec(`ROLLBACK`)
}

// prepare gives a statement for one of the package's own texts, which are few.
func (c *conn) prepare(sql string, args []any) (*sqlite3.Stmt, error) {
	s, ok := c.stmts[sql]
	if !ok {
		var err error
		if s, _, err = c.PrepareFlags(sql, sqlite3.PREPARE_PERSISTENT); err != nil {
			return nil, err
		}
		c.stmts[sql] = s
	}
	for i, a := range args {
		if err := bind(s, i+1, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func bind(s *sqlite3.Stmt, at int, value any) error {
	switch v := value.(type) {
	case nil:
		return s.BindNull(at)
	case int64:
		return s.BindInt64(at, v)
	case int:
		return s.BindInt(at, v)
	case uint16:
		return s.BindInt(at, int(v))
	case bool:
		return s.BindBool(at, v)
	case string:
		return s.BindText(at, v)
	case []byte:
		return s.BindRawText(at, v)
	case time.Time:
		return s.BindInt64(at, micros(v))
	}
	return fmt.Errorf("cannot store a %T", value)
}

// exec runs a statement that gives no rows.
func (c *conn) exec(sql string, args ...any) error {
	s, err := c.prepare(sql, args)
	if err != nil {
		return err
	}
	return s.Exec()
}

// each calls f for each row.
func (c *conn) each(sql string, f func(*sqlite3.Stmt) error, args ...any) error {
	s, err := c.prepare(sql, args)
	if err != nil {
		return err
	}
	for s.Step() {
		if err = f(s); err != nil {
			break
		}
	}
	return errors.Join(err, s.Reset())
}

// number gives the first column of the first row, and whether there is one.
func (c *conn) number(sql string, args ...any) (n int64, found bool, err error) {
	s, err := c.prepare(sql, args)
	if err != nil {
		return 0, false, err
	}
	if found = s.Step(); found {
		n = s.ColumnInt64(0)
	}
	return n, found, s.Reset()
}

// micros gives a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// maxMicros is the last microsecond of the year 9999, the last that JSON can tell.
const maxMicros = 253402300799999999

// timeOf gives a stored time.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(min(max(us, -maxMicros/6), maxMicros))
}
