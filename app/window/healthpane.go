package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/scanner"
)

// healthPane is the Health tab: what Portlight sees, and what not and why.
type healthPane struct {
	root   *fyne.Container
	source *widget.Label
	seen   *widget.Label
	limits *widget.Label
}

func newHealthPane(o *Options) *healthPane {
	p := &healthPane{source: valueLabel(wordUnknown), seen: valueLabel(wordUnknown), limits: valueLabel("")}
	about := container.New(pairing{},
		faint(wordVersion), valueLabel(view.Clean(o.Version, maxText)),
		faint(wordDataFolder), valueLabel(view.Clean(o.DataDir, maxText)),
		faint(wordSource), p.source,
		faint(wordVisible), p.seen)
	content := container.NewVBox(
		container.New(stacked{}, section(wordAbout), about), widget.NewSeparator(),
		container.New(stacked{}, section(wordLimits), p.limits))
	scroll := container.NewVScroll(container.New(page{}, content))
	p.root = container.New(wrapping{}, scroll)
	return p
}

func section(title string) *widget.Label {
	return widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func valueLabel(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Selectable = true
	l.Wrapping = fyne.TextWrapWord
	return l
}

// update shows what the last snapshot could see.
func (p *healthPane) update(v scanner.Visibility) {
	p.source.SetText(view.Clean(v.Source, maxText))
	p.seen.SetText(visibleWords(v))
	notes := make([]string, len(v.Notes))
	for i, n := range v.Notes {
		notes[i] = sentence(n)
	}
	if len(notes) == 0 {
		notes = []string{wordNoLimits}
	}
	p.limits.SetText(strings.Join(notes, "\n"))
}
