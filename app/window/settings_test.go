package window

import (
	"testing"

	"fyne.io/fyne/v2"

	"portlight/app/alerts"
	"portlight/assets/words"
)

// slowly has a window do beside Fyne's goroutine only what is taken from the queue.
func slowly(w *Window) (queue *[]func()) {
	queue = new([]func())
	w.spawn = func(f func()) { *queue = append(*queue, f) }
	w.settings.spawn = w.spawn
	return queue
}

// TestSettingsInOrder: a choice that waits for the one before is stored after it, and what
// was read before neither takes it back nor, in another language, the language.
func TestSettingsInOrder(t *testing.T) {
	english(t)
	w, _, m := newRemembering(t)
	w.nav.choose(tabSettings)
	p, queue := w.settings, slowly(w)
	p.refresh()
	p.days.show(7)
	p.language.show("de")
	p.days.show(30)
	for i := 0; len(*queue) > 0; i++ { // the newest first
		if i > 100 {
			t.Fatal("there is no end of it")
		}
		last := (*queue)[len(*queue)-1]
		*queue = (*queue)[:len(*queue)-1]
		last()
	}
	stored, problems := alerts.ParseSettings(allSettings(m))
	if stored.KeepDays != 30 || stored.Language != "de" || len(problems) > 0 || words.InUse() != "de" {
		t.Errorf("stored are %+v, in use is %q", stored, words.InUse())
	}
	if w.settings == p || w.settings.days.value() != 30 || w.settings.language.value() != "de" {
		t.Errorf("shown are %d and %q", w.settings.days.value(), w.settings.language.value())
	}
}

// TestKeyboardLeavesWithItsTab: what had the keyboard is changed by no key once another
// tab is shown.
func TestKeyboardLeavesWithItsTab(t *testing.T) {
	w, _, m := newRemembering(t)
	for _, turn := range map[string]func(){"by key": func() { w.toTab(tabHistory) }, "from elsewhere": func() { w.nav.choose(tabHealth) }} {
		w.nav.choose(tabSettings)
		w.win.Canvas().Focus(w.settings.events.Select)
		turn()
		press(w, fyne.KeyLeft)
	}
	if stored, _ := alerts.ParseSettings(allSettings(m)); stored.KeepEvents != alerts.DefaultSettings().KeepEvents {
		t.Errorf("%d events are kept", stored.KeepEvents)
	}
}
