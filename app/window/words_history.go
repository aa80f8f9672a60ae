package window

import (
	"strconv"
	"strings"
	"time"

	"portlight/app/history"
	"portlight/app/view"
)

// Everything that a user reads in the History tab.
const (
	wordHistory = "History"
	wordHour    = "Hour"
	wordDay     = "Day"
	wordWeek    = "Week"
	wordMonth   = "Month"
	wordNow     = "Now"
	wordExport  = "Export"
	wordCSV     = "As CSV…"
	wordJSON    = "As JSON…"

	wordForget    = "Delete"
	wordForgetAll = "Everything…"

	wordSearchHistory  = "Search program or port…"
	wordReadingHistory = "Reading the history…"
	wordNoHistory      = "Nothing is remembered of this time"
	wordNoHistoryHint  = "What begins and ends to listen is remembered while Portlight runs in the menu bar. Show a longer time, or come back later."
	wordNoLane         = "No program or port matches"
	wordHistoryKeys    = "Left, Right  Move     +, −  Zoom     0  Now     Enter  Its events     Esc  All"
	wordTooMuch        = "This is too much for one picture: the latest is shown. Show a shorter time."
)

// eventTitles are those of the columns of events.
var eventTitles = [...]string{"Time", "", "Port", "Program", "Why"}

// clockWords is a time of the day, with its date where a day begins.
func clockWords(at time.Time, step time.Duration) string {
	switch {
	case at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0:
		return at.Format("Mon 2 Jan")
	case step < time.Minute:
		return at.Format("15:04:05")
	}
	return at.Format("15:04")
}

// dayWords is a day where ticks are so many days apart.
func dayWords(at time.Time, apart int) string {
	if apart >= 180 {
		return at.Format("Jan 2006")
	}
	return at.Format("2 Jan")
}

// laneWords names a lane: "nginx · 443", "avahi-daemon · 5353/udp".
func laneWords(l *history.Lane) string {
	return view.Clean(l.Name, 64) + " · " + view.PortProto(l.Port, l.Proto.String())
}

// spanWords says when a lane was open: "nginx · 443: from 09:12 to 11:03, 1 h 51 min".
func spanWords(l *history.Lane, s *history.LaneSpan, now time.Time) string {
	from, end := "from ", s.Closed
	if !s.Exact {
		from = "there already at "
	}
	words := laneWords(l) + ": " + from + momentWords(s.Opened, now)
	switch {
	case end.IsZero():
		end = now
		words += " until now"
	case s.Unseen:
		words += " until " + momentWords(end, now) + " at least"
	default:
		words += " to " + momentWords(end, now)
	}
	return words + ", " + durationWords(max(end.Sub(s.Opened), 0))
}

// laneFacts says what a lane holds: "12 times, 2 alerts".
func laneFacts(l *history.Lane) string {
	words := laneWords(l) + ": " + view.Plural(len(l.Spans), "time")
	if len(l.Marks) > 0 {
		words += ", " + view.Plural(len(l.Marks), "alert")
	}
	return words
}

// momentWords is a time, with its date where that is not today.
func momentWords(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return t.Format("2 Jan 2006 15:04:05")
}

// rangeWords says what a picture shows.
func rangeWords(t timeline, now time.Time) string {
	return momentWords(t.from, now) + " – " + momentWords(minTime(t.to, now), now)
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// historyFoot counts what is shown; the events are those of a lane, or of all if it is nil.
func historyFoot(lanes, events int, more bool, of *history.Lane) string {
	words := view.Plural(lanes, "lane") + ", " + view.Plural(events, "event")
	if of != nil {
		words += " of " + laneWords(of) + " (Esc shows all)"
	}
	if more {
		words += " so far"
	}
	return words
}

func historyFailed(err error) string {
	return "The history could not be read: " + view.Clean(err.Error(), maxText)
}

func exportFailed(err error) string {
	return "It could not be written: " + view.Clean(err.Error(), maxText)
}

func exported(n int, name string) string {
	return view.Plural(n, "event") + " written to " + view.Clean(name, maxText)
}

func exporting(n int) string { return "Writing… " + strconv.Itoa(n) }

// exportName is what a file is called at first: "portlight-history-2026-11-03.csv".
func exportName(now time.Time, kind string) string {
	return strings.Join([]string{"portlight", "history", now.Format(time.DateOnly) + "." + kind}, "-")
}

// forgetOne offers to delete what is remembered of a program.
func forgetOne(name string) string { return "What is remembered of " + name + "…" }

// forgetTitle asks whether to delete what is remembered of a program, of all for "".
func forgetTitle(name string) string {
	if name == "" {
		return "Delete everything that is remembered?"
	}
	return "Delete what is remembered of " + name + "?"
}

// forgetText says what goes and what stays.
func forgetText(name string) string {
	goes := "All events and alerts go. What listens now is taken for known."
	if name != "" {
		goes = "Its events and alerts go, on every port. When it listens again, that is new."
	}
	return goes + " Rules, settings and your own names of ports stay. This cannot be undone."
}

func forgotten(name string) string {
	if name == "" {
		return "What was remembered is deleted."
	}
	return "What was remembered of " + name + " is deleted."
}

func notForgotten(err error) string {
	return "Not all could be deleted: " + view.Clean(err.Error(), maxText)
}
