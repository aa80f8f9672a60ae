package window

import (
	"strings"
	"time"

	"portlight/app/history"
	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
)

// Everything that a user reads in the History tab.
const (
	wordHistory     = words.Text("History | what happened, a heading")
	wordHour        = words.Text("Hour | how much time is shown")
	wordDay         = words.Text("Day | how much time is shown")
	wordWeek        = words.Text("Week | how much time is shown")
	wordMonth       = words.Text("Month | how much time is shown")
	wordNow         = words.Text("Now | show this moment, a button")
	wordExportTitle = words.Text("Export history | title of the dialog for a file")
	wordExport      = words.Text("Export | a button")
	wordCSV         = words.Text("As CSV…")
	wordJSON        = words.Text("As JSON…")

	wordForget    = words.Text("Delete | what is remembered, a button")
	wordForgetAll = words.Text("Everything… | what is to be deleted, in a menu")

	wordForgetOne      = words.Text("What is remembered of {{.Program}}… | to be deleted, in a menu")
	wordForgetAllTitle = words.Text("Delete everything that is remembered?")
	wordForgetTitle    = words.Text("Delete what is remembered of {{.Program}}?")
	wordForgetAllText  = words.Text("All events and alerts go. What listens now is taken for known. Rules, settings and your own names of ports stay. This cannot be undone.")
	wordForgetText     = words.Text("Its events and alerts go, on every port. When it listens again, that is new. Rules, settings and your own names of ports stay. This cannot be undone. | of a program")
	wordForgottenAll   = words.Text("What was remembered is deleted.")
	wordForgotten      = words.Text("What was remembered of {{.Program}} is deleted.")
	wordNotForgotten   = words.Text("Not all could be deleted: {{.Why}}")

	wordSearchHistory  = words.Text("Search program or port…")
	wordReadingHistory = words.Text("Reading the history…")
	wordNoHistory      = words.Text("Nothing is remembered of this time")
	wordNoHistoryHint  = words.Text("What begins and ends to listen is remembered while Portlight runs in the menu bar. Show a longer time, or come back later.")
	wordNoLane         = words.Text("No program or port matches")
	wordHistoryKeys    = words.Text("Left, Right  Move     +, –  Zoom     0  Now     Enter  Its events     Esc  All | keys and what they do")
	wordTooMuch        = words.Text("This is too much for one picture: the latest is shown. Show a shorter time.")

	wordLaneFacts     = words.Text("{{.Lane}}: {{.Facts}}")
	wordRange         = words.Text("{{.From}} – {{.To}} | times")
	wordHistoryFailed = words.Text("The history could not be read: {{.Why}}")
	wordExportFailed  = words.Text("It could not be written: {{.Why}} | a file")
	wordExporting     = words.Text("Writing… {{.Count}} | events into a file")
)

// Layouts of times, as Go has them.
const (
	layoutWeekday = words.Text("Mon 2 Jan")
	layoutMonth   = words.Text("Jan 2006")
	layoutDay     = words.Text("2 Jan")
	layoutMoment  = words.Text("2 Jan 2006 15:04:05")
)

// What is counted.
var (
	pluralLanes          = words.Plural{One: "{{.N}} lane | of a picture of time", Other: "{{.N}} lanes | of a picture of time"}
	pluralEvents         = words.Plural{One: "{{.N}} event", Other: "{{.N}} events"}
	pluralEventsSoFar    = words.Plural{One: "{{.N}} event so far", Other: "{{.N}} events so far"}
	pluralEventsOf       = words.Plural{One: "{{.N}} event of {{.Lane}} (Esc shows all)", Other: "{{.N}} events of {{.Lane}} (Esc shows all)"}
	pluralEventsOfSoFar  = words.Plural{One: "{{.N}} event of {{.Lane}} (Esc shows all) so far", Other: "{{.N}} events of {{.Lane}} (Esc shows all) so far"}
	pluralEventsExported = words.Plural{One: "{{.N}} event written to {{.File}}", Other: "{{.N}} events written to {{.File}}"}
)

// eventTitles are those of the columns of events.
var eventTitles = [...]words.Text{"Time | when an event was, a column", "", "Port | a column", "Program | a column", "Why | an alert or none, a column"}

var opWords = map[scanner.Op]words.Text{
	scanner.Opened:  "opened | a listener, in a column",
	scanner.Closed:  "closed | a listener, in a column",
	scanner.Changed: "changed | a listener, in a column",
}

// spanWording says when a lane was open, by how it ended.
type spanWording struct{ open, unseen, closed words.Text }

var (
	wordingOpened = spanWording{
		"{{.Lane}}: from {{.Opened}} until now, {{.Duration}}",
		"{{.Lane}}: from {{.Opened}} until {{.Closed}} at least, {{.Duration}}",
		"{{.Lane}}: from {{.Opened}} to {{.Closed}}, {{.Duration}}",
	}
	wordingThere = spanWording{
		"{{.Lane}}: there already at {{.Opened}} until now, {{.Duration}}",
		"{{.Lane}}: there already at {{.Opened}} until {{.Closed}} at least, {{.Duration}}",
		"{{.Lane}}: there already at {{.Opened}} to {{.Closed}}, {{.Duration}}",
	}
)

// clockWords is a time of the day, with its date where a day begins.
func clockWords(at time.Time, step time.Duration) string {
	switch {
	case at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0:
		return words.Time(at, layoutWeekday)
	case step < time.Minute:
		return at.Format("15:04:05")
	}
	return at.Format("15:04")
}

// dayWords is a day where ticks are so many days apart.
func dayWords(at time.Time, apart int) string {
	if apart >= 180 {
		return words.Time(at, layoutMonth)
	}
	return words.Time(at, layoutDay)
}

// laneWords names a lane: "nginx · 443", "avahi-daemon · 5353/udp".
func laneWords(l *history.Lane) string {
	name, port := laneParted(l)
	return name + port
}

// laneParted is what laneWords is made of.
func laneParted(l *history.Lane) (name, port string) {
	return view.Clean(l.Name, 64), " · " + view.PortProto(l.Port, l.Proto.String())
}

// spanWords says when a lane was open: "nginx · 443: from 09:12 to 11:03, 1 h 51 min".
func spanWords(l *history.Lane, s *history.LaneSpan, now time.Time) string {
	w, end := wordingOpened, s.Closed
	if !s.Exact {
		w = wordingThere
	}
	text := w.closed
	switch {
	case end.IsZero():
		text, end = w.open, now
	case s.Unseen:
		text = w.unseen
	}
	return text.With("Lane", laneWords(l), "Opened", momentWords(s.Opened, now), "Closed", momentWords(end, now),
		"Duration", durationWords(max(end.Sub(s.Opened), 0)))
}

// laneFacts says what a lane holds: "12 times, 2 alerts".
func laneFacts(l *history.Lane) string {
	facts := []string{pluralTimes.Of(len(l.Spans))}
	if len(l.Marks) > 0 {
		facts = append(facts, pluralAlerts.Of(len(l.Marks)))
	}
	return wordLaneFacts.With("Lane", laneWords(l), "Facts", words.Facts(facts...))
}

// momentWords is a time, with its date where that is not today.
func momentWords(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04:05")
	}
	return words.Time(t, layoutMoment)
}

// rangeWords says what a picture shows.
func rangeWords(t timeline, now time.Time) string {
	to := t.to
	if t.endsAt(now) {
		to = now
	}
	return wordRange.With("From", momentWords(t.from, now), "To", momentWords(to, now))
}

// historyFoot counts what is shown; the events are those of a lane, or of all if it is nil.
func historyFoot(lanes, events int, more bool, of *history.Lane) string {
	return words.Facts(pluralLanes.Of(lanes), eventsShown(events, more, of))
}

func eventsShown(n int, more bool, of *history.Lane) string {
	switch {
	case of != nil && more:
		return pluralEventsOfSoFar.Of(n, "Lane", laneWords(of))
	case of != nil:
		return pluralEventsOf.Of(n, "Lane", laneWords(of))
	case more:
		return pluralEventsSoFar.Of(n)
	}
	return pluralEvents.Of(n)
}

// eventHeads are the titles of the columns of events as they are read now.
func eventHeads() (heads [len(eventTitles)]string) {
	for i, t := range eventTitles {
		heads[i] = t.String()
	}
	return heads
}

func historyFailed(err error) string {
	return wordHistoryFailed.With("Why", view.Clean(err.Error(), maxText))
}

func exportFailed(err error) string {
	return wordExportFailed.With("Why", view.Clean(err.Error(), maxText))
}

func exported(n int, name string) string {
	return pluralEventsExported.Of(n, "File", view.Clean(name, maxText))
}

func exporting(n int) string { return wordExporting.With("Count", n) }

// exportName is what a file is called at first: "portlight-history-2026-11-03.csv".
func exportName(now time.Time, kind string) string {
	return strings.Join([]string{"portlight", "history", now.Format(time.DateOnly) + "." + kind}, "-")
}

// forgetOne offers to delete what is remembered of a program.
func forgetOne(name string) string { return wordForgetOne.With("Program", name) }

// forgetTitle asks whether to delete what is remembered of a program, of all for "".
func forgetTitle(name string) string {
	if name == "" {
		return wordForgetAllTitle.String()
	}
	return wordForgetTitle.With("Program", name)
}

// forgetText says what goes and what stays.
func forgetText(name string) string {
	if name == "" {
		return wordForgetAllText.String()
	}
	return wordForgetText.String()
}

func forgotten(name string) string {
	if name == "" {
		return wordForgottenAll.String()
	}
	return wordForgotten.With("Program", name)
}

func notForgotten(err error) string {
	return wordNotForgotten.With("Why", view.Clean(err.Error(), maxText))
}
