package window

import (
	"portlight/app/view"
	"portlight/assets/words"
)

// languages are the choices of the language: "" is that of the system.
func languages() []string {
	return append([]string{""}, words.Tags()...)
}

// languageChoice is a language by its own name, which everybody finds who reads it.
func languageChoice(tag string) string {
	for _, l := range words.Languages {
		if l.Tag == tag {
			return l.Name
		}
	}
	return wordAsSystem.String()
}

// useLanguage has everything in the window in a language of the settings.
func (w *Window) useLanguage(tag string) {
	if w.spoken != nil && *w.spoken == tag {
		return
	}
	w.spoken = &tag
	before := words.InUse()
	if err := words.Use(tag); err != nil {
		w.notice.say(failed(wordNotSpoken, err))
		return
	}
	if words.InUse() == before {
		return
	}
	w.refurnish()
	if w.nav.chosen == tabSettings {
		w.win.Canvas().Focus(w.settings.language.Select) // as it was when the choice was made
	}
	if err := speakToolkit(); err != nil {
		w.notice.say(failed(wordNotSpoken, err))
	}
}

// refurnish makes what is in the window anew, in the language in use, with the same shown
// and chosen.
func (w *Window) refurnish() {
	list, alerts, past, tab, stored := w.list, w.alerts, w.past, w.nav.chosen, w.settings.stored
	w.makeWay()
	w.settings.store = nil // what has been asked for these settings comes too late
	w.furnish()
	w.list.chosen, w.list.title = list.chosen, list.title
	w.list.header.set = list.header.set
	w.list.kinds.choose(list.kinds.chosen)
	w.list.search.SetText(list.search.Text)
	w.list.grouped.SetChecked(list.grouped.Checked)
	w.list.setOrder(w.model.order)
	w.alerts.part.choose(alerts.part.chosen)
	w.alerts.filter.choose(alerts.filter.chosen)
	w.past.search.SetText(past.search.Text)
	w.past.spans.choose(past.spans.chosen)
	w.past.goTo(past.time)
	past.root.Hide() // it goes on with time no more
	w.useMemory(w.memory, w.noMemory)
	w.settings.show(stored)
	if s := w.model.snap; s != nil {
		w.health.update(s.Visibility)
	}
	if c := &w.chosen; c.row != nil {
		row := view.NewRow(c.row.Listener, w.facts())
		c.row = &row
		w.describe()
	}
	w.tellFault(w.fault)
	w.spawn(w.NamesChanged) // has the rows made anew
	w.nav.choose(tab)
}
