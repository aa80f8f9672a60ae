package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// settingsPane is the Settings tab.
type settingsPane struct {
	root    *fyne.Container
	opts    *Options
	atLogin *widget.Check
	why     *widget.Label
	setting bool // the box follows the system, not the user
}

func newSettingsPane(o *Options) *settingsPane {
	p := &settingsPane{opts: o, why: faint("")}
	p.atLogin = widget.NewCheck(wordAtLogin, p.setAtLogin)
	p.why.Wrapping = fyne.TextWrapWord
	p.why.Hide()
	content := container.New(stacked{}, section(wordGeneral), p.atLogin, p.why)
	scroll := container.NewVScroll(container.New(page{}, content))
	p.root = container.New(wrapping{}, scroll)
	return p
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
