package keeper

import (
	"errors"
	"slices"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

// News gives the alerts that are new, the latest first: a hundred at most that the store
// has, after a hundred at most that it has not. It is valid until the next call of another
// method.
func (k *Keeper) News() []history.Alert { return k.news }

// Unseen is how many alerts are new.
func (k *Keeper) Unseen() int { return k.unseen }

// Find gives the listener of an alert as it is now, if the alert's program holds it
// still. Else it is what was remembered of it.
func (k *Keeper) Find(a *history.Alert) (l scanner.Listener, open bool) {
	if k.last != nil {
		if now, ok := k.last.Find(a.Listener.Key); ok && alerts.Holds(now, a.Program) {
			return *now, true
		}
	}
	return a.Listener, false
}

// IsNew reports whether an alert of a notice may be new still: nobody is known to have
// dealt with it, here or in another process.
func (k *Keeper) IsNew(n alerts.Notice) bool {
	if k.store != nil && (k.trouble != nil || k.lost != nil) || k.unseen > len(k.news) {
		return true
	}
	return slices.ContainsFunc(k.news, func(a history.Alert) bool { return isOf(n, &a) })
}

func isOf(n alerts.Notice, a *history.Alert) bool { return slices.ContainsFunc(n.Judgements, a.IsOf) }

// EndNotice has nothing more added to a notice.
func (k *Keeper) EndNotice(key string) { k.folder.End(key) }

// MarkSeen marks an alert as seen.
func (k *Keeper) MarkSeen(id int64) error {
	return k.mark(history.StateSeen, func(a *history.Alert) bool { return a.ID == id })
}

// MarkSeenTo marks an alert as seen, and all that came before it.
func (k *Keeper) MarkSeenTo(newest int64) error {
	if len(k.news) > 0 && newest == k.news[0].ID && k.unseen > len(k.news) {
		return k.markAll()
	}
	err := k.mark(history.StateSeen, func(a *history.Alert) bool { return a.ID <= newest })
	if newest > keptFirst {
		k.kept.more = 0 // they are older
		k.settle(history.StateSeen, func(key history.AlertKey) bool { return k.kept.index(key) < 0 })
		k.readNews()
	}
	return err
}

// MarkNoticeSeen marks the alerts of a notice as seen.
func (k *Keeper) MarkNoticeSeen(n alerts.Notice) error {
	return k.mark(history.StateSeen, func(a *history.Alert) bool { return isOf(n, a) })
}

// markAll marks all as seen, also those that were not read.
func (k *Keeper) markAll() (err error) {
	k.kept.clear()
	k.settle(history.StateSeen, func(history.AlertKey) bool { return true })
	if k.store != nil {
		err = k.store.MarkAllSeen()
	}
	k.folder.End("")
	k.readNews()
	return err
}

// mark sets the state of alerts that are new. In the store those that it has not get
// theirs when they are written.
func (k *Keeper) mark(state history.State, choose func(*history.Alert) bool) (err error) {
	chosen := map[history.AlertKey]bool{}
	for i := range k.news {
		chosen[k.news[i].Key()] = chosen[k.news[i].Key()] || choose(&k.news[i])
	}
	k.kept.forget(choose)
	k.settle(state, func(key history.AlertKey) bool { return chosen[key] && k.kept.index(key) < 0 })
	var ids []int64
	for i := range k.stored {
		if choose(&k.stored[i]) {
			ids = append(ids, k.stored[i].ID)
		}
	}
	if len(ids) > 0 {
		err = k.store.SetAlertState(ids, state)
	}
	k.folder.End("")
	k.readNews()
	return err
}

// Decide makes the rule of one click on an alert, to allow or to mute. An alert that is
// no longer new has been decided by another process.
func (k *Keeper) Decide(id int64, action alerts.Action) error {
	i := slices.IndexFunc(k.news, func(a history.Alert) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	alert := k.news[i]
	err := k.addRule(alerts.RuleFor(action, &alert.Listener, alert.Program, k.now()))
	if err != nil && k.store != nil {
		return err
	}
	return errors.Join(k.mark(history.StateAfter(action), func(a *history.Alert) bool { return a.ID == id }), err)
}

// DecideNotice makes the rules of one click on a notice: one for each program on each
// port that it is about.
func (k *Keeper) DecideNotice(n alerts.Notice, action alerts.Action) error {
	made, now := map[alerts.Rule]bool{}, k.now()
	var notKept error
	for _, j := range n.Judgements {
		for _, f := range j.Findings() {
			r := alerts.RuleFor(action, &j.Event.Listener, f.Program, now)
			if made[r] || !f.Verdict.Alerts() {
				continue
			}
			made[r] = true
			if notKept = k.addRule(r); notKept != nil && k.store != nil {
				return notKept
			}
		}
	}
	return errors.Join(k.mark(history.StateAfter(action), func(a *history.Alert) bool { return isOf(n, a) }), notKept)
}

// addRule adds a rule that beats all others. Without a store it holds while this
// process runs, and the error says so.
func (k *Keeper) addRule(r alerts.Rule) error {
	if k.store != nil {
		_, _, err := k.store.PutFirst(r)
		k.reload()
		return err
	}
	k.policy.Rules = slices.Insert(slices.Clone(k.policy.Rules), 0, r)
	k.judge.Use(k.policy)
	return errNotKept
}

// Pause keeps alerts silent until a time, or ends that with the zero one.
func (k *Keeper) Pause(until time.Time) error {
	until = until.Round(0) // by the clock of the wall, as it is stored
	if k.store != nil {
		if err := k.store.Pause(until); err != nil {
			return err
		}
	}
	k.policy.Settings.Paused = until
	k.judge.Use(k.policy)
	return nil
}

// PausedUntil is until when alerts are silent, zero if they are not.
func (k *Keeper) PausedUntil() time.Time {
	if p := k.policy.Settings.Paused; k.now().Before(p) {
		return p
	}
	return time.Time{}
}

// Welcomed reports whether the window had welcomed the person when this process began.
func (k *Keeper) Welcomed() bool { return k.welcomed }

// TakeWelcome gives the first snapshot that was ever remembered here, once: else nil.
func (k *Keeper) TakeWelcome() *scanner.Snapshot {
	if !k.welcome {
		return nil
	}
	k.welcome = false
	return k.last
}
