package view

import (
	"time"

	"portlight/app/alerts"
	"portlight/assets/words"
	"portlight/scanner"
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
	story := Story{Summary: summaryWords(s, now)}
	switch {
	case s.Stands.IsZero():
	case s.Exact:
		story.Stands = wordsStands.With("Time", recentWords(s.Stands, now))
	default:
		story.Stands = wordsStood.With("Time", recentWords(s.Stands, now))
	}
	if !s.Told.IsZero() {
		story.Told = wordsTold.With("Time", recentWords(s.Told, now))
	}
	for _, j := range s.Last {
		story.Events = append(story.Events, recentWords(j.Event.Time, now)+"  "+words.Labelled(opWords(j.Event.Op), Reason(j)))
	}
	return story
}

func opWords(o scanner.Op) string {
	if text, ok := wordsOfOp[o]; ok {
		return text.String()
	}
	return o.String()
}

func summaryWords(s alerts.Story, now time.Time) string {
	first := s.First
	if first.IsZero() {
		first = s.Since
	}
	switch {
	case first.IsZero():
		return wordsNoStory.String()
	case s.Opened == 0:
		return wordsFirstSeen.With("Time", recentWords(first, now))
	case s.Opened == 1 && s.LastOpened.Sub(first).Abs() < time.Minute:
		return wordsSeenOnce.With("Time", recentWords(first, now))
	}
	often := wordsTimes.Of(s.Opened)
	if s.Since.Sub(first) >= day && s.Opened > 1 {
		often = wordsTimesSince.Of(s.Opened, "Time", recentWords(s.Since, now))
	}
	return wordsFirstAndLast.With("First", recentWords(first, now), "Last", recentWords(s.LastOpened, now)) + " · " + often
}

const day = 24 * time.Hour

// recentWords is a time to the minute, by its day where that is today or yesterday.
func recentWords(t, now time.Time) string {
	t = t.In(now.Location())
	date := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch date(t) {
	case date(now):
		return wordsToday.With("Time", t.Format("15:04"))
	case date(now.AddDate(0, 0, -1)):
		return wordsYesterday.With("Time", t.Format("15:04"))
	}
	return t.Format("2006-01-02 15:04")
}
