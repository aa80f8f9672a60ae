package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	Skipped    int        `json:"skipped"`    // entries that make no sense
	Free       *int64     `json:"free_bytes"` // on its disk, null if it is not known
}

// NotificationsJSON tells of notifications in `doctor --json`.
type NotificationsJSON struct {
	Agent     bool   `json:"agent"`      // Portlight runs and watches
	Silent    bool   `json:"silent"`     // it only records, as `watch --record` does
	Service   string `json:"service"`    // of the session that shows them, "" if it is not known
	Works     bool   `json:"works"`      // there is one, or one is started when it is needed
	Error     string `json:"error"`      // why there is none
	LastError string `json:"last_error"` // why the last notification was not shown, "" if it was

	PausedUntil *time.Time `json:"paused_until"` // alerts are paused, null if they are not
}

// clean makes all its texts Clean.
func (m MemoryJSON) clean() MemoryJSON {
	m.Path, m.Error = Clean(m.Path, maxPath), Clean(m.Error, 2*maxPath)
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
		return []string{wordsUnusable + m.Error}
	case m.Found:
		lines = []string{m.Path + ", " + BytesWords(m.Bytes), m.contents()}
	default:
		lines = []string{m.Path + ": " + wordsNothingYet}
	}
	lines = append(lines, fmt.Sprintf(wordsKept, Plural(m.KeepDays, "day"), m.KeepEvents))
	switch {
	case m.Free == nil, *m.Free >= scarceBelow:
	case *m.Free >= fullBelow:
		lines = append(lines, fmt.Sprintf(wordsDiskScarce, BytesWords(*m.Free)))
	default:
		lines = append(lines, fmt.Sprintf(wordsDiskFull, BytesWords(*m.Free)))
	}
	if m.Skipped > 0 {
		lines = append(lines, fmt.Sprintf(wordsSkippedRows, Plural(m.Skipped, "row")))
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
	events := Plural(m.Events, "event")
	if m.Oldest != nil {
		events += " since " + MinuteWords(*m.Oldest)
	}
	return strings.Join([]string{events, Plural(m.Programs, "program"), Plural(m.Rules, "rule"), Plural(m.Unseen, "new alert")}, ", ")
}

// words gives the lines of the notifications.
func (n NotificationsJSON) words() []string {
	lines := []string{wordsNoAgent}
	switch {
	case n.Agent && n.Silent:
		lines[0] = wordsRecorder
	case n.Agent:
		lines[0] = wordsAgent
	}
	if n.PausedUntil != nil {
		lines = append(lines, fmt.Sprintf(wordsPausedUntil, MinuteWords(*n.PausedUntil)))
	}
	switch {
	case !n.Works:
		lines = append(lines, wordsNotShown+n.Error)
	case n.Agent && !n.Silent:
		lines = append(lines, wordsShownBy+n.Service)
	default:
		lines = append(lines, wordsWouldShow+n.Service)
	}
	if n.LastError != "" {
		lines = append(lines, wordsLastFailed+n.LastError)
	}
	return lines
}

// BytesWords is a size for people: "812 bytes", "12 KB", "3.4 MB".
func BytesWords(n int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case n < kilo:
		return Plural(int(n), "byte")
	case n < mega:
		return strconv.FormatInt((n+kilo/2)/kilo, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/mega, 'f', 1, 64) + " MB"
}

// The words of the memory and of notifications.
const (
	wordMemory        = "Memory"
	wordNotifications = "Notifications"
	wordTray          = "Tray"

	wordsTray   = "the desktop shows tray icons"
	wordsNoTray = "this desktop shows no tray icons (on GNOME the extension AppIndicator adds them)"

	wordsNothingYet  = "nothing has been remembered yet"
	wordsUnusable    = "cannot be used: "
	wordsKept        = "Events are kept for %s, %d of them at most"
	wordsSkippedRows = "%s of it could not be read"
	wordsAgent       = "Portlight runs, and records what happens"
	wordsNoAgent     = "Portlight does not run: nothing is recorded and nothing is told"
	wordsRecorder    = "`portlight watch --record` runs: it records what happens, and shows no notifications"
	wordsPausedUntil = "alerts are paused until %s: until then none is shown, and all are recorded"
	wordsDiskScarce  = "its disk is almost full (%s left): make room, or what happens is soon not remembered any more"
	wordsDiskFull    = "its disk is full (%s left): what happens is not remembered until there is room"
	wordsShownBy     = "shown by "
	wordsWouldShow   = "they would be shown by "
	wordsNotShown    = "cannot be shown: "
	wordsLastFailed  = "the last one was not shown: "
)
