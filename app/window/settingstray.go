package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/view"
)

// intervals are the choices of the time between two scans.
var intervals = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute}

// traySettings are what the Settings tab has of the tray, and of the interval.
type traySettings struct {
	opts     *Options
	sample   func() *view.Row // a listener to show an example of; nil for none
	interval *choice[time.Duration]
	given    *widget.Label // that another interval holds
	row      *choice[alerts.RowText]
	example  *widget.Label
	title    *choice[alerts.TrayTitle]
}

// newTraySettings gives them with nothing chosen. Changed is called whenever something is.
func newTraySettings(o *Options, sample func() *view.Row, changed func()) *traySettings {
	s := &traySettings{opts: o, sample: sample, given: faint(""), example: widget.NewLabel("")}
	s.interval = newChoice(intervals, intervalWords, changed)
	s.row = newChoice(alerts.RowTexts, rowTextChoice, func() {
		s.exemplify()
		changed()
	})
	s.title = newChoice(alerts.TrayTitles, trayTitleChoice, changed)
	s.given.Wrapping = fyne.TextWrapWord
	s.given.Hide()
	s.example.Truncation = fyne.TextTruncateEllipsis
	return s
}

// menu is what is about the tray.
func (s *traySettings) menu() fyne.CanvasObject {
	lines := container.New(fieldLines{}, faint(wordRowsTell.String()), s.row.field(),
		faint(wordExample.String()), container.New(atLeast{exampleWidth, 0}, s.example))
	if s.opts.TrayTitle {
		lines.Add(faint(wordBeside.String()))
		lines.Add(s.title.field())
	}
	return container.NewVBox(section(wordIconMenu.String()), lines)
}

// exampleWidth is what an example of a row may take.
const exampleWidth = 400

// show shows settings, and which interval was given instead of theirs, "" for none; the
// window looks at its interval from now on.
func (s *traySettings) show(set alerts.Settings, given string) {
	s.interval.show(set.Interval)
	s.row.show(set.Row)
	s.title.show(set.Title)
	if s.opts.Interval != 0 {
		given = s.opts.Interval.String()
	}
	d, err := time.ParseDuration(given)
	s.given.SetText(textGiven.With("Interval", d))
	show(s.given, err == nil)
	s.opts.SetInterval(set.Interval)
}

// exemplify shows a row as it stands in the menu.
func (s *traySettings) exemplify() {
	text := ""
	if r := s.sample(); r != nil {
		text = r.MenuLabel(s.row.value())
	}
	s.example.SetText(text)
}

// chosen puts what is chosen into settings.
func (s *traySettings) chosen(set *alerts.Settings) {
	set.Interval, set.Row, set.Title = s.interval.value(), s.row.value(), s.title.value()
}

// boxes are what can be changed.
func (s *traySettings) boxes() []fyne.Disableable {
	return []fyne.Disableable{s.interval, s.row, s.title}
}

// sample is a listener that a row of the menu can be shown of: one with a service and one
// program, where there is one.
func (w *Window) sample() *view.Row {
	var other *view.Row
	for _, e := range w.model.all {
		if e.Listener.Namespace != "" {
			continue
		}
		if e.Service != "" && len(e.Listener.Owners) == 1 {
			return &e.Row
		}
		if other == nil {
			other = &e.Row
		}
	}
	return other
}
