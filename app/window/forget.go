package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"portlight/app/view"
)

// forgetStore is a memory from which things can be deleted. *history.Store is one.
type forgetStore interface {
	ForgetAll() error
	ForgetProgram(identity string) error
}

// forgetMenu offers to delete what is remembered of the program where the keyboard is, or
// everything.
func (p *historyPane) forgetMenu() *fyne.Menu {
	all := fyne.NewMenuItem(wordForgetAll.String(), func() { p.o.forget("", "") })
	all.Disabled = p.store == nil
	l := p.lane(p.lanes.selected)
	if l == nil {
		return fyne.NewMenu("", all)
	}
	program, name := l.Program, view.Clean(l.Name, 64)
	return fyne.NewMenu("", fyne.NewMenuItem(forgetOne(name), func() { p.o.forget(program, name) }), all)
}

// askForget asks whether what is remembered of a program is to be deleted, by its identity
// and its name; all for "".
func (w *Window) askForget(program, name string) {
	keys := map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup}
	forget := newKeyButton(wordForget.String(), func() {
		w.closePopup()
		w.forget(program, name)
	}, keys)
	forget.Importance = widget.DangerImportance
	cancel := w.newDismiss(wordCancel.String())
	w.openPopup(cancel, heading(forgetTitle(name)), paragraph(forgetText(name)), buttonRow(cancel, forget))
}

// forget deletes, which may take a while, and says what came of it.
func (w *Window) forget(program, name string) {
	m := w.memory
	if m == nil {
		w.past.notice.say(notForgotten(errNoMemory))
		return
	}
	w.spawn(func() {
		var err error
		if program == "" {
			err = m.ForgetAll()
		} else {
			err = m.ForgetProgram(program)
		}
		w.do(func() {
			w.remembered()
			w.past.refresh() // also after an error: part of it may be gone
			if err != nil {
				w.past.notice.say(notForgotten(err))
			} else {
				w.past.notice.done(forgotten(name))
			}
		})
	})
}
