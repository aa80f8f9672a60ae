-- Times are microseconds since 1970 in UTC, 0 is none. The order of events is
-- that of their ids: a clock may jump.

CREATE TABLE state (
	one        INTEGER PRIMARY KEY CHECK (one = 1),
	baseline   INTEGER NOT NULL DEFAULT 0, -- when the first snapshot was taken for known
	alive      INTEGER NOT NULL DEFAULT 0, -- when the agent wrote last
	generation INTEGER NOT NULL,           -- another one whenever known fingerprints were taken away
	suspect    INTEGER NOT NULL DEFAULT 0  -- a process that may not put the file aside found damage
) STRICT;

CREATE TABLE programs (
	id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: other tables refer to it
	identity TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	first    INTEGER NOT NULL,
	last     INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	time     INTEGER NOT NULL,
	op       INTEGER NOT NULL,
	proto    INTEGER NOT NULL,
	port     INTEGER NOT NULL,
	program  INTEGER NOT NULL,
	verdict  TEXT NOT NULL,
	would    TEXT NOT NULL,
	rule     INTEGER NOT NULL,
	away     INTEGER NOT NULL,
	others   TEXT, -- JSON
	listener TEXT NOT NULL, -- JSON
	before   TEXT -- JSON
) STRICT;
CREATE INDEX events_time ON events (time);
CREATE INDEX events_program ON events (program);
CREATE INDEX events_port ON events (port);

CREATE TABLE spans (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	listener TEXT NOT NULL, -- id of its key
	program  INTEGER NOT NULL,
	proto    INTEGER NOT NULL,
	port     INTEGER NOT NULL,
	opened   INTEGER NOT NULL,
	exact    INTEGER NOT NULL, -- opened is when it began, not only when it was first seen
	closed   INTEGER NOT NULL DEFAULT 0,
	unseen   INTEGER NOT NULL DEFAULT 0 -- closed is when it was last known to stand
) STRICT;
CREATE INDEX spans_listener ON spans (listener);
CREATE INDEX spans_closed ON spans (closed);
CREATE INDEX spans_program ON spans (program);
CREATE UNIQUE INDEX spans_open ON spans (listener) WHERE closed = 0;

CREATE TABLE fingerprints (
	program INTEGER NOT NULL,
	proto   INTEGER NOT NULL,
	port    INTEGER NOT NULL,
	reach   TEXT NOT NULL,
	first   INTEGER NOT NULL,
	last    INTEGER NOT NULL,
	PRIMARY KEY (program, proto, port, reach)
) STRICT, WITHOUT ROWID;
CREATE INDEX fingerprints_last ON fingerprints (last);

CREATE TABLE alerts (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	program   INTEGER NOT NULL,
	proto     INTEGER NOT NULL,
	port      INTEGER NOT NULL, -- 0 for the ephemeral ones
	ephemeral INTEGER NOT NULL,
	verdict   TEXT NOT NULL,
	would     TEXT NOT NULL,
	first     INTEGER NOT NULL,
	last      INTEGER NOT NULL,
	count     INTEGER NOT NULL,
	state     TEXT NOT NULL,
	away      INTEGER NOT NULL,
	listener  TEXT NOT NULL -- JSON, of the last time
) STRICT;
CREATE UNIQUE INDEX alerts_new ON alerts (program, proto, port) WHERE state = 'new';
CREATE INDEX alerts_program ON alerts (program);

CREATE TABLE rules (
	id         INTEGER PRIMARY KEY AUTOINCREMENT, -- events tell a rule by it: never used again
	position   INTEGER NOT NULL,
	action     TEXT NOT NULL,
	program    TEXT NOT NULL,
	proto      INTEGER NOT NULL,
	first_port INTEGER NOT NULL,
	last_port  INTEGER NOT NULL,
	ephemeral  INTEGER NOT NULL,
	reach      TEXT NOT NULL,
	until      INTEGER NOT NULL,
	note       TEXT NOT NULL,
	created    INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE names (
	proto   INTEGER NOT NULL,
	port    INTEGER NOT NULL,
	program TEXT NOT NULL,
	name    TEXT NOT NULL,
	PRIMARY KEY (proto, port, program)
) STRICT, WITHOUT ROWID;
