package alerts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portlight/assets/words"
	"portlight/scanner"
)

// RowText is what a row of the tray menu tells of a listener.
type RowText string

// The choices.
const (
	PortServiceProgram RowText = "port service program"
	PortProgram        RowText = "port program"
	ProgramPort        RowText = "program port"
)

// TrayTitle is the text beside the icon in the tray, where the system shows one there.
type TrayTitle string

// The choices.
const (
	TitleNothing   TrayTitle = "nothing"
	TitleNew       TrayTitle = "new"       // how many alerts are new, nothing for none
	TitleReachable TrayTitle = "reachable" // how many listeners others can reach
)

// The choices, in the order in which they are offered.
var (
	RowTexts   = []RowText{PortServiceProgram, PortProgram, ProgramPort}
	TrayTitles = []TrayTitle{TitleNothing, TitleNew, TitleReachable}
)

// SettingWelcomed is the name of the setting that the window has welcomed the person;
// "" if it has not.
const SettingWelcomed = "window.welcomed"

// SettingGiven is the name of the setting that holds the interval that the agent was
// started with, in the place of that of the settings; "" if it was not.
const SettingGiven = "status.interval"

// The names of the settings of this file in the store.
const (
	keyInterval = "scan.interval" // as time.ParseDuration takes it
	keyRow      = "menu.row"
	keyTitle    = "tray.title"
	keyLanguage = "language"
)

const (
	textSetting    = words.Text("setting {{.Key}}: {{.Reason}}")
	textInstead    = words.Text("setting {{.Key}}: {{.Reason}}; {{.Default}} holds instead")
	textNoBool     = words.Text("{{.Value}} is neither true nor false")
	textNoNumber   = words.Text("{{.Value}} is no number")
	textNoTime     = words.Text("{{.Value}} is no time")
	textNotBetween = words.Text("{{.Value}} is not between {{.Least}} and {{.Most}}")
	textNoneOf     = words.Text("{{.Value}} is none of the choices: {{.Choices}}")
)

// wrongSetting says what is wrong with a setting, and what holds in its place.
func wrongSetting(key string, why error) error {
	if d := DefaultSettings().Values()[key]; d != "" {
		return words.Wrap(textInstead, why, "Key", key, "Default", d)
	}
	return words.Wrap(textSetting, why, "Key", key)
}

// parseInterval reads a time between two scans.
func parseInterval(text string) (time.Duration, error) {
	d, err := known(time.ParseDuration, textNoTime)(text)
	if err == nil && (d < scanner.MinInterval || d > scanner.MaxInterval) {
		err = errors.New(textNotBetween.With("Value", d, "Least", scanner.MinInterval, "Most", scanner.MaxInterval))
	}
	return d, err
}

// maxShown bounds what a problem quotes of a value, in letters.
const maxShown = 40

// oneOf parses a choice.
func oneOf[T ~string](choices []T) func(string) (T, error) {
	return func(text string) (T, error) {
		if c := T(text); slices.Contains(choices, c) {
			return c, nil
		}
		var all []string
		for _, c := range choices {
			all = append(all, string(c))
		}
		return "", errors.New(textNoneOf.With("Value", fmt.Sprintf("%.*q", maxShown, text), "Choices", strings.Join(all, ", ")))
	}
}
