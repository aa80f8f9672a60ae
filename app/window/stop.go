package window

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
	"portlight/assets/words"
	"portlight/scanner"
	"portlight/scanner/process"
)

// questionWidth is how wide a question is.
const questionWidth = 400

// askStopOf asks for the process of a listener, or first which one, or says why
// there is nothing to stop.
func (w *Window) askStopOf(r *view.Row) {
	owners := r.Listener.Owners
	switch why := whyNotStop(r); {
	case why != "":
		w.notice.say(why)
	case len(owners) == 1:
		w.askStop(r, owners[0])
	default:
		w.askWhich(r)
	}
}

// askStop asks whether a process of a listener should stop.
func (w *Window) askStop(r *view.Row, p scanner.Process) {
	pl := newPlan(&p, r, w.model.snap, w.opts.Names, w.clientsOf(r))
	objects := []fyne.CanvasObject{heading(pl.title), paragraph(pl.text)}
	if len(pl.also) > 0 {
		objects = append(objects, paragraph(alsoWords(&pl)))
	}
	for _, n := range pl.notes {
		note := paragraph(n)
		note.Importance = widget.LowImportance
		objects = append(objects, note)
	}
	keys := map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup}
	stop := newKeyButton(stopButton(pl.name), func() { w.stop(p, pl.name, false) }, keys)
	stop.Importance = widget.DangerImportance
	cancel := w.newDismiss(wordCancel.String())
	w.openPopup(cancel, append(objects, buttonRow(cancel, stop))...)
}

// askWhich asks which of the processes of a listener is meant.
func (w *Window) askWhich(r *view.Row) {
	list := container.NewVBox()
	for _, o := range r.Listener.Owners {
		list.Add(newKeyButton(ownerWords(&o), func() { w.askStop(r, o) }, map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup}))
	}
	scroll := container.NewVScroll(list)
	scroll.SetMinSize(fyne.NewSize(0, min(list.MinSize().Height, 220)))
	cancel := w.newDismiss(wordCancel.String())
	w.openPopup(cancel, heading(wordWhich.String()), paragraph(whichText(r)), scroll, buttonRow(cancel))
}

// clientsOf is how many are connected to a listener, as far as it is known.
func (w *Window) clientsOf(r *view.Row) int {
	if c := w.chosen.clients; c != nil && w.chosen.row.ID == r.ID {
		return c.total
	}
	return 0
}

// stop stops a process and says what came of it: in the question, or in the
// window if that has been closed meanwhile.
func (w *Window) stop(p scanner.Process, name string, force bool) {
	busy := widget.NewActivity()
	busy.Start()
	dismiss := w.newDismiss(wordClose.String())
	w.openPopup(dismiss, heading(stopTitle(name)), container.NewBorder(nil, nil, busy, nil, paragraph(stopping(name, force))), buttonRow(dismiss))
	mine := w.popup
	w.spawn(func() {
		outcome, err := w.opts.Stop(context.Background(), p, force)
		w.do(func() {
			busy.Stop()
			w.stopped(mine, p, name, outcome, err)
		})
	})
}

// stopped says what came of stopping, in mine while that is open. A process that
// goes on can be made to end then; one of another user is ended elsewhere.
func (w *Window) stopped(mine *widget.PopUp, p scanner.Process, name string, outcome process.Outcome, err error) {
	title, said := name, stoppedWords(name, p.PID, outcome)
	if err != nil {
		title, said = notStopped(name), sentence(err.Error())
	}
	if w.popup != mine {
		w.notice.say(words.Labelled(title, said))
		return
	}
	text := paragraph(said)
	dismiss := w.newDismiss(wordClose.String())
	buttons := []fyne.CanvasObject{dismiss}
	var denied *process.PermissionError
	switch {
	case errors.As(err, &denied):
		buttons = append([]fyne.CanvasObject{newKeyButton(wordCopyCommand.String(), func() { w.copy(denied.Command) }, map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup})}, dismiss)
	case err == nil && outcome == process.StillRunning:
		force := newKeyButton(wordForce.String(), func() { w.stop(p, name, true) }, map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup})
		force.Importance = widget.DangerImportance
		buttons = append(buttons, force)
	}
	w.openPopup(dismiss, heading(title), text, buttonRow(buttons...))
}

// newDismiss is the button that has the keyboard in a question: Enter, Esc and
// Space all leave things as they are.
func (w *Window) newDismiss(label string) *keyButton {
	return newKeyButton(label, w.closePopup, map[fyne.KeyName]func(){
		fyne.KeyEscape: w.closePopup,
		fyne.KeyReturn: w.closePopup,
		fyne.KeyEnter:  w.closePopup,
	})
}

// openPopup puts a question over the window, in place of the one before.
func (w *Window) openPopup(focus fyne.Focusable, objects ...fyne.CanvasObject) {
	w.openDialog(focus, padded(12, 14, container.New(question{}, objects...)), nil)
}

// openDialog puts a dialog over the window, in place of the one before. When it is
// closed, by whomever, closed is told; it may be nil.
func (w *Window) openDialog(focus fyne.Focusable, dialog fyne.CanvasObject, closed func()) {
	w.closePopup()
	w.popup = widget.NewModalPopUp(newSheet(dialog, closed), w.win.Canvas())
	w.popup.Show()
	w.win.Canvas().Focus(focus)
}

func (w *Window) closePopup() {
	p := w.popup
	if p == nil {
		return
	}
	w.popup = nil
	p.Hide()
	if s := p.Content.(*sheet); s.closed != nil {
		s.closed()
	}
}

func heading(text string) *widget.Label {
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	l.SizeName = theme.SizeNameSubHeadingText
	l.Wrapping = fyne.TextWrapWord
	return l
}

func paragraph(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

func buttonRow(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		row.Add(wide(b))
	}
	return row
}

// question is a layout: texts below each other in a fixed width, the buttons a
// little apart.
type question struct{}

const questionGap = 10

// MinSize is the fixed width and the height that the texts need there.
func (question) MinSize(objects []fyne.CanvasObject) fyne.Size {
	height := float32(questionGap)
	for _, o := range objects {
		height += wrap(o, questionWidth)
	}
	return fyne.NewSize(questionWidth, height)
}

// Layout puts the last object, the buttons, at the bottom.
func (question) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for i, o := range objects {
		if i == len(objects)-1 {
			y += questionGap
		}
		o.Move(fyne.NewPos(0, y))
		y += wrap(o, size.Width)
	}
}
