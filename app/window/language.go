package window

import "portlight/assets/words"

// languages are the choices of the language: "" is that of the system.
func languages() []string {
	tags := []string{""}
	for _, l := range words.Languages {
		tags = append(tags, l.Tag)
	}
	return tags
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
	before := words.InUse()
	if err := words.Use(tag); err != nil {
		w.notice.say(failed(wordNotSpoken, err))
		return
	}
	if words.InUse() == before {
		return
	}
	w.refurnish()
	if err := speakToolkit(); err != nil {
		w.notice.say(failed(wordNotSpoken, err))
	}
}

// refurnish makes what is in the window anew, in the language in use, with the same shown
// and chosen.
func (w *Window) refurnish() {
	list, tab, id := w.list, w.nav.chosen, w.list.chosen
	w.makeWay()
	w.furnish()
	w.list.header.set = list.header.set
	w.list.kinds.choose(list.kinds.chosen)
	w.list.search.SetText(list.search.Text)
	w.list.grouped.SetChecked(list.grouped.Checked)
	w.list.setOrder(w.model.order)
	w.SetMemory(w.memory, w.noMemory)
	if s := w.model.snap; s != nil {
		w.health.update(s.Visibility)
	}
	if id != "" {
		w.chosen.row = nil
		w.list.reveal(id)
		w.choose(id)
	}
	w.spawn(w.NamesChanged) // has the rows made anew
	w.nav.choose(tab)
}
