package window

import (
	"strings"
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
	p.days.show(365)
	p.language.show("de")
	p.days.show(3650)
	for i := 0; len(*queue) > 0; i++ { // the newest first
		if i > 100 {
			t.Fatal("there is no end of it")
		}
		last := (*queue)[len(*queue)-1]
		*queue = (*queue)[:len(*queue)-1]
		last()
	}
	stored, problems := alerts.ParseSettings(allSettings(m))
	if stored.KeepDays != 3650 || stored.Language != "de" || len(problems) > 0 || words.InUse() != "de" {
		t.Errorf("stored are %+v, in use is %q", stored, words.InUse())
	}
	if w.settings == p || w.settings.days.value() != 3650 || w.settings.language.value() != "de" {
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

// TestKeepLess asks before less is kept, and changes nothing where the answer is not yes.
func TestKeepLess(t *testing.T) {
	w, _, m := newRemembering(t)
	w.nav.choose(tabSettings)
	p := w.settings
	kept := func() int {
		stored, _ := alerts.ParseSettings(allSettings(m))
		return stored.KeepEvents
	}
	for _, leave := range []func(){func() { press(w, fyne.KeyEscape) }, func() { press(w, fyne.KeyReturn) }, func() { w.ShowAlerts(); w.nav.choose(tabSettings) }} {
		p.events.SetSelected(eventsWords(20_000))
		if w.popup == nil || !strings.Contains(said(w), "more than 20,000 events") {
			t.Fatalf("nothing is asked: %q", said(w))
		}
		if leave(); w.popup != nil || kept() != 200_000 || p.events.value() != 200_000 {
			t.Errorf("after no %d events are kept, %d shown", kept(), p.events.value())
		}
	}
	p.events.SetSelected(eventsWords(20_000))
	button(t, w.popup.Content, "Keep less").OnTapped()
	if w.popup != nil || kept() != 20_000 {
		t.Errorf("after yes %d events are kept", kept())
	}
	p.events.SetSelected(eventsWords(1_000_000))
	if w.popup != nil || kept() != 1_000_000 {
		t.Errorf("of more, %d are kept", kept())
	}
	m.check(m.agent.Set(alerts.SettingPaused, "soon"))
	w.MemoryChanged()
	p.loopback.SetChecked(true)
	if got := allSettings(m)[alerts.SettingPaused]; got != "" {
		t.Errorf("a pause that makes no sense is still there: %q", got)
	}
}
