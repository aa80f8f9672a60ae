// Command translations compares the texts in the code with their translations:
//
//	go run ./packaging/translations            says what is missing, unused or wrong
//	go run ./packaging/translations -todo de   prints what German lacks, by file, to fill in
//	go run ./packaging/translations -sort      writes the files in order
//
// It reads the code of all systems from its source.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const folder = "assets/words/translations"

// form is what a language needs for a text: one string, or the plural's forms by name.
type form any

func main() {
	todo := flag.String("todo", "", "print what this language lacks")
	inOrder := flag.Bool("sort", false, "write the files in order")
	flag.Parse()
	if err := run(*todo, *inOrder); err != nil {
		fmt.Fprintln(os.Stderr, "translations:", err)
		os.Exit(1)
	}
}

func run(todo string, inOrder bool) error {
	texts, problems, err := readCode(".")
	if err != nil {
		return err
	}
	for _, lang := range languages {
		have, err := readFile(lang)
		if err != nil {
			return err
		}
		if todo == lang {
			return printMissing(texts, have, lang)
		}
		if inOrder {
			if err := writeFile(lang, have); err != nil {
				return err
			}
		}
		problems = append(problems, compare(texts, have, lang)...)
	}
	if todo != "" {
		return fmt.Errorf("no language %q", todo)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems:\n%s", len(problems), strings.Join(problems, "\n"))
	}
	fmt.Printf("%d texts in %d languages\n", len(texts), len(languages))
	return nil
}

func fileOf(lang string) string { return filepath.Join(folder, lang+".json") }

func readFile(lang string) (map[string]form, error) {
	data, err := os.ReadFile(fileOf(lang))
	if err != nil {
		return nil, err
	}
	have := map[string]form{}
	if err := json.Unmarshal(data, &have); err != nil {
		return nil, fmt.Errorf("%s: %w", fileOf(lang), err)
	}
	return have, nil
}

func writeFile(lang string, have map[string]form) error {
	data, err := encode(have)
	if err != nil {
		return err
	}
	return os.WriteFile(fileOf(lang), data, 0o644)
}

// encode writes JSON in the order of its keys, with signs such as < as they are.
func encode(have map[string]form) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(have)
	return b.Bytes(), err
}

// printMissing prints the texts without a translation, by the file that they are in.
func printMissing(texts map[string]*text, have map[string]form, lang string) error {
	byFile := map[string]map[string]form{}
	for key, t := range texts {
		if _, ok := have[key]; ok {
			continue
		}
		if byFile[t.file] == nil {
			byFile[t.file] = map[string]form{}
		}
		var want form = ""
		if t.plural {
			forms := map[string]string{}
			for _, f := range pluralForms[lang] {
				forms[f] = ""
			}
			want = forms
		}
		byFile[t.file][key] = want
	}
	data, err := encode(anyMap(byFile))
	fmt.Print(string(data))
	return err
}

func anyMap(m map[string]map[string]form) map[string]form {
	out := map[string]form{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// compare says what is wrong with the translations of a language.
func compare(texts map[string]*text, have map[string]form, lang string) []string {
	var problems []string
	say := func(key, what string) { problems = append(problems, fmt.Sprintf("%s: %q %s", lang, key, what)) }
	for key, t := range texts {
		if got, ok := have[key]; !ok {
			say(key, "is missing")
		} else {
			checkForm(t, got, lang, func(what string) { say(key, what) })
		}
	}
	for key := range have {
		if texts[key] == nil {
			say(key, "is in no code")
		}
	}
	slices.Sort(problems)
	return problems
}

// checkForm says what is wrong with one translation.
func checkForm(t *text, got form, lang string, say func(string)) {
	switch v := got.(type) {
	case string:
		if t.plural {
			say("needs the forms of a plural")
			return
		}
		checkNames(t, v, say)
	case map[string]any:
		if !t.plural {
			say("is no plural")
			return
		}
		want := pluralForms[lang]
		for _, f := range want {
			s, _ := v[f].(string)
			checkNames(t, s, say)
		}
		if len(v) != len(want) {
			say("has other forms of the plural than " + strings.Join(want, ", "))
		}
	default:
		say("is no text")
	}
}

// checkNames says whether a translation has the names in braces of its text. A plural may
// leave out the number: "one client".
func checkNames(t *text, s string, say func(string)) {
	if strings.TrimSpace(s) == "" {
		say("is empty")
		return
	}
	got := namesIn(s)
	if t.plural {
		got = slices.DeleteFunc(got, func(n string) bool { return n == "N" })
	}
	if want := t.names(); !slices.Equal(got, want) {
		say(fmt.Sprintf("has the names %v, want %v", got, want))
	}
}
