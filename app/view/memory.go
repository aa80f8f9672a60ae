package view

import (
	"time"

	"portlight/assets/words"
)

// MemoryJSON tells of the database in `doctor --json`.
type MemoryJSON struct {
	Path       string     `json:"path"`
	Found      bool       `json:"found"` // there is one
	Error      string     `json:"error"` // why it cannot be used, "" if it can
	Bytes      int64      `json:"bytes"`
	Events     int        `json:"events"`
	Programs   int        `json:"programs"`
	Rules      int        `json:"rules"`
	Unseen     int        `json:"unseen_alerts"`
	Oldest     *time.Time `json:"oldest"` // of the events, null if there is none
	KeepDays   int        `json:"keep_days"`
	KeepEvents int        `json:"keep_events"`
	Skipped    int        `json:"skipped"`        // entries that make no sense
	Free       *int64     `json:"free_bytes"`     // on its disk, null if it is not known
	Wrong      []string   `json:"wrong_settings"` // what is wrong with stored settings, whose defaults hold
}

// NotificationsJSON tells of notifications in `doctor --json`.
type NotificationsJSON struct {
	Agent     bool   `json:"agent"`      // Portlight runs and watches
	Silent    bool   `json:"silent"`     // it only records, as `watch --record` does
	Service   string `json:"service"`    // of the session that shows them, "" if it is not known
	Works     bool   `json:"works"`      // there is one, or one is started when it is needed
	Error     string `json:"error"`      // why there is none
	LastError string `json:"last_error"` // why the last notification was not shown, in English, "" if it was

	PausedUntil *time.Time `json:"paused_until"` // alerts are paused, null if they are not
}

// clean makes all its texts Clean.
func (m MemoryJSON) clean() MemoryJSON {
	m.Path, m.Error = Clean(m.Path, maxPath), Clean(m.Error, 2*maxPath)
	wrong := make([]string, 0, len(m.Wrong)) // never null in JSON
	for _, w := range m.Wrong {
		wrong = append(wrong, Clean(w, maxPath))
	}
	m.Wrong = wrong
	return m
}

func (n NotificationsJSON) clean() NotificationsJSON {
	n.Service, n.Error, n.LastError = Clean(n.Service, maxPath), Clean(n.Error, maxPath), Clean(n.LastError, maxPath)
	return n
}

// words gives the lines of the memory.
func (m MemoryJSON) words() []string {
	var lines []string
	switch {
	case m.Error != "":
		return []string{wordsUnusable.With("Error", m.Error)}
	case m.Found:
		lines = []string{words.Facts(m.Path, BytesWords(m.Bytes)), m.contents()}
	default:
		lines = []string{wordsNothingYet.With("Path", m.Path)}
	}
	lines = append(lines, wordsKept.Of(m.KeepDays, "Events", words.Grouped(m.KeepEvents)))
	lines = append(lines, m.Wrong...)
	switch {
	case m.Free == nil, *m.Free >= scarceBelow:
	case *m.Free >= fullBelow:
		lines = append(lines, wordsDiskScarce.With("Size", BytesWords(*m.Free)))
	default:
		lines = append(lines, wordsDiskFull.With("Size", BytesWords(*m.Free)))
	}
	if m.Skipped > 0 {
		lines = append(lines, wordsSkippedRows.Of(m.Skipped))
	}
	return lines
}

// How much of a disk must be free, in bytes, for the database to be written, and to be
// written for some time.
const (
	fullBelow   = 64 << 10
	scarceBelow = 10 << 20
)

func (m MemoryJSON) contents() string {
	events := wordsEventCount.Of(m.Events)
	if m.Oldest != nil {
		events = wordsEventsSince.Of(m.Events, "Time", MinuteWords(*m.Oldest))
	}
	return words.Facts(events, wordsProgramCount.Of(m.Programs), wordsRuleCount.Of(m.Rules), wordsNewAlertCount.Of(m.Unseen))
}

// words gives the lines of the notifications.
func (n NotificationsJSON) words() []string {
	lines := []string{wordsNoAgent.String()}
	switch {
	case n.Agent && n.Silent:
		lines[0] = wordsRecorder.With("Command", "`portlight watch --record`")
	case n.Agent:
		lines[0] = wordsAgent.String()
	}
	if n.PausedUntil != nil {
		lines = append(lines, wordsPausedUntil.With("Time", MinuteWords(*n.PausedUntil)))
	}
	switch {
	case !n.Works:
		lines = append(lines, wordsNotShown.With("Error", n.Error))
	case n.Agent && !n.Silent:
		lines = append(lines, wordsShownBy.With("Service", n.Service))
	default:
		lines = append(lines, wordsWouldShow.With("Service", n.Service))
	}
	if n.LastError != "" {
		lines = append(lines, wordsLastFailed.With("Error", words.Text(n.LastError)))
	}
	return lines
}

// BytesWords is a size for people: "812 bytes", "12 KB", "3.4 MB".
func BytesWords(n int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case n < kilo:
		return wordsBytes.Of(int(n))
	case n < mega:
		return wordsKB.With("Size", (n+kilo/2)/kilo)
	}
	return wordsMB.With("Size", words.Number(float64(n)/mega, 1))
}
