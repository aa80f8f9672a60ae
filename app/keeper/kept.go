package keeper

import (
	"slices"

	"portlight/app/alerts"
	"portlight/app/history"
)

// keptFirst is beyond every id that a store gives to an alert.
const keptFirst = 1 << 62

// kept holds the alerts that no store has taken: there is none, or it takes nothing now.
// They are new until somebody has dealt with them, or the store has them.
type kept struct {
	alerts []history.Alert // the newest first, newsKept at most
	more   int             // older ones that are counted only
	last   int64           // how many there were ever
}

// add takes the alerts of judgements over. One about the same program and port takes the
// place of the one before.
func (k *kept) add(js []alerts.Judgement) {
	eachNews(js, func(j *alerts.Judgement, f alerts.Finding) { k.put(newKept(j, f)) })
}

// eachNews has f called with each finding that is to be seen among the alerts.
func eachNews(js []alerts.Judgement, f func(*alerts.Judgement, alerts.Finding)) {
	for i := range js {
		for _, found := range js[i].Findings() {
			if isNews(found.Verdict) {
				f(&js[i], found)
			}
		}
	}
}

// undecided gives what the alerts of a tick are about that nobody has dealt with.
func undecided(t *history.Tick) map[history.AlertKey]bool {
	keys := map[history.AlertKey]bool{}
	eachNews(t.Judgements, func(j *alerts.Judgement, f alerts.Finding) {
		key := history.NewAlertKey(f.Program, &j.Event.Listener)
		if _, done := t.Decided[key]; !done {
			keys[key] = true
		}
	})
	return keys
}

// isNews reports whether a verdict is to be seen among the alerts.
func isNews(v alerts.Verdict) bool { return v.Alerts() || v == alerts.Paused }

func newKept(j *alerts.Judgement, f alerts.Finding) history.Alert {
	l := j.Event.Listener
	return history.Alert{
		Program: f.Program, Proto: l.Proto, Port: history.NewAlertKey(f.Program, &l).Port, Ephemeral: l.Ephemeral, Verdict: f.Verdict, Would: f.Would,
		First: j.Event.Time, Last: j.Event.Time, Count: 1, State: history.StateNew, Listener: l, Away: j.Away,
	}
}

func (k *kept) put(a history.Alert) {
	if i := k.index(a.Key()); i >= 0 {
		a.First, a.Count, a.Away = k.alerts[i].First, k.alerts[i].Count+1, a.Away && k.alerts[i].Away
		k.alerts = slices.Delete(k.alerts, i, i+1)
	}
	if len(k.alerts) == newsKept {
		k.alerts = k.alerts[:newsKept-1]
		k.more++
	}
	k.last++
	a.ID = keptFirst + k.last
	k.alerts = slices.Insert(k.alerts, 0, a)
}

// index is where the alert about something is, or negative.
func (k *kept) index(key history.AlertKey) int {
	return slices.IndexFunc(k.alerts, func(a history.Alert) bool { return a.Key() == key })
}

// written lets the alerts of a tick go: the store has them.
func (k *kept) written(t *history.Tick) {
	if k.count() == 0 {
		return
	}
	for key := range undecided(t) {
		if i := k.index(key); i >= 0 {
			k.alerts = slices.Delete(k.alerts, i, i+1)
		} else {
			k.more = max(0, k.more-1)
		}
	}
}

// forget lets those go that are chosen.
func (k *kept) forget(choose func(*history.Alert) bool) {
	k.alerts = slices.DeleteFunc(k.alerts, func(a history.Alert) bool { return choose(&a) })
}

// clear lets all go.
func (k *kept) clear() { k.alerts, k.more = nil, 0 }

func (k *kept) count() int { return len(k.alerts) + k.more }
