package main

import (
	"errors"
	"log/slog"
	"os"
	"slices"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
	"portlight/services"
)

// How the memory is kept.
const (
	heartbeat  = 15 * time.Minute
	retry      = 10 * time.Second // of what could not be written
	leap       = 24 * time.Hour   // more is a clock that was set, or a long sleep
	trimSteps  = 10               // a second at most, of some hundred rows
	maxUnsaved = 20_000           // judgements that wait for a disk that takes nothing
	maxNews    = 100              // unseen alerts that are read
)

// keeper judges what a watcher tells, remembers it and says what to notify of. All
// its methods are for one goroutine.
type keeper struct {
	log   *slog.Logger
	judge *alerts.Judge
	store *history.Store // nil without memory
	now   func() time.Time

	readOnly   bool // what is seen is kept here only
	policy     alerts.Policy
	own        services.Overlay
	generation int64
	news       []history.Alert // unseen, the newest first
	folder     alerts.Folder
	notices    []alerts.Notice // to be shown now
	welcome    bool            // the first snapshot ever has come

	last    *scanner.Snapshot
	began   bool      // the first snapshot is judged
	knows   bool      // what is known has been read
	alive   time.Time // of the last heartbeat
	trims   bool      // there is more to be forgotten
	leapt   time.Time // when the clock was seen to have, by the monotonic one
	unsaved []history.Tick
	waiting int // judgements in unsaved
	tried   time.Time
	trouble string // why nothing is read from the store, or ""
	lost    string // why nothing is written, or ""
	said    string // what happened to the database, or ""
	silent  string // why notifications are not shown, or ""
	unseen  int    // alerts that are new
}

// newKeeper makes a keeper with a store, or with none for this reason.
func newKeeper(log *slog.Logger, euid int, store *history.Store, reason error) *keeper {
	k := &keeper{log: log, judge: alerts.NewJudge(euid), store: store, now: wallClock, policy: alerts.Policy{Settings: alerts.DefaultSettings()}}
	k.begin(reason)
	return k
}

// newReader makes a keeper that judges by a store, which may be nil, and writes
// nothing to it.
func newReader(log *slog.Logger, store *history.Store) *keeper {
	k := &keeper{log: log, judge: alerts.NewJudge(os.Geteuid()), store: store, now: wallClock, readOnly: true, policy: alerts.Policy{Settings: alerts.DefaultSettings()}}
	k.begin(nil)
	return k
}

func (k *keeper) begin(reason error) {
	if reason != nil {
		k.trouble = reason.Error()
		k.log.Warn("nothing is remembered", "error", reason)
	}
	k.recall()
	k.reload()
	if k.store != nil {
		stored, err := k.store.Settings()
		if k.works(err) {
			k.silent = stored[settingSilent]
		}
	}
}

// wallClock is the time without the monotonic reading, by which a clock that was set
// would go unnoticed.
func wallClock() time.Time { return time.Now().Round(0) }

// recall takes over what is known.
func (k *keeper) recall() {
	if k.store == nil {
		return
	}
	known, err := k.store.Known()
	if err == nil {
		k.generation, err = k.store.Generation()
	}
	if k.knows = k.works(err); k.knows {
		k.judge.Know(known)
	}
}

// works takes notice of an error of the store, and reports whether there is none.
func (k *keeper) works(err error) bool { return k.notice(&k.trouble, err) }

// wrote is works for what is written.
func (k *keeper) wrote(err error) bool { return k.notice(&k.lost, err) }

func (k *keeper) notice(where *string, err error) bool {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != *where && err != nil {
		k.log.Warn("memory fails", "error", err)
	}
	*where = text
	return err == nil
}

// reload takes over what another process, or a click, has decided.
func (k *keeper) reload() {
	if k.store == nil {
		k.judge.Use(k.policy)
		return
	}
	rules, err := k.store.Rules()
	stored, errSettings := k.store.Settings()
	names, errNames := k.store.Names()
	if !k.works(errors.Join(err, errSettings, errNames)) {
		return
	}
	settings, problems := alerts.ParseSettings(stored)
	for _, p := range problems {
		k.log.Warn("setting ignored", "error", p)
	}
	k.policy = alerts.Policy{Rules: rules, Settings: settings}
	k.judge.Use(k.policy)
	k.own = overlay(names)
	k.folder.End("")
	k.readNews()
	k.followGeneration()
}

func (k *keeper) readNews() {
	news, err := k.store.Alerts(history.StateNew, 0, maxNews)
	unseen, errCount := k.store.Unseen()
	if k.works(errors.Join(err, errCount)) {
		k.news, k.unseen = news, unseen
	}
}

// note says what is wrong, or "".
func (k *keeper) note() string {
	switch {
	case k.lost != "":
		return wordsNoMemory + k.lost
	case k.trouble != "":
		return wordsNoMemory + k.trouble
	case k.silent != "":
		return wordsNotNotified + k.silent
	}
	return k.said
}

// notified takes notice of how a notification went. The reason is kept for doctor.
func (k *keeper) notified(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == k.silent {
		return
	}
	k.silent = text
	if k.store != nil {
		k.works(k.store.Set(settingSilent, text))
	}
}

// settingSilent holds why the agent's notifications are not shown.
const settingSilent = "status.notifications"

// markSeen marks an alert as seen, and all that came before it.
func (k *keeper) markSeen(newest int64) error {
	if len(k.news) > 0 && newest == k.news[0].ID && k.unseen > len(k.news) {
		err := k.store.MarkAllSeen()
		k.readNews()
		return err
	}
	return k.mark(history.StateSeen, func(a *history.Alert) bool { return a.ID <= newest })
}

// followChanges takes over what another process has changed, if it has: what is judged
// next is judged by that.
func (k *keeper) followChanges() {
	if k.store == nil {
		return
	}
	if changed, _ := k.store.Changed(); changed { // an error is met again at the next use
		k.reload()
	}
}

// followGeneration begins anew where what was known has been taken away: by a person,
// or with a file that was damaged.
func (k *keeper) followGeneration() {
	anew := k.hear()
	g, err := k.store.Generation()
	if !k.works(err) || g == k.generation {
		return
	}
	k.generation = g
	first, err := k.store.First()
	if !anew || !first {
		k.recall()
	}
	if k.works(err) && first && k.last != nil {
		k.judge.Learn(k.last)
		k.save(history.Tick{Time: k.now(), Seen: k.judge.Known(), Baseline: true})
		k.beginSpans(k.last)
	}
}

// hear reports whether the file was damaged and another begun, which is said.
func (k *keeper) hear() bool {
	said := k.store.Trouble()
	if said == "" {
		return false
	}
	k.said = wordsAnew
	k.log.Warn("memory begun anew", "reason", said)
	return true
}

// update judges what a watcher tells, and remembers it.
func (k *keeper) update(u scanner.Update) []alerts.Judgement {
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
		k.began = true
		k.beginSpans(u.Snapshot) // before the store knows that somebody watches again
	}
	k.save(tick)
	k.fold(js)
	return js
}

// fold has alerts told. What has ended before it was told is not.
func (k *keeper) fold(js []alerts.Judgement) {
	for _, j := range js {
		if j.Event.Op == scanner.Closed {
			k.folder.Drop(j.Event.Listener.Key)
		}
	}
	k.folder.Add(js, k.now())
}

// isFirst reports whether nobody has watched here before, as far as is remembered.
func (k *keeper) isFirst() bool {
	first, err := k.store.First()
	return !k.works(err) || first
}

// resume judges what listens at the start. What stood when somebody watched last is
// no event.
func (k *keeper) resume(s *scanner.Snapshot) []alerts.Judgement {
	stood, err := k.store.Standing()
	k.works(err)
	js := k.judge.Resume(s)
	return slices.DeleteFunc(js, func(j alerts.Judgement) bool {
		return (!j.Verdict.Alerts() || j.Verdict == alerts.Watched) && stood[j.Event.Listener.ID()]
	})
}

// beginSpans has the times in which listeners stand begin, or go on.
func (k *keeper) beginSpans(s *scanner.Snapshot) {
	if k.store != nil && !k.readOnly {
		k.wrote(k.store.Resume(k.now(), s.Listeners))
	}
	k.alive = k.now()
}

// save writes a tick, and those before it that could not be written.
func (k *keeper) save(t history.Tick) {
	if k.store == nil || k.readOnly || len(t.Judgements) == 0 && len(t.Seen) == 0 && !t.Baseline {
		return
	}
	k.unsaved = append(k.unsaved, t)
	k.waiting += len(t.Judgements)
	k.flush()
	for k.waiting > maxUnsaved && len(k.unsaved) > 1 {
		k.waiting -= len(k.unsaved[0].Judgements)
		k.unsaved = k.unsaved[1:]
		k.log.Error("events are lost: they could not be written for too long")
	}
	if slices.ContainsFunc(t.Judgements, func(j alerts.Judgement) bool { return j.Verdict.Alerts() || j.Verdict == alerts.Paused }) {
		k.readNews()
	}
}

// flush writes what is not written yet.
func (k *keeper) flush() {
	k.tried = k.now()
	for len(k.unsaved) > 0 && k.wrote(k.store.Record(k.unsaved[0])) {
		k.waiting -= len(k.unsaved[0].Judgements)
		k.unsaved = slices.Delete(k.unsaved, 0, 1)
	}
}

// due judges what has stood long enough, does what is to be done now and then, and
// says when to call again (zero: no need).
func (k *keeper) due() (js []alerts.Judgement, next time.Time) {
	now := k.now()
	js, next = k.judge.Due(now)
	if len(js) > 0 {
		k.save(history.Tick{Time: now, Judgements: js, Seen: k.judge.TakeSeen()})
		k.fold(js)
	}
	notices, later := k.folder.Take(now)
	k.notices = append(k.notices, notices...)
	if len(k.unsaved) > 0 {
		if now.Sub(k.tried) >= retry || now.Before(k.tried) {
			k.flush()
			k.readNews()
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
	return js, sooner(next, later)
}

// beat says that somebody watches, and has what is too much forgotten.
func (k *keeper) beat(now time.Time) {
	if now.Sub(k.alive).Abs() > leap {
		k.leapt = time.Now()
	}
	k.alive = now
	k.trims = k.wrote(k.store.Heartbeat(now))
}

// trim forgets some of what is too much, or too old. For a day after the clock has
// leapt nothing is too old: it may be wrong.
func (k *keeper) trim(now time.Time) {
	days := k.policy.Settings.KeepDays
	if !k.leapt.IsZero() && time.Since(k.leapt) < leap {
		days = alerts.MaxKeepDays
	}
	for range trimSteps {
		more, err := k.store.Trim(days, k.policy.Settings.KeepEvents, now)
		if k.trims = k.wrote(err) && more; !k.trims {
			return
		}
	}
}

// close writes what is left.
func (k *keeper) close() {
	if k.store == nil || k.readOnly {
		return
	}
	k.flush()
	if k.began {
		k.wrote(k.store.Heartbeat(k.now()))
	}
}

// sooner gives the earlier of two times that are not zero.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// takeNotices gives the notices that are to be shown now, each once.
func (k *keeper) takeNotices() []alerts.Notice {
	notices := k.notices
	k.notices = nil
	return notices
}

// addRule adds a rule that beats all others. Without a store it holds while this
// process runs, and the error says so.
func (k *keeper) addRule(r alerts.Rule) error {
	if k.store != nil {
		_, _, err := k.store.PutFirst(r)
		k.reload()
		return err
	}
	k.policy.Rules = slices.Insert(slices.Clone(k.policy.Rules), 0, r)
	k.judge.Use(k.policy)
	return errors.New(wordsNotKept)
}

// pause keeps alerts silent until a time, or ends that.
func (k *keeper) pause(until time.Time) error {
	if k.store != nil {
		if err := k.store.Pause(until); err != nil {
			return err
		}
	}
	k.policy.Settings.Paused = until
	k.judge.Use(k.policy)
	return nil
}

// mark sets the state of alerts that are new.
func (k *keeper) mark(state history.State, choose func(*history.Alert) bool) error {
	if k.store == nil {
		return nil
	}
	var ids []int64
	for i := range k.news {
		if choose(&k.news[i]) {
			ids = append(ids, k.news[i].ID)
		}
	}
	err := k.store.SetAlertState(ids, state)
	k.folder.End("")
	k.readNews()
	return err
}
