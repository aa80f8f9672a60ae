package keeper

import (
	"errors"
	"slices"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// recall takes over what is known.
func (k *Keeper) recall() {
	if k.store == nil {
		return
	}
	known, err := k.store.Known()
	if err == nil {
		k.generation, err = k.store.Generation()
	}
	if k.knows = k.works(err); k.knows {
		k.judge.Know(append(sightings(k.unsaved), known...))
	}
}

// works takes notice of an error of the store, and reports whether there is none.
func (k *Keeper) works(err error) bool { return k.notice(&k.trouble, err) }

// wrote is works for what is written.
func (k *Keeper) wrote(err error) bool { return k.notice(&k.lost, err) }

func (k *Keeper) notice(where *error, err error) bool {
	if err != nil && (*where == nil || err.Error() != (*where).Error()) {
		k.log.Warn("memory fails", "error", err)
	}
	*where = err
	return err == nil
}

// reload takes over what another process, or a click, has decided.
func (k *Keeper) reload() {
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
	if k.pace != nil {
		k.pace(settings.Interval)
	}
	k.own = names
	k.folder.End("")
	k.readNews()
	k.followGeneration()
}

// readNews takes over what is new by the store, beside what it has not.
func (k *Keeper) readNews() {
	if k.store != nil {
		news, err := k.store.Alerts(history.StateNew, 0, newsKept)
		unseen, errCount := k.store.Unseen()
		if k.works(errors.Join(err, errCount)) {
			k.stored, k.storedNew = news, unseen
		}
	}
	k.news, k.unseen = slices.Concat(k.kept.alerts, k.stored), k.kept.count()+k.storedNew
}

// followChanges takes over what another process has changed, if it has: what is judged
// next is judged by that.
func (k *Keeper) followChanges() {
	if k.store == nil {
		return
	}
	if changed, _ := k.store.Changed(); changed { // an error is met again at the next use
		k.reload()
	}
}

// followGeneration begins anew where what was known has been taken away: by a person,
// or with a file that was damaged.
func (k *Keeper) followGeneration() {
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
func (k *Keeper) hear() bool {
	said := k.store.Trouble()
	if said == "" {
		return false
	}
	k.anew = true
	k.log.Warn("memory begun anew", "reason", said)
	return true
}

// beginSpans has the times in which listeners stand begin, or go on.
func (k *Keeper) beginSpans(s *scanner.Snapshot) {
	if k.store != nil && !k.readOnly {
		k.wrote(k.store.Resume(k.now(), s.Listeners))
	}
	k.alive = k.now()
}

// save writes a tick, and those before it that could not be written. What alerts is new
// also where it cannot be.
func (k *Keeper) save(t history.Tick) {
	if k.readOnly || len(t.Judgements) == 0 && len(t.Seen) == 0 && !t.Baseline {
		return
	}
	if k.store != nil || k.open != nil {
		k.write(t)
	}
	if k.store == nil || len(k.unsaved) > 0 {
		k.kept.add(t.Judgements)
	}
	if slices.ContainsFunc(t.Judgements, func(j alerts.Judgement) bool { return isNews(j.Verdict) }) {
		k.readNews()
	}
}

func (k *Keeper) write(t history.Tick) {
	k.unsaved = append(k.unsaved, t)
	k.waiting += len(t.Judgements)
	most := maxUnopened
	if k.store != nil {
		most = maxUnsaved
		k.flush()
	}
	for k.waiting > most && len(k.unsaved) > 1 {
		k.waiting -= len(k.unsaved[0].Judgements)
		k.unsaved = k.unsaved[1:]
		if k.store != nil { // else it is said already
			k.log.Error("events are lost: they could not be written for too long")
		}
	}
}

// flush writes what is not written yet.
func (k *Keeper) flush() {
	k.tried = k.now()
	before := k.kept.count()
	for len(k.unsaved) > 0 && k.wrote(k.store.Record(k.unsaved[0])) {
		k.kept.written(&k.unsaved[0])
		k.waiting -= len(k.unsaved[0].Judgements)
		k.unsaved = slices.Delete(k.unsaved, 0, 1)
	}
	if len(k.unsaved) == 0 {
		k.kept.clear()
	}
	if k.kept.count() != before {
		k.readNews()
	}
}

// settle notes what a person did with alerts that are not written yet, for the time when
// they are.
func (k *Keeper) settle(state history.State, choose func(history.AlertKey) bool) {
	for i := range k.unsaved {
		t := &k.unsaved[i]
		for key := range undecided(t) {
			if !choose(key) {
				continue
			}
			if t.Decided == nil {
				t.Decided = map[history.AlertKey]history.State{}
			}
			t.Decided[key] = state
		}
	}
}

// beat says that somebody watches, and has what is too much forgotten.
func (k *Keeper) beat(now time.Time) {
	if now.Sub(k.alive).Abs() > leap {
		k.leapt = time.Now()
	}
	k.alive = now
	k.trims = k.wrote(k.store.Heartbeat(now))
}

// trim forgets some of what is too much, or too old. For a day after the clock has
// leapt nothing is too old: it may be wrong.
func (k *Keeper) trim(now time.Time) {
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

// Close writes what is left. The store stays open.
func (k *Keeper) Close() {
	if k.store == nil || k.readOnly {
		return
	}
	k.flush()
	if k.began {
		k.wrote(k.store.Heartbeat(k.now()))
	}
}
