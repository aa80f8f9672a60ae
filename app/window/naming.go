package window

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"portlight/app/history"
	"portlight/app/view"
	"portlight/scanner"
	"portlight/services"
)

// askName asks for the user's own name of a listener's service.
func (w *Window) askName(m Memory, r *view.Row) {
	entry := newNameEntry(ownName(r))
	choices := []string{everyProgram(r)}
	program := ""
	if len(r.Listener.Owners) > 0 {
		program = r.Listener.Owners[0].Name
		choices = append(choices, onlyProgram(program))
	}
	scope := widget.NewRadioGroup(choices, nil)
	scope.Required = true
	scope.SetSelected(choices[0])
	save := newKeyButton(wordSave.String(), nil, map[fyne.KeyName]func(){fyne.KeyEscape: w.closePopup})
	save.Importance = widget.HighImportance
	l := r.Listener
	save.OnTapped = func() {
		n := history.Name{Proto: l.Proto, Port: l.Port, Name: view.Clean(entry.Text, maxOwnName)}
		if scope.Selected != choices[0] {
			n.Program = program
		}
		w.closePopup()
		w.saveName(m, n, &l)
	}
	entry.save, entry.cancel = save.OnTapped, w.closePopup
	was := entry.Text
	w.openPopup(entry, heading(nameTitle(r)), paragraph(wordNameHint.String()), entry, scope, buttonRow(w.newDismiss(wordCancel.String()), save))
	w.keepPopup(func() bool { return entry.Text != was })
}

// maxOwnName bounds a name that a person gives, in letters.
const maxOwnName = 64

// ownName is the name that the user has given a row's service, or "".
func ownName(r *view.Row) string {
	if r.Answer.Best.Source == services.User {
		return r.Answer.Best.Name
	}
	return ""
}

// saveName stores a name; without one, those that there are for this listener go.
func (w *Window) saveName(m Memory, n history.Name, l *scanner.Listener) {
	w.spawn(func() {
		err := storeName(m, n, l)
		w.do(func() {
			if err != nil {
				w.notice.say(notSaved(err))
			}
			w.remembered()
		})
		if err == nil {
			w.opts.Renamed()
		}
	})
}

func storeName(m Memory, n history.Name, l *scanner.Listener) error {
	if n.Name != "" {
		return m.SetName(n)
	}
	all, err := m.Names()
	if err != nil {
		return err
	}
	for _, o := range all {
		holds := o.Program == "" || slices.ContainsFunc(l.Owners, func(p scanner.Process) bool { return p.Name == o.Program })
		if o.Proto == n.Proto && o.Port == n.Port && holds {
			if err := m.RemoveName(o); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameEntry is an entry that Enter saves and Esc leaves.
type nameEntry struct {
	widget.Entry
	save, cancel func()
}

func newNameEntry(text string) *nameEntry {
	e := &nameEntry{}
	e.ExtendBaseWidget(e)
	e.SetText(text)
	e.PlaceHolder = wordNamePlace.String()
	return e
}

// TypedKey handles Enter and Esc; the rest is editing.
func (e *nameEntry) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		e.save()
	case fyne.KeyEscape:
		e.cancel()
	default:
		e.Entry.TypedKey(ev)
	}
}
