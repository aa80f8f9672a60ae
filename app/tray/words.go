package tray

import (
	"strconv"
	"time"
)

// The words of the menu. The rows, headings and notes come with the model.
const (
	wordDetails  = "Details…"
	wordAllow    = "Allow"
	wordMute     = "Mute"
	wordCopy     = "Copy address"
	wordBrowser  = "Open in browser"
	wordTell     = "Tell me when this closes"
	wordStop     = "Stop…"
	wordMarkSeen = "Mark all as seen"
	wordPause    = "Pause alerts"
	wordHour     = "For an hour"
	wordTomorrow = "Until tomorrow"
	wordResume   = "Resume alerts"
	wordOpen     = "Open Portlight"
	wordSettings = "Settings…"
	wordQuit     = "Quit Portlight"
)

// seenLabel is an alert that is no longer new while the menu is open.
func seenLabel(label string) string { return label + " (seen)" }

// pausedWords says until when alerts are paused, in the time zone of now; ""
// if they are not. The day is named unless it is today.
func pausedWords(until, now time.Time) string {
	if until.IsZero() {
		return ""
	}
	until = until.In(now.Location())
	layout := "15:04"
	if until.Format(time.DateOnly) != now.Format(time.DateOnly) {
		layout = "Mon 15:04"
	}
	return "Alerts are paused until " + until.Format(layout)
}

// tooltipWords is the tooltip, with how many alerts are new.
func tooltipWords(tooltip string, unseen int) string {
	if unseen <= 0 {
		return tooltip
	}
	return tooltip + ": " + strconv.Itoa(unseen) + " new"
}
