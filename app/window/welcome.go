package window

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
)

// Tray is what the welcome shows of the tray.
type Tray struct {
	Icon, Marked []byte      // PNG, as this system draws the icon, without news and with
	Template     bool        // it is black and alpha, and takes the colour of what is around it
	Shown        func() bool // reports whether this desktop shows it; called on a goroutine of its own
}

// welcome is what the window needs to know to welcome a person, once.
type welcome struct {
	noTray    bool
	atLogin   bool            // Portlight starts at login
	loginless bool            // whether it does cannot be set here
	asks      bool            // the system is to be asked for permission to notify
	news      map[string]bool // listeners that do not count as known
}

// welcomeFor is how long after the window was opened, and nothing else asked for, the
// welcome may come: later it would disturb.
const welcomeFor = 10 * time.Second

// prepareWelcome looks at what the welcome needs to know, beside Fyne's goroutine.
func (w *Window) prepareWelcome(m Memory) {
	due := welcome{noTray: !w.opts.Tray.Shown(), asks: w.opts.AsksToNotify()}
	var err error
	due.atLogin, err = w.opts.LoginItem()
	due.loginless = err != nil
	facts, _ := readFacts(m) // without them all that listens is taken for known
	due.news = facts.unseen
	w.do(func() {
		if w.memory == m {
			w.due = &due
			w.tryWelcome()
		}
	})
}

// tryWelcome welcomes the person who has just opened the window, if that is due, and
// keeps that it has been.
func (w *Window) tryWelcome() {
	m, due := w.memory, w.due
	if due == nil || w.model.snap == nil || w.popup != nil || !w.now().Before(w.plain) {
		return
	}
	w.due = nil
	w.openWelcome(due)
	w.spawn(func() {
		if err := m.SetAll(map[string]string{alerts.SettingWelcomed: "true"}); err != nil {
			w.do(func() { w.notice.say(notSaved(err)) })
		}
	})
}

// openWelcome says what the icon means and what was found, and asks whether to start at
// login. Esc and Skip change nothing.
func (w *Window) openWelcome(due *welcome) {
	var atLogin *keyCheck
	begin := func() {
		w.closePopup()
		w.setAtLogin(due, atLogin.Checked)
	}
	keys := map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup, fyne.KeyReturn: begin, fyne.KeyEnter: begin}
	atLogin = newKeyCheck(textWelcomeLogin.String(), keys)
	atLogin.Checked = due.atLogin
	objects := append([]fyne.CanvasObject{heading(wordWelcome.String())}, w.aboutIcon(due)...)
	found := paragraph(baselineWords(w.baseline(due.news)))
	found.TextStyle.Bold = true
	objects = append(objects, container.New(stacked{}, found, paragraph(textKnown.String())))
	if due.asks {
		objects = append(objects, w.askNotify(keys))
	}
	if !due.loginless {
		objects = append(objects, atLogin)
	}
	start := newKeyButton(wordStart.String(), begin, keys)
	start.Importance = widget.HighImportance
	skip := newKeyButton(wordSkip.String(), w.closePopup, keys)
	w.openPopup(start, append(objects, buttonRow(skip, start))...)
}

// setAtLogin has Portlight start at login, or no more, where that is another choice.
func (w *Window) setAtLogin(due *welcome, on bool) {
	if on == due.atLogin {
		return
	}
	w.spawn(func() {
		if err := w.opts.SetLoginItem(on); err != nil {
			w.do(func() { w.notice.say(loginFailed(err)) })
		}
	})
}

// baseline counts the programs that listen and count as known, and those of them that
// others can reach.
func (w *Window) baseline(news map[string]bool) (programs, reachable int) {
	known := map[string]bool{} // by identity, whether others can reach it
	for _, e := range w.model.all {
		if e.Listener.Namespace != "" || news[e.ID] {
			continue
		}
		for _, program := range programsOf(&e.Listener) {
			known[program] = known[program] || e.External
		}
	}
	for _, outside := range known {
		if outside {
			reachable++
		}
	}
	return len(known), reachable
}

// aboutIcon says what the icon means, by its pictures.
func (w *Window) aboutIcon(due *welcome) []fyne.CanvasObject {
	if due.noTray {
		return []fyne.CanvasObject{paragraph(textNoTray.String())}
	}
	t := &w.opts.Tray
	return []fyne.CanvasObject{w.pictured(t.Icon, textIcon.String()), w.pictured(t.Marked, textMarked.String())}
}

// trayIconSize is how large the pictures of the icon are.
const trayIconSize = 28

func (w *Window) pictured(icon []byte, text string) fyne.CanvasObject {
	picture, err := png.Decode(bytes.NewReader(icon))
	if err != nil {
		return paragraph(text)
	}
	if w.opts.Tray.Template {
		picture = tinted(picture, current().Color(theme.ColorNameForeground, fyne.CurrentApp().Settings().ThemeVariant()))
	}
	i := canvas.NewImageFromImage(picture)
	i.FillMode = canvas.ImageFillContain
	i.SetMinSize(fyne.NewSquareSize(trayIconSize))
	return container.NewBorder(nil, nil, padded(0, theme.InnerPadding(), i), nil, paragraph(text))
}

// tinted is a picture that is only alpha, in a colour.
func tinted(alpha image.Image, c color.Color) image.Image {
	out := image.NewRGBA(alpha.Bounds())
	draw.DrawMask(out, out.Bounds(), image.NewUniform(c), image.Point{}, alpha, alpha.Bounds().Min, draw.Src)
	return out
}

// askNotify is a button that has the system ask for permission to notify. What came of
// it stands in its place.
func (w *Window) askNotify(keys map[fyne.KeyName]func()) fyne.CanvasObject {
	said := paragraph(textNotify.String())
	box := container.NewVBox(said)
	var button *keyButton
	button = newKeyButton(wordNotify.String(), func() {
		button.Disable()
		w.spawn(func() {
			err := w.opts.AskToNotify()
			w.do(func() {
				words := textNotifies.String()
				if err != nil {
					words = sentence(err.Error())
				}
				said.SetText(words)
				button.Hide()
			})
		})
	}, map[fyne.KeyName]func(){fyne.KeyEscape: keys[fyne.KeyEscape]})
	box.Add(padded(0, theme.InnerPadding(), container.NewHBox(wide(button))))
	return box
}

// keyCheck is a check in which other keys than Space do something.
type keyCheck struct {
	widget.Check
	keys map[fyne.KeyName]func()
}

func newKeyCheck(label string, keys map[fyne.KeyName]func()) *keyCheck {
	c := &keyCheck{keys: keys}
	c.Text = label
	c.ExtendBaseWidget(c)
	return c
}

// TypedKey does what the key is for.
func (c *keyCheck) TypedKey(ev *fyne.KeyEvent) {
	if do := c.keys[ev.Name]; do != nil {
		do()
		return
	}
	c.Check.TypedKey(ev)
}
