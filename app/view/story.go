package view

import (
	"time"

	"portlight/app/alerts"
)

// Story is an alerts.Story in words, each a sentence; "" where there is nothing to say.
type Story struct {
	Summary string   // "First seen 2026-11-03 12:04, last opened today 09:12 · 14 times"
	Stands  string   // since when
	Told    string   // when there was an alert
	Events  []string // the latest first, with their verdicts
}

// StoryWords words what is remembered of a listener. Times are in the zone of now.
func StoryWords(s alerts.Story, now time.Time) Story {
	words := Story{Summary: summaryWords(s, now)}
	switch {
	case s.Stands.IsZero():
	case s.Exact:
		words.Stands = wordsStands + recentWords(s.Stands, now)
	default:
		words.Stands = wordsStood + recentWords(s.Stands, now)
	}
	if !s.Told.IsZero() {
		words.Told = wordsTold + recentWords(s.Told, now)
	}
	for _, j := range s.Last {
		words.Events = append(words.Events, recentWords(j.Event.Time, now)+"  "+j.Event.Op.String()+": "+Reason(j))
	}
	return words
}

func summaryWords(s alerts.Story, now time.Time) string {
	first, words := s.First, ""
	if first.IsZero() {
		first = s.Since
	}
	switch {
	case first.IsZero():
		return wordsNoStory
	case s.Opened == 0:
		return wordsFirstSeen + recentWords(first, now)
	case s.Opened == 1 && s.LastOpened.Sub(first).Abs() < time.Minute:
		return wordsSeenOnce + recentWords(first, now)
	}
	words = wordsFirstSeen + recentWords(first, now) + wordsLastOpened + recentWords(s.LastOpened, now) + " · " + timesWords(s.Opened)
	if s.Since.Sub(first) >= day && s.Opened > 1 {
		words += " since " + recentWords(s.Since, now)
	}
	return words
}

const day = 24 * time.Hour

// recentWords is a time to the minute, by its day where that is today or yesterday.
func recentWords(t, now time.Time) string {
	t = t.In(now.Location())
	date := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch date(t) {
	case date(now):
		return "today " + t.Format("15:04")
	case date(now.AddDate(0, 0, -1)):
		return "yesterday " + t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// timesWords is "once", "14 times".
func timesWords(n int) string {
	if n == 1 {
		return "once"
	}
	return Plural(n, "time")
}

// The words of a story.
const (
	wordsNoStory    = "Nothing is remembered of it"
	wordsFirstSeen  = "First seen "
	wordsSeenOnce   = "Seen once, "
	wordsLastOpened = ", last opened "
	wordsStands     = "It stands since "
	wordsStood      = "It stood already when it was first looked for, "
	wordsTold       = "You were told of it "
)
