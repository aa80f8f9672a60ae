package words

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// speak has a test run in a language of these messages.
func speak(t *testing.T, tag string, messages ...*i18n.Message) {
	t.Helper()
	c := &catalog{tag: language.MustParse(tag), name: tag, messages: map[string]*i18n.Message{}}
	for _, m := range messages {
		c.messages[m.ID] = m
	}
	current.Store(c)
	t.Cleanup(func() { current.Store(nil) })
}

func TestText(t *testing.T) {
	const open, new = Text("{{.Program}} listens on {{.Port}}"), Text("New | of alerts")
	if got := open.With("Port", 22, "Program", "{{.Port}}"); got != "{{.Port}} listens on 22" {
		t.Errorf("With() = %q: a value is filled in as it is", got)
	}
	if got := new.String(); got != "New" {
		t.Errorf("String() = %q, want it without its place", got)
	}
	speak(t, "de", &i18n.Message{ID: string(open), Other: "Auf {{.Port}} lauscht {{.Program}}"}, &i18n.Message{ID: string(new), Other: "Neu"})
	if got := open.With("Port", 22, "Program", "sshd"); got != "Auf 22 lauscht sshd" {
		t.Errorf("With() = %q", got)
	}
	if got := new.String(); got != "Neu" {
		t.Errorf("String() = %q", got)
	}
	if got := Text("Not there | yet").String(); got != "Not there" {
		t.Errorf("a text without translation is %q, want it in English", got)
	}
}

func TestFill(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"{{.A}}":               "1",
		"{{.A}}{{.A}} {{.B}}":  "11 2",
		"{{.C}} {{.A}}":        "{{.C}} 1",
		"{{.A":                 "{{.A",
		"a {{.A}} {{.":         "a 1 {{.",
		"{{.A}}}":              "1}",
		"{{ .A }} {{A}} }} {{": "{{ .A }} {{A}} }} {{",
	} {
		if got := fill(text, []any{"A", 1, "B", "2", "C"}); got != want {
			t.Errorf("fill(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	clients := Plural{One: "{{.N}} client of {{.Of}}", Other: "{{.N}} clients of {{.Of}}"}
	for _, c := range []struct {
		tag  string
		n    int
		want string
	}{
		{"en", 0, "0 clients of x"}, {"en", 1, "1 client of x"}, {"en", 2, "2 clients of x"}, {"en", -1, "-1 clients of x"},
		{"de", 0, "0 viele x"}, {"de", 1, "1 eins x"}, {"de", 21, "21 viele x"},
		{"fr", 0, "0 eins x"}, {"fr", 1, "1 eins x"}, {"fr", 2, "2 viele x"}, {"fr", 1000000, "1000000 viele x"},
		{"es", 0, "0 viele x"}, {"es", 1, "1 eins x"},
		{"ja", 1, "1 viele x"}, {"zh-Hans", 1, "1 viele x"},
	} {
		if c.tag != "en" {
			speak(t, c.tag, &i18n.Message{ID: clients.Other, One: "{{.N}} eins {{.Of}}", Other: "{{.N}} viele {{.Of}}"})
		}
		if got := clients.Of(c.n, "Of", "x"); got != c.want {
			t.Errorf("%s: Of(%d) = %q, want %q", c.tag, c.n, got, c.want)
		}
	}
}

func TestError(t *testing.T) {
	const gone = Error("it is gone")
	err := fmt.Errorf("read: %w", gone)
	speak(t, "de", &i18n.Message{ID: string(gone), Other: "es ist weg"})
	if !errors.Is(err, gone) || gone.Error() != "es ist weg" {
		t.Errorf("errors.Is = %v, Error() = %q", errors.Is(err, gone), gone.Error())
	}
}

func TestList(t *testing.T) {
	for _, c := range []struct{ n, few, want string }{
		{"", "", ""}, {"a", "a", "a"}, {"a b", "a and b", "a and b"}, {"a b c", "a, b and c", "a, b and c"}, {"a b c d e", "a, b, c and 2 more", "a, b, c, d and e"},
	} {
		items := strings.Fields(c.n)
		if got := ListSome(items, 3); got != c.few {
			t.Errorf("ListSome(%q) = %q, want %q", items, got, c.few)
		}
		if got := List(items); got != c.want {
			t.Errorf("List(%q) = %q, want %q", items, got, c.want)
		}
	}
}

// TestLanguages loads each language, and reads numbers and dates in it.
func TestLanguages(t *testing.T) {
	t.Cleanup(func() { current.Store(nil) })
	day := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct{ tag, number, grouped, month string }{
		{"en", "0.3", "200,000", "March Wed"},
		{"de", "0,3", "200.000", "März Mi"},
		{"fr", "0,3", "200\u00a0000", "mars mer"},
		{"es", "0,3", "200.000", "marzo mié"},
		{"ja", "0.3", "200,000", "3月 水"},
		{"zh-Hans", "0.3", "200,000", "3 月 三"},
	} {
		if err := Use(c.tag); err != nil {
			t.Fatal(err)
		}
		if InUse() != c.tag {
			t.Errorf("InUse() = %q after Use(%q)", InUse(), c.tag)
		}
		got := [3]string{Number(0.28, 1), Grouped(200000), Time(day, "January Mon")}
		if want := [3]string{c.number, c.grouped, c.month}; got != want {
			t.Errorf("%s: %q, want %q", c.tag, got, want)
		}
	}
	if err := Use("tlh"); err == nil || InUse() != "zh-Hans" {
		t.Errorf("Use of a language that is not there: %v, in use %q", err, InUse())
	}
}

func TestClosest(t *testing.T) {
	for wanted, want := range map[string]string{
		"": "en", "C": "en", "de_AT": "de", "de_AT@euro": "de", "fr_FR.UTF-8": "fr", "de-CH": "de", "fr_CA": "fr", "es-419": "es", "ja_JP": "ja", "zh_CN": "zh-Hans", "zh-Hans-SG": "zh-Hans", "en_GB": "en",
		"zh_TW": "en", "ru": "en", "\x00\xff": "en", "sr-Cyrl ja": "ja", "sv de": "de", "en de": "en",
	} {
		if got := closest(strings.Fields(wanted)); got != want {
			t.Errorf("closest(%q) = %q, want %q", wanted, got, want)
		}
	}
}

func TestSystem(t *testing.T) {
	t.Cleanup(func() { current.Store(nil) })
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANGUAGE"} {
		t.Setenv(name, "")
	}
	t.Setenv("LANG", "fr_BE.UTF-8")
	if err := Use(""); err != nil || InUse() != "fr" {
		t.Errorf("InUse() = %q, %v with LANG=fr_BE.UTF-8", InUse(), err)
	}
	t.Setenv("LC_ALL", "C")
	if err := Use(""); err != nil || InUse() != "en" {
		t.Errorf("InUse() = %q, %v with LC_ALL=C", InUse(), err)
	}
}

// TestSwitch changes the language while others read. The race detector looks on.
func TestSwitch(t *testing.T) {
	t.Cleanup(func() { current.Store(nil) })
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 1000 {
				List([]string{"a", "b", "c"})
			}
		})
	}
	for range 20 {
		for _, l := range Languages {
			if err := Use(l.Tag); err != nil {
				t.Error(err)
			}
		}
	}
	wait.Wait()
}

func FuzzFill(f *testing.F) {
	f.Add("{{.A}} of {{.B}}", "x")
	f.Add("{{.{{.A}}}}", "{{.A}}")
	f.Fuzz(func(t *testing.T, text, value string) {
		got := fill(text, []any{"A", value})
		if want := strings.ReplaceAll(text, "{{.A}}", value); !strings.Contains(value, "{{.") && !strings.Contains(text, "{{.{{.") && got != want {
			t.Errorf("fill(%q) = %q, want %q", text, got, want)
		}
	})
}

func FuzzClosest(f *testing.F) {
	f.Add("de_DE")
	f.Add("zh-Hant-x-private")
	f.Fuzz(func(t *testing.T, name string) {
		if _, err := load(closest([]string{name})); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkText(b *testing.B) {
	const text = Text("{{.Program}} listens on {{.Port}}")
	speakB := &catalog{tag: language.German, messages: map[string]*i18n.Message{string(text): {Other: "{{.Program}} lauscht auf {{.Port}}"}}}
	current.Store(speakB)
	b.Cleanup(func() { current.Store(nil) })
	b.Run("String", func(b *testing.B) {
		for b.Loop() {
			_ = text.String()
		}
	})
	b.Run("With", func(b *testing.B) {
		for b.Loop() {
			text.With("Program", "nginx", "Port", "443")
		}
	})
	b.Run("Sprintf", func(b *testing.B) {
		for b.Loop() {
			_ = fmt.Sprintf("%s lauscht auf %s", "nginx", "443")
		}
	})
}
