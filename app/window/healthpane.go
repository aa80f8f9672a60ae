package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/scanner"
)

// Health is how Portlight fares.
type Health struct {
	view.Diagnosis
	Own view.CostJSON // of this window
}

// healthPane is the Health tab: what Portlight sees, and what not and why; what it
// remembers and costs. It is looked at when the tab is turned to.
type healthPane struct {
	root     *fyne.Container
	opts     *Options
	do       func(func())
	spawn    func(func())
	copy     func(string)
	source   *widget.Label
	seen     *widget.Label
	limits   *widget.Label
	chapters *fyne.Container
	busy     *widget.Activity
	state    *widget.Label
	again    *keyButton
	report   *keyButton
	asking   bool
	text     string // the last answer, to copy
}

func newHealthPane(o *Options, do, spawn func(func()), copy func(string)) *healthPane {
	p := &healthPane{
		opts: o, do: do, spawn: spawn, copy: copy, source: valueLabel(wordUnknown.String()), seen: valueLabel(wordUnknown.String()), limits: valueLabel(""),
		chapters: container.NewVBox(), busy: widget.NewActivity(), state: faint(""),
	}
	p.again = newKeyButton(wordLookAgain.String(), p.look, nil)
	p.report = newKeyButton(wordCopyReport.String(), func() { p.copy(p.text) }, nil)
	p.report.Disable()
	p.busy.Hide()
	about := container.New(pairing{},
		pairLabel(wordVersion.String()), valueLabel(view.Clean(o.Version, maxText)),
		pairLabel(wordDataFolder.String()), valueLabel(view.Clean(o.DataDir, maxText)),
		pairLabel(wordSource.String()), p.source,
		pairLabel(wordVisible.String()), p.seen)
	bar := container.NewHBox(wide(p.again), wide(p.report), p.busy, p.state, layout.NewSpacer())
	content := container.NewVBox(
		container.New(stacked{}, section(wordAbout.String()), about), padded(3, 6, bar), widget.NewSeparator(),
		container.New(stacked{}, section(wordLimits.String()), p.limits), widget.NewSeparator(),
		p.chapters)
	p.root = container.New(wrapping{}, container.NewVScroll(container.New(page{}, content)))
	return p
}

func section(title string) *widget.Label {
	return widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func valueLabel(text string) *widget.Label {
	l := widget.NewLabel(text)
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
		notes = []string{wordNoLimits.String()}
	}
	p.limits.SetText(strings.Join(notes, "\n"))
}

// look asks for everything, which takes a second or two, unless that is going on.
func (p *healthPane) look() {
	if p.asking {
		return
	}
	p.asking = true
	p.again.Disable()
	p.busy.Show()
	p.busy.Start()
	p.state.SetText(wordLooking.String())
	p.spawn(func() {
		h := p.opts.Health()
		p.do(func() { p.show(h) })
	})
}

func (p *healthPane) show(h Health) {
	p.asking = false
	p.busy.Stop()
	p.busy.Hide()
	p.state.SetText("")
	p.again.Enable()
	p.report.Enable()
	own := view.CostWords(h.Own)
	p.text = view.DiagnosisText(h.Diagnosis, view.Style{}) + "\n" + wordOwnCost.String() + "\n  " + strings.Join(own, "\n  ") + "\n"
	chapters := append([]view.Chapter{{Title: wordOwnCost.String(), Facts: linesOf(own)}}, h.Chapters()...)
	p.chapters.Objects = nil
	for _, c := range chapters {
		p.chapters.Add(chapter(c))
		p.chapters.Add(widget.NewSeparator())
	}
	p.root.Layout.Layout(p.root.Objects, p.root.Size())
}

func linesOf(lines []string) []view.Fact {
	facts := make([]view.Fact, len(lines))
	for i, l := range lines {
		facts[i].Text = capital(l)
	}
	return facts
}

// chapter is a title with its facts.
func chapter(c view.Chapter) fyne.CanvasObject {
	pairs, plain := container.New(pairing{}), container.New(stacked{})
	for _, f := range c.Facts {
		if f.Label == "" {
			plain.Add(valueLabel(capital(f.Text)))
			continue
		}
		label := faint(f.Label)
		label.Truncation = fyne.TextTruncateEllipsis
		pairs.Add(label)
		pairs.Add(valueLabel(f.Text))
	}
	objects := []fyne.CanvasObject{section(c.Title)}
	if len(pairs.Objects) > 0 {
		objects = append(objects, pairs)
	}
	if len(plain.Objects) > 0 {
		objects = append(objects, plain)
	}
	return container.New(stacked{}, objects...)
}
