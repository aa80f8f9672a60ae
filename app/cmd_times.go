package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment is a flag's value: a time as people write it.
type moment struct {
	time.Time
	past bool // a length of time is before now, not after
	text string
}

func (m *moment) Set(s string) (err error) {
	m.text = s
	m.Time, err = parseMoment(s, time.Now(), m.past)
	return err
}

func (m *moment) String() string { return m.text }

func (m *moment) Type() string { return "time" }

// length is a flag's value: a length of time, with days and weeks.
type length time.Duration

func (l *length) Set(s string) error {
	d, err := parseLength(s)
	*l = length(d)
	return err
}

func (l *length) String() string {
	if *l == 0 {
		return ""
	}
	return time.Duration(*l).String()
}

func (l *length) Type() string { return "duration" }

// parseMoment reads a time in the local zone: a date is its beginning, a time of day
// is the last such one, or the next.
func parseMoment(s string, now time.Time, past bool) (time.Time, error) {
	if d, err := parseLength(s); err == nil {
		if past {
			d = -d
		}
		return now.Add(d), nil
	}
	y, m, d := now.Date()
	day := func(n int) time.Time { return time.Date(y, m, d+n, 0, 0, 0, 0, now.Location()) }
	switch strings.ToLower(s) {
	case "now":
		return now, nil
	case "today":
		return day(0), nil
	case "yesterday":
		return day(-1), nil
	case "tomorrow":
		return day(1), nil
	}
	for _, layout := range momentLayouts() {
		if t, err := time.ParseInLocation(layout, s, now.Location()); err == nil && t.Year() >= minYear {
			return t, nil
		}
	}
	if t, err := timeOfDay(s, now, past); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("time %q is not understood: %s", s, wordsTimes)
}

// minYear is the first year of Unix time: before it nothing was remembered, and the
// zero time stands for none.
const minYear = 1970

func momentLayouts() []string {
	return []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime, "2006-01-02T15:04:05", time.RFC3339}
}

func timeOfDay(s string, now time.Time, past bool) (time.Time, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		t, err = time.Parse(time.TimeOnly, s)
	}
	if err != nil {
		return time.Time{}, err
	}
	y, m, d := now.Date()
	on := func(n int) time.Time {
		return time.Date(y, m, d+n, t.Hour(), t.Minute(), t.Second(), 0, now.Location())
	}
	switch today := on(0); {
	case past && today.After(now):
		return on(-1), nil
	case !past && !today.After(now):
		return on(1), nil
	default:
		return today, nil
	}
}

var errLength = errors.New("not a length of time: write 90m, 24h, 7d or 2w")

// maxLength bounds a length of time: a hundred years.
const maxLength = 36525 * 24 * time.Hour

// parseLength reads what time.ParseDuration does, and whole days and weeks: "7d".
func parseLength(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	for unit, hours := range map[string]int{"d": 24, "w": 7 * 24} {
		number, ok := strings.CutSuffix(s, unit)
		if n, errNumber := strconv.Atoi(number); ok && errNumber == nil && n >= 0 && n <= int(maxLength/time.Hour)/hours {
			d, err = time.Duration(n*hours)*time.Hour, nil
		}
	}
	if err != nil || d <= 0 || d > maxLength {
		return 0, fmt.Errorf("%q is %w", s, errLength)
	}
	return d, nil
}
