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
	Skipped    int        `json:"skipped"` // entries that make no sense
}

// NotificationsJSON tells of notifications in `doctor --json`.
type NotificationsJSON struct {
	Agent     bool   `json:"agent"`      // Portlight runs and watches
	Service   string `json:"service"`    // of the session that shows them, "" if it is not known
	Works     bool   `json:"works"`      // there is one, or one is started when it is needed
	Error     string `json:"error"`      // why there is none
	LastError string `json:"last_error"` // why the last notification was not shown, "" if it was
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
		lines = []string{m.Path + ", " + bytesWords(m.Bytes), m.contents()}
	default:
		lines = []string{m.Path + ": " + wordsNothingYet}
	}
	lines = append(lines, fmt.Sprintf(wordsKept, Plural(m.KeepDays, "day"), m.KeepEvents))
	if m.Skipped > 0 {
		lines = append(lines, fmt.Sprintf(wordsSkippedRows, Plural(m.Skipped, "row")))
	}
	return lines
}

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
	if n.Agent {
		lines[0] = wordsAgent
	}
	if n.Works {
		lines = append(lines, wordsShownBy+n.Service)
	} else {
		lines = append(lines, wordsNotShown+n.Error)
	}
	if n.LastError != "" {
		lines = append(lines, wordsLastFailed+n.LastError)
	}
	return lines
}

// bytesWords is a size for people: "812 bytes", "12 KB", "3.4 MB".
func bytesWords(n int64) string {
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

	wordsNothingYet  = "nothing has been remembered yet"
	wordsUnusable    = "cannot be used: "
	wordsKept        = "Events are kept for %s, %d of them at most"
	wordsSkippedRows = "%s of it could not be read"
	wordsAgent       = "Portlight runs, and records what happens"
	wordsNoAgent     = "Portlight does not run: nothing is recorded and nothing is told"
	wordsShownBy     = "shown by "
	wordsNotShown    = "cannot be shown: "
	wordsLastFailed  = "the last one was not shown: "
)
