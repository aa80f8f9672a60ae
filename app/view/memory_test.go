package view

import (
	"strings"
	"testing"
)

func exampleMemory() MemoryJSON {
	oldest := noon()
	return MemoryJSON{
		Path: "/home/u/.local/share/portlight\x1b[31m/portlight.db", Found: true, Bytes: 1_250_000, Events: 1234, Programs: 1, Rules: 2, Unseen: 0,
		Oldest: &oldest, KeepDays: 90, KeepEvents: 200_000, Skipped: 1,
	}
}

func TestMemoryWords(t *testing.T) {
	old, little, enough := noon(), int64(fullBelow), int64(scarceBelow)
	for _, c := range []struct {
		memory MemoryJSON
		want   string
	}{
		{MemoryJSON{Path: "/d/portlight.db", KeepDays: 1, KeepEvents: 1000}, "/d/portlight.db: nothing has been remembered yet\nEvents are kept for 1 day, 1,000 of them at most"},
		{MemoryJSON{Path: "/d/portlight.db", Found: true, Error: "why"}, "cannot be used: why"},
		{MemoryJSON{Path: "/d/portlight.db", Found: true, Bytes: 4096, KeepDays: 90, KeepEvents: 200_000}, "/d/portlight.db, 4 KB\n0 events, 0 programs, 0 rules, 0 new alerts\nEvents are kept for 90 days, 200,000 of them at most"},
		{MemoryJSON{Path: "/d/portlight.db", Found: true, Bytes: 1, Events: 1, Oldest: &old, KeepDays: 90, KeepEvents: 200_000, Skipped: 2},
			"/d/portlight.db, 1 byte\n1 event since 2026-11-01 12:00, 0 programs, 0 rules, 0 new alerts\nEvents are kept for 90 days, 200,000 of them at most\n2 rows of it could not be read"},
		{MemoryJSON{Path: "/d/portlight.db", KeepDays: 90, KeepEvents: 1, Wrong: []string{"setting a\n: \"b\" is no number"}}.clean(),
			"/d/portlight.db: nothing has been remembered yet\nEvents are kept for 90 days, 1 of them at most\nsetting a : \"b\" is no number"},
		{MemoryJSON{Path: "/d/portlight.db", KeepDays: 90, KeepEvents: 1, Free: &enough}, "/d/portlight.db: nothing has been remembered yet\nEvents are kept for 90 days, 1 of them at most"},
		{MemoryJSON{Path: "/d/portlight.db", KeepDays: 90, KeepEvents: 1, Free: &little},
			"/d/portlight.db: nothing has been remembered yet\nEvents are kept for 90 days, 1 of them at most\nits disk is almost full (66 KB left): make room, or what happens is soon not remembered any more"},
		{MemoryJSON{Path: "/d/portlight.db", KeepDays: 90, KeepEvents: 1, Free: new(int64)},
			"/d/portlight.db: nothing has been remembered yet\nEvents are kept for 90 days, 1 of them at most\nits disk is full (0 bytes left): what happens is not remembered until there is room"},
	} {
		if got := strings.Join(c.memory.words(), "\n"); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

func TestNotificationWords(t *testing.T) {
	until := noon()
	for _, c := range []struct {
		n    NotificationsJSON
		want string
	}{
		{NotificationsJSON{Agent: true, Works: true, Service: "dunst"}, wordsAgent.String() + "\nshown by dunst"},
		{NotificationsJSON{Agent: true, Silent: true, Works: true, Service: "dunst"}, "`portlight watch --record` runs: it records what happens, and shows no notifications\nthey would be shown by dunst"},
		{NotificationsJSON{Works: true, Service: "dunst"}, wordsNoAgent.String() + "\nthey would be shown by dunst"},
		{NotificationsJSON{Agent: true, Error: "why", PausedUntil: &until}, wordsAgent.String() + "\nalerts are paused until 2026-11-01 12:00: until then none is shown, and all are recorded\ncannot be shown: why"},
	} {
		if got := strings.Join(c.n.words(), "\n"); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
