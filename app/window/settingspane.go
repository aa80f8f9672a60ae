package window

import (
	"cmp"
	"image/color"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/view"
)

// settingStore is where settings are kept. *history.Store is one.
type settingStore interface {
	Settings() (map[string]string, error)
	SetAll(map[string]string) error
}

// settingTheme is the setting for light and dark: "light", "dark", or "" as the system.
const settingTheme = "window.theme"

// themes are its values, as the segments show them.
var themes = [...]string{"", "light", "dark"}

// Choices of how long, and how much, is remembered.
var (
	dayChoices   = []int{7, 30, 90, 365, 3650}
	eventChoices = []int{20_000, 200_000, 1_000_000, 5_000_000}
)

// settingsPane is the Settings tab. What is changed holds at once; the agent hears of it
// by the memory.
type settingsPane struct {
	root   *fyne.Container
	opts   *Options
	do     func(func())
	spawn  func(func())
	store  settingStore      // nil for none
	stored map[string]string // as shown; nil before
	look   func(variant string)
	speak  func(language string)
	less   func(days, events int, yes, no func()) // asks whether to keep less
	notice *banner

	atLogin   *widget.Check
	why       *widget.Label
	theme     *segments
	language  *choice[string]
	loopback  *widget.Check
	ephemeral *widget.Check
	days      *choice[int]
	events    *choice[int]
	tray      *traySettings
	noStore   *widget.Label
	setting   bool // the boxes follow what is stored, not the user

	writes []func() error // of settings, in their order; the first is under way
	round  int            // how many there were: what was read before the last is old
}

func newSettingsPane(o *Options, do, spawn func(func()), look, speak func(string), less func(days, events int, yes, no func()), sample func() *view.Row, notice *banner) *settingsPane {
	p := &settingsPane{opts: o, do: do, spawn: spawn, look: look, speak: speak, less: less, notice: notice, why: faint(""), noStore: faint("")}
	p.atLogin = widget.NewCheck(wordAtLogin.String(), p.setAtLogin)
	p.theme = newSegments(func(i int) {
		look(themes[i])
		p.save(map[string]string{settingTheme: themes[i]})
	}, wordAsSystem.String(), wordLight.String(), wordDark.String())
	p.theme.chosen = max(0, slices.Index(themes[:], o.Settings[settingTheme]))
	p.language = newChoice(languages(), languageChoice, p.saveAlerts)
	p.loopback = widget.NewCheck(wordTellLoopback.String(), func(bool) { p.saveAlerts() })
	p.ephemeral = widget.NewCheck(wordTellEphemeral.String(), func(bool) { p.saveAlerts() })
	p.days = newChoice(dayChoices, daysWords, p.saveKept)
	p.events = newChoice(eventChoices, eventsWords, p.saveKept)
	p.tray = newTraySettings(o, sample, p.saveAlerts)
	for _, l := range []*widget.Label{p.why, p.noStore} {
		l.Wrapping = fyne.TextWrapWord
		l.Hide()
	}
	content := container.NewVBox(
		container.New(stacked{}, section(wordGeneral.String()), p.atLogin, p.why),
		container.New(fieldLines{}, faint(wordAppearance.String()), p.theme, faint(wordLanguage.String()), p.language.field(),
			faint(wordLookEvery.String()), p.tray.interval.field()),
		p.tray.given, widget.NewSeparator(),
		p.tray.menu(), widget.NewSeparator(),
		container.New(stacked{}, section(wordAlerts.String()), p.loopback, p.ephemeral), widget.NewSeparator(),
		section(wordHistory.String()),
		container.New(fieldLines{}, faint(wordKeepFor.String()), p.days.field(), faint(wordAtMost.String()), p.events.field()), p.noStore)
	p.root = container.New(wrapping{}, container.NewVScroll(container.New(page{}, content)))
	p.show(nil)
	return p
}

// use takes another memory, or nil.
func (p *settingsPane) use(s settingStore) {
	p.store = s
	p.refresh()
}

// refresh shows what is stored.
func (p *settingsPane) refresh() {
	s := p.store
	if s == nil {
		p.show(nil)
		return
	}
	if len(p.writes) > 0 {
		return // it comes after the last
	}
	round := p.round
	p.spawn(func() {
		stored, err := s.Settings()
		p.do(func() {
			switch {
			case err != nil || p.store != s:
			case p.round != round:
				p.refresh()
			default:
				p.show(stored)
			}
		})
	})
}

// show shows settings as they are stored; what makes no sense is said and shown as the
// default.
func (p *settingsPane) show(stored map[string]string) {
	p.setting, p.stored = true, stored
	defer func() { p.setting = false }()
	set, problems := alerts.ParseSettings(stored)
	p.loopback.SetChecked(set.Loopback)
	p.ephemeral.SetChecked(set.Ephemeral)
	p.days.show(set.KeepDays)
	p.events.show(set.KeepEvents)
	p.tray.show(set, stored[alerts.SettingGiven])
	p.language.show(set.Language)
	for i, name := range themes {
		if name == stored[settingTheme] && i != p.theme.chosen {
			p.theme.chosen = i
			p.theme.Refresh()
			p.look(name)
		}
	}
	var said []string
	if p.store == nil {
		said = append(said, wordNoSettings.String())
	}
	for _, problem := range problems {
		said = append(said, sentence(problem.Error()))
	}
	p.noStore.SetText(strings.Join(said, " "))
	show(p.noStore, len(said) > 0)
	for _, w := range append(p.tray.boxes(), p.language, p.loopback, p.ephemeral, p.days, p.events) {
		if p.store == nil {
			w.Disable()
		} else {
			w.Enable()
		}
	}
	p.root.Layout.Layout(p.root.Objects, p.root.Size())
	if p.store != nil {
		p.speak(set.Language) // the last: it makes another pane
	}
}

// saveKept stores how much is kept. Less is asked about before: what is beyond it is
// deleted.
func (p *settingsPane) saveKept() {
	if p.setting || p.store == nil {
		return
	}
	days, events := p.days.value(), p.events.value()
	if set, _ := alerts.ParseSettings(p.stored); days < set.KeepDays || events < set.KeepEvents {
		p.less(days, events, p.saveAlerts, func() { p.show(p.stored) })
		return
	}
	p.saveAlerts()
}

// saveAlerts stores what to tell of, what to keep, and what the tray shows.
func (p *settingsPane) saveAlerts() {
	if p.setting || p.store == nil {
		return
	}
	set := alerts.Settings{Loopback: p.loopback.Checked, Ephemeral: p.ephemeral.Checked, KeepDays: p.days.value(), KeepEvents: p.events.value()}
	p.tray.chosen(&set)
	set.Language = p.language.value()
	p.opts.SetInterval(set.Interval)
	all := set.Values()
	if _, wrong := alerts.ParseSettings(map[string]string{alerts.SettingPaused: p.stored[alerts.SettingPaused]}); len(wrong) == 0 {
		delete(all, alerts.SettingPaused) // that is set elsewhere
	}
	defaults := alerts.DefaultSettings().Values()
	maps.DeleteFunc(all, func(key, value string) bool { // another process may have set that meanwhile
		return value == cmp.Or(p.stored[key], defaults[key])
	})
	p.save(all)
}

// save stores settings, after those before them, and shows what is stored then: what
// makes the window another one is done there.
func (p *settingsPane) save(values map[string]string) {
	s := p.store
	if p.setting || s == nil {
		return
	}
	p.round++
	if p.writes = append(p.writes, func() error { return s.SetAll(values) }); len(p.writes) == 1 {
		p.write()
	}
}

// write does the first of the writes, and the others then.
func (p *settingsPane) write() {
	first := p.writes[0]
	p.spawn(func() {
		err := first()
		p.do(func() {
			if err != nil {
				p.notice.say(notSaved(err))
			}
			if p.writes = p.writes[1:]; len(p.writes) > 0 {
				p.write()
			} else if p.store != nil {
				p.refresh()
			}
		})
	})
}

// load asks the system whether Portlight starts at login, and the memory for the rest.
func (p *settingsPane) load() {
	p.refresh()
	p.tray.exemplify()
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

// fixedLook is our theme in light or in dark, whatever the system has.
type fixedLook struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

// Color gives the colour in that variant.
func (f fixedLook) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return f.Theme.Color(name, f.variant)
}

// themeNamed is our theme for a value of the setting.
func themeNamed(name string) fyne.Theme {
	switch name {
	case "light":
		return fixedLook{newTheme(), theme.VariantLight}
	case "dark":
		return fixedLook{newTheme(), theme.VariantDark}
	}
	return newTheme()
}
