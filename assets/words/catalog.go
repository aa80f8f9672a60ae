package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/jeandeaual/go-locale"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed translations/*.json
var files embed.FS

// Language is one that Portlight speaks.
type Language struct {
	Tag  string // BCP 47: "zh-Hans"
	Name string // in the language itself
}

// Languages are those that Portlight speaks, English first.
var Languages = []Language{
	{"en", "English"}, {"de", "Deutsch"}, {"fr", "Français"}, {"es", "Español"}, {"ja", "日本語"}, {"zh-Hans", "简体中文"},
}

// Tags gives the tags of Languages.
func Tags() []string {
	tags := make([]string, len(Languages))
	for i, l := range Languages {
		tags[i] = l.Tag
	}
	return tags
}

// catalog holds the texts of one language.
type catalog struct {
	tag      language.Tag
	name     string                   // of the tag, as in Languages
	messages map[string]*i18n.Message // by English text; none for English
}

var (
	english = &catalog{tag: language.English, name: Languages[0].Tag}
	current atomic.Pointer[catalog]
)

// using gives the texts of the language in use.
func using() *catalog {
	if c := current.Load(); c != nil {
		return c
	}
	return english
}

// InUse is the tag of the language in use.
func InUse() string { return using().name }

// Use takes a language for all texts from now on: a tag of Languages, or "" for the
// first of the system's languages that Portlight speaks. What it does not speak is
// an error, and the language stays.
func Use(tag string) error {
	if tag == "" {
		tag = closest(systems())
	}
	c, err := load(tag)
	if err != nil {
		return err
	}
	current.Store(c)
	return nil
}

// systems gives the languages that the system is set to, the most wanted first: LC_ALL,
// LC_MESSAGES, LANG and LANGUAGE as gettext reads them, or NSLocale's preferredLanguages.
func systems() []string {
	tags, err := locale.GetLocales()
	if err != nil {
		return nil
	}
	return tags
}

// closest is the language of Portlight that suits the wanted ones best: English where none does.
func closest(wanted []string) string {
	spoken := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		spoken[i] = language.MustParse(l.Tag)
	}
	match := language.NewMatcher(spoken)
	for _, name := range wanted {
		name, _, _ = strings.Cut(name, "@") // a modifier, as in de_AT@euro
		name, _, _ = strings.Cut(name, ".") // a character set
		tag, err := language.Parse(name)
		if err != nil {
			continue
		}
		if _, i, sure := match.Match(tag); sure > language.Low {
			return Languages[i].Tag
		}
	}
	return Languages[0].Tag
}

// load reads the texts of a language.
func load(tag string) (*catalog, error) {
	if tag == Languages[0].Tag {
		return english, nil
	}
	for _, l := range Languages {
		if l.Tag == tag {
			return parse(tag)
		}
	}
	return nil, fmt.Errorf("there are no translations to %.40q", tag)
}

func parse(tag string) (*catalog, error) {
	name := strings.ReplaceAll(tag, "-", "_") + ".json"
	data, err := files.ReadFile("translations/" + name)
	if err != nil {
		return nil, err
	}
	file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"json": json.Unmarshal})
	if err != nil {
		return nil, fmt.Errorf("translations/%s: %w", name, err)
	}
	c := &catalog{tag: language.MustParse(tag), name: tag, messages: make(map[string]*i18n.Message, len(file.Messages))}
	for _, m := range file.Messages {
		c.messages[m.ID] = m
	}
	return c, nil
}
