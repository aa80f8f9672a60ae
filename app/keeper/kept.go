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
	for i := range js {
		for _, f := range js[i].Findings() {
			if isNews(f.Verdict) {
				k.put(newKept(&js[i], f))
			}
		}
	}
}

// isNews reports whether a verdict is to be seen among the alerts.
func isNews(v alerts.Verdict) bool { return v.Alerts() || v == alerts.Paused }

func newKept(j *alerts.Judgement, f alerts.Finding) history.Alert {
	l := j.Event.Listener
	a := history.Alert{
		Program: f.Program, Proto: l.Proto, Port: l.Port, Ephemeral: l.Ephemeral, Verdict: f.Verdict, Would: f.Would,
		First: j.Event.Time, Last: j.Event.Time, Count: 1, State: history.StateNew, Listener: l, Away: j.Away,
	}
	if l.Ephemeral {
		a.Port = 0
	}
	return a
}

func (k *kept) put(a history.Alert) {
	i := slices.IndexFunc(k.alerts, func(o history.Alert) bool { return o.Program == a.Program && o.IsOn(&a.Listener) })
	if i >= 0 {
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

// forget lets those go that are chosen.
func (k *kept) forget(choose func(*history.Alert) bool) {
	k.alerts = slices.DeleteFunc(k.alerts, func(a history.Alert) bool { return choose(&a) })
}

// clear lets all go.
func (k *kept) clear() { k.alerts, k.more = nil, 0 }

func (k *kept) count() int { return len(k.alerts) + k.more }
