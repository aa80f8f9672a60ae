package window

import (
	"portlight/assets/words"
	"portlight/scanner"
)

// Everything that a user reads in the tabs Settings and Health.
const (
	wordLessTitle = words.Text("Keep less?")
	wordLessText  = words.Text("Events that are older than {{.Days}}, and those that make more than {{.Events}}, are deleted soon. That cannot be undone.")
	wordKeepLess  = words.Text("Keep less | button")

	wordLanguage  = words.Text("Language | a label")
	wordNotSpoken = words.Text("The language stays: {{.Error}}")

	wordGeneral       = words.Text("General | settings")
	wordAppearance    = words.Text("Appearance")
	wordAsSystem      = words.Text("As the system | appearance")
	wordLight         = words.Text("Light | appearance")
	wordDark          = words.Text("Dark | appearance")
	wordAtLogin       = words.Text("Start Portlight at login")
	wordTellLoopback  = words.Text("Tell me of what only this computer can reach, too")
	wordTellEphemeral = words.Text("Tell me of TCP ports that the system hands out, once they have stood for 3 s")
	wordKeepFor       = words.Text("Keep events for | a time")
	wordAtMost        = words.Text("At most | so many events")
	wordNoSettings    = words.Text("There is no memory, so these cannot be changed: start Portlight, or see Health.")

	wordAbout      = words.Text("About | heading")
	wordVersion    = words.Text("Version")
	wordDataFolder = words.Text("Data folder")
	wordSource     = words.Text("Source | of what is seen")
	wordVisible    = words.Text("Visible | of listeners")
	wordLookAgain  = words.Text("Look again")
	wordCopyReport = words.Text("Copy report")
	wordLooking    = words.Text("Looking at everything…")
	wordOwnCost    = words.Text("This window | heading: what it costs")
	wordLimits     = words.Text("What cannot be seen")
	wordNoLimits   = words.Text("Everything that listens here has a known owner.")
	wordUnknown    = words.Text("Not known")
)

const wordLoginFailed = words.Text("Cannot be set here: {{.Error}}")

func loginFailed(err error) string { return failed(wordLoginFailed, err) }

var pluralDays = words.Plural{One: "{{.N}} day", Other: "{{.N}} days"}

func daysWords(n int) string { return pluralDays.Of(n) }

var pluralKeptEvents = words.Plural{One: "{{.Count}} event | to keep", Other: "{{.Count}} events | to keep"}

// eventsWords is "200,000 events".
func eventsWords(n int) string { return pluralKeptEvents.Of(n, "Count", words.Grouped(n)) }

var (
	pluralKnown  = words.Plural{One: "{{.N}} with a known owner", Other: "{{.N}} with a known owner"}
	pluralUnseen = words.Plural{One: "{{.N}} hidden | of listeners", Other: "{{.N}} hidden | of listeners"}
)

func visibleWords(v scanner.Visibility) string {
	return words.Facts(pluralListeners.Of(v.Listeners), pluralKnown.Of(v.WithOwner), pluralUnseen.Of(v.Hidden))
}
