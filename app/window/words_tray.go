package window

import (
	"time"

	"portlight/app/alerts"
	"portlight/assets/words"
)

// What a user reads in the Settings tab of the tray and of the interval.
const (
	wordIconMenu  = words.Text("Icon and menu")
	wordRowsTell  = words.Text("Rows show")
	wordExample   = words.Text("Such as")
	wordBeside    = words.Text("Beside the icon")
	wordLookEvery = words.Text("Look every")

	textSeconds = words.Text("{{.N}} s")
	textMinutes = words.Text("{{.N}} min")
	textMillis  = words.Text("{{.N}} ms")
	textGiven   = words.Text("Portlight was started with --interval {{.Interval}}. That holds until it is started without.")
)

var rowTextWords = map[alerts.RowText]words.Text{
	alerts.PortServiceProgram: "Port, service and program",
	alerts.PortProgram:        "Port and program",
	alerts.ProgramPort:        "Program and port",
}

var trayTitleWords = map[alerts.TrayTitle]words.Text{
	alerts.TitleNothing:   "Nothing | beside the icon",
	alerts.TitleNew:       "How many alerts are new",
	alerts.TitleReachable: "How many listeners others can reach",
}

func rowTextChoice(t alerts.RowText) string { return rowTextWords[t].String() }

func trayTitleChoice(t alerts.TrayTitle) string { return trayTitleWords[t].String() }

// intervalWords is "250 ms", "1 s", "1 min".
func intervalWords(d time.Duration) string {
	switch {
	case d%time.Minute == 0:
		return textMinutes.With("N", int64(d/time.Minute))
	case d%time.Second == 0:
		return textSeconds.With("N", int64(d/time.Second))
	}
	return textMillis.With("N", d.Milliseconds())
}
