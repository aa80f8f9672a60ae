// Package keeper judges what a watcher tells, remembers it and says what to notify of.
// It joins the judge of app/alerts and the store of app/history, and folds what alerts
// into notices.
package keeper

import (
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/assets/words"
	"portlight/scanner"
)

// How the memory is kept.
const (
	heartbeat  = 15 * time.Minute
	retry      = 10 * time.Second // of what could not be written
	leap       = 24 * time.Hour   // more is a clock that was set, or a long sleep
	trimSteps  = 10               // a second at most, of some hundred rows
	maxUnsaved = 20_000           // judgements that wait for a disk that takes nothing
	newsKept   = 100              // unseen alerts, read anew with each that comes: more would cost the agent too much
)

// Keeper judges and remembers. All its methods are for one goroutine, the one that
// Follow runs on.
type Keeper struct {
	log   *slog.Logger
	judge *alerts.Judge
	store *history.Store // nil without memory
	now   func() time.Time

	open    func() (*history.Store, error) // see OpenLater
	opened  time.Time                      // when that was tried last
	watched atomic.Pointer[history.Store]  // the store, for the goroutine of the watcher
	given   time.Duration                  // the interval that holds in place of that of the settings, 0 for none

	readOnly   bool // what is seen is kept here only
	policy     alerts.Policy
	pace       func(time.Duration) // sets the interval of the watcher; nil while it is not the settings'
	own        []history.Name
	generation int64
	news       []history.Alert // unseen, the newest first
	stored     []history.Alert // those of them that the store has
	storedNew  int             // how many it has
	kept       kept            // those that it has not
	folder     alerts.Folder
	notices    []alerts.Notice // to be shown now
	welcome    bool            // the first snapshot ever has come
	welcomed   bool            // the window has welcomed the person, when this process began

	last    *scanner.Snapshot
	began   bool      // the first snapshot is judged
	knows   bool      // what is known has been read
	alive   time.Time // of the last heartbeat
	trims   bool      // there is more to be forgotten
	leapt   time.Time // when the clock was seen to have, by the monotonic one
	unsaved []history.Tick
	waiting int // judgements in unsaved
	tried   time.Time
	trouble error  // why nothing is read from the store, or nil
	lost    error  // why nothing is written, or nil
	anew    bool   // the database was damaged, and is begun anew
	silent  string // why notifications are not shown, by reasonOf, or ""
	unseen  int    // alerts that are new
}

// New gives a keeper that remembers in a store, which only the agent may write to so,
// or one that remembers for itself, as there is no store for this reason.
func New(log *slog.Logger, store *history.Store, reason error) *Keeper {
	k := newKeeper(log, os.Geteuid(), store)
	k.begin(reason)
	return k
}

// NewReader gives a keeper that judges by a store, which may be nil, and writes nothing
// to it: what it sees it remembers for itself.
func NewReader(log *slog.Logger, store *history.Store) *Keeper {
	k := newKeeper(log, os.Geteuid(), store)
	k.readOnly = true
	k.begin(nil)
	return k
}

func newKeeper(log *slog.Logger, euid int, store *history.Store) *Keeper {
	k := &Keeper{log: log, judge: alerts.NewJudge(euid), now: wallClock, policy: alerts.Policy{Settings: alerts.DefaultSettings()}}
	k.use(store)
	return k
}

// use has a store, which may be nil, used from now on.
func (k *Keeper) use(store *history.Store) {
	k.store = store
	k.watched.Store(store)
}

func (k *Keeper) begin(reason error) {
	if reason != nil {
		k.trouble = reason
		k.log.Warn("nothing is remembered", "error", reason)
	}
	k.recall()
	k.reload()
	k.readStatus()
}

// readStatus takes over what the store knows of notifications and of the welcome.
func (k *Keeper) readStatus() {
	if k.store == nil {
		return
	}
	stored, err := k.store.Settings()
	if k.works(err) {
		k.silent, k.welcomed = stored[SettingSilent], stored[alerts.SettingWelcomed] != ""
	}
}

// wallClock is the time without the monotonic reading, by which a clock that was set
// would go unnoticed.
func wallClock() time.Time { return time.Now().Round(0) }

// Note says what is wrong with the memory or the notifications, or "".
func (k *Keeper) Note() string {
	switch {
	case k.lost != nil:
		return NoMemory(k.lost.Error())
	case k.trouble != nil:
		return NoMemory(k.trouble.Error())
	case k.silent != "":
		return wordsNotNotified.With("Reason", words.Text(k.silent))
	case k.anew:
		return wordsAnew.String()
	}
	return ""
}

// Notified takes notice of how a notification went. The reason is kept for doctor.
func (k *Keeper) Notified(err error) {
	reason := reasonOf(err)
	if reason == k.silent {
		return
	}
	k.silent = reason
	if k.store != nil {
		k.works(k.store.Set(SettingSilent, reason))
	}
}

// Settings are a person's choices, as they hold now.
func (k *Keeper) Settings() alerts.Settings { return k.policy.Settings }

// OwnNames gives the user's own names of services.
func (k *Keeper) OwnNames() []history.Name { return k.own }

// SettingSilent is the setting that holds why the agent's notifications are not shown; ""
// if they are. It is in English, and may have translations.
const SettingSilent = "status.notifications"

// update judges what a watcher tells, and remembers it.
func (k *Keeper) update(u scanner.Update) []alerts.Judgement {
	if u.Snapshot == nil {
		return nil
	}
	k.last = u.Snapshot
	k.judge.Renew(u.Snapshot, u.Events)
	var js []alerts.Judgement
	tick := history.Tick{Time: k.now()}
	switch {
	case u.Baseline && (k.began || !k.knows || k.readOnly):
		k.judge.Learn(u.Snapshot)
	case u.Baseline && k.isFirst():
		k.judge.Learn(u.Snapshot)
		tick.Baseline, k.welcome = true, true
	case u.Baseline:
		js = k.resume(u.Snapshot)
	}
	js = append(js, k.judge.Tick(u.Events)...)
	tick.Judgements, tick.Seen = js, k.judge.TakeSeen()
	if u.Baseline {
		if k.store == nil {
			tick.Seen = nil // a memory that is opened later judges it
		}
		k.began = true
		k.beginSpans(u.Snapshot) // before the store knows that somebody watches again
	}
	k.save(tick)
	k.fold(js)
	return js
}

// fold has alerts told. What has ended before it was told is not.
func (k *Keeper) fold(js []alerts.Judgement) {
	for _, j := range js {
		if j.Event.Op == scanner.Closed {
			k.folder.Drop(j.Event.Listener.Key)
		}
	}
	k.folder.Add(js, k.now())
}

// isFirst reports whether nobody has watched here before, as far as is remembered.
func (k *Keeper) isFirst() bool {
	first, err := k.store.First()
	return !k.works(err) || first
}

// resume judges what listens at the start. What stood when somebody watched last is
// no event.
func (k *Keeper) resume(s *scanner.Snapshot) []alerts.Judgement {
	stood, err := k.store.Standing()
	k.works(err)
	js := k.judge.Resume(s)
	return slices.DeleteFunc(js, func(j alerts.Judgement) bool {
		return (!j.Verdict.Alerts() || j.Verdict == alerts.Watched) && stood[j.Event.Listener.ID()]
	})
}

// due judges what has stood long enough, does what is to be done now and then, and
// says when to call again (zero: no need).
func (k *Keeper) due() (js []alerts.Judgement, next time.Time) {
	now := k.now()
	opened, again := k.openAgain(now)
	js, next = k.judge.Due(now)
	if len(js) > 0 {
		k.save(history.Tick{Time: now, Judgements: js, Seen: k.judge.TakeSeen()})
		k.fold(js)
	}
	notices, later := k.folder.Take(now)
	k.notices = append(k.notices, notices...)
	later = sooner(later, again)
	if k.store != nil && len(k.unsaved) > 0 {
		if now.Sub(k.tried) >= retry || now.Before(k.tried) {
			k.flush()
		}
		later = sooner(later, k.tried.Add(retry))
	}
	if k.store != nil && k.began && !k.readOnly {
		if now.Sub(k.alive) >= heartbeat || now.Before(k.alive) {
			k.beat(now)
		}
		later = sooner(later, k.alive.Add(heartbeat))
		if k.trims {
			k.trim(now)
			later = sooner(later, now.Add(time.Second))
		}
	}
	if p := k.policy.Settings.Paused; now.Before(p) {
		later = sooner(later, p)
	}
	return append(opened, js...), sooner(next, later)
}

// sooner gives the earlier of two times that are not zero.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// TakeNotices gives the notices that are to be shown now, each once.
func (k *Keeper) TakeNotices() []alerts.Notice {
	notices := k.notices
	k.notices = nil
	return notices
}
