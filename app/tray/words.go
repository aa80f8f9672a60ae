package tray

import (
	"time"

	"portlight/assets/words"
)

// The words of the menu. The rows, headings and notes come with the model.
const (
	wordDetails  = words.Text("Details… | of a listener, in a menu")
	wordAllow    = words.Text("Allow | an alert's program, in a menu")
	wordMute     = words.Text("Mute | an alert's program, in a menu")
	wordCopy     = words.Text("Copy address")
	wordBrowser  = words.Text("Open in browser")
	wordTell     = words.Text("Tell me when this closes | a listener")
	wordStop     = words.Text("Stop… | a program, in a menu")
	wordMarkSeen = words.Text("Mark all as seen")
	wordPause    = words.Text("Pause alerts")
	wordHour     = words.Text("For an hour | pause alerts")
	wordTomorrow = words.Text("Until tomorrow | pause alerts")
	wordResume   = words.Text("Resume alerts")
	wordOpen     = words.Text("Open Portlight")
	wordSettings = words.Text("Settings… | in a menu")
	wordQuit     = words.Text("Quit Portlight")

	wordsSeen        = words.Text("{{.Alert}} (seen)")
	wordsPausedUntil = words.Text("Alerts are paused until {{.Time}}")
	layoutDay        = words.Text("Mon 15:04 | a day and a time, as Go writes layouts")
)

var wordsTooltip = words.Plural{One: "{{.Name}}: {{.N}} new | alert", Other: "{{.Name}}: {{.N}} new | alerts"}

// seenLabel is an alert that is no longer new while the menu is open.
func seenLabel(label string) string { return wordsSeen.With("Alert", label) }

// pausedWords says until when alerts are paused, in the time zone of now; ""
// if they are not. The day is named unless it is today.
func pausedWords(until, now time.Time) string {
	if until.IsZero() {
		return ""
	}
	until = until.In(now.Location())
	text := until.Format("15:04")
	if until.Format(time.DateOnly) != now.Format(time.DateOnly) {
		text = words.Time(until, layoutDay)
	}
	return wordsPausedUntil.With("Time", text)
}

// tooltipWords is the tooltip, with how many alerts are new.
func tooltipWords(tooltip string, unseen int) string {
	if unseen <= 0 {
		return tooltip
	}
	return wordsTooltip.Of(unseen, "Name", tooltip)
}
