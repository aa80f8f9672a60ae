package window

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/alerts"
	"portlight/app/history"
)

// ruleDialog makes or edits a rule. What it covers stands below in words, or what to
// change before it can be saved.
type ruleDialog struct {
	pane  *rulesPane
	form  ruleForm
	first ruleForm // as it was opened
	known *programs

	program           *ruleEntry
	ports, date, note *ruleEntry
	preview           *widget.Label
	warning           fyne.CanvasObject // beside what is wrong
	save              *keyButton
	rule              alerts.Rule // what Save writes
	valid             bool
	saving            bool
	closed            bool
	fields, said      *fyne.Container
}

// newRuleDialog opens the dialog for a rule.
func newRuleDialog(p *rulesPane, r alerts.Rule, known *programs) *ruleDialog {
	d := &ruleDialog{pane: p, form: newRuleForm(r, known), known: known}
	d.first = d.form
	d.preview = widget.NewLabel("")
	d.preview.Wrapping = fyne.TextWrapWord
	d.warning = container.New(beside{}, widget.NewIcon(theme.NewWarningThemedResource(theme.InfoIcon())))
	d.save = newKeyButton(wordSave.String(), d.commit, d.keys())
	d.save.Importance = widget.HighImportance
	action := d.choice(&d.form.action, textsOf(actionChoices))
	content := d.build(action)
	d.check()
	p.alerts.o.open(action, content, func() { d.closed = true }, func() bool { return d.form != d.first })
	return d
}

// keys are those that every field but the texts takes.
func (d *ruleDialog) keys() map[fyne.KeyName]func() {
	return map[fyne.KeyName]func(){fyne.KeyEscape: d.cancel, fyne.KeyReturn: d.commit, fyne.KeyEnter: d.commit}
}

// choice is a field with a few values.
func (d *ruleDialog) choice(value *int, items []string) *segments {
	s := newSegments(func(i int) {
		*value = i
		d.check()
	}, items...)
	s.chosen, s.keys = *value, d.keys()
	return s
}

// text is a field that is typed.
func (d *ruleDialog) text(value *string, place string, options ...string) *ruleEntry {
	e := newRuleEntry(place, d.cancel, options)
	e.SetText(*value)
	e.OnChanged = func(s string) {
		*value = s
		d.check()
	}
	e.OnSubmitted = func(string) { d.commit() }
	return e
}

func (d *ruleDialog) build(action *segments) fyne.CanvasObject {
	d.program = d.text(&d.form.program, wordAnyProgram.String(), d.known.labels...)
	d.ports, d.date, d.note = d.text(&d.form.ports, portsPlace()), d.text(&d.form.date, wordDateExample.String()), d.text(&d.form.note, wordNotePlace.String())
	d.fields = container.New(fieldRows{},
		faint(wordAction.String()), action,
		faint(wordProgram.String()), d.program,
		faint(wordProtocol.String()), d.choice(&d.form.proto, protoChoices()),
		faint(wordPortsField.String()), d.ports,
		faint(wordWhere.String()), d.choice(&d.form.where, textsOf(whereChoices)),
		faint(wordUntil.String()), d.choice(&d.form.until, textsOf(untilChoices)),
		faint(""), d.date,
		faint(wordNote.String()), d.note)
	title := wordChangeRule
	if d.form.was.ID == 0 {
		title = wordNewRule
	}
	d.said = container.NewBorder(nil, nil, d.warning, nil, container.NewVScroll(d.preview))
	box := container.New(layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0), container.NewStack(
		newPanel(theme.ColorNameHeaderBackground, 6), padded(2, 2, container.New(atLeast{0, previewHeight}, d.said))))
	cancel := newKeyButton(wordCancel.String(), d.cancel, map[fyne.KeyName]func(){fyne.KeyEscape: d.cancel})
	return padded(12, 14, container.New(dialogRows{}, heading(title.String()), d.fields, box, buttonRow(cancel, d.save)))
}

// check reads the form and shows what it covers, or what is wrong.
func (d *ruleDialog) check() {
	if d.fields == nil {
		return
	}
	d.lookAt(d.form.program)
	r, err := d.form.rule(d.known, d.pane.alerts.o.now())
	d.rule, d.valid = r, err == nil
	show(d.date, d.form.until == untilDate)
	d.fields.Refresh()
	if err != nil {
		d.say(wrongWords(err), true)
		d.save.Disable()
		return
	}
	d.say(coverWords(r), false)
	d.save.Enable()
}

// say shows what the rule covers, or what is wrong.
func (d *ruleDialog) say(text string, wrong bool) {
	show(d.warning, wrong)
	d.preview.SetText(text)
	d.said.Refresh()
}

// lookAt finds out whether a file is a link to the program: that may take long.
func (d *ruleDialog) lookAt(text string) {
	if !d.known.isFile(text) {
		return
	}
	d.pane.alerts.o.spawn(func() {
		identity := alerts.OfFile(text)
		d.pane.alerts.o.do(func() {
			d.known.files[text] = identity
			if !d.closed && d.form.program == text {
				d.check()
			}
		})
	})
}

// commit saves the rule, if it is one.
func (d *ruleDialog) commit() {
	if !d.valid || d.saving || d.closed {
		return
	}
	p := d.pane.alerts
	store, memory := p.o.store, p.memories
	if store == nil {
		d.say(fullStop(notKept(p.o.why)), true)
		return
	}
	d.saving = true
	d.save.Disable()
	r, was := d.rule, d.form.was
	if was.ID == 0 {
		r.Created = p.o.now()
	}
	p.o.spawn(func() {
		id, now, err := saveRule(store, was, r)
		p.o.do(func() {
			if memory != p.memories {
				id = 0 // it is another rule's by now
			}
			d.saved(id, now, err)
		})
	})
}

// saveRule writes a rule. Where another process has changed it meanwhile it gives what
// the rule is now.
func saveRule(s alertStore, was, r alerts.Rule) (id int64, now alerts.Rule, err error) {
	if was.ID == 0 {
		id, err = s.AddRule(r, 0)
		return id, was, err
	}
	if err = s.SetRule(was, r); !errors.Is(err, history.ErrRuleChanged) {
		return was.ID, was, err
	}
	rules, errRead := s.Rules()
	if errRead != nil {
		return was.ID, was, errRead
	}
	for _, o := range rules {
		if o.ID == was.ID {
			return was.ID, o, err
		}
	}
	return was.ID, was, history.ErrNoRule
}

// saved closes the dialog, or says why the rule is not kept: what was typed stays.
func (d *ruleDialog) saved(id int64, now alerts.Rule, err error) {
	d.saving = false
	switch {
	case d.closed && err != nil:
		d.pane.alerts.notice.say(alertsFailed(failedWrite, missing(err)))
	case err == nil:
		d.pane.chosen = id
		d.leave()
	case errors.Is(err, history.ErrNoRule):
		d.form.was.ID = 0
		d.say(wordRuleGone.String(), true)
	case errors.Is(err, history.ErrRuleChanged):
		d.form.was = now
		d.say(wordRuleChanged.With("Rule", ruleWords(now)), true)
	default:
		d.say(fullStop(alertsFailed(failedWrite, err)), true)
	}
	d.save.Enable()
	d.pane.refresh()
}

func (d *ruleDialog) cancel() { d.leave() }

// leave closes the dialog. One that is closed already leaves alone what has opened
// since.
func (d *ruleDialog) leave() {
	if !d.closed {
		d.pane.alerts.o.close()
		d.pane.rows.take()
	}
}

// ruleEntry is a field of the dialog: Esc closes it.
type ruleEntry struct {
	widget.SelectEntry
	escape func()
}

// newRuleEntry makes a field, with a list to choose from where there are options.
func newRuleEntry(place string, escape func(), options []string) *ruleEntry {
	e := &ruleEntry{escape: escape}
	e.ExtendBaseWidget(e)
	e.Wrapping = fyne.TextWrapOff
	e.Scroll = fyne.ScrollHorizontalOnly
	e.PlaceHolder = place
	if len(options) > 0 {
		e.SetOptions(append([]string{wordAnyProgram.String()}, options...))
	}
	return e
}

// CreateRenderer draws a plain entry: only options add a button.
func (e *ruleEntry) CreateRenderer() fyne.WidgetRenderer { return e.Entry.CreateRenderer() }

// TypedKey closes the dialog by Esc; the rest is editing.
func (e *ruleEntry) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		e.escape()
		return
	}
	e.Entry.TypedKey(ev)
}

const (
	dialogWidth   = 480
	fieldLabel    = 82
	fieldGap      = 8
	previewHeight = 62
)

// beside is a layout: an icon at the height of a text's first line.
type beside struct{}

// MinSize is the icon's with the text's padding.
func (beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(theme.InnerPadding(), theme.InnerPadding())
}

// Layout puts the icon at the top.
func (beside) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	objects[0].Move(fyne.NewPos(theme.InnerPadding(), theme.InnerPadding()+1))
	objects[0].Resize(objects[0].MinSize())
}

// fieldRows is a layout of labels and fields by turns.
type fieldRows struct{}

// MinSize is the sum of the rows.
func (fieldRows) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for i := 1; i < len(objects); i += 2 {
		if objects[i].Visible() {
			height += objects[i].MinSize().Height + fieldGap
		}
	}
	return fyne.NewSize(dialogWidth, height-fieldGap)
}

// labels is the width of the labels: what the longest takes, fieldLabel at least.
func (fieldRows) labels(objects []fyne.CanvasObject) float32 {
	width := float32(fieldLabel)
	for i := 0; i < len(objects); i += 2 {
		width = max(width, objects[i].MinSize().Width)
	}
	return width
}

// Layout gives choices the width that they need, and texts all.
func (f fieldRows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y, x := float32(0), f.labels(objects)
	for i := 1; i < len(objects); i += 2 {
		label, field := objects[i-1], objects[i]
		label.Hide()
		if !field.Visible() {
			continue
		}
		label.Show()
		need := field.MinSize()
		label.Resize(fyne.NewSize(x, label.MinSize().Height))
		label.Move(fyne.NewPos(0, y+(need.Height-label.MinSize().Height)/2))
		width := size.Width - x
		if _, choice := field.(*segments); choice {
			width = min(need.Width, width)
		}
		field.Resize(fyne.NewSize(width, need.Height))
		field.Move(fyne.NewPos(x, y))
		y += need.Height + fieldGap
	}
}

// dialogRows is a layout: objects below each other with a gap, the dialog's width.
type dialogRows struct{}

// MinSize is that width and the sum of the heights.
func (dialogRows) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(0)
	for _, o := range objects {
		height += o.MinSize().Height + questionGap
	}
	return fyne.NewSize(dialogWidth, height-questionGap)
}

// Layout gives each the whole width.
func (dialogRows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		height := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, height))
		y += height + questionGap
	}
}
