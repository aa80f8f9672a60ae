package keeper

import (
	"slices"
	"time"

	"portlight/app/alerts"
	"portlight/app/history"
	"portlight/scanner"
)

const (
	reopenAfter = time.Minute // between two attempts to open the memory
	maxUnopened = 2000        // judgements that wait for it
)

// OpenLater has the memory, if there is none, opened by this function as soon as that
// works; it is called now and then, on the goroutine of Follow. The store is closed by
// whoever gives it, after Close.
func (k *Keeper) OpenLater(open func() (*history.Store, error)) { k.open, k.opened = open, k.now() }

// waits reports whether there may be a memory later.
func (k *Keeper) waits() bool { return k.store == nil && k.open != nil }

// openAgain tries to open the memory, if that is due. It gives what is judged by what
// the memory knows, and when to try next (zero: no need).
func (k *Keeper) openAgain(now time.Time) (js []alerts.Judgement, next time.Time) {
	if !k.waits() {
		return nil, next
	}
	if now.Sub(k.opened) >= reopenAfter || now.Before(k.opened) {
		k.opened = now
		store, err := k.open()
		if err == nil {
			if err = k.handOver(store); err != nil {
				store.Close()
			}
		}
		if k.works(err) {
			return k.goOver(store, now), next
		}
	}
	return nil, k.opened.Add(reopenAfter)
}

// handOver writes what a person has decided without a memory.
func (k *Keeper) handOver(store *history.Store) error {
	if until := k.PausedUntil(); !until.IsZero() {
		if err := store.Pause(until); err != nil {
			return err
		}
	}
	if k.silent != "" {
		if err := store.Set(SettingSilent, k.silent); err != nil {
			return err
		}
	}
	for len(k.policy.Rules) > 0 {
		oldest := len(k.policy.Rules) - 1
		if _, _, err := store.PutFirst(k.policy.Rules[oldest]); err != nil {
			return err
		}
		k.policy.Rules = k.policy.Rules[:oldest]
	}
	return nil
}

// goOver remembers in a store from now on. What was seen without it is written, and what
// listens is judged as at a start: by what the store knows.
func (k *Keeper) goOver(store *history.Store, now time.Time) []alerts.Judgement {
	k.use(store)
	k.flush()
	k.recall()
	k.reload()
	k.readStatus()
	k.tellInterval(k.given)
	if k.last == nil {
		return nil
	}
	s := *k.last
	s.Time, k.began = now, false
	js := k.update(scanner.Update{Snapshot: &s, Baseline: true})
	k.welcome = false // nobody has come just now
	return js
}

// sightings gives what ticks have seen, as the store will know it.
func sightings(ticks []history.Tick) (all []alerts.Sighting) {
	for _, t := range slices.Backward(ticks) {
		for _, f := range t.Seen {
			all = append(all, alerts.Sighting{Fingerprint: f, First: t.Time, Last: t.Time})
		}
	}
	return all
}
