package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/scanner"
)

// settingsPane is the Settings tab.
type settingsPane struct {
	root    *fyne.Container
	opts    *Options
	atLogin *widget.Check
	why     *widget.Label
	source  *widget.Label
	seen    *widget.Label
	limits  *widget.Label
	setting bool // the box follows the system, not the user
}

func newSettingsPane(o *Options) *settingsPane {
	p := &settingsPane{opts: o, why: faint(""), source: valueLabel(wordUnknown), seen: valueLabel(wordUnknown), limits: widget.NewLabel("")}
	p.atLogin = widget.NewCheck(wordAtLogin, p.setAtLogin)
	p.why.Wrapping = fyne.TextWrapWord
	p.why.Hide()
	p.limits.Wrapping = fyne.TextWrapWord
	p.limits.Selectable = true
	about := container.New(pairing{},
		faint(wordVersion), valueLabel(view.Clean(o.Version, maxText)),
		faint(wordDataFolder), valueLabel(view.Clean(o.DataDir, maxText)),
		faint(wordSource), p.source,
		faint(wordVisible), p.seen)
	content := container.NewVBox(
		container.New(stacked{}, section(wordGeneral), p.atLogin, p.why), widget.NewSeparator(),
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
func (p *settingsPane) update(v scanner.Visibility) {
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

// load asks the system whether Portlight starts at login.
func (p *settingsPane) load() {
	on, err := p.opts.LoginItem()
	p.setting = true
	p.atLogin.SetChecked(on)
	p.setting = false
	p.tell(err)
	if err != nil {
		p.atLogin.Disable()
	} else {
		p.atLogin.Enable()
	}
}

// setAtLogin does what the user wants, and shows what became of it.
func (p *settingsPane) setAtLogin(on bool) {
	if p.setting {
		return
	}
	err := p.opts.SetLoginItem(on)
	p.load()
	if err != nil {
		p.tell(err)
	}
}

func (p *settingsPane) tell(err error) {
	if err != nil {
		p.why.SetText(loginFailed(err))
	}
	show(p.why, err != nil)
	p.root.Layout.Layout(p.root.Objects, p.root.Size())
}

// page is a layout: one column that is not wider than one can read.
type page struct{}

const pageWidth = 560

// MinSize is the column's with air.
func (page) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(48, 32)
}

// Layout puts the column in the middle.
func (page) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(pageWidth, size.Width-48)
	objects[0].Move(fyne.NewPos((size.Width-width)/2, 16))
	wrap(objects[0], width)
}
