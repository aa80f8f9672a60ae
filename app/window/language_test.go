package window

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"

	"portlight/app/alerts"
	"portlight/assets/words"
	"portlight/scanner"
)

// english has the other tests read English again.
func english(t testing.TB) {
	t.Cleanup(func() {
		if err := words.Use("en"); err != nil {
			t.Error(err)
		}
	})
}

// newSpoken gives a window with listeners, alerts, rules and a past, in a language of the settings.
func newSpoken(t testing.TB, tag string) (*Window, *memory) {
	t.Helper()
	english(t)
	w, _ := newTestWindow(t)
	w.now = func() time.Time { return morning }
	w.alerts.o.now, w.past.o.now = w.now, w.now
	m := newMemory(t)
	longDay(m)
	houseRules(m)
	m.check(m.agent.SetAll(map[string]string{"language": tag, alerts.SettingWelcomed: "yes"}))
	w.Update(household())
	w.SetMemory(m.window, nil)
	w.past.showLast(24 * time.Hour)
	return w, m
}

// texts is all that is written on a window, a line each, in the order of its parts.
func texts(o ...fyne.CanvasObject) string {
	var lines []string
	for _, root := range o {
		for _, text := range find[*canvas.Text](root) {
			if s := strings.TrimSpace(text.Text); s != "" {
				lines = append(lines, s)
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// screens are what a person may see, by a name each.
var screens = []struct {
	name string
	show func(*Window)
}{
	{"listeners", func(w *Window) { w.nav.choose(tabListeners) }},
	{"details", func(w *Window) { w.Show("tcp:127.0.0.1:8080") }},
	{"stop", func(w *Window) { w.AskStop("tcp:127.0.0.1:8080") }},
	{"alerts", func(w *Window) { w.makeWay(); w.nav.choose(tabAlerts) }},
	{"rules", func(w *Window) { w.alerts.part.choose(1) }},
	{"rule", func(w *Window) { w.alerts.rules.edit(w.alerts.rules.list.rules[0]) }},
	{"history", func(w *Window) { w.makeWay(); w.nav.choose(tabHistory) }},
	{"health", func(w *Window) { w.nav.choose(tabHealth) }},
	{"settings", func(w *Window) { w.nav.choose(tabSettings) }},
}

// TestLanguages compares all that is written in each language with golden texts, and looks
// that everything has room in the window as it is at first.
func TestLanguages(t *testing.T) {
	for _, l := range words.Languages[1:] {
		t.Run(l.Tag, func(t *testing.T) {
			w, _ := newSpoken(t, l.Tag)
			var b strings.Builder
			for _, s := range screens {
				s.show(w)
				fmt.Fprintf(&b, "== %s\n%s", s.name, texts(append(w.win.Canvas().Overlays().List(), w.nav, w.pages[w.nav.chosen])...))
				if least := w.win.Content().MinSize(); least.Width > 960 || least.Height > 640 {
					t.Errorf("%s takes %v", s.name, least)
				}
			}
			golden(t, "language-"+l.Tag+".txt", b.String())
		})
	}
}

// TestLanguagePictures compares windows in Latin script with golden pictures. Those in
// Japanese and Chinese, whose font is the system's, are left in the folder that
// PORTLIGHT_PICTURES names, to be looked at.
func TestLanguagePictures(t *testing.T) {
	for _, l := range words.Languages[1:] {
		t.Run(l.Tag, func(t *testing.T) {
			w, _ := newSpoken(t, l.Tag)
			w.paint(false)
			for i, s := range screens {
				s.show(w)
				name := "language-" + l.Tag + "-" + s.name + ".png"
				if isLatin(l.Tag) && i%2 == 1 {
					test.AssertRendersToImage(t, name, w.win.Canvas())
				}
				if dir := os.Getenv("PORTLIGHT_PICTURES"); dir != "" {
					savePicture(t, filepath.Join(dir, name), w.win.Canvas())
				}
			}
		})
	}
}

func savePicture(t *testing.T, path string, c fyne.Canvas) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, c.Capture()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func isLatin(tag string) bool { return tag != "ja" && tag != "zh-Hans" }

// TestHan: each sign of Japanese and Chinese is in the font of Debian's
// fonts-droid-fallback, or in Fyne's own, so that none is an empty box.
func TestHan(t *testing.T) {
	data, err := os.ReadFile("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf")
	if err != nil {
		t.Fatal(err)
	}
	var faces []*font.Face
	for _, data := range [][]byte{data, theme.DefaultTextFont().Content(), theme.DefaultSymbolFont().Content()} {
		face, err := font.ParseTTF(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		faces = append(faces, face)
	}
	for _, name := range []string{"ja", "zh_Hans"} {
		translations, err := os.ReadFile("../../assets/words/translations/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		missing := map[rune]bool{}
	signs:
		for _, r := range string(translations) {
			for _, face := range faces {
				if _, ok := face.NominalGlyph(r); ok || r == '\n' {
					continue signs
				}
			}
			missing[r] = true
		}
		for r := range missing {
			t.Errorf("%s: no font has %q", name, r)
		}
	}
}

// TestLanguageAtOnce chooses another language in the settings: everything is in it at
// once, and what was shown and chosen stays.
func TestLanguageAtOnce(t *testing.T) {
	w, m := newSpoken(t, "")
	w.Show("tcp:127.0.0.1:8080")
	w.list.search.SetText("node")
	found := len(w.model.lines)
	w.nav.choose(tabSettings)
	w.settings.language.SetSelectedIndex(2)
	if words.InUse() != "de" || allSettings(m)["language"] != "de" {
		t.Fatalf("in use is %q, stored %q", words.InUse(), allSettings(m)["language"])
	}
	if got := w.nav.items[tabSettings]; got != wordSettings.String() || got == "Settings" || w.nav.chosen != tabSettings {
		t.Errorf("the tab is %q, chosen %d", got, w.nav.chosen)
	}
	if w.settings.language.value() != "de" || w.list.search.Text != "node" || found == 0 || len(w.model.lines) != found {
		t.Errorf("the choice is %q, the search %q", w.settings.language.value(), w.list.search.Text)
	}
	if w.chosen.row == nil || w.chosen.row.ID != "tcp:127.0.0.1:8080" || w.chosen.row.Reach == "Only this computer" || w.value(wordPID) == "" {
		t.Errorf("the chosen row is %+v", w.chosen.row)
	}
	w.nav.choose(tabListeners)
	german := texts(w.win.Content())
	w.nav.choose(tabSettings)
	w.settings.language.SetSelectedIndex(1)
	w.nav.choose(tabListeners)
	if got := texts(w.win.Content()); got == german || !strings.Contains(got, "Reachable by") {
		t.Errorf("after it is English again:\n%s", got)
	}
	m.check(m.agent.Set("language", "fr"))
	w.MemoryChanged()
	if words.InUse() != "fr" {
		t.Errorf("in use is %q after another process has chosen French", words.InUse())
	}
}

// TestLanguageUnknown: a language that is not there is said, and it stays as it was.
func TestLanguageUnknown(t *testing.T) {
	w, _ := newSpoken(t, "tlh")
	w.nav.choose(tabSettings)
	if got := w.settings.noStore.Text; words.InUse() != "en" || !strings.Contains(got, `"tlh" is none of the choices`) {
		t.Errorf("in use is %q, said %q", words.InUse(), got)
	}
}

// TestLanguageNotStored: where the choice cannot be stored the language stays.
func TestLanguageNotStored(t *testing.T) {
	w, m := newSpoken(t, "de")
	m.check(m.window.Close())
	w.nav.choose(tabSettings)
	w.settings.language.SetSelectedIndex(3)
	if words.InUse() != "de" || !w.notice.box.Visible() {
		t.Errorf("in use is %q, said %q", words.InUse(), w.notice.text.Text)
	}
}

// BenchmarkLanguage makes a window with ten thousand listeners anew.
func BenchmarkLanguage(b *testing.B) {
	english(b)
	w, _ := newTestWindow(b)
	var all []scanner.Listener
	for i := range 10_000 {
		all = append(all, listener(scanner.TCP, "127.0.0.1", uint16(1000+i), node))
	}
	w.Update(snapshot(all...))
	for i := 0; b.Loop(); i++ {
		w.useLanguage(words.Languages[i%2].Tag)
	}
}

// TestLanguageLeavesNothing: after another language is taken the keys of the search work,
// a listener that is closed or hidden by the search stays chosen, and so does the word
// that scans fail.
func TestLanguageLeavesNothing(t *testing.T) {
	for name, closed := range map[string]bool{"hidden": false, "closed": true} {
		t.Run(name, func(t *testing.T) {
			w, _ := newSpoken(t, "en")
			w.Show("tcp:127.0.0.1:8080")
			if w.list.search.SetText("nginx"); closed {
				w.Update(snapshot(listener(scanner.TCP, "::", 80, nginx)))
				w.now = func() time.Time { return morning.Add(2 * lingering) }
				w.fade()
			}
			w.Fail(errors.New("netlink is tired"))
			w.useLanguage("de")
			if w.list.search.Text != "nginx" || w.list.chosen != "tcp:127.0.0.1:8080" || w.chosen.row == nil || w.list.details.shown == nil || w.chosen.gone != closed {
				t.Errorf("the search is %q, chosen %q: %+v", w.list.search.Text, w.list.chosen, w.chosen)
			}
			if !w.failure.box.Visible() || !strings.Contains(w.failure.text.Text, "netlink is tired") {
				t.Errorf("that scans fail is said as %q", w.failure.text.Text)
			}
			w.win.Canvas().Focus(w.list.search)
			if press(w, fyne.KeyDown); w.win.Canvas().Focused() != fyne.Focusable(w.list.list) {
				t.Errorf("Down leads from the search to %T", w.win.Canvas().Focused())
			}
			w.win.Canvas().Focus(w.list.search)
			w.list.search.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.Key5, Modifier: fyne.KeyModifierShortcutDefault})
			if w.nav.chosen != tabSettings {
				t.Errorf("a shortcut in the search leads to tab %d", w.nav.chosen)
			}
		})
	}
}

// TestChoicesDiffer: a choice is found by what is shown of it, so no two may be the same
// in any language.
func TestChoicesDiffer(t *testing.T) {
	english(t)
	for _, l := range words.Languages {
		if err := words.Use(l.Tag); err != nil {
			t.Fatal(err)
		}
		w, _ := newTestWindow(t)
		p := w.settings
		for _, options := range [][]string{p.language.Options, p.days.Options, p.events.Options, p.tray.interval.Options, p.tray.row.Options, p.tray.title.Options} {
			slices.Sort(options)
			if len(slices.Compact(slices.Clone(options))) != len(options) || slices.Contains(options, "") {
				t.Errorf("%s: %q", l.Tag, options)
			}
		}
	}
}
