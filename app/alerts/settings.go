package alerts

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"portlight/assets/words"
	"portlight/scanner"
)

// Settings are a person's choices about alerts, what is kept, and what the tray shows.
type Settings struct {
	Loopback   bool      // tell of what only this computer can reach too
	Ephemeral  bool      // tell of TCP ports that the system hands out, once they have stood for SettleTime
	Paused     time.Time // until then nothing is told; zero is not paused
	KeepDays   int       // how long events are kept, MinKeepDays … MaxKeepDays
	KeepEvents int       // how many events are kept, MinKeepEvents … MaxKeepEvents

	Interval time.Duration // between two scans, scanner.MinInterval … scanner.MaxInterval
	Row      RowText
	Title    TrayTitle
	Language string // a tag of words.Languages, "" as the system
}

// The bounds of what is kept.
const (
	MinKeepDays, MaxKeepDays     = 1, 3650
	MinKeepEvents, MaxKeepEvents = 1_000, 5_000_000
)

// DefaultSettings are those of a person who has chosen nothing.
func DefaultSettings() Settings {
	return Settings{Ephemeral: true, KeepDays: 90, KeepEvents: 200_000, Interval: scanner.DefaultInterval, Row: PortServiceProgram, Title: TitleNew}
}

// The names of settings in the store.
const (
	SettingPaused     = "alerts.paused"
	SettingKeepDays   = "history.days"
	SettingKeepEvents = "history.events"

	keyLoopback  = "alerts.loopback"
	keyEphemeral = "alerts.ephemeral"
)

// Values gives settings as they are stored.
func (s Settings) Values() map[string]string {
	paused := ""
	if !s.Paused.IsZero() {
		paused = s.Paused.UTC().Format(time.RFC3339)
	}
	return map[string]string{
		keyLoopback:       strconv.FormatBool(s.Loopback),
		keyEphemeral:      strconv.FormatBool(s.Ephemeral),
		SettingPaused:     paused,
		SettingKeepDays:   strconv.Itoa(s.KeepDays),
		SettingKeepEvents: strconv.Itoa(s.KeepEvents),
		keyInterval:       s.Interval.String(),
		keyRow:            string(s.Row),
		keyTitle:          string(s.Title),
		keyLanguage:       s.Language,
	}
}

// ParseSettings reads stored settings. What is missing, or makes no sense, is the
// default; the problems say the latter.
func ParseSettings(stored map[string]string) (s Settings, problems []error) {
	s = DefaultSettings()
	read := func(key string, parse func(string) error) {
		text, ok := stored[key]
		if !ok || text == "" {
			return
		}
		if err := parse(text); err != nil {
			problems = append(problems, wrongSetting(key, err))
		}
	}
	read(keyLoopback, into(&s.Loopback, known(strconv.ParseBool, textNoBool)))
	read(keyEphemeral, into(&s.Ephemeral, known(strconv.ParseBool, textNoBool)))
	read(SettingPaused, into(&s.Paused, known(func(t string) (time.Time, error) { return time.Parse(time.RFC3339, t) }, textNoTime)))
	read(SettingKeepDays, into(&s.KeepDays, within(MinKeepDays, MaxKeepDays)))
	read(SettingKeepEvents, into(&s.KeepEvents, within(MinKeepEvents, MaxKeepEvents)))
	read(keyInterval, into(&s.Interval, parseInterval))
	read(keyRow, into(&s.Row, oneOf(RowTexts)))
	read(keyTitle, into(&s.Title, oneOf(TrayTitles)))
	read(keyLanguage, into(&s.Language, oneOf(words.Tags())))
	return s, problems
}

// into keeps what is parsed without an error.
func into[T any](to *T, parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		v, err := parse(text)
		if err == nil {
			*to = v
		}
		return err
	}
}

// known parses, and says of what cannot be parsed that it is none.
func known[T any](parse func(string) (T, error), none words.Text) func(string) (T, error) {
	return func(text string) (T, error) {
		v, err := parse(text)
		if err != nil {
			err = errors.New(none.With("Value", fmt.Sprintf("%.*q", maxShown, text)))
		}
		return v, err
	}
}

// within parses a number between two bounds.
func within(low, high int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := known(strconv.Atoi, textNoNumber)(text)
		if err == nil && (n < low || n > high) {
			err = errors.New(textNotBetween.With("Value", n, "Least", low, "Most", high))
		}
		return n, err
	}
}
